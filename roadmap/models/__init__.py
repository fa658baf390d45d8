"""Tables of the roadmap room."""

from roadmap.models.capacity import PlanProposal, PlanSettings, TeamCapacity
from roadmap.models.communication import CommunicationLine, Delivery, StatusUpdate
from roadmap.models.digest import Digest, DigestSubscription
from roadmap.models.objective import KeyResult, KeyResultCheckIn, Objective
from roadmap.models.placement import Placement
from roadmap.models.question import AskedPerson, Question
from roadmap.models.release import Milestone, Release
from roadmap.models.share import Share
from roadmap.models.vision import Vision

__all__ = [
    "AskedPerson",
    "CommunicationLine",
    "Delivery",
    "Digest",
    "DigestSubscription",
    "KeyResult",
    "KeyResultCheckIn",
    "Milestone",
    "Objective",
    "Placement",
    "PlanProposal",
    "PlanSettings",
    "Question",
    "Release",
    "Share",
    "StatusUpdate",
    "TeamCapacity",
    "Vision",
]
