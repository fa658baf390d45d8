"""Metrics in JSON."""

from __future__ import annotations

from rest_framework import serializers

from analytics.models import Metric
from analytics.models.metric import AGGREGATIONS, DIRECTIONS, FORMATS, PERIOD_CHOICES, SOURCES
from backlog.models import BacklogItem
from plm.api.serializers import RecordSerializer, ReferenceField
from roadmap.models import KeyResult


def _figure(**kwargs: object) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=20, decimal_places=6, required=False, allow_null=True, coerce_to_string=False
    )


class MetricSerializer(RecordSerializer):
    key = serializers.CharField(max_length=60, required=False)
    item = ReferenceField(model=BacklogItem, required=False, allow_null=True)
    key_result = ReferenceField(model=KeyResult, required=False, allow_null=True)
    parent = ReferenceField(  # type: ignore[assignment]  # declared fields leave the class; DRF's own parent stays
        model=Metric, required=False, allow_null=True
    )
    north_star = serializers.BooleanField(required=False)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    direction = serializers.ChoiceField(choices=DIRECTIONS, required=False)
    format = serializers.ChoiceField(choices=FORMATS, required=False)
    period = serializers.ChoiceField(choices=PERIOD_CHOICES, required=False)
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment]
    event_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    aggregation = serializers.ChoiceField(choices=AGGREGATIONS, required=False)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    baseline = _figure()
    target_value = _figure()
    target_date = serializers.DateField(required=False, allow_null=True)
    featured = serializers.BooleanField(required=False)
