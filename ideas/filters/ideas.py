"""Filters of ideas, for the page and the API."""

from __future__ import annotations

import django_filters as filters

from ideas.models.idea import SOURCES
from plm.filters import ChoicesFilter, RecordFilter


class IdeaFilter(RecordFilter):
    source = ChoicesFilter(label="Source", choices=SOURCES)
    public = filters.BooleanFilter(label="On the portal")
    min_votes = filters.NumberFilter(
        label="At least so many votes", field_name="votes_count", lookup_expr="gte"
    )
