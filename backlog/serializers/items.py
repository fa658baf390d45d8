"""Items and sprints in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from backlog.models import BacklogItem, Sprint
from backlog.models.item import PRIORITIES, TYPES
from backlog.selectors.items import idea_references
from ideas.models import Idea
from plm.api.serializers import ComponentField, RecordSerializer, ReferenceField


class NeighbourField(ReferenceField):
    """A link to a record of the same product: its key is the row's own, so reading joins one table less."""

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.paths = ("product__key", f"{self.source}__number")


class ItemSerializer(RecordSerializer):
    type = serializers.ChoiceField(choices=TYPES, required=False)
    parent = NeighbourField(  # type: ignore[assignment]  # declared fields leave the class; DRF's own parent stays
        model=BacklogItem, required=False, allow_null=True
    )
    priority = serializers.ChoiceField(choices=PRIORITIES, required=False)
    estimate = serializers.DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    sprint = NeighbourField(model=Sprint, required=False, allow_null=True)
    component = ComponentField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    ideas = serializers.ListField(child=ReferenceField(model=Idea), required=False, max_length=200)
    score = serializers.FloatField(read_only=True, allow_null=True)
    rank = serializers.IntegerField(read_only=True)
    rank_pinned = serializers.IntegerField(read_only=True, allow_null=True)
    progress_done = serializers.IntegerField(read_only=True)
    progress_total = serializers.IntegerField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True, allow_null=True)
    done_at = serializers.DateTimeField(read_only=True, allow_null=True)

    loaded: ClassVar[Mapping[str, Any]] = {"ideas": idea_references}
    only_single: ClassVar[frozenset[str]] = frozenset({"ideas"})


class SprintSerializer(RecordSerializer):
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    capacity = serializers.DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, allow_null=True
    )
