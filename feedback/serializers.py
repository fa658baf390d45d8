"""Feedback in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.models import BacklogItem
from feedback.models import Company, Person
from feedback.models.feedback import SENTIMENTS, SOURCES
from plm.api.serializers import UUID_SCHEMA, LinkField, RecordSerializer, ReferenceField
from roadmap.models import Release

NAMED = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "external_id": {"type": "string"},
    },
    "required": ["id", "name", "external_id"],
}


class CustomerField(LinkField):
    """A company or person of the workspace: read as {id, name, external_id}, written as the id."""

    model: type[Company] | type[Person]
    noun = ""
    reads = NAMED
    writes = UUID_SCHEMA

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.paths = tuple(f"{self.source}__{name}" for name in ("uuid", "name", "external_id"))

    def shape(self, *values: Any) -> Any:
        uuid, name, external_id = values
        return None if uuid is None else {"id": str(uuid), "name": name, "external_id": external_id}

    def to_internal_value(self, data: Any) -> Any:
        try:
            uuid = serializers.UUIDField().run_validation(data)
        except serializers.ValidationError:
            uuid = None
        rows: Any = self.model.objects
        found = rows.filter(workspace_id=self.workspace_id, uuid=uuid).first() if uuid else None
        if found is None:
            raise serializers.ValidationError(
                f"Give the id of a {self.noun} of this workspace, or null."
            )
        return found


class CompanyField(CustomerField):
    model = Company
    noun = "company"


class PersonField(CustomerField):
    """A customer, not a member of the team."""

    model = Person
    noun = "person"


class FeedbackSerializer(RecordSerializer):
    title = serializers.CharField(max_length=250, required=False, allow_blank=True)
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment] # a field named like an attribute of fields
    person = PersonField(required=False, allow_null=True)
    company = CompanyField(required=False, allow_null=True)
    received_at = serializers.DateTimeField(required=False)
    sentiment = serializers.ChoiceField(choices=SENTIMENTS, required=False, allow_blank=True)
    item = ReferenceField(model=BacklogItem, required=False, allow_null=True)
    release = ReferenceField(model=Release, required=False, allow_null=True)
