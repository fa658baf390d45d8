"""Tables of the roadmap room."""

from roadmap.models.capacity import PlanProposal, PlanSettings, TeamCapacity
from roadmap.models.communication import CommunicationLine, Delivery, StatusUpdate
from roadmap.models.contribution import Contribution
from roadmap.models.digest import Digest, DigestSubscription
from roadmap.models.lifecycle import PhasePlan, Sunset
from roadmap.models.objective import KeyResult, KeyResultCheckIn, Objective
from roadmap.models.placement import Placement
from roadmap.models.question import AskedPerson, Question
from roadmap.models.release import Milestone, Release
from roadmap.models.scenario import RoadmapScenario, ScenarioChange
from roadmap.models.share import Share, ShareViewer
from roadmap.models.shown import Shown
from roadmap.models.strategy import Canvas, Persona
from roadmap.models.vision import Vision

__all__ = [
    "AskedPerson",
    "Canvas",
    "CommunicationLine",
    "Contribution",
    "Delivery",
    "Digest",
    "DigestSubscription",
    "KeyResult",
    "KeyResultCheckIn",
    "Milestone",
    "Objective",
    "Persona",
    "PhasePlan",
    "Placement",
    "PlanProposal",
    "PlanSettings",
    "Question",
    "Release",
    "RoadmapScenario",
    "ScenarioChange",
    "Share",
    "ShareViewer",
    "Shown",
    "StatusUpdate",
    "Sunset",
    "TeamCapacity",
    "Vision",
]
