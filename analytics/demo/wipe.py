"""Taking a whole workspace away, history included. Nothing but the demo may ever do this."""

from __future__ import annotations

from functools import partial

from django.core.files.storage import default_storage
from django.db import connection, transaction

from analytics.models import ProductEvent
from plm.models import Attachment, Counter, Product, Workspace
from plm.tenancy import append_only_tables, guarded_models


@transaction.atomic
def workspace_wipe(*, workspace: Workspace) -> None:
    """Delete the workspace and every row in it. Accounts stay: people may belong elsewhere.

    The database refuses to delete what is append-only; on PostgreSQL that guard is put aside within this transaction.
    """
    files = list(Attachment.objects.filter(workspace=workspace).values_list("file", flat=True))
    products = list(Product.objects.filter(workspace=workspace).values_list("pk", flat=True))
    native = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if native:
            # A table cannot be altered while checks of it are still to come.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in append_only_tables():
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER append_only')
        for table in (ProductEvent._meta.db_table, Counter._meta.db_table):
            _delete(table, "product_id", products)
        for model in guarded_models():
            _delete(model._meta.db_table, "workspace_id", [workspace.pk])
        _delete(Workspace._meta.db_table, "id", [workspace.pk])
        if native:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in append_only_tables():
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER append_only')
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    transaction.on_commit(partial(_files_delete, files), robust=True)


def _files_delete(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _delete(table: str, column: str, keys: list[int]) -> None:
    if not keys:
        return
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" IN ({marks})', keys)  # noqa: S608 - names of models
