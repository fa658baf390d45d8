"""Specifications in JSON, with their requirements inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from backlog.models import BacklogItem
from backlog.models.spec import MOSCOW, REQUIREMENT_STATES, REQUIREMENT_TYPES
from backlog.selectors.specs import requirement_rows
from backlog.serializers.items import NeighbourField
from plm.api.serializers import Input, RecordSerializer


@extend_schema_serializer(component_name="AcceptanceCriterion")
class CriterionSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2000)
    met = serializers.BooleanField(required=False, default=False)


class RequirementSerializer(Input):
    """A row of a specification. Give its `id` to change one that exists."""

    id = serializers.UUIDField(required=False)
    text = serializers.CharField(max_length=10_000)
    type = serializers.ChoiceField(choices=REQUIREMENT_TYPES, required=False)
    moscow = serializers.ChoiceField(choices=MOSCOW, required=False)
    acceptance = CriterionSerializer(many=True, required=False)
    state = serializers.ChoiceField(choices=REQUIREMENT_STATES, required=False)


class SpecSerializer(RecordSerializer):
    item = NeighbourField(model=BacklogItem)
    problem = serializers.CharField(required=False, allow_blank=True, max_length=100_000)
    audience = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    goals = serializers.ListField(
        child=serializers.CharField(max_length=2000), required=False, max_length=200
    )
    non_goals = serializers.ListField(
        child=serializers.CharField(max_length=2000), required=False, max_length=200
    )
    requirements = RequirementSerializer(many=True, required=False)
    success_metric = serializers.CharField(required=False, allow_blank=True, max_length=250)
    success_unit = serializers.CharField(required=False, allow_blank=True, max_length=24)
    success_baseline = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True
    )
    success_target = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True
    )
    success_due = serializers.DateField(required=False, allow_null=True)

    loaded: ClassVar[Mapping[str, Any]] = {"requirements": requirement_rows}


class SpecVersionAnswer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    author = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    content = serializers.DictField()


class RestoreVersionSerializer(Input):
    number = serializers.IntegerField(min_value=1, max_value=1_000_000)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class PlaceSerializer(Input):
    """Where a card goes: the column, and the card it stands below (none: on top)."""

    state = serializers.CharField(max_length=24)
    after = serializers.CharField(max_length=24, required=False, allow_null=True, allow_blank=True)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    override = serializers.BooleanField(
        required=False,
        default=False,
        help_text="As a product manager: though it is not ready. Needs a reason.",
    )
