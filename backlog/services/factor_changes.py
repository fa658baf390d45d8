"""One factor of many items changed at once: set, multiplied, added to, emptied; and taken back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog.models import Assessment, BacklogItem, ScoringModel
from backlog.selectors.sources import HAND
from backlog.services.assessments import BULK_LIMIT, assessments_set
from backlog.services.inputs import POINTS, Given, given_of, inputs_clean
from backlog.services.scoring_models import scoring_models_ensure
from plm.errors import Invalid
from plm.events import service
from plm.models import Product
from plm.permissions import Actor
from plm.scoring.definition import DECIMALS, Definition
from plm.scoring.factor import Factor
from plm.services.guard import require

SET, TIMES, PLUS, EMPTY = "set", "times", "plus", "empty"
HOWS = ((SET, "Set to"), (TIMES, "Multiply by"), (PLUS, "Add"), (EMPTY, "Empty"))
LARGEST = 1e12

Raw = float | dict[str, Any] | None
"""A value as the services take it: a number, a range, or None."""


@dataclass(frozen=True, slots=True)
class FactorChange:
    """What became of one item: `error` says why it was left as it was. `source` is where `before` came from."""

    item: BacklogItem
    error: str
    before: Raw
    source: str
    after: Raw

    @property
    def changed(self) -> bool:
        return not self.error and self.before != self.after


@service
def factor_change(
    *,
    actor: Actor,
    product: Product,
    items: Sequence[BacklogItem],
    key: str,
    how: str,
    value: Any = None,
    model: ScoringModel | None = None,
    reason: str = "",
) -> list[FactorChange]:
    """Change one factor of many items of a product, under the active model unless told; one report each, in order.

    `set` takes a number or a range, `times` a number from 0, `plus` a number (a share where the factor is one); both
    move every point of a range. An item that cannot take it is left as it is and says why; the others are written.
    Raises Invalid where no item could take it, such as an unknown factor.
    """
    require(actor, "item.assess", product)
    model = model or scoring_models_ensure(product=product)
    definition = model.versions.get(version=model.version).formula
    factor = definition.factor(key)
    if factor is None:
        known = ", ".join(f.key for f in definition.factors)
        raise Invalid(fields={"factor": f"Not a factor of the model. Factors are: {known}."})
    chosen = list({item.pk: item for item in items}.values())
    if not 1 <= len(chosen) <= BULK_LIMIT:
        raise Invalid(fields={"items": f"Choose 1 to {BULK_LIMIT:,} items."})
    wanted = _wanted(factor, how, value)
    pks = [item.pk for item in chosen]
    # Locked before they are read: what is multiplied is what stands when it is written.
    list(BacklogItem.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    kept = {a.item_id: a for a in Assessment.objects.filter(scoring_model=model, item__in=pks)}
    changes = []
    for item in chosen:
        row = kept.get(item.pk)
        before = _raw(given_of(row, definition)[key]) if row else None
        source = (row.inputs.get(key) or {}).get("source", HAND) if row else HAND
        after, error = _after(factor, how, wanted, before)
        changes.append(FactorChange(item, error, before, source, after))
    return _written(actor, product, model, factor, changes, reason, source=HAND)


def _wanted(factor: Factor, how: str, value: Any) -> Raw:
    """What to set, or the number to count with. Raises Invalid."""
    if how not in dict(HOWS):
        raise Invalid(fields={"how": f"Choose one of: {', '.join(dict(HOWS))}."})
    if how == EMPTY:
        return None
    if how == SET:
        if value is None or value == "":
            raise Invalid(fields={"value": f"Give a value: {factor.shown_range}."})
        try:
            return _raw(
                inputs_clean(Definition("weighted", (factor,)), {factor.key: value})[factor.key]
            )
        except Invalid as error:
            raise Invalid(fields={"value": error.fields[factor.key]}) from None
    return _counted_with(factor, how, value)


def _counted_with(factor: Factor, how: str, value: Any) -> float:
    if factor.choices:
        raise Invalid(
            fields={"how": f"{factor.label} is one of a few values: it can be set or emptied."}
        )
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Invalid(fields={"value": "Give a number, such as 1.5."})
    if abs(value) > LARGEST or (how == TIMES and value < 0):
        raise Invalid(fields={"value": "Values are multiplied by a number from 0 on."})
    return float(value)


def _raw(given: Given) -> Raw:
    if given.value is None or not given.range:
        return given.value
    return {**given.range, "likely": given.value}


def _after(factor: Factor, how: str, wanted: Raw, before: Raw) -> tuple[Raw, str]:
    """The new value of one item, and why it cannot have one."""
    if how in {SET, EMPTY} or not isinstance(wanted, float):
        return wanted, ""
    if before is None:
        return None, f"{factor.label} is not judged yet."

    def moved(number: float) -> float:
        return round(number * wanted if how == TIMES else number + wanted, DECIMALS)

    if not isinstance(before, dict):
        after: Raw = moved(before)
    else:
        after = {**before, **{point: moved(before[point]) for point in POINTS}}
    return after, ""


def _written(
    actor: Actor,
    product: Product,
    model: ScoringModel,
    factor: Factor,
    changes: Sequence[FactorChange],
    reason: str,
    *,
    source: str,
) -> list[FactorChange]:
    good = [one for one in changes if not one.error]
    wrong = assessments_set(
        actor=actor, product=product, rows=[(one.item, {factor.key: one.after}) for one in good],
        model=model, reason=reason, source=source,
    )  # fmt: skip
    refused = {
        one.item.pk: " ".join(error.fields.values())
        for one, error in zip(good, wrong, strict=True)
        if error is not None
    }
    return [
        FactorChange(one.item, one.error or refused.get(one.item.pk, ""), one.before, one.source, one.after)
        for one in changes
    ]  # fmt: skip


@service
def factor_change_undo(
    *,
    actor: Actor,
    product: Product,
    key: str,
    was: Mapping[BacklogItem, tuple[Raw, str, Raw]],
    model: ScoringModel,
) -> list[FactorChange]:
    """Give items back what they had: (before, its source, after) by item. What was changed since stays, and says so."""
    require(actor, "item.assess", product)
    definition = model.versions.get(version=model.version).formula
    factor = definition.factor(key)
    if factor is None:
        raise Invalid("The scoring model has this factor no longer, so nothing can be taken back.")
    pks = [item.pk for item in was]
    list(BacklogItem.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    kept = {a.item_id: a for a in Assessment.objects.filter(scoring_model=model, item__in=pks)}
    by_source: dict[str, list[FactorChange]] = {}
    for item, (before, source, after) in was.items():
        row = kept.get(item.pk)
        now = _raw(given_of(row, definition)[key]) if row else None
        error = "" if now == after else f"{factor.label} was changed meanwhile."
        by_source.setdefault(source, []).append(FactorChange(item, error, now, HAND, before))
    return [
        one
        for source, changes in by_source.items()
        for one in _written(actor, product, model, factor, changes, "Undone", source=source)
    ]
