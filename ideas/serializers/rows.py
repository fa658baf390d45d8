"""The shape of a row inside a record, made from its declaration."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from ideas.rowsets import MOST_ROWS, Column, RowSet


def _field(column: Column) -> serializers.Field[Any, Any, Any, Any]:
    common: dict[str, Any] = {"required": column.required}
    if column.kept:
        common = {"read_only": True}
    if column.type in {"line", "text", "record"}:
        return serializers.CharField(
            max_length=column.length, allow_blank=not column.required, **common
        )
    common["allow_null"] = not column.required
    if column.type == "url":
        return serializers.URLField(max_length=2000, **common)
    if column.type == "day":
        return serializers.DateField(**common)
    if column.type == "number":
        return serializers.FloatField(min_value=column.least, max_value=column.most, **common)
    if column.type == "choice":
        return serializers.ChoiceField(choices=column.choices, **common)
    return serializers.BooleanField(**common)


def rows_field(rowset: RowSet, name: str, most: int = MOST_ROWS) -> Any:
    """A list of at most so many rows; a row is called `name` in the description."""
    fields: dict[str, Any] = {column.name: _field(column) for column in rowset.columns}
    row = type(name, (serializers.Serializer,), {"__doc__": f"A {rowset.one}.", **fields})
    shape: Any = extend_schema_serializer(component_name=name)(row)
    return shape(many=True, required=False, max_length=most)
