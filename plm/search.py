"""One index over every record: `plm_reference`, full text on either database."""

from __future__ import annotations

import re

from django.db import connection

from plm.models import Reference
from plm.permissions import Actor

WORD = re.compile(r"\w+", re.UNICODE)
REFERENCE = re.compile(r"^\s*([A-Za-z][A-Za-z0-9]{1,9})-(\d{1,12})\s*$")


def search(
    actor: Actor, text: str, *, workspace_id: int, product_id: int | None = None, limit: int = 20
) -> list[Reference]:
    """Records whose title or text has every word of `text`, the last word as a beginning; best first.

    `ATL-128` finds that record first. Blank or wordless text finds nothing.
    """
    found = Reference.objects.visible_to(actor).filter(workspace_id=workspace_id, archived=False)
    if product_id is not None:
        found = found.filter(product_id=product_id)
    found = found.select_related("product__workspace")
    named = REFERENCE.match(text)
    if named:
        exact = list(found.filter(product__key=named[1].upper(), number=int(named[2]))[:1])
        if exact:
            return exact
    words = WORD.findall(text.casefold())[:12]
    if not words:
        return []
    ids = _matching_ids(words, workspace_id, limit * 5)
    rows = {row.pk: row for row in found.filter(pk__in=ids)}
    return [rows[pk] for pk in ids if pk in rows][:limit]


def _matching_ids(words: list[str], workspace_id: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query = " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"])
            cursor.execute(
                "SELECT id FROM plm_reference, to_tsquery('simple', %s) q"
                " WHERE to_tsvector('simple', title || ' ' || text) @@ q AND workspace_id = %s"
                " ORDER BY ts_rank(to_tsvector('simple', title), q) DESC, id DESC LIMIT %s",
                [query, workspace_id, limit],
            )
        else:
            query = " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])
            cursor.execute(
                "SELECT f.rowid FROM plm_reference_fts f JOIN plm_reference r ON r.id = f.rowid"
                " WHERE plm_reference_fts MATCH %s AND r.workspace_id = %s"
                " ORDER BY bm25(plm_reference_fts, 10.0, 1.0) LIMIT %s",
                [query, workspace_id, limit],
            )
        return [row[0] for row in cursor.fetchall()]
