"""Progress of every item of a product, counted over the leaves below it."""

from __future__ import annotations

from django.db import connection

from plm.events import service

RECOMPUTE = """
UPDATE backlog_backlogitem AS item SET progress_done = wanted.done, progress_total = wanted.total
FROM (
    WITH RECURSIVE leaf AS (
        SELECT i.id, i.parent_id, i.state FROM backlog_backlogitem i
        WHERE i.product_id = %s AND i.archived_at IS NULL AND i.parent_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM backlog_backlogitem c WHERE c.parent_id = i.id AND c.archived_at IS NULL)
    ), path (ancestor, leaf, state) AS (
        SELECT parent_id, id, state FROM leaf
        UNION ALL
        SELECT i.parent_id, p.leaf, p.state FROM path p JOIN backlog_backlogitem i ON i.id = p.ancestor
        WHERE i.parent_id IS NOT NULL AND i.archived_at IS NULL
    ), counted AS (
        SELECT ancestor, COUNT(*) FILTER (WHERE state = 'done') AS done,
               COUNT(*) FILTER (WHERE state <> 'cancelled') AS total
        FROM path GROUP BY ancestor
    )
    SELECT i.id, COALESCE(c.done, 0) AS done, COALESCE(c.total, 0) AS total
    FROM backlog_backlogitem i LEFT JOIN counted c ON c.ancestor = i.id WHERE i.product_id = %s
) AS wanted
WHERE item.id = wanted.id AND (item.progress_done <> wanted.done OR item.progress_total <> wanted.total)
"""


@service
def item_progress_recompute(*, product_id: int) -> int:
    """Count anew what is done below each item of the product; how many items changed.

    One statement. A leaf is a live item without live children; cancelled leaves are out of scope and count nowhere.
    Computed columns: neither version nor history moves, and what did not change is not written.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECOMPUTE, [product_id, product_id])
        return int(cursor.rowcount)
