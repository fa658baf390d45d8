"""Tables of the backlog room."""

from backlog.models.item import BacklogItem, IdeaLink
from backlog.models.priority import (
    Assessment,
    Criterion,
    ScoreBasis,
    ScoringModel,
    ScoringModelVersion,
)
from backlog.models.review import SpecPolicy, SpecReview, SpecSignOff
from backlog.models.spec import Requirement, Spec, SpecVersion
from backlog.models.sprint import Sprint, WipLimit
from backlog.models.thread import SpecThread, ThreadComment

__all__ = [
    "Assessment",
    "BacklogItem",
    "Criterion",
    "IdeaLink",
    "Requirement",
    "ScoreBasis",
    "ScoringModel",
    "ScoringModelVersion",
    "Spec",
    "SpecPolicy",
    "SpecReview",
    "SpecSignOff",
    "SpecThread",
    "SpecVersion",
    "Sprint",
    "ThreadComment",
    "WipLimit",
]
