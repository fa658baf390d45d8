"""Filters of metrics, for the page and the API."""

from __future__ import annotations

import django_filters as filters

from analytics.models.metric import AGGREGATIONS, PERIOD_CHOICES, SOURCES
from plm.filters import RecordFilter


class MetricFilter(RecordFilter):
    source = filters.ChoiceFilter(label="Source", choices=SOURCES)
    aggregation = filters.ChoiceFilter(label="Computed as", choices=AGGREGATIONS)
    period = filters.ChoiceFilter(label="Shown by", choices=PERIOD_CHOICES)
    event_name = filters.CharFilter(label="Event name")
    key = filters.CharFilter(label="Key")
    featured = filters.BooleanFilter(label="On the overview")
