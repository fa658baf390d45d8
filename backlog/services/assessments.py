"""Writes of what people judge of items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from backlog.models import Assessment, BacklogItem, ScoringModel
from backlog.models.priority import SLOTS
from backlog.selectors.sources import HAND
from backlog.services.inputs import Given, inputs_clean, inputs_take
from backlog.services.scores import basis_of, scores_write
from backlog.services.scoring_models import scoring_models_ensure
from plm.errors import Invalid
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.scoring.definition import Definition
from plm.services.guard import require
from plm.services.records import record_locked

BULK_LIMIT = 1000
COLUMNS = [f"v{slot}" for slot in SLOTS]


@dataclass(frozen=True, slots=True)
class Assessed:
    """What one change did. `score` is None where a factor is missing; `counts` says whether it is the item's score."""

    item: BacklogItem
    assessment: Assessment
    old_score: float | None
    score: float | None
    changed: bool
    counts: bool


@service
def assessment_set(
    *,
    actor: Actor,
    item: BacklogItem,
    values: Mapping[str, Any],
    model: ScoringModel | None = None,
    reason: str = "",
    source: str = HAND,
) -> Assessed:
    """Judge some factors of one item, under the active model unless told: a number each, or a range {low, likely, high,
    shape, meaning}. The item's score (of the likely values) follows at once, ranks by the job. Emits `item.assessed` with what changed; writes nothing where nothing did. Raises Invalid.
    """
    require(actor, "item.assess", item.product)
    model = model or scoring_models_ensure(product=item.product)
    definition = model.versions.get(version=model.version).formula
    cleaned = inputs_clean(definition, values)
    current = record_locked(item, version=None)
    kept = Assessment.objects.filter(scoring_model=model, item=current).first() or Assessment(
        workspace_id=current.workspace_id, product_id=current.product_id, item=current,
        scoring_model=model,
    )  # fmt: skip
    now = timezone.now()
    changes = inputs_take(
        kept, definition, cleaned, source=source, by=actor.user_id, at=now.isoformat()
    )
    if not changes:
        return Assessed(current, kept, current.score, current.score, changed=False, counts=True)
    kept.assessed_by_id, kept.assessed_at = actor.user_id, now
    kept.save()
    old, basis = current.score, basis_of(current.product, model) if model.active else None
    score = definition.score(kept.values(definition))
    if basis is not None:
        score = basis.formula.score(kept.values(basis.formula))
        if score != old:
            BacklogItem.objects.filter(pk=current.pk).update(score=score)
            changes["score"] = (old, score)
            current.score = score
    emit(
        "item.assessed",
        actor=actor,
        record=current,
        changes=changes,
        reason=reason,
        **_kept_with(model, kept, definition),
    )
    return Assessed(current, kept, old, score, changed=True, counts=basis is not None)


@service
def assessments_set(
    *,
    actor: Actor,
    product: Product,
    rows: Sequence[tuple[BacklogItem, Mapping[str, Any]]],
    model: ScoringModel | None = None,
    reason: str = "",
    source: str = HAND,
) -> list[Invalid | None]:
    """Judge many items of one product in a bounded number of statements. Per row what is wrong with it, or None:
    good rows are in, bad ones are left out. Emits `item.assessed` per item that changed.
    """
    require(actor, "item.assess", product)
    model = model or scoring_models_ensure(product=product)
    definition = model.versions.get(version=model.version).formula
    report: list[Invalid | None] = []
    wanted: dict[int, dict[str, Given]] = {}
    for item, values in rows:
        if item.product_id != product.pk:
            report.append(Invalid(fields={"item": f"{item} is not an item of {product.key}."}))
            continue
        try:
            cleaned = inputs_clean(definition, values)
        except Invalid as error:
            report.append(error)
            continue
        wanted.setdefault(item.pk, {}).update(cleaned)
        report.append(None)
    _write_many(actor, product, model, definition, wanted, reason, source)
    return report


def _write_many(
    actor: Actor,
    product: Product,
    model: ScoringModel,
    definition: Definition,
    wanted: Mapping[int, Mapping[str, Given]],
    reason: str,
    source: str,
) -> None:
    now = timezone.now()
    locked = BacklogItem.objects.select_for_update(of=("self",)).select_related("product")
    items = {item.pk: item for item in locked.filter(pk__in=wanted).order_by("pk")}
    kept = {a.item_id: a for a in Assessment.objects.filter(scoring_model=model, item__in=wanted)}
    changed: list[Assessment] = []
    facts: list[tuple[BacklogItem, Assessment, dict[str, tuple[Any, Any]]]] = []
    for pk, item in items.items():
        row = kept.get(pk) or Assessment(
            workspace_id=product.workspace_id, product=product, item=item, scoring_model=model
        )
        changes = inputs_take(
            row, definition, wanted[pk], source=source, by=actor.user_id, at=now.isoformat()
        )
        if changes:
            row.assessed_by_id, row.assessed_at = actor.user_id, now
            changed.append(row)
            facts.append((item, row, changes))
    Assessment.objects.bulk_create(
        changed, batch_size=500, update_conflicts=True, unique_fields=["scoring_model", "item"],
        update_fields=[*COLUMNS, "inputs", "assessed_by", "assessed_at"],
    )  # fmt: skip
    basis = basis_of(product, model) if model.active and changed else None
    if basis is not None:
        scores_write(product_id=product.pk, basis=basis, item_ids=[row.item_id for row in changed])
    for item, row, changes in facts:
        emit(
            "item.assessed",
            actor=actor,
            record=item,
            changes=changes,
            reason=reason,
            **_kept_with(model, row, definition),
        )


def _kept_with(model: ScoringModel, row: Assessment, definition: Definition) -> dict[str, Any]:
    """What the event of an assessment keeps, so that the score of that moment can be computed again."""
    return {
        "model": model.name,
        "model_id": model.pk,
        "model_version": model.version,
        "values": row.values(definition),
    }
