"""How much is behind an idea: counts, revenue, and how far the figure could move. Arithmetic only.

A company counts once per idea, however many of its people speak. Its part of the weighted demand is

    what it pays a month x the weight of its segment x importance / 3 x decay

with the strongest of its voices, where a critical wish counts in full, one that is nice to have a third, one that is
not important nothing, and where decay halves a voice every `half_life` days. The parts are added up, so that removing a
company removes exactly its part, and all amounts scale with the currency.

The interval is a Poisson bootstrap over companies: in each of 500 draws every company speaks 0, 1, 2 ... times, once on
average, and the middle four fifths of the sums are the interval. The draws are the same each time (a fixed seed), with
companies in the order of what they add, so that equal demand has an equal interval. It says what would happen if other
companies like these had happened to speak; it does not know of customers who never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from plm.numeric import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20_260
DRAWS = 500
PREPARED = 64
LOW, HIGH = 10, 90
CRITICAL = 3


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's wish. `person` or `company` is None where nobody knows; `age` is in days."""

    person: int | None
    company: int | None
    importance: int = 1
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Demand:
    """What stands behind one idea. `revenue` is a month's, each company once; `share` is the largest company's part.

    `importance` is the mean over companies, and people without one, of their strongest wish. `weighted` is the demand
    as the module describes it, `low` to `high` its interval.
    """

    people: int = 0
    companies: int = 0
    revenue: Decimal = Decimal(0)
    share: float = 0.0
    importance: float = 0.0
    weighted: float = 0.0
    low: float = 0.0
    high: float = 0.0


NONE = Demand()


def demand_of(
    voices: Iterable[Voice],
    *,
    pays: Mapping[int, Decimal],
    weights: Mapping[int, Decimal] | None = None,
    half_life: int | None = None,
) -> Demand:
    """The demand of these voices. `pays` is a month's revenue by company (none is 0), `weights` that of segments (1)."""
    people: set[int] = set()
    strongest: dict[tuple[str, int | None], int] = {}
    factor: dict[int, float] = {}
    for voice in voices:
        if voice.person is not None:
            people.add(voice.person)
        who = ("person", voice.person) if voice.company is None else ("company", voice.company)
        strongest[who] = max(strongest.get(who, 0), voice.importance)
        if voice.company is not None:
            now = voice.importance / CRITICAL * decay(voice.age, half_life)
            factor[voice.company] = max(factor.get(voice.company, 0.0), now)
    if not strongest:
        return NONE
    paid = {company: pays.get(company, Decimal(0)) for company in factor}
    revenue = sum(paid.values(), Decimal(0))
    parts = [
        float(paid[company]) * float((weights or {}).get(company, 1)) * part
        for company, part in factor.items()
    ]
    low, high = interval(parts)
    return Demand(
        people=len(people),
        companies=len(factor),
        revenue=revenue,
        share=float(max(paid.values()) / revenue) if revenue else 0.0,
        importance=sum(strongest.values()) / len(strongest),
        weighted=float(sum(sorted(parts))),
        low=low,
        high=high,
    )


def decay(age: float, half_life: int | None) -> float:
    """What is left of a voice after `age` days; without a half-life all of it."""
    return 1.0 if not half_life else float(0.5 ** (max(age, 0.0) / half_life))


def interval(parts: Iterable[float]) -> tuple[float, float]:
    """Between which sums four of five draws lie."""
    heavy = np.array(sorted((part for part in parts if part > 0), reverse=True))
    if not heavy.size:
        return 0.0, 0.0
    sums = _draws(int(heavy.size)) @ heavy
    low, high = np.percentile(sums, (LOW, HIGH))
    return float(low), float(high)


def _draws(companies: int) -> NDArray[np.float64]:
    if companies <= PREPARED:
        return _prepared()[:, :companies]
    return np.random.default_rng(SEED).poisson(1.0, (DRAWS, companies)).astype(np.float64)


@cache
def _prepared() -> NDArray[np.float64]:
    """Most ideas have few companies: their draws are made once."""
    return np.random.default_rng(SEED).poisson(1.0, (DRAWS, PREPARED)).astype(np.float64)
