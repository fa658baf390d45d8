"""Filters of business cases, for the page and the API."""

from __future__ import annotations

import django_filters as filters

from plm.filters import RecordFilter


class CaseFilter(RecordFilter):
    min_npv = filters.NumberFilter(
        label="At least this net present value", field_name="npv", lookup_expr="gte"
    )
    max_loss = filters.NumberFilter(
        label="At most this chance of a loss, as a fraction", field_name="loss", lookup_expr="lte"
    )
