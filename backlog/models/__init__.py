"""Tables of the backlog room."""

from backlog.models.comparison import CriteriaComparison
from backlog.models.item import BacklogItem, IdeaLink
from backlog.models.priority import (
    Assessment,
    Criterion,
    ScoreBasis,
    ScoringModel,
    ScoringModelVersion,
)
from backlog.models.requirement_link import RequirementLink
from backlog.models.review import SpecPolicy, SpecReview, SpecSignOff
from backlog.models.spec import Requirement, Spec, SpecSegment, SpecVersion
from backlog.models.spec_template import SpecTemplate
from backlog.models.sprint import Sprint, WipLimit
from backlog.models.thread import SpecThread, ThreadComment

__all__ = [
    "Assessment",
    "BacklogItem",
    "CriteriaComparison",
    "Criterion",
    "IdeaLink",
    "Requirement",
    "RequirementLink",
    "ScoreBasis",
    "ScoringModel",
    "ScoringModelVersion",
    "Spec",
    "SpecPolicy",
    "SpecReview",
    "SpecSegment",
    "SpecSignOff",
    "SpecTemplate",
    "SpecThread",
    "SpecVersion",
    "Sprint",
    "ThreadComment",
    "WipLimit",
]
