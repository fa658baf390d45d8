"""Writes on scoring models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backlog.models import Criterion, ScoringModel, ScoringModelVersion
from backlog.services.model_definitions import definition_begun, definition_changed, scales_kept
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.scoring.definition import RICE_DEFAULT, WEIGHTED_DEFAULT, Definition
from plm.scoring.factor import Factor
from plm.scoring.methods import METHODS, WEIGHTED
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
                "backward": factor.backward, "scale": factor.scale, "unit": factor.unit, "help": factor.help[:500],
                "levels": [list(level) for level in factor.levels], "removed": False,
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
    formula: str | None = None,
    confidence: str | None = None,
    reason: str = "",
) -> ScoringModel:
    """Add a model, not active yet. Without criteria and formula it begins with the method's own. Raises Invalid,
    Conflict."""
    require(actor, "scoring_model.create", product)
    scoring_models_ensure(product=product)
    if method not in dict(METHODS):
        known = ", ".join(name for name, _ in METHODS)
        raise Invalid(fields={"method": f"Choose one of: {known}."})
    label = _name_free(product, name)
    definition = definition_begun(method)
    if criteria is not None or formula is not None or confidence is not None:
        definition = definition_changed(None, definition, criteria, formula, confidence)
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
    formula: str | None = None,
    confidence: str | None = None,
    reason: str = "",
) -> ScoringModel:
    """Change a model's name, its formula or its criteria: each {key, label, weight, scale, scale_min, scale_max, unit,
    help, levels, reversed} in their order; what a known one leaves out stays. `confidence` says how RICE's counts.

    Criteria left out are taken out; their values are kept. A change of criteria or formula is a new version, from which
    the scores are computed again. Emits `scoring_model.updated`. Raises Stale, Invalid, Conflict.
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
    new = definition_changed(current, old, criteria, formula, confidence)
    if new != old:
        scales_kept(current, new)
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
        weight = f", weight {factor.weight:g}" if old.method == WEIGHTED else ""
        words = f"{factor.label}{weight}, {factor.shown_range}{turned}"
        return words + "".join(f"; {name}: {text}" for name, text in factor.rubric)

    keys = dict.fromkeys([f.key for f in (*old.factors, *new.factors)])
    pairs = {key: (words(old.factor(key)), words(new.factor(key))) for key in keys}
    found: dict[str, tuple[Any, Any]] = {k: pair for k, pair in pairs.items() if pair[0] != pair[1]}
    if old.confidence != new.confidence:
        found["confidence"] = (old.confidence, new.confidence)
    if old.text != new.text:
        found["formula"] = (old.text, new.text)
    return found or {"order": ([f.key for f in old.factors], [f.key for f in new.factors])}


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
