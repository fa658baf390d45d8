"""Tables of the backlog room."""

from backlog.models.item import BacklogItem, IdeaLink
from backlog.models.spec import Requirement, Spec, SpecVersion
from backlog.models.sprint import Sprint, WipLimit

__all__ = [
    "BacklogItem",
    "IdeaLink",
    "Requirement",
    "Spec",
    "SpecVersion",
    "Sprint",
    "WipLimit",
]
