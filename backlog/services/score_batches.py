"""Scores that the database cannot compute to the last bit (powers, logarithms, rounding): computed here in batches.

Each batch reads its items by their key, computes them as columns, and writes those that changed with one statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models

from backlog.models import Assessment, BacklogItem, ScoringModelVersion
from plm.numeric import np
from plm.scoring.definition import Definition
from plm.scoring.expression.columns import evaluate_columns

BATCH = 5000
WRITE = """
    UPDATE backlog_backlogitem AS item SET score = given.score
    FROM (WITH computed(id, score) AS (VALUES {rows}) SELECT id, score FROM computed) AS given
    WHERE given.id = item.id"""
ROW = "(CAST(%s AS bigint), CAST(%s AS double precision))"


def score_batches_write(
    *, product_id: int, basis: ScoringModelVersion, item_ids: Sequence[int] | None = None
) -> int:
    """Bring the scores of a product, or of some of its items, up to date, not the ranks; how many changed. Part of
    another service."""
    rows = BacklogItem.objects.filter(product_id=product_id).order_by("pk")
    if item_ids is not None:
        rows = rows.filter(pk__in=item_ids)
    definition, last, written = basis.formula, 0, 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", "score")[:BATCH]):
        judged = Assessment.objects.filter(
            scoring_model_id=basis.scoring_model_id, item_id__gt=last, item_id__lte=batch[-1][0]
        )
        last = batch[-1][0]
        scores = _scores(definition, [pk for pk, _ in batch], judged)
        changed = [(pk, new) for (pk, old), new in zip(batch, scores, strict=True) if new != old]
        written += _write(changed)
    return written


def _scores(
    definition: Definition, keys: Sequence[int], judged: models.QuerySet[Assessment]
) -> list[float | None]:
    slots = [f"v{f.slot}" for f in definition.factors]
    place = {pk: at for at, pk in enumerate(keys)}
    table = np.full((len(slots), len(keys)), np.nan)
    for pk, *values in judged.values_list("item_id", *slots).iterator(chunk_size=BATCH):
        if pk in place:
            table[:, place[pk]] = [np.nan if value is None else value for value in values]
    columns = {f.key: table[at] for at, f in enumerate(definition.factors)}
    found = evaluate_columns(definition.tree, columns, len(keys))
    return [None if why else float(v) for v, why in zip(found.values, found.reasons, strict=True)]


def _write(changed: Sequence[tuple[int, float | None]]) -> int:
    if not changed:
        return 0
    statement = WRITE.format(rows=", ".join([ROW] * len(changed)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in changed for value in row])
        return int(cursor.rowcount)
