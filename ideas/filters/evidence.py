"""Filters of research, trends and feasibility, for the pages and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from ideas.models.research import CONFIDENCES, DIRECTIONS, RESEARCH_TYPES
from plm.filters import ChoicesFilter, RecordFilter


class ResearchFilter(RecordFilter):
    type = ChoicesFilter(label="About", choices=RESEARCH_TYPES)
    confidence = ChoicesFilter(label="Confidence", choices=CONFIDENCES)
    stale = filters.BooleanFilter(label="Stale", method="filter_stale")

    def filter_stale(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001 - django-filter's signature
        del name
        stale = Q(valid_until__lt=timezone.localdate())
        return rows.filter(stale if value else ~stale | Q(valid_until=None))


class TrendFilter(RecordFilter):
    direction = ChoicesFilter(label="Direction", choices=DIRECTIONS)


class FeasibilityFilter(RecordFilter):
    pass
