"""Factors that fill themselves from data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backlog.models import Assessment, BacklogItem, FactorSource, ScoringModel
from backlog.selectors.sources import (
    HAND,
    all_sources,
    is_given,
    on_scale,
    source_named,
    sources_mark,
    sources_of,
)
from backlog.services.assessments import assessments_set
from plm.errors import Invalid, Stale
from plm.events import emit, service
from plm.jobs import JobRequest
from plm.permissions import SYSTEM, Actor
from plm.scoring.factor import Factor
from plm.services.guard import require

MOST_TIMES = 1e6


def fill_request(workspace_id: int, product_id: int) -> JobRequest:
    """One filling of a product's mapped factors, however many ask for it."""
    return JobRequest(
        kind="backlog.fill", key=f"backlog.fill:{product_id}", workspace_id=workspace_id,
        product_id=product_id, payload={"product": product_id},
    )  # fmt: skip


@service
def factor_sources_set(
    *, actor: Actor, model: ScoringModel, seen: str | None, sources: Mapping[str, tuple[str, float]]
) -> None:
    """Map factors of a model to sources, whole: key to (source, times); a factor left out is given by hand alone.

    Emits `scoring_model.sources_set`. Raises Stale, Invalid.
    """
    require(actor, "scoring_model.edit", model.product)
    ScoringModel.objects.select_for_update().get(pk=model.pk)
    now = sources_of(model)
    if seen is not None and seen != sources_mark(now):
        raise Stale("Somebody changed where the factors come from while you were editing.")
    definition = model.versions.get(version=model.version).formula
    errors = {key: wrong for key, one in sources.items() if (wrong := _wrong(definition.factor(key), *one))}  # fmt: skip
    if errors:
        raise Invalid(fields=errors)
    changes: dict[str, tuple[Any, Any]] = {}
    for factor in definition.factors:
        old = now.get(factor.key)
        before = (old.source, old.times) if old else None
        after = sources.get(factor.key)
        if before == after:
            continue
        changes[factor.key] = (before and before[0], after and after[0])
        FactorSource.objects.filter(scoring_model=model, key=factor.key).delete()
        if after:
            FactorSource.objects.create(
                workspace_id=model.workspace_id, scoring_model=model, key=factor.key, source=after[0], times=after[1]
            )  # fmt: skip
    if changes:
        emit(
            "scoring_model.sources_set", actor=actor, workspace_id=model.workspace_id,
            product_id=model.product_id, changes=changes, model=model.name,
        )  # fmt: skip


def _wrong(factor: Factor | None, source: str, times: float) -> str:
    if factor is None:
        return "Not a factor of the model."
    if factor.choices:
        return f"{factor.label} is chosen from a few values; data cannot fill it."
    if source_named(source) is None:
        return f"A source is one of: {', '.join(s.name for s in all_sources())}."
    if not 0 < times <= MOST_TIMES:
        return "Data are multiplied by a number above 0, such as 1 or 0.1."
    return ""


@service
def factors_fill(*, product_id: int) -> int:
    """Fill the mapped factors of the active model from data; how many items were looked at.

    What people gave, by hand or in a round, stays until it is emptied. Data beyond the scale count as its end. Writes nothing where
    nothing changed.
    """
    model = ScoringModel.objects.active_in(product_id).select_related("product").first()
    mapped = sources_of(model) if model else {}
    if model is None or not mapped:
        return 0
    definition = model.versions.get(version=model.version).formula
    items = list(BacklogItem.objects.filter(product_id=product_id, rank__gt=0).order_by("pk"))
    judged = {a.item_id: a for a in Assessment.objects.filter(scoring_model=model, item__in=items)}
    for key, row in mapped.items():
        factor, source = definition.factor(key), source_named(row.source)
        if factor is None or source is None:
            continue
        data = source.load([item.pk for item in items])
        rows = [
            (item, {key: on_scale(factor, data.get(item.pk), row.times)})
            for item in items
            if not _by_hand(judged.get(item.pk), factor)
        ]
        assessments_set(actor=SYSTEM, product=model.product, rows=rows, model=model, source=row.source)  # fmt: skip
    return len(items)


def _by_hand(kept: Assessment | None, factor: Factor) -> bool:
    if kept is None or getattr(kept, f"v{factor.slot}") is None:
        return False
    source: str = (kept.inputs.get(factor.key) or {}).get("source", HAND)
    return is_given(source)
