"""Companies and people in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ideas.models import Company, Person
from plm.api.serializers import UUID_SCHEMA, LinkField

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
