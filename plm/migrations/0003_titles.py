"""An index of trigrams over titles, for `q` of lists on PostgreSQL. Where the role may not make the extension, lists read
titles one by one as before; docs/running.md says how to add it later."""

from django.db import DatabaseError, migrations, transaction

INDEX = "CREATE INDEX plm_reference_title ON plm_reference USING gin (upper(title) gin_trgm_ops)"


def forward(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except DatabaseError as fault:
            print(f"  No index for the search in titles: {fault}".rstrip())  # noqa: T201 - who migrates reads it
            return
        cursor.execute(INDEX)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS plm_reference_title")


class Migration(migrations.Migration):
    dependencies = [("plm", "0002_search")]
    operations = [migrations.RunPython(forward, backward)]
