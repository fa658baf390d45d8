"""Filters of sprints."""

from __future__ import annotations

import django_filters as filters

from plm.filters import RecordFilter


class SprintFilter(RecordFilter):
    starts_after = filters.DateFilter(
        label="Starts on or after", field_name="starts_on", lookup_expr="gte"
    )
    ends_before = filters.DateFilter(
        label="Ends on or before", field_name="ends_on", lookup_expr="lte"
    )
