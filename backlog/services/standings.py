"""How sure the ranks of a product are: drawn by a job, kept per item, and where its line is."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils import timezone

from backlog.models import (  # fmt: skip
    Assessment,
    BacklogItem,
    RankingSettings,
    ScoreBasis,
    Standing,
    StandingBasis,
)
from backlog.models.priority import ScoringModelVersion
from backlog.selectors.standings import ranking_settings
from plm.errors import Invalid, Stale
from plm.events import emit, service
from plm.jobs import JobRequest
from plm.models import Product
from plm.permissions import SYSTEM, Actor
from plm.scoring.draws import DRAWS, SEED
from plm.scoring.methods import RICE
from plm.scoring.ranked_draws import Drawn, Entry, effort_of, ranked_draws
from plm.scoring.simulation import complete
from plm.services.guard import require

MOST_ITEMS = 500
"""How many items are drawn, from the top; what stands further down is far from any line."""


@dataclass(frozen=True, slots=True)
class _List:
    """What is drawn: items by rank with their entries, and what was left out."""

    items: list[tuple[BacklogItem, Entry]]
    counts: dict[str, int]

    @property
    def entries(self) -> list[Entry]:
        return [entry for _, entry in self.items]


def standings_request(workspace_id: int, product_id: int) -> JobRequest:
    """One drawing of a product, however many ask for it."""
    return JobRequest(
        kind="backlog.standings", key=f"backlog.standings:{product_id}", workspace_id=workspace_id,
        product_id=product_id, payload={"product": product_id},
    )  # fmt: skip


@service
def standings_recompute(*, product_id: int) -> bool:
    """Draw the standings of a product anew; whether anything had changed. Writes nothing where nothing had.

    The same scores, ranges, order and line give the same figures. Emits `standings.recomputed`.
    """
    basis = (
        ScoreBasis.objects.filter(product_id=product_id)
        .select_related("model_version__scoring_model", "product")
        .first()
    )
    if basis is None:
        return False
    product, version = basis.product, basis.model_version
    line = ranking_settings(product)
    found = _list_of(product, version, by_capacity=line.capacity is not None)
    mark = _mark(version, line, found)
    before = StandingBasis.objects.filter(product=product).first()
    if before is not None and before.mark == mark:
        return False
    drawn, problem = _drawn(version, line, found)
    _write(product, version, line, found, drawn, problem, mark)
    emit(
        "standings.recomputed", actor=SYSTEM, workspace_id=product.workspace_id, product_id=product.pk,
        items=len(drawn.places), draws=drawn.draws,
    )  # fmt: skip
    return True


def _list_of(product: Product, version: ScoringModelVersion, *, by_capacity: bool) -> _List:
    rows = BacklogItem.objects.filter(product=product, rank__gt=0)
    scored = rows.filter(score__isnull=False)
    definition, total = version.formula, scored.count()
    first = list(scored.order_by("rank", "pk").only("number", "rank", "estimate", "product_id", "workspace_id")[:MOST_ITEMS])  # fmt: skip
    judged = {
        a.item_id: a
        for a in Assessment.objects.filter(
            scoring_model_id=version.scoring_model_id, item__in=[item.pk for item in first]
        )
    }
    points = by_capacity and not effort_of(definition)
    items: list[tuple[BacklogItem, Entry]] = []
    unestimated = 0
    for item in first:
        inputs = judged[item.pk].estimates(definition) if item.pk in judged else {}
        if not complete(definition, inputs):
            continue  # judged a moment ago, its score is to come
        if points and item.estimate is None:
            unestimated += 1
            continue
        effort = None if item.estimate is None else float(item.estimate)
        items.append((item, Entry(item.number, inputs, effort)))
    counts = {
        "unscored": rows.filter(score=None).count(),
        "beyond": max(0, total - MOST_ITEMS),
        "unestimated": unestimated,
    }
    return _List(items, counts)


def _mark(version: ScoringModelVersion, line: RankingSettings, found: _List) -> str:
    """A digest of everything the figures depend on."""
    rows = [
        [
            item.pk, item.rank, entry.effort,
            [[k, e and [e.points.low, e.points.likely, e.points.high, e.shape, e.meaning]] for k, e in entry.inputs.items()],
        ]
        for item, entry in found.items
    ]  # fmt: skip
    parts = [version.pk, version.definition, line.top, line.capacity, SEED, DRAWS, found.counts, rows]  # fmt: skip
    return hashlib.blake2b(orjson.dumps(parts), digest_size=32).hexdigest()


def _drawn(version: ScoringModelVersion, line: RankingSettings, found: _List) -> tuple[Drawn, str]:
    """What was drawn, or nothing and why."""
    try:
        drawn = ranked_draws(version.formula, found.entries, top=line.top, capacity=line.capacity)
    except ValueError as error:
        return Drawn([], 0, 0, []), str(error)[:300]
    return drawn, ""


def _write(
    product: Product,
    version: ScoringModelVersion,
    line: RankingSettings,
    found: _List,
    drawn: Drawn,
    problem: str,
    mark: str,
) -> None:
    by_number = {item.number: item.pk for item, _ in found.items}
    rows = [
        Standing(
            workspace_id=product.workspace_id, item_id=by_number[p.key], product=product,
            inside=p.inside, median=p.median, low=p.low, high=p.high, tie=p.tie,
        )
        for p in drawn.places
    ]  # fmt: skip
    gone = Standing.objects.filter(product=product)
    gone.exclude(item__in=[row.item_id for row in rows]).delete()
    Standing.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["item"],
        update_fields=["inside", "median", "low", "high", "tie"],
    )  # fmt: skip
    StandingBasis.objects.update_or_create(
        product=product,
        defaults={
            "workspace_id": product.workspace_id, "model_version": version, "top": line.top,
            "capacity": line.capacity, "items": len(drawn.places), "uncertain": drawn.uncertain,
            "draws": drawn.draws, "seed": SEED, **found.counts,
            "unscored": found.counts["unscored"] + len(found.items) - len(drawn.places), "mark": mark, "problem": problem,
            "cut_after": _cut_after(version, line, found), "unit": _unit(version, line),
            "worths": [
                {"item": by_number[w.item], "factor": w.factor, "gain": w.gain, "changes": w.changes}
                for w in drawn.worths
            ],
            "computed_at": timezone.now(),
        },
    )  # fmt: skip


def _cut_after(version: ScoringModelVersion, line: RankingSettings, found: _List) -> int:
    """The last place above the line as the list stands, or 0 where all of it is on one side."""
    if line.top is not None:
        return line.top if found.items and found.items[-1][0].rank > line.top else 0
    key, used, last = effort_of(version.formula), 0.0, 0
    for item, entry in found.items:
        estimate = entry.inputs.get(key) if key else None
        used += estimate.points.likely if estimate else float(entry.effort or 0)
        if used > (line.capacity or 0) * (1 + 1e-9):
            return last
        last = item.rank
    return 0


def _unit(version: ScoringModelVersion, line: RankingSettings) -> str:
    """In what the gain of an estimate is counted."""
    if version.formula.method != RICE:
        return (
            "points of score"
            if line.top is not None or not version.formula.divisor
            else "gain (the score before it is divided by the effort)"
        )
    return (
        "impact-people" if line.capacity is not None else "points of score (impact-people per person-month)"
    )  # fmt: skip


# --- Settings --------------------------------------------------------------------------------------

MOST_TOP = 10_000
MOST_CAPACITY = 1e9


@service
def ranking_settings_set(
    *, actor: Actor, product: Product, version: int | None, values: Mapping[str, Any]
) -> RankingSettings:
    """Say where the line is (`top` or `capacity`, the other None) and after how many days an input is old.

    Emits `ranking.updated`. Raises Stale, Invalid.
    """
    require(actor, "ranking.edit", product)
    Product.objects.select_for_update().get(pk=product.pk)
    now = ranking_settings(product)
    if version is not None and version != now.version:
        raise Stale("Somebody moved the line while you were editing it.", current=now.version)
    _check(values)
    changes: dict[str, tuple[Any, Any]] = {}
    for name in ("top", "capacity", "stale_days"):
        if name in values and getattr(now, name) != values[name]:
            changes[name] = (getattr(now, name), values[name])
            setattr(now, name, values[name])
    if not changes:
        return now
    now.version += 1
    now.save()
    emit(
        "ranking.updated", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, changes=changes
    )  # fmt: skip
    return now


def _check(values: Mapping[str, Any]) -> None:
    top, capacity = values.get("top"), values.get("capacity")
    errors = {}
    if (top is None) == (capacity is None):
        errors["top"] = "Give a number of items or a capacity: one of the two."
    if top is not None and not 1 <= top <= MOST_TOP:
        errors["top"] = f"Give a number of items from 1 to {MOST_TOP:,}."
    if capacity is not None and not (math.isfinite(capacity) and 0 < capacity <= MOST_CAPACITY):
        errors["capacity"] = "A capacity is above 0, such as 12."
    if not 1 <= values.get("stale_days", 1) <= 3650:
        errors["stale_days"] = "Give a number of days from 1 to 3650."
    if errors:
        raise Invalid(fields=errors)
