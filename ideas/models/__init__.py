"""Tables of the ideas room."""

from ideas.models.case import BusinessCase
from ideas.models.competitor import Capability, CapabilityRating, Competitor
from ideas.models.customer import Company, Person
from ideas.models.customer_merge import CompanyMerge, PersonMerge
from ideas.models.demand import DemandOptions
from ideas.models.gate import Gate
from ideas.models.idea import Idea, Vote
from ideas.models.intake import InboundMessage, Intake
from ideas.models.merge import Merge
from ideas.models.portal import Board, BoardField, BoardPerson, Portal
from ideas.models.portal_people import (
    IdeaFollow,
    MailOptOut,
    ModerationRules,
    PortalPost,
    SignInLink,
    StatusMail,
    StatusNotice,
)
from ideas.models.redirect import Redirect
from ideas.models.research import Feasibility, Research, Trend
from ideas.models.rows import RowRecord
from ideas.models.segment import Segment
from ideas.models.similar import IdeaTerms, SimilarAnswer

__all__ = [
    "Board",
    "BoardField",
    "BoardPerson",
    "BusinessCase",
    "Capability",
    "CapabilityRating",
    "Company",
    "CompanyMerge",
    "Competitor",
    "DemandOptions",
    "Feasibility",
    "Gate",
    "Idea",
    "IdeaFollow",
    "IdeaTerms",
    "InboundMessage",
    "Intake",
    "MailOptOut",
    "Merge",
    "ModerationRules",
    "Person",
    "PersonMerge",
    "Portal",
    "PortalPost",
    "Redirect",
    "Research",
    "RowRecord",
    "Segment",
    "SignInLink",
    "SimilarAnswer",
    "StatusMail",
    "StatusNotice",
    "Trend",
    "Vote",
]
