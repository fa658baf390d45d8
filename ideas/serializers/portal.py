"""Portal and boards in JSON, for clients of the team; what customers get is made by `ideas.selectors.portal`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ideas.models import Segment
from ideas.models.portal import COUNTS, PRIVACIES
from plm.api.serializers import Input


class PortalSerializer(Input):
    """`accent` as `#1a2b3c`; `vote_budget` null: as many votes as they like; `counts`: who sees how many vote."""

    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    welcome = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    accent = serializers.CharField(max_length=7, required=False, allow_blank=True)
    vote_budget = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, allow_null=True
    )
    counts = serializers.ChoiceField(choices=COUNTS, required=False)
    allowed_origins = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=20
    )
    version = serializers.IntegerField(read_only=True)


class AskSerializer(Input):
    """A custom field of ideas by its name, and whether the form insists on an answer."""

    field = serializers.CharField(max_length=40, source="field.name")
    required = serializers.BooleanField(default=False)  # type: ignore[assignment] # a field named like an attribute of fields

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        if (
            "field" not in found
        ):  # A change of the board asks for no part of it; a row is whole all the same.
            raise serializers.ValidationError({"field": "Name the field."})
        return {"field": found["field"]["name"], "required": found.get("required", False)}


class SegmentField(serializers.SlugRelatedField[Segment]):
    """A segment of the workspace by its id."""

    def get_queryset(self) -> Any:
        return Segment.objects.filter(workspace_id=self.context["workspace_id"])


class BoardSerializer(Input):
    """`privacy` is public, link or selected: then `people` and whoever is in `segment` read it."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    product = serializers.CharField(max_length=10, source="product.key")
    name = serializers.CharField(max_length=80)
    slug = serializers.RegexField(r"^[a-z0-9][a-z0-9-]{0,39}$", max_length=40, required=False)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    position = serializers.IntegerField(min_value=0, max_value=1000, required=False)
    privacy = serializers.ChoiceField(choices=PRIVACIES, required=False)
    people = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=500, source="people_ids"
    )
    segment = SegmentField(
        slug_field="uuid", queryset=Segment.objects.none(), required=False, allow_null=True
    )
    vote_budget = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, allow_null=True
    )
    asks = AskSerializer(many=True, required=False)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        if "people_ids" in found:
            found["people"] = found.pop("people_ids")
        return found


class LinkAnswer(serializers.Serializer[Any]):
    """Append it to the portal's address and `with/`."""

    secret = serializers.CharField()
