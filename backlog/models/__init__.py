"""Tables of the backlog room."""

from backlog.models.comparison import CriteriaComparison
from backlog.models.item import BacklogItem, IdeaLink
from backlog.models.override import RankOverride
from backlog.models.priority import (
    Assessment,
    Criterion,
    ScoreBasis,
    ScoringModel,
    ScoringModelVersion,
)
from backlog.models.requirement_link import RequirementLink
from backlog.models.review import SpecPolicy, SpecReview, SpecSignOff
from backlog.models.round import (
    Round,
    RoundAnswer,
    RoundComment,
    RoundItem,
    RoundParticipant,
)
from backlog.models.scenario import Scenario
from backlog.models.share_target import ShareTargets
from backlog.models.spec import Requirement, Spec, SpecSegment, SpecVersion
from backlog.models.spec_template import SpecTemplate
from backlog.models.sprint import Sprint, WipLimit
from backlog.models.standing import (
    FactorSource,
    RankingColumns,
    RankingSettings,
    Standing,
    StandingBasis,
)
from backlog.models.thread import SpecThread, ThreadComment

__all__ = [
    "Assessment",
    "BacklogItem",
    "CriteriaComparison",
    "Criterion",
    "FactorSource",
    "IdeaLink",
    "RankOverride",
    "RankingColumns",
    "RankingSettings",
    "Requirement",
    "RequirementLink",
    "Round",
    "RoundAnswer",
    "RoundComment",
    "RoundItem",
    "RoundParticipant",
    "Scenario",
    "ScoreBasis",
    "ScoringModel",
    "ScoringModelVersion",
    "ShareTargets",
    "Spec",
    "SpecPolicy",
    "SpecReview",
    "SpecSegment",
    "SpecSignOff",
    "SpecTemplate",
    "SpecThread",
    "SpecVersion",
    "Sprint",
    "Standing",
    "StandingBasis",
    "ThreadComment",
    "WipLimit",
]
