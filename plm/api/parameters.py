"""Parameters of the API as its description gives them: types, bounds, what may be asked for."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from plm.filters import RecordFilter, RowFilter
from plm.kinds import Kind
from plm.paging import DEFAULT_SIZE, MAX_SIZE

REFERENCE = {
    "type": "string",
    "pattern": "^[A-Za-z0-9-]{1,40}$",
    "examples": ["ATL-128"],
}
UUID = {"type": "string", "format": "uuid"}
KEY = {"type": "string", "minLength": 1, "maxLength": 10, "examples": ["ATL"]}
PATH = {
    "reference": ("Reference of a record, or its id where it is a record of this collection.", REFERENCE),
    "uuid": ("The id.", UUID),
    "key": ("Key of a product.", {"type": "string", "maxLength": 10, "pattern": "^[A-Za-z][A-Za-z0-9]{1,9}$", "examples": ["ATL"]}),
}  # fmt: skip

SIZE = OpenApiParameter(
    "size",
    {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": DEFAULT_SIZE},
    description="Rows of a page.",
)
CURSOR = OpenApiParameter(
    "cursor",
    {"type": "string"},
    description="Where a page begins: the cursor in the address of the next page.",
)
PAGED = [CURSOR, SIZE]
PRODUCT = OpenApiParameter(
    "product",
    {"type": "string", "maxLength": 10, "examples": ["ATL"]},
    description="Key of a product; of all you see without it.",
)
PRODUCT_REQUIRED = OpenApiParameter("product", KEY, required=True, description="Key of a product.")


def order_of(orders: Any, default: str) -> OpenApiParameter:
    """The orderings there are; `-` before one turns it round."""
    names = [sign + name for name in sorted(orders) for sign in ("", "-")]
    return OpenApiParameter(
        "order",
        {"type": "string", "enum": names, "default": default},
        description="Rows without the value come last.",
    )


def fields_of(serializer: Any) -> OpenApiParameter:
    names = list(serializer().fields)
    return OpenApiParameter(
        "fields",
        {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1},
        style="form",
        explode=False,
        description="Names of the fields to return, with commas between them. Without it all of them.",
    )


def filters_of(kind: Kind) -> list[OpenApiParameter]:
    """The filters of a kind's list, as declared once for its page and its API."""
    declared: dict[str, Any] = kind.filters.base_filters  # type: ignore[attr-defined]
    return [
        OpenApiParameter(name, _filter(name, one, kind), description=_text(name, one, kind.filters))
        for name, one in declared.items()
        if name not in {"product", "order"}
    ]


def _text(name: str, one: Any, owner: type[RecordFilter]) -> str:
    method = getattr(owner, one.method, None) if isinstance(one.method, str) else None
    own = (method.__doc__ or "").strip() if method else ""
    if isinstance(one, RowFilter):
        none = f", or {one.null_value}" if one.extra.get("null_label") else ""
        own = f"The id of a {one.label.lower()}{none}."
    return str(own or one.extra.get("help_text") or f"{one.label or name}.")


def _filter(name: str, one: Any, kind: Kind) -> dict[str, Any]:
    choices = kind.model.workflow.choices if name == "state" else one.extra.get("choices")
    if choices is not None and not callable(choices):
        values = {"type": "string", "enum": [value for value, _ in choices if value]}
        several = isinstance(one, filters.MultipleChoiceFilter)
        return {"type": "array", "items": values} if several else values
    for sort, found in (
        (filters.BooleanFilter, {"type": "boolean"}),
        (filters.IsoDateTimeFilter, {"type": "string", "format": "date-time"}),
        (filters.DateFilter, {"type": "string", "format": "date"}),
        (filters.NumberFilter, {"type": "number"}),
        (filters.ModelChoiceFilter, UUID),
    ):
        if isinstance(one, sort):
            return found
    return {"type": "string"}


def as_schema(parameter: OpenApiParameter) -> dict[str, Any]:
    """A parameter as the description holds it."""
    made: dict[str, Any] = {
        "in": parameter.location,
        "name": parameter.name,
        "schema": parameter.type,
    }
    if parameter.description:
        made["description"] = parameter.description
    if parameter.explode is not None:
        made |= {"style": parameter.style or "form", "explode": parameter.explode}
    return made


def free_form(schema: dict[str, Any]) -> serializers.Field[Any, Any, Any, Any]:
    """A read-only field of an answer with a schema of its own."""
    sort: Any = extend_schema_field(schema)(type("FreeForm", (serializers.JSONField,), {}))
    made: serializers.Field[Any, Any, Any, Any] = sort()
    return made


def moment_parameter(name: str) -> OpenApiParameter:
    """A moment of the past, as `plm.past.moment_asked` reads it."""
    return OpenApiParameter(
        name, str, required=True,
        description="A day such as 2026-05-31, of which the end is meant, or a moment as ISO 8601 writes it.",
    )  # fmt: skip
