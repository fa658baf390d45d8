"""Reads of business cases that shape a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from ideas.finance.lines import LABELS
from ideas.models import BusinessCase
from plm.permissions import Actor

if TYPE_CHECKING:
    from ideas.finance.case import Appraisal, Spread


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin of the histogram, in a drawing 100 wide and 40 high."""

    left: float
    width: float
    top: float
    height: float
    loss: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    position: int
    name: str
    type: str
    estimates: list[tuple[str, float, float, float]]
    """(label, low, likely, high)."""
    first: int
    last: int
    growth: float
    worth: float | None


def histogram(spread: Spread) -> dict[str, Any]:
    """The distribution as bars; a bin below 0 is a loss. `zero` is where 0 stands across, or None."""
    low, high = spread.edges[0], spread.edges[-1]
    width = (high - low) or 1.0
    most = max(spread.counts) or 1
    bars = [
        _bar(
            100 * (a - low) / width, 100 * (b - a) / width, 40 * count / most, loss=(a + b) / 2 < 0
        )
        for (a, b), count in zip(pairwise(spread.edges), spread.counts, strict=True)
    ]
    zero = round(-100 * low / width, 2) if low < 0 < high else None
    return {"bars": bars, "zero": zero, "low": low, "high": high}


def _bar(left: float, width: float, height: float, *, loss: bool) -> Bar:
    return Bar(round(left, 2), round(width, 2), round(40 - height, 2), round(height, 2), loss)


def lines_shown(
    lines: Sequence[Mapping[str, Any]], worths: Sequence[float | None] = ()
) -> list[LineRow]:
    """Lines as a table draws them, with what each is worth where that is known."""
    known = [*worths, *[None] * (len(lines) - len(worths))]
    return [
        LineRow(
            position, row["name"], row["type"],
            [(label, *row[name]) for name, label in LABELS.items() if row.get(name)],
            row["first"], row["last"], row["growth"], worth,
        )
        for position, (row, worth) in enumerate(zip(lines, known, strict=True))
    ]  # fmt: skip


def case_page(actor: Actor, case: BusinessCase, found: Appraisal) -> dict[str, Any]:
    """What the page of a business case shows beyond what every record shows."""
    return {
        "appraisal": found,
        "certain": found.spread.p10 == found.spread.p90,
        "histogram": histogram(found.spread),
        "balance": [round(value, 2) for value in accumulate(found.flows)],
        "steps": [f"{case.period.capitalize()} {n}" for n in range(case.periods + 1)],
        "curve_rates": [f"{rate:.0%}" for rate, _ in found.curve],
        "curve_values": [round(value, 2) for _, value in found.curve],
        "line_rows": lines_shown(case.lines, [worth for _, worth in found.by_line]),
        "may_edit_lines": actor.may("business_case.edit", case.workspace_id, case.product_id),
    }  # fmt: skip


def cases_of(idea_id: int) -> list[BusinessCase]:
    """The live cases of an idea, newest first."""
    return list(
        BusinessCase.objects.live()
        .with_people()
        .filter(idea_id=idea_id)
        .order_by("-reference_row")[:10]
    )
