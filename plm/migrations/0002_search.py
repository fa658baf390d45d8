"""The full-text index over references: a GIN index on PostgreSQL, an FTS5 table kept by triggers on SQLite."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE plm_reference_fts USING fts5(title, text, content='plm_reference', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 0')",
    "INSERT INTO plm_reference_fts(plm_reference_fts) VALUES ('rebuild')",
    "CREATE TRIGGER plm_reference_fts_insert AFTER INSERT ON plm_reference BEGIN"
    " INSERT INTO plm_reference_fts(rowid, title, text) VALUES (new.id, new.title, new.text); END",
    "CREATE TRIGGER plm_reference_fts_delete AFTER DELETE ON plm_reference BEGIN"
    " INSERT INTO plm_reference_fts(plm_reference_fts, rowid, title, text)"
    " VALUES ('delete', old.id, old.title, old.text); END",
    "CREATE TRIGGER plm_reference_fts_update AFTER UPDATE OF title, text ON plm_reference BEGIN"
    " INSERT INTO plm_reference_fts(plm_reference_fts, rowid, title, text)"
    " VALUES ('delete', old.id, old.title, old.text);"
    " INSERT INTO plm_reference_fts(rowid, title, text) VALUES (new.id, new.title, new.text); END",
]
POSTGRESQL = [
    "CREATE INDEX plm_reference_search ON plm_reference USING gin (to_tsvector('simple', title || ' ' || text))",
]
BACK = {
    "sqlite": [
        "DROP TRIGGER plm_reference_fts_insert",
        "DROP TRIGGER plm_reference_fts_delete",
        "DROP TRIGGER plm_reference_fts_update",
        "DROP TABLE plm_reference_fts",
    ],
    "postgresql": ["DROP INDEX plm_reference_search"],
}


def forward(apps, schema_editor):
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def backward(apps, schema_editor):
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("plm", "0001_kernel")]
    operations = [migrations.RunPython(forward, backward)]
