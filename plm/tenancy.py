"""The database's own guard: triggers refuse links between workspaces and rewriting of history.

Installed after each migration, from the models as they are, on SQLite and PostgreSQL alike, so that no door
above (a forgotten filter, a raw statement, a bug) can join two workspaces.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import ForeignKey, Model

APPEND_ONLY = ("plm_event",)
"""The table of facts, whose texts have a door for erasing. Other models name the columns that never change themselves,
as `append_only`; what they leave out, texts above all, can still be erased."""


def guarded_links(model: type[Model]) -> list[tuple[str, str, str]]:
    """(column, parent table, parent key column) of each link of `model` to a row that has a workspace too."""
    links = []
    for field in model._meta.local_concrete_fields:
        if not isinstance(field, ForeignKey) or field.name == "workspace":
            continue
        parent: Any = field.remote_field.model
        if _has_workspace(parent):
            links.append((field.column, parent._meta.db_table, parent._meta.pk.column))
    return links


def _has_workspace(model: type[Model]) -> bool:
    return any(field.name == "workspace" for field in model._meta.local_concrete_fields)


def guarded_models() -> list[type[Model]]:
    return [m for m in apps.get_models() if _has_workspace(m) and m._meta.managed]


def append_only_tables() -> list[str]:
    """The tables whose rows the database refuses to delete, on PostgreSQL."""
    named = [m._meta.db_table for m in guarded_models() if getattr(m, "append_only", ())]
    return [*APPEND_ONLY, *named]


def install(*, using: str = "default", **_: Any) -> None:
    """Make the triggers anew. Connected to `post_migrate`."""
    connection = connections[using]
    statements: list[str] = []
    present = set(connection.introspection.table_names())
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    frozen = (_frozen_sqlite, _frozen_postgresql)
    for model in guarded_models():
        if model._meta.db_table in present:
            statements += write(model._meta.db_table, guarded_links(model))
            kept: tuple[str, ...] = getattr(model, "append_only", ())
            columns = [str(f.column) for f in model._meta.local_concrete_fields if f.name in kept]
            if columns:
                freeze = frozen[connection.vendor == "postgresql"]
                statements += freeze(model._meta.db_table, columns)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(*, using: str = "default", plan: Any = (), **_: Any) -> None:
    """Take the triggers away while tables change: they name tables and columns of before. Connected to `pre_migrate`."""
    if not plan:
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
                " WHERE NOT tgisinternal AND tgname IN ('tenancy_guard', 'append_only')"
            )
        else:
            cursor.execute(
                "SELECT name, '' FROM sqlite_master WHERE type = 'trigger'"
                " AND (name LIKE 'tenancy!_%' ESCAPE '!' OR name LIKE 'append!_only!_%' ESCAPE '!')"
            )
        for name, table in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"' + (f" ON {table}" if table else ""))


def _open_door() -> str:
    """Whether the texts of the row may be changed in this very transaction: `plm.services.redaction` opened its door."""
    return "SELECT 1 FROM plm_eventdoor d WHERE d.event_id = OLD.id"


def _postgresql(table: str, links: list[tuple[str, str, str]]) -> list[str]:
    # The parent is asked for by its key alone: PostgreSQL plans this once a connection, and beside a condition on the
    # workspace it may take the index of that, which in a table that grows means reading ever more rows for each check.
    # A condition with a SELECT in it is run as a statement even where its first half has settled it: two conditions are not.
    checks = "".join(
        f'IF NEW."{column}" IS NOT NULL THEN'
        f' IF (SELECT p.workspace_id FROM "{parent}" p WHERE p."{key}" = NEW."{column}")'
        f" IS DISTINCT FROM NEW.workspace_id THEN RAISE EXCEPTION 'tenancy: {table}.{column} leads to another"
        " workspace' USING ERRCODE = 'foreign_key_violation'; END IF; END IF; "
        for column, parent, key in links
    )
    columns = ", ".join(f'"{column}"' for column, _, _ in links)
    body = (
        "BEGIN IF TG_OP = 'UPDATE' AND NEW.workspace_id <> OLD.workspace_id THEN RAISE EXCEPTION"
        f" 'tenancy: {table} cannot change its workspace' USING ERRCODE = 'foreign_key_violation'; END IF; "
        f"{checks} RETURN NEW; END"
    )
    update_of = f"workspace_id, {columns}" if columns else "workspace_id"
    statements = [
        f"CREATE OR REPLACE FUNCTION tenancy_{table}() RETURNS trigger LANGUAGE plpgsql AS $tenancy$ {body} $tenancy$",
        f'DROP TRIGGER IF EXISTS tenancy_guard ON "{table}"',
        f"CREATE TRIGGER tenancy_guard BEFORE INSERT OR UPDATE OF {update_of}"
        f' ON "{table}" FOR EACH ROW EXECUTE FUNCTION tenancy_{table}()',
    ]
    if table in APPEND_ONLY:
        statements += [
            f"CREATE OR REPLACE FUNCTION append_only_{table}() RETURNS trigger LANGUAGE plpgsql AS $append$ BEGIN"
            " IF TG_OP = 'UPDATE' AND NEW.sequence = OLD.sequence AND NEW.verb = OLD.verb AND"
            f" NEW.created_at = OLD.created_at AND EXISTS ({_open_door()}) THEN RETURN NEW; END IF;"
            f" RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $append$",
            f'DROP TRIGGER IF EXISTS append_only ON "{table}"',
            f"CREATE TRIGGER append_only BEFORE UPDATE OF sequence, verb, changes, data, reason, created_at OR DELETE"
            f' ON "{table}" FOR EACH ROW EXECUTE FUNCTION append_only_{table}()',
        ]
    return statements


def _sqlite(table: str, links: list[tuple[str, str, str]]) -> list[str]:
    checks = [
        f"SELECT RAISE(ABORT, 'tenancy: {table}.{column} leads to another workspace')"
        f' WHERE NEW."{column}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{parent}" p WHERE p."{key}" = NEW."{column}"'
        " AND p.workspace_id = NEW.workspace_id);"
        for column, parent, key in links
    ]
    still = (
        f"SELECT RAISE(ABORT, 'tenancy: {table} cannot change its workspace')"
        " WHERE NEW.workspace_id <> OLD.workspace_id;"
    )
    columns = ", ".join(["workspace_id", *(f'"{column}"' for column, _, _ in links)])
    statements = [
        f'DROP TRIGGER IF EXISTS "tenancy_insert_{table}"',
        f'DROP TRIGGER IF EXISTS "tenancy_update_{table}"',
        f'CREATE TRIGGER "tenancy_update_{table}" BEFORE UPDATE OF {columns} ON "{table}" BEGIN {still}'
        f" {' '.join(checks)} END",
    ]
    if checks:
        statements.append(
            f'CREATE TRIGGER "tenancy_insert_{table}" BEFORE INSERT ON "{table}" BEGIN {" ".join(checks)} END'
        )
    if table in APPEND_ONLY:
        statements += [
            f'DROP TRIGGER IF EXISTS "append_only_{table}"',
            f'DROP TRIGGER IF EXISTS "append_only_text_{table}"',
            f'CREATE TRIGGER "append_only_{table}" BEFORE UPDATE OF sequence, verb, created_at'
            f" ON \"{table}\" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            f'CREATE TRIGGER "append_only_text_{table}" BEFORE UPDATE OF changes, data, reason ON "{table}"'
            f" WHEN NOT EXISTS ({_open_door()}) BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ]
    return statements


def _frozen_postgresql(table: str, columns: list[str]) -> list[str]:
    named = ", ".join(f'"{column}"' for column in columns)
    return [
        f"CREATE OR REPLACE FUNCTION append_only_{table}() RETURNS trigger LANGUAGE plpgsql AS $append$ BEGIN"
        f" RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $append$",
        f'DROP TRIGGER IF EXISTS append_only ON "{table}"',
        f'CREATE TRIGGER append_only BEFORE UPDATE OF {named} OR DELETE ON "{table}" FOR EACH ROW'
        f" EXECUTE FUNCTION append_only_{table}()",
    ]


def _frozen_sqlite(table: str, columns: list[str]) -> list[str]:
    named = ", ".join(f'"{column}"' for column in columns)
    return [
        f'DROP TRIGGER IF EXISTS "append_only_{table}"',
        f'CREATE TRIGGER "append_only_{table}" BEFORE UPDATE OF {named}'
        f" ON \"{table}\" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ]
