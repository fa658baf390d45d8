"""Reads on the way of a batch of events. Plain statements: this is the door with the most traffic."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from plm.models import Product, Workspace
from plm.models.job import QUEUED
from plm.querysets import Statement


@lru_cache(maxsize=1)
def _product_statement() -> Statement:
    return Statement.written(
        "SELECT p.id, p.key, p.name, p.archived_at, w.slug, w.time_zone FROM plm_product p"
        " JOIN plm_workspace w ON w.id = p.workspace_id WHERE p.workspace_id = %s AND p.key = %s",
        "workspace",
        "key",
    )


def product_for_intake(workspace_id: int, key: str) -> Product | None:
    """What intake must know of a product: its id, name, whether it is archived, and the workspace's time zone.

    It judges nothing: the service that takes the events asks for the right to send them.
    """
    rows = _product_statement().rows({"workspace": workspace_id, "key": key})
    if not rows:
        return None
    row = rows[0]
    workspace = Workspace(pk=workspace_id, slug=row[4], time_zone=row[5])
    return Product(pk=row[0], key=row[1], name=row[2], archived_at=row[3], workspace=workspace)


def job_waits(key: str) -> bool:
    """Whether a job of that key is queued."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM plm_job WHERE key = %s AND state = %s", [key, QUEUED])
        return cursor.fetchone() is not None
