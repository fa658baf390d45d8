"""Companies and people in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ideas.models import Company, Person
from ideas.models.customer import currency_validator
from plm.api.serializers import UUID_SCHEMA, Input, LinkField

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


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean"]},
        "description": "Names and values of your own: texts, numbers, days as text, true or false.",
    }
)
class AttributesField(serializers.JSONField):
    pass


class CompanySerializer(Input):
    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(max_length=200)
    external_id = serializers.CharField(max_length=200, required=False, allow_blank=True)
    plan = serializers.CharField(max_length=60, required=False, allow_blank=True)
    segment = serializers.CharField(max_length=60, required=False, allow_blank=True)
    mrr = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    arr = serializers.DecimalField(
        max_digits=15,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="Twelve times `mrr`; give either.",
    )
    currency = serializers.CharField(max_length=3, required=False, validators=[currency_validator])
    as_of = serializers.DateField(required=False, allow_null=True)
    owner = serializers.UUIDField(
        source="owner.uuid", required=False, allow_null=True, help_text="A member of the workspace."
    )
    attributes = AttributesField(required=False)
    merged_into = serializers.UUIDField(
        source="merged_into.uuid", read_only=True, allow_null=True, default=None
    )
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    archived_at = serializers.DateTimeField(read_only=True, allow_null=True)


class EraseBody(Input):
    confirm = serializers.CharField(
        max_length=320, help_text="The person's e-mail address; their name where there is none."
    )


class PersonSerializer(Input):
    """`company` is the id of a company of the workspace, or null."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(max_length=200)
    email = serializers.EmailField(required=False, allow_blank=True)
    role = serializers.CharField(max_length=120, required=False, allow_blank=True)
    company = serializers.UUIDField(source="company.uuid", required=False, allow_null=True)
    attributes = AttributesField(required=False)
    external_id = serializers.CharField(max_length=200, required=False, allow_blank=True)
    merged_into = serializers.UUIDField(
        source="merged_into.uuid", read_only=True, allow_null=True, default=None
    )
    erasure_asked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    erased_at = serializers.DateTimeField(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    archived_at = serializers.DateTimeField(read_only=True, allow_null=True)
