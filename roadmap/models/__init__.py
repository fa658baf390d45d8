"""Tables of the roadmap room."""

from roadmap.models.capacity import PlanProposal, PlanSettings, TeamCapacity
from roadmap.models.contribution import Contribution
from roadmap.models.lifecycle import PhasePlan, Sunset
from roadmap.models.objective import KeyResult, KeyResultCheckIn, Objective
from roadmap.models.placement import Placement
from roadmap.models.release import Milestone, Release
from roadmap.models.share import Share, ShareViewer
from roadmap.models.shown import Shown
from roadmap.models.strategy import Canvas, Persona
from roadmap.models.vision import Vision

__all__ = [
    "Canvas",
    "Contribution",
    "KeyResult",
    "KeyResultCheckIn",
    "Milestone",
    "Objective",
    "Persona",
    "PhasePlan",
    "Placement",
    "PlanProposal",
    "PlanSettings",
    "Release",
    "Share",
    "ShareViewer",
    "Shown",
    "Sunset",
    "TeamCapacity",
    "Vision",
]
