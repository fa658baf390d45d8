"""What a round found as values of a factor of the scoring model, before anybody writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backlog.models import Assessment, Round, RoundItem, ScoringModel
from backlog.models.round import KANO, MAXDIFF, PAIRS, POINTS, REVEALED
from backlog.selectors import rounds_needs as needs
from backlog.selectors import rounds_results as results
from backlog.selectors.cells import plain_number
from plm.scoring import anchored, kano
from plm.scoring.factor import Factor

KINDS = {
    POINTS: "The item with the most points counts as 100, one without points as 0.",
    PAIRS: "What counts is how often an item would win, out of 100 comparisons with another of the round.",
    MAXDIFF: "The item with the largest share of preference counts as 100.",
    KANO: "What counts is the share of answers to which the item matters (must-be, one-dimensional or attractive), out of 100.",
}  # fmt: skip
"""How a result becomes 0 to 100, by kind of round. Rounds of scores agree on values instead."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """One item: its result of 0 to 100, the value that follows, and what stands there now. Both are None where the
    round says nothing about the item, and `why` says so."""

    item: RoundItem
    result: float | None
    value: float | None
    now: float | None
    why: str
    factor: Factor

    @property
    def becomes(self) -> str:
        return "" if self.value is None else results.shown_value(self.factor, self.value)

    @property
    def stands(self) -> str:
        return "" if self.now is None else results.shown_value(self.factor, self.now)

    @property
    def changes(self) -> bool:
        return self.value is not None and self.value != self.now


@dataclass(frozen=True, slots=True)
class Mapping:
    """All items of a round under one factor. `mark` names what was shown, so that nothing else is written."""

    model: ScoringModel
    factor: Factor
    rows: list[Mapped]
    rule: str

    @property
    def mark(self) -> str:
        said = ",".join(f"{row.item.pk}:{plain_number(row.value)}" for row in self.rows)
        return f"{self.model.uuid}.{self.model.version}.{self.factor.key} {said}"

    @property
    def usable(self) -> int:
        return sum(row.value is not None for row in self.rows)


def _fitting(row: Round) -> tuple[ScoringModel | None, list[Factor]]:
    """The model that ranks the round's product, and those of its factors that the results can fill."""
    if row.kind not in KINDS or row.state != REVEALED:
        return None, []
    model = ScoringModel.objects.active_in(row.product_id).first()
    if model is None:
        return None, []
    model.product = row.product
    definition = model.versions.get(version=model.version).formula
    effort = definition.divisor.key if definition.divisor else ""
    return model, [f for f in definition.factors if anchored.fits(f, effort)]


def fitting_factors(row: Round) -> list[Factor]:
    """The factors of the active model that the results of a round can fill; none before its reveal."""
    return _fitting(row)[1]


def mapping_of(row: Round, items: Sequence[RoundItem], key: str) -> Mapping | None:
    """What each item would get as the factor of this key, or None where the factor does not fit."""
    model, factors = _fitting(row)
    factor = next((f for f in factors if f.key == key), None)
    if factor is None or model is None:
        return None
    told = _results(row, items)
    kept = Assessment.objects.filter(scoring_model=model, item__in=[item.item_id for item in items])
    now = {a.item_id: getattr(a, f"v{factor.slot}") for a in kept}
    rows = [
        Mapped(
            item, told[item.pk], None if told[item.pk] is None else anchored.laid_on(factor, told[item.pk] or 0.0),
            now.get(item.item_id), "" if told[item.pk] is not None else _silent(row.kind), factor,
        )
        for item in items
    ]  # fmt: skip
    rows.sort(key=lambda one: (one.result is None, -(one.result or 0)))
    return Mapping(model, factor, rows, _rule(row.kind, factor))


def _results(row: Round, items: Sequence[RoundItem]) -> dict[int, float | None]:
    """0 to 100 by item, None where the round says nothing about it."""
    if row.kind == PAIRS:
        return {s.item.pk: s.share for s in results.pair_results(row, items)}
    if row.kind == KANO:
        return {n.item.pk: _matters(n) for n in needs.kano_results(row, items).needs}
    rows: Sequence[Any]
    if row.kind == POINTS:
        rows = results.point_results(row, items).shares
    else:
        rows = needs.maxdiff_results(row, items)
    found = anchored.relative([one.share for one in rows])
    return dict(zip((one.item.pk for one in rows), found, strict=True))


def _matters(need: needs.Need) -> float | None:
    if need.matters is None or need.answers < kano.LEAST_ANSWERS:
        return None
    return 100 * need.matters


def _silent(kind: str) -> str:
    if kind == KANO:
        return f"fewer than {kano.LEAST_ANSWERS} answers"
    return {PAIRS: "nobody compared it", MAXDIFF: "nobody was shown it"}.get(
        kind, "nobody gave points"
    )


def _rule(kind: str, factor: Factor) -> str:
    """How results become values, in words."""
    ends = [value for value, _ in factor.choices] or [factor.low, factor.high]
    low, high = (results.shown_value(factor, end) for end in (min(ends), max(ends)))
    rounding = "the nearest level" if factor.choices else "a whole number" if factor.whole else "one decimal"  # fmt: skip
    return (
        f"{KINDS[kind]} On the scale of {factor.label}, 0 becomes {low} and 100 becomes {high};"
        f" what lies between stands in proportion, rounded to {rounding}."
    )
