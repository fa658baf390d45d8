"""Tables of the analytics room."""

from analytics.models.event import EventName, IntakeWarning, ProductEvent
from analytics.models.metric import Metric, Reading
from analytics.models.rollup import DirtyDay, Rollup

__all__ = [
    "DirtyDay",
    "EventName",
    "IntakeWarning",
    "Metric",
    "ProductEvent",
    "Reading",
    "Rollup",
]
