"""Research, trends and feasibility over the API."""

from __future__ import annotations

from ideas.kinds.evidence import FEASIBILITY, RESEARCH, TREND
from plm.api.records import RecordViewSet


class ResearchViewSet(RecordViewSet):
    """Research."""

    kind = RESEARCH


class TrendViewSet(RecordViewSet):
    """Trends."""

    kind = TREND


class FeasibilityViewSet(RecordViewSet):
    """Feasibility."""

    kind = FEASIBILITY
