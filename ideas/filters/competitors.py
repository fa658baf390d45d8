"""Filters of competitors, for the page and the API."""

from __future__ import annotations

from plm.filters import RecordFilter


class CompetitorFilter(RecordFilter):
    pass
