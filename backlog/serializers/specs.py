"""Specifications in JSON, with their requirements inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from backlog.models import BacklogItem
from backlog.models.spec import MOSCOW, REQUIREMENT_STATES, REQUIREMENT_TYPES
from backlog.models.spec_rows import DECISIONS, DEPENDENCIES, QUESTIONS, RISKS
from backlog.selectors.specs import requirement_rows, segment_ids
from backlog.serializers.items import NeighbourField
from ideas.models import Segment
from ideas.serializers.rows import rows_field
from plm.api.declared import LongText
from plm.api.serializers import Input, RecordSerializer, UuidLinkField
from plm.selectors import members_of


@extend_schema_serializer(component_name="AcceptanceCriterion")
class CriterionSerializer(serializers.Serializer[Any]):
    """In words, or in the three parts of Given, When, Then; its text then says all three."""

    text = serializers.CharField(max_length=2000, required=False)
    given = serializers.CharField(max_length=600, required=False, allow_blank=True)
    when = serializers.CharField(max_length=600, required=False)
    then = serializers.CharField(max_length=600, required=False)
    met = serializers.BooleanField(required=False, default=False)


class RequirementOwnerField(UuidLinkField):
    """A member of the workspace, by the id."""

    refusal = "Give the id of a member of this workspace, or null."

    def rows(self) -> QuerySet[Any]:
        members: QuerySet[Any] = members_of(self.workspace_id)
        return members


class SegmentField(UuidLinkField):
    """A segment of the workspace, by its id."""

    refusal = "Give the id of a segment of this workspace."

    def rows(self) -> QuerySet[Any]:
        return Segment.objects.filter(workspace_id=self.workspace_id)


class RequirementSerializer(Input):
    """A row of a specification. Give its `id` to change one that exists; what is left out then stays."""

    id = serializers.UUIDField(required=False)
    text = serializers.CharField(max_length=10_000)
    type = serializers.ChoiceField(choices=REQUIREMENT_TYPES, required=False)
    moscow = serializers.ChoiceField(choices=MOSCOW, required=False)
    acceptance = CriterionSerializer(many=True, required=False)
    state = serializers.ChoiceField(choices=REQUIREMENT_STATES, required=False)
    owner = RequirementOwnerField(required=False, allow_null=True)
    estimate = serializers.DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, allow_null=True
    )


class SpecSerializer(RecordSerializer):
    item = NeighbourField(model=BacklogItem)
    problem = LongText(required=False, allow_blank=True, max_length=100_000)
    audience = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    goals = serializers.ListField(
        child=serializers.CharField(max_length=2000), required=False, max_length=200
    )
    non_goals = serializers.ListField(
        child=serializers.CharField(max_length=2000), required=False, max_length=200
    )
    requirements = RequirementSerializer(many=True, required=False)
    segments = serializers.ListField(child=SegmentField(), required=False, max_length=50)
    questions = rows_field(QUESTIONS, "SpecQuestion")
    decisions = rows_field(DECISIONS, "SpecDecision")
    risks = rows_field(RISKS, "SpecRisk")
    dependencies = rows_field(DEPENDENCIES, "SpecDependency")
    success_metric = serializers.CharField(required=False, allow_blank=True, max_length=250)
    success_unit = serializers.CharField(required=False, allow_blank=True, max_length=24)
    success_baseline = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True
    )
    success_target = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True
    )
    success_due = serializers.DateField(required=False, allow_null=True)

    loaded: ClassVar[Mapping[str, Any]] = {
        "requirements": requirement_rows,
        "segments": segment_ids,
    }


class StorySerializer(Input):
    """A story that a requirement becomes. Criteria that are left out are those of the requirement."""

    requirement = serializers.UUIDField()
    title = serializers.CharField(max_length=250)
    acceptance = CriterionSerializer(many=True, required=False)


class StoriesSerializer(Input):
    stories = StorySerializer(many=True, max_length=100)  # type: ignore[call-arg]  # DRF gives it to the list
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class StoriesAnswer(serializers.Serializer[Any]):
    items = serializers.ListField(child=serializers.CharField())


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
