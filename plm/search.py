"""One index over every record: `plm_reference`, full text on either database."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from plm.models import Reference
from plm.permissions import Actor

Rows = TypeVar("Rows", bound=QuerySet[Any])
WORD = re.compile(r"[^\W_]+", re.UNICODE)
MOST_WORDS = 12
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
    query = _query(text)
    if not query:
        return []
    ids = _matching_ids(query, workspace_id, limit * 5)
    rows = {row.pk: row for row in found.filter(pk__in=ids)}
    return [rows[pk] for pk in ids if pk in rows][:limit]


def with_words(rows: Rows, text: str) -> Rows:
    """Of these records those whose title or text has every word of `text`, the last word as a beginning.

    The index holds titles and descriptions (their first 4,000 characters) and nothing else, so what a match gives away
    is what a reader of the record reads. Wordless text finds nothing.
    """
    query = _query(text)
    if not query:
        return rows.none()
    sql = (
        "SELECT id FROM plm_reference WHERE to_tsvector('simple', title || ' ' || text) @@ to_tsquery('simple', %s)"
        if connection.vendor == "postgresql"
        else "SELECT rowid FROM plm_reference_fts WHERE plm_reference_fts MATCH %s"
    )
    return rows.filter(pk__in=RawSQL(sql, [query]))  # noqa: S611 - the words are a parameter


def _query(text: str) -> str:
    """The words as the database asks its index for them, empty for none.

    PostgreSQL takes `node.js` and 3.5 apart just as it did when it indexed them; FTS5 knows letters and digits.
    """
    if connection.vendor == "postgresql":
        cleaned = re.sub(r"['\\\x00]", " ", text.casefold()).split()
        words = [f"'{word}'" for word in cleaned if WORD.search(word)]
        join, last = " & ", ":*"
    else:
        words = [f'"{word}"' for word in WORD.findall(text.casefold())]
        join, last = " ", "*"
    words = words[:MOST_WORDS]
    return join.join(words) + last if words else ""


def _matching_ids(query: str, workspace_id: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT id FROM plm_reference, to_tsquery('simple', %s) q"
                " WHERE to_tsvector('simple', title || ' ' || text) @@ q AND workspace_id = %s"
                " ORDER BY ts_rank(to_tsvector('simple', title), q) DESC, id DESC LIMIT %s",
                [query, workspace_id, limit],
            )
        else:
            cursor.execute(
                "SELECT f.rowid FROM plm_reference_fts f JOIN plm_reference r ON r.id = f.rowid"
                " WHERE plm_reference_fts MATCH %s AND r.workspace_id = %s"
                " ORDER BY bm25(plm_reference_fts, 10.0, 1.0) LIMIT %s",
                [query, workspace_id, limit],
            )
        return [row[0] for row in cursor.fetchall()]
