"""Scores and ranks of a whole product, in one statement.

The statement computes what `plm.scoring` computes, in the same order of operations and the same arithmetic (IEEE
doubles), so that its numbers are those of the pure formula to the last bit. It writes only rows whose score or
rank is another one than before.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from backlog.models import BacklogItem, ScoreBasis, ScoringModel, ScoringModelVersion
from backlog.models.item import FINISHED_STATES
from backlog.services.score_batches import score_batches_write
from backlog.services.scoring_models import scoring_models_ensure
from plm.events import emit, service
from plm.models import Product
from plm.permissions import SYSTEM
from plm.scoring.definition import Definition
from plm.scoring.expression import sql


def score_sql(definition: Definition) -> tuple[str, list[float]] | None:
    """The formula as SQL over columns of the assessment `a`, and its parameters. A missing value gives NULL.

    None where the database would not come to the same bits (`score_batches` computes those).
    """
    columns = {
        f.key: sql.Column(f"a.v{int(f.slot)}", max(abs(f.low), abs(f.high)))
        for f in definition.factors
    }
    dialect = sql.SQLITE if connection.vendor == "sqlite" else sql.POSTGRESQL
    return sql.sql_of(definition.tree, columns, dialect)


OPEN = " AND ".join(
    ["i.archived_at IS NULL", *(f"i.state <> '{name}'" for name in FINISHED_STATES)]
)

SCORED = """
    scored AS (
        SELECT i.id, i.created_at, i.rank_pinned, {score} AS score, CASE WHEN {open} THEN 1 ELSE 0 END AS open
        FROM backlog_backlogitem i
        LEFT JOIN backlog_assessment a ON a.item_id = i.id AND a.scoring_model_id = %s
        WHERE i.product_id = %s{only}
    )"""

# Archived and finished items keep a score and have no rank.
RANKED = """
    ranked AS (
        SELECT id, score, CASE WHEN open = 1 THEN row_number() OVER (
            ORDER BY open DESC, score DESC NULLS LAST, created_at, id) ELSE 0 END AS rank
        FROM scored
    )"""

# The same around places that people fixed. Free items are numbered by themselves; the j-th fixed one has (its place
# - j) free ones before it, or as many as the fixed one before it; the two lists are merged by that count.
RANKED_AROUND_PINS = """
    counted AS (
        SELECT id, score, open, rank_pinned,
               CASE WHEN rank_pinned IS NULL THEN 0 ELSE 1 END AS fixed,
               row_number() OVER (
                   PARTITION BY open, CASE WHEN rank_pinned IS NULL THEN 0 ELSE 1 END
                   ORDER BY rank_pinned, CASE WHEN rank_pinned IS NULL THEN score END DESC NULLS LAST,
                            CASE WHEN rank_pinned IS NULL THEN created_at END, id) AS place
        FROM scored
    ),
    merged AS (
        SELECT id, score, open, fixed, place,
               CASE WHEN fixed = 0 THEN place
                    ELSE max(rank_pinned - place) OVER (PARTITION BY open, fixed ORDER BY place) END AS free_before
        FROM counted
    ),
    ranked AS (
        SELECT id, score, CASE WHEN open = 1 THEN
               row_number() OVER (PARTITION BY open ORDER BY free_before, fixed, place) ELSE 0 END AS rank
        FROM merged
    )"""

# The common table expressions stand inside FROM, so that drivers see an UPDATE and count its rows.
UPDATE = """
    UPDATE backlog_backlogitem AS item SET score = ranked.score, rank = ranked.rank
    FROM (WITH {expressions} SELECT id, score, rank FROM ranked) AS ranked
    WHERE ranked.id = item.id AND (item.score {differs} ranked.score OR item.rank <> ranked.rank)"""

UPDATE_SCORES = """
    UPDATE backlog_backlogitem AS item SET score = scored.score
    FROM (WITH {expressions} SELECT id, score FROM scored) AS scored
    WHERE scored.id = item.id AND item.score {differs} scored.score"""


def recompute_sql(
    product_id: int, basis: ScoringModelVersion, *, pins: bool
) -> tuple[str, list[Any]]:
    """The statement that brings every score and rank of a product up to date, and its parameters.

    Ranks alone, by the scores that stand, where Python computes those.
    """
    formula, numbers = score_sql(basis.formula) or ("i.score", [])
    scored = SCORED.format(score=formula, open=OPEN, only="")
    ranked = RANKED_AROUND_PINS if pins else RANKED
    statement = UPDATE.format(expressions=f"{scored},{ranked}", differs=_differs())
    return statement, [*numbers, basis.scoring_model_id, product_id]


def _differs() -> str:
    return "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"


@service
def scores_recompute(*, product_id: int) -> int:
    """Bring scores and ranks of a product in line with its active model; how many items changed.

    Writes nothing where nothing changed. Emits `scores.recomputed` when something did.
    """
    product = Product.objects.get(pk=product_id)
    model = scoring_models_ensure(product=product)
    basis = model.versions.get(version=model.version)
    pins = BacklogItem.objects.filter(product_id=product_id, rank_pinned__isnull=False).exists()
    written = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '128MB'")
        if score_sql(basis.formula) is None:
            written = score_batches_write(product_id=product_id, basis=basis)
        cursor.execute(*recompute_sql(product_id, basis, pins=pins))
        written = max(written, int(cursor.rowcount))
    moved = _basis_set(product, basis, touch=written > 0)
    if written or moved:
        emit(
            "scores.recomputed", actor=SYSTEM, workspace_id=product.workspace_id, product_id=product_id,
            items=written, model=model.name, model_version=model.version,
        )  # fmt: skip
    return written


def _basis_set(product: Product, basis: ScoringModelVersion, *, touch: bool) -> bool:
    """Note which version the scores come from; whether that is another one than before."""
    now = ScoreBasis.objects.filter(product=product).first()
    moved = now is None or now.model_version_id != basis.pk
    if moved or touch:
        ScoreBasis.objects.update_or_create(
            product=product,
            defaults={
                "workspace_id": product.workspace_id,
                "model_version": basis,
                "computed_at": timezone.now(),
            },
        )
    return moved


def basis_of(product: Product, model: ScoringModel) -> ScoringModelVersion | None:
    """The version that scores of `model` are to be computed with now, or None while another model's scores stand.

    Where a product has no scores yet, the model's current version becomes the basis.
    """
    basis = (
        ScoreBasis.objects.filter(product=product)
        .select_related("model_version__scoring_model")
        .first()
    )
    if basis is None:
        version = model.versions.get(version=model.version)
        _basis_set(product, version, touch=True)
        return version
    if basis.model_version.scoring_model_id != model.pk:
        return None
    return basis.model_version


def scores_write(*, product_id: int, basis: ScoringModelVersion, item_ids: list[int]) -> int:
    """Bring the scores of these items up to date, not the ranks; how many changed. Part of another service."""
    if not item_ids:
        return 0
    found = score_sql(basis.formula)
    if found is None:
        return score_batches_write(product_id=product_id, basis=basis, item_ids=item_ids)
    formula, numbers = found
    marks = ", ".join(["%s"] * len(item_ids))
    scored = SCORED.format(score=formula, open=OPEN, only=f" AND i.id IN ({marks})")
    statement = UPDATE_SCORES.format(expressions=scored, differs=_differs())
    with connection.cursor() as cursor:
        cursor.execute(statement, [*numbers, basis.scoring_model_id, product_id, *item_ids])
        return int(cursor.rowcount)
