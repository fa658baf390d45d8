"""Tables of the ideas room."""

from ideas.models.case import BusinessCase
from ideas.models.competitor import Capability, CapabilityRating, Competitor
from ideas.models.customer import Company, Person
from ideas.models.demand import DemandOptions
from ideas.models.gate import Gate
from ideas.models.idea import Idea, Vote
from ideas.models.intake import InboundMessage, Intake
from ideas.models.merge import Merge
from ideas.models.research import Feasibility, Research, Trend
from ideas.models.rows import RowRecord
from ideas.models.segment import Segment
from ideas.models.similar import IdeaTerms, SimilarAnswer

__all__ = [
    "BusinessCase",
    "Capability",
    "CapabilityRating",
    "Company",
    "Competitor",
    "DemandOptions",
    "Feasibility",
    "Gate",
    "Idea",
    "IdeaTerms",
    "InboundMessage",
    "Intake",
    "Merge",
    "Person",
    "Research",
    "RowRecord",
    "Segment",
    "SimilarAnswer",
    "Trend",
    "Vote",
]
