"""How records look in JSON. One serializer per kind reads, writes, and is compiled into a fast list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from plm.api.declared import Declared, LongText
from plm.errors import NotVisible
from plm.kinds import all_kinds, record_by_reference
from plm.markdown import MOST_TEXT
from plm.models import Component, StageRecord, Team
from plm.numerals import is_plain
from plm.permissions import Actor
from plm.selectors import members_of, tags_of

NUMBERS = (serializers.IntegerField, serializers.FloatField, serializers.DecimalField)

UUID_SCHEMA = {"type": "string", "format": "uuid"}
PERSON_SCHEMA = {
    "type": "object",
    "properties": {"id": UUID_SCHEMA, "name": {"type": "string"}},
    "required": ["id", "name"],
}


class LinkField(serializers.Field[Any, Any, Any, Any]):
    """A field whose output is read from columns of the row: `paths` to select, `shape` to put several together."""

    paths: tuple[str, ...] = ()
    holds = ""
    """What an importer must look up to fill the field: a person, a team or a record."""
    reads: ClassVar[Mapping[str, Any]] = {"type": "string"}
    """The schema of what a call answers; `writes` that of what it takes."""
    writes: ClassVar[Mapping[str, Any]] = {}

    def shape(self, *values: Any) -> Any:
        return values[0]

    def to_representation(self, value: Any) -> Any:
        return value

    @property
    def actor(self) -> Actor:
        actor: Actor = self.context["actor"]
        return actor

    @property
    def workspace_id(self) -> int:
        return int(self.context["workspace_id"])


class LinkSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """What a link reads as and what it is written as differ; the description says both."""

    target_class = "plm.api.serializers.LinkField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        del auto_schema
        return dict(
            self.target.reads
            if direction == "response"
            else self.target.writes or self.target.reads
        )


class UuidLinkField(LinkField):
    """A link to one of `rows()`, by its id. `refusal` says what would be right."""

    reads: ClassVar[Mapping[str, Any]] = UUID_SCHEMA
    refusal: ClassVar[str]

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.paths = (f"{self.source}__uuid",)

    def to_internal_value(self, data: Any) -> Any:
        try:
            uuid = serializers.UUIDField().run_validation(data)
        except serializers.ValidationError:
            uuid = None
        found = self.rows().filter(uuid=uuid).first() if uuid else None
        if found is None:
            raise serializers.ValidationError(self.refusal)
        return found


class PersonField(UuidLinkField):
    """A member of the workspace: read as {id, name}, written as the id, or null."""

    holds = "person"
    reads = PERSON_SCHEMA
    writes = UUID_SCHEMA
    refusal = "Give the id of a member of this workspace, or null."

    def rows(self) -> QuerySet[Any]:
        members: QuerySet[Any] = members_of(self.workspace_id)
        return members

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        source = self.source
        self.paths = (f"{source}__uuid", f"{source}__name", f"{source}__email")

    def shape(self, *values: Any) -> Any:
        uuid, name, email = values
        return None if uuid is None else {"id": str(uuid), "name": name or email.partition("@")[0]}


class TeamField(UuidLinkField):
    """A team of the workspace, by its id."""

    holds = "team"
    refusal = "Give the id of a team of this workspace, or null."

    def rows(self) -> QuerySet[Any]:
        return Team.objects.filter(workspace_id=self.workspace_id)


class ComponentField(UuidLinkField):
    """A component of a product: read as {id, name}, written as the id, or null."""

    holds = "component"
    reads = PERSON_SCHEMA
    writes = UUID_SCHEMA
    refusal = "Give the id of a component of the product, or null."

    def rows(self) -> QuerySet[Any]:
        found = Component.objects.visible_to(self.actor, "component.view")
        return found.filter(workspace_id=self.workspace_id)

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.paths = (f"{self.source}__uuid", f"{self.source}__name")

    def shape(self, *values: Any) -> Any:
        uuid, name = values
        return None if uuid is None else {"id": str(uuid), "name": name}


class ReferenceField(LinkField):
    """A link to a record of one kind, as its reference (`ATL-128`)."""

    holds = "record"
    reads: ClassVar[Mapping[str, Any]] = {"type": "string", "examples": ["ATL-128"]}

    def __init__(self, *, model: type[StageRecord], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.paths = (f"{self.source}__product__key", f"{self.source}__number")

    def shape(self, *values: Any) -> Any:
        key, number = values
        return None if number is None else f"{key}-{number}"

    def to_internal_value(self, data: Any) -> Any:
        try:
            record = record_by_reference(self.actor, self.workspace_id, str(data)[:24])
        except NotVisible:
            record = None
        if not isinstance(record, self.model):
            raise serializers.ValidationError("There is no such record here.")
        return record


class Input(Declared):
    """What a call takes. Text has to be text, and text for a number one as JSON writes it.

    Python would read `1_000` and the digits of other scripts as well, and turn a number into text.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            wrong = {
                name: text
                for name, field in self.known.items()
                if name in data and (text := misread(field, data[name]))
            }
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


def misread(field: Any, value: Any) -> str:
    """What is wrong with a value that a field would take for another one; empty when nothing is."""
    if isinstance(field, NUMBERS):
        odd = isinstance(value, bool) or (isinstance(value, str) and not is_plain(value))
        return "Give a number, such as 12 or 12.5." if odd else ""
    if isinstance(field, serializers.CharField) and isinstance(value, int | float):
        return "Give text, in quotation marks."
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        return next((text for one in value if (text := misread(field.child, one))), "")
    return ""


class StateField(serializers.CharField):
    """A state of the kind's workflow; which ones lead where, the service says."""


class StateSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Described by name as the states of the kind that the serializer is for."""

    target_class = "plm.api.serializers.StateField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        del auto_schema, direction
        of = type(self.target.parent)
        names = [
            name for k in all_kinds() if k.serializer is of for name in k.model.workflow.names()
        ]
        return {"type": "string", "enum": names} if names else {"type": "string", "maxLength": 24}


class RecordSerializer(Input):
    """What every kind of record shows and takes. Subclasses add fields; `read_only` ones are never written."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    reference = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    title = serializers.CharField(max_length=250)
    description = LongText(
        max_length=MOST_TEXT, required=False, allow_blank=True, trim_whitespace=False
    )
    state = StateField(max_length=24, required=False)
    owner = PersonField(required=False, allow_null=True)
    team = TeamField(required=False, allow_null=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=30
    )
    custom = serializers.DictField(required=False)
    external_source = serializers.CharField(max_length=60, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=200, required=False, allow_blank=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    archived_at = serializers.DateTimeField(read_only=True, allow_null=True)

    computed: ClassVar[frozenset[str]] = frozenset({"reference", "kind", "tags"})
    """Fields that are put together from the row rather than read from a column."""
    loaded: ClassVar[Mapping[str, Callable[[Sequence[int]], Mapping[int, Any]]]] = {}
    """Fields that come from other tables: one statement a page each. Keys of records in, values per key out."""
    only_single: ClassVar[frozenset[str]] = frozenset()
    """Loaded fields that a list leaves out unless `?fields=` asks for them."""

    @classmethod
    def reader(cls, kind: str) -> Reader:
        """This serializer compiled for reading many rows."""
        return Reader(cls(), kind)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        fields = self.known
        unknown = (
            sorted(self.initial_data.keys() - fields.keys())
            if isinstance(self.initial_data, dict)
            else []
        )
        if unknown:
            known = ", ".join(name for name, field in fields.items() if not field.read_only)
            raise serializers.ValidationError(
                dict.fromkeys(unknown, f"Unknown. Fields are: {known}.")
            )
        locked = sorted(name for name in self.initial_data if fields[name].read_only)
        if locked:
            raise serializers.ValidationError(
                dict.fromkeys(locked, "This is computed; it cannot be set.")
            )
        return attrs


class Reader:
    """A serializer compiled for reading: which columns to fetch, and how a row becomes a dict.

    Rows come from `values_list`, so that a page of 50 builds no model instances.
    """

    def __init__(
        self,
        serializer: RecordSerializer,
        kind: str,
        fields: set[str] | None = None,
        *,
        single: bool = False,
    ) -> None:
        self.kind = kind
        self.wants_reference = fields is None or "reference" in fields
        self.wants_kind = fields is None or "kind" in fields
        # Names stand over the first columns of a row, so that one `zip` makes the dict; what a name needs beyond the
        # column below it comes behind them all.
        self._names: list[str] = []
        self._links: list[tuple[str, Callable[..., Any], Callable[[Any], tuple[Any, ...]]]] = []
        self._decimals: list[str] = []
        self.columns: list[str] = []
        if self.wants_reference:
            self._name("reference", "number")
        if self.wants_kind:
            self._name("kind", "product__key")
        self._name_fields(serializer, fields)
        if self.wants_reference:
            first = 1 if self.wants_kind else self._place("product__key")
            self._links.append(
                ("reference", lambda key, number: f"{key}-{number}", itemgetter(first, 0))
            )
        self.base = self._place("pk")
        self.loaders = {
            name: load
            for name, load in {"tags": tags_of, **serializer.loaded}.items()
            if (name in fields if fields else single or name not in serializer.only_single)
        }

    def _name_fields(self, serializer: RecordSerializer, fields: set[str] | None) -> None:
        taken = {
            name: field
            for name, field in serializer.fields.items()
            if (fields is None or name in fields)
            and name not in serializer.computed
            and name not in serializer.loaded
            and not field.write_only
        }
        links = {name: field for name, field in taken.items() if isinstance(field, LinkField)}
        for name, field in taken.items():
            self._name(
                name,
                links[name].paths[0] if name in links else str(field.source).replace(".", "__"),
            )
            if isinstance(field, serializers.DecimalField):
                self._decimals.append(name)
        for name, link in links.items():
            if len(link.paths) > 1:
                places = [self._names.index(name), *map(self._place, link.paths[1:])]
                self._links.append((name, link.shape, itemgetter(*places)))

    def _name(self, name: str, path: str) -> None:
        self._names.append(name)
        self._place(path)

    def _place(self, path: str) -> int:
        self.columns.append(path)
        return len(self.columns) - 1

    def rows(self, queryset: QuerySet[Any]) -> list[dict[str, Any]]:
        """The rows as dicts, tags included: one statement, and one more for the tags."""
        return self.dicts(list(queryset.values_list(*self.columns)))

    def dicts(self, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
        made = self._made(rows)
        keys = [row[self.base] for row in rows]
        for name, load in self.loaders.items():
            found = load(keys) if keys else {}
            for key, shown in zip(keys, made, strict=True):
                shown[name] = found.get(key, [])
        return made

    def dict_of(self, record: StageRecord) -> dict[str, Any]:
        """A record that has just been made, without tags and rows in other tables, from its instance alone."""
        row = tuple(_value_at(record, path) for path in self.columns)
        return self._made([row])[0] | {name: [] for name in self.loaders}

    def _made(self, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """One field after the other rather than one row: what a field needs is looked up once a page."""
        made: list[dict[str, Any]] = [dict(zip(self._names, row, strict=False)) for row in rows]
        if self.wants_kind:
            for shown in made:
                shown["kind"] = self.kind
        for name, shape, of in self._links:
            for shown, row in zip(made, rows, strict=True):
                shown[name] = shape(*of(row))
        for name in self._decimals:
            for shown in made:
                shown[name] = None if shown[name] is None else float(shown[name])
        return made


def _value_at(record: Any, path: str) -> Any:
    """The value that a query's path (`owner__name`) leads to from an instance."""
    for name in path.split("__"):
        record = getattr(record, name, None)
        if record is None:
            return None
    return record
