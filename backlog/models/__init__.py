"""Tables of the backlog room."""

from backlog.models.item import BacklogItem, IdeaLink
from backlog.models.priority import (
    Assessment,
    Criterion,
    ScoreBasis,
    ScoringModel,
    ScoringModelVersion,
)
from backlog.models.requirement_link import RequirementLink
from backlog.models.spec import Requirement, Spec, SpecSegment, SpecVersion
from backlog.models.spec_template import SpecTemplate
from backlog.models.sprint import Sprint, WipLimit

__all__ = [
    "Assessment",
    "BacklogItem",
    "Criterion",
    "IdeaLink",
    "Requirement",
    "RequirementLink",
    "ScoreBasis",
    "ScoringModel",
    "ScoringModelVersion",
    "Spec",
    "SpecSegment",
    "SpecTemplate",
    "SpecVersion",
    "Sprint",
    "WipLimit",
]
