"""Writes on scoring models."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.text import slugify

from backlog.models import Assessment, Criterion, ScoringModel, ScoringModelVersion
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.numerals import is_plain
from plm.permissions import Actor
from plm.scoring.definition import (
    MOST_FACTORS,
    RICE_DEFAULT,
    SCALES,
    WEIGHTED_DEFAULT,
    Definition,
)
from plm.scoring.factor import Factor
from plm.scoring.methods import METHODS, WEIGHTED, method_of
from plm.services.guard import require

DEFAULTS = (("Weighted scoring", WEIGHTED_DEFAULT, True), ("RICE", RICE_DEFAULT, False))


def scoring_models_ensure(*, product: Product) -> ScoringModel:
    """The active model of a product. A product that has none yet gets the two default ones; twice makes no more."""
    found = ScoringModel.objects.active_in(product.pk).first()
    if found is not None:
        return found
    return _defaults_make(product)


@service
def _defaults_make(product: Product) -> ScoringModel:
    Product.objects.select_for_update().get(pk=product.pk)
    if not ScoringModel.objects.filter(product=product).exists():
        for name, definition, active in DEFAULTS:
            _make(product, name, definition, active=active)
    return ScoringModel.objects.active_in(product.pk).get()


def _make(product: Product, name: str, definition: Definition, *, active: bool) -> ScoringModel:
    model = ScoringModel.objects.create(
        workspace_id=product.workspace_id,
        product=product,
        name=name,
        method=definition.method,
        active=active,
    )
    _criteria_write(model, definition)
    _version_write(model, definition, "")
    return model


def _criteria_write(model: ScoringModel, definition: Definition) -> None:
    """Make the criteria those of the definition; what is no longer in it stays as removed."""
    model.criteria.exclude(slot__in=[f.slot for f in definition.factors]).update(removed=True)
    for position, factor in enumerate(definition.factors):
        Criterion.objects.update_or_create(
            scoring_model=model,
            slot=factor.slot,
            defaults={
                "workspace_id": model.workspace_id, "key": factor.key, "label": factor.label, "position": position,
                "weight": factor.weight, "scale_min": factor.low, "scale_max": factor.high,
                "backward": factor.backward, "removed": False,
            },
        )  # fmt: skip


def _version_write(model: ScoringModel, definition: Definition, reason: str) -> None:
    ScoringModelVersion.objects.create(
        workspace_id=model.workspace_id,
        scoring_model=model,
        version=model.version,
        definition=definition.as_json(),
        reason=reason,
    )


@service
def scoring_model_create(
    *,
    actor: Actor,
    product: Product,
    name: str,
    method: str,
    criteria: Sequence[Mapping[str, Any]] | None = None,
    reason: str = "",
) -> ScoringModel:
    """Add a model, not active yet. Without criteria it begins with the method's defaults. Raises Invalid, Conflict."""
    require(actor, "scoring_model.create", product)
    scoring_models_ensure(product=product)
    if method not in dict(METHODS):
        known = ", ".join(name for name, _ in METHODS)
        raise Invalid(fields={"method": f"Choose one of: {known}."})
    label = _name_free(product, name)
    definition = Definition(method, method_of(method).factors)
    if criteria is not None:
        definition = _changed(None, definition, criteria)
    model = _make(product, label, definition, active=False)
    emit(
        "scoring_model.created", actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
        reason=reason, name=label, method=method,
    )  # fmt: skip
    return model


def _name_free(product: Product, name: str, *, but: int = 0) -> str:
    label = " ".join(name.split())
    if not 1 <= len(label) <= 80:
        raise Invalid(fields={"name": "Give the model a name of at most 80 characters."})
    if ScoringModel.objects.filter(product=product, name=label).exclude(pk=but).exists():
        raise Conflict(fields={"name": "This product has a model of that name already."})
    return label


@service
def scoring_model_update(
    *,
    actor: Actor,
    model: ScoringModel,
    version: int | None,
    name: str | None = None,
    criteria: Sequence[Mapping[str, Any]] | None = None,
    reason: str = "",
) -> ScoringModel:
    """Change a model's name or its criteria: each {key, label, weight, scale_min, scale_max, reversed} in their order.

    Criteria left out are taken out; their values are kept. A change of the criteria is a new version, from which the
    scores are computed again. Emits `scoring_model.updated`. Raises Stale, Invalid, Conflict.
    """
    require(actor, "scoring_model.edit", model.product)
    current = ScoringModel.objects.select_for_update().get(pk=model.pk)
    current.product = model.product
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    changes: dict[str, tuple[Any, Any]] = {}
    if name is not None and name != current.name:
        changes["name"] = (current.name, _name_free(model.product, name, but=current.pk))
        current.name = changes["name"][1]
    old = current.versions.get(version=current.version).formula
    new = old if criteria is None else _changed(current, old, criteria)
    if new != old:
        changes |= _differences(old, new)
    if not changes:
        return current
    current.version += 1
    current.save(update_fields=["name", "version", "updated_at"])
    _criteria_write(current, new)
    _version_write(current, new, reason)
    emit(
        "scoring_model.updated", actor=actor, workspace_id=current.workspace_id,
        product_id=current.product_id, changes=changes, reason=reason, model=current.name,
    )  # fmt: skip
    return current


def _differences(old: Definition, new: Definition) -> dict[str, tuple[Any, Any]]:
    """Per factor what it was and what it is, in words for the history."""

    def words(factor: Factor | None) -> str:
        if factor is None:
            return ""
        turned = ", reversed" if factor.backward else ""
        return (
            f"{factor.label}, weight {factor.weight:g}, {factor.low:g} to {factor.high:g}{turned}"
        )

    keys = dict.fromkeys([f.key for f in (*old.factors, *new.factors)])
    pairs = {key: (words(old.factor(key)), words(new.factor(key))) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]} or {
        "order": ([f.key for f in old.factors], [f.key for f in new.factors])
    }


@service
def scoring_model_activate(*, actor: Actor, model: ScoringModel, reason: str = "") -> ScoringModel:
    """Let this model rank its product from now on. Emits `scoring_model.activated`."""
    require(actor, "scoring_model.edit", model.product)
    locked = list(ScoringModel.objects.select_for_update().filter(product_id=model.product_id))
    before = next((m for m in locked if m.active), None)
    if before is not None and before.pk == model.pk:
        return before
    ScoringModel.objects.filter(product_id=model.product_id, active=True).update(active=False)
    ScoringModel.objects.filter(pk=model.pk).update(active=True)
    model.active = True
    emit(
        "scoring_model.activated", actor=actor, workspace_id=model.workspace_id, product_id=model.product_id,
        changes={"active": (before.name if before else None, model.name)}, reason=reason,
    )  # fmt: skip
    return model


# --- What criteria may be --------------------------------------------------------------------------


def _changed(
    model: ScoringModel | None, old: Definition, rows: Sequence[Mapping[str, Any]]
) -> Definition:
    """The definition with these criteria. Raises Invalid with one message per field (`criteria.0.weight`)."""
    if old.method != WEIGHTED:
        return _as_they_are(old, rows)
    if not 1 <= len(rows) <= MOST_FACTORS:
        raise Invalid(fields={"criteria": f"A model has 1 to {MOST_FACTORS} criteria."})
    known = {f.key: f for f in old.factors} | _known(model)
    slots = {key: f.slot for key, f in known.items()} if model else {}
    errors: dict[str, str] = {}
    factors: list[Factor] = []
    for place, row in enumerate(rows):
        factor = _factor(row, known, f"criteria.{place}", errors)
        if factor.key in {f.key for f in factors}:
            errors[f"criteria.{place}.label"] = "Two criteria of one model cannot have one name."
        factors.append(factor)
    if not errors and len({(f.low, f.high) for f in factors}) > 1:
        errors["criteria"] = (
            "All criteria of a model stand on one scale, or their sum says nothing."
        )
    if errors:
        raise Invalid(fields=errors)
    placed = tuple(_place(f, slots) for f in factors)
    if model is not None:
        _scale_kept(model, old, placed)
    return Definition(old.method, placed)


def _as_they_are(old: Definition, rows: Sequence[Mapping[str, Any]]) -> Definition:
    if [str(row.get("key", "")) for row in rows] == [f.key for f in old.factors]:
        return old
    raise Invalid(
        fields={
            "criteria": f"{old.described.label} has its {len(old.factors)} factors."
            " Make a weighted model to choose your own."
        }
    )


def _known(model: ScoringModel | None) -> dict[str, Factor]:
    """Every criterion the model ever had, by key: what is taken out may come back."""
    if model is None:
        return {}
    return {
        c.key: Factor(c.key, c.label, c.slot, c.weight, c.scale_min, c.scale_max, c.backward)
        for c in model.criteria.filter(removed=True)
    }


def _factor(
    row: Mapping[str, Any], known: Mapping[str, Factor], at: str, errors: dict[str, str]
) -> Factor:
    label = " ".join(str(row.get("label") or "").split())
    key = str(row.get("key") or "") or slugify(label).replace("-", "_")[:40]
    before = known.get(key)
    label = label or (before.label if before else "")
    if not key or not 1 <= len(label) <= 80:
        errors[f"{at}.label"] = "Give the criterion a name of at most 80 characters."
    start = before or Factor(key, label, 0)
    weight = _float(row.get("weight", start.weight))
    if weight is None or not 0 < weight <= 1000:
        errors[f"{at}.weight"] = "A weight is above 0 (up to 1000); only the ratio counts."
    low, high = _float(row.get("scale_min", start.low)), _float(row.get("scale_max", start.high))
    if (low, high) not in SCALES:
        errors[f"{at}.scale_max"] = "Scales are 1 to 5 or 0 to 100."
    return replace(
        start, key=key[:40], label=label[:80], weight=weight or 1.0, low=low or 0.0, high=high or 1.0,
        backward=bool(row.get("reversed", start.backward)),
    )  # fmt: skip


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or (isinstance(value, str) and not is_plain(value)):
        return None
    try:
        number = round(float(value), 6)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _place(factor: Factor, slots: dict[str, int]) -> Factor:
    """The factor in its slot for good, or in a free one."""
    if factor.key not in slots:
        free = [n for n in range(1, MOST_FACTORS + 1) if n not in slots.values()]
        if not free:
            raise Invalid(
                fields={
                    "criteria": "This model has had ten criteria in its life. Make a new model."
                }
            )
        slots[factor.key] = free[0]
    return replace(factor, slot=slots[factor.key])


def _scale_kept(model: ScoringModel, old: Definition, new: Sequence[Factor]) -> None:
    """A scale on which something was judged stays: a 4 of 5 is no 4 of 100."""
    ends = {(f.low, f.high) for f in old.factors}
    if {(f.low, f.high) for f in new} <= ends:
        return
    judged = Assessment.objects.filter(scoring_model=model).count()
    if judged:
        raise Conflict(
            f"{judged} items were judged on the present scale. Make a new model for another scale.",
            fields={"criteria": "The scale is in use."},
        )
