"""The tables that migrations make on an empty database are those of the models: columns, constraints and indexes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.state import ProjectState
from django.db.models import BigAutoField, CharField, Model

from plm.migrating import rendering_alone

OWN = [m for m in apps.get_models() if m.__module__.split(".")[0] not in ("django", "allauth")]


@pytest.mark.django_db
@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_a_table_is_as_its_model_says(model: type[Model]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")
        columns = {column[0] for column in cursor.description}
        pointing = set(connection.introspection.get_relations(cursor, table))
        named = _names(cursor, table)
    fields = {field.column: field for field in model._meta.local_concrete_fields}
    checked = {n for n, f in fields.items() if f.is_relation and getattr(f, "db_constraint", True)}
    assert columns == set(fields)
    assert pointing == checked
    assert {part.name for part in [*model._meta.constraints, *model._meta.indexes]} <= named


def _names(cursor: Any, table: str) -> set[str]:
    """Of what the database keeps about a table. Django cannot read all checks back from SQLite: those are read as text."""
    if connection.vendor != "sqlite":
        return set(connection.introspection.get_constraints(cursor, table))
    cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s", [table])
    return {name for (sql,) in cursor for name in re.findall('"([^"]+)"', sql or "")}


def test_code_in_a_migration_gets_all_classes_anew() -> None:
    state = ProjectState()
    key = ("id", BigAutoField(primary_key=True))
    CreateModel("Room", [key]).state_forwards("plm", state)
    before = state.apps.get_model("plm", "Room")
    with rendering_alone():
        AddField("Room", "name", CharField(max_length=9)).state_forwards("plm", state)
    alone = state.apps.get_model("plm", "Room")
    state.clear_delayed_apps_cache()  # As `RunPython` does.
    assert alone is not before
    assert [f.name for f in alone._meta.fields] == ["id", "name"]
    assert state.apps.get_model("plm", "Room") is not alone


def test_django_renders_again_as_ever_afterwards() -> None:
    own = ProjectState.__dict__["_find_reload_model"]
    with pytest.raises(RuntimeError), rendering_alone():
        assert ProjectState.__dict__["_find_reload_model"] is not own
        raise RuntimeError
    assert ProjectState.__dict__["_find_reload_model"] is own
