"""The lines of a business case as they are stored and sent: plain objects in, `Line`s out.

A line is {"name", "type": "income" | "cost" | "sales", "first", "last", "growth"} with "amount" (income, cost), or
"volume", "price" and, if wanted, "unit_cost" (sales). Each of these is [low, likely, high], or one number for a
certain value. Periods count from 0, which is now; growth is a fraction a period.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ideas.finance.ranges import Line
from plm.scoring.ranges import Range

TYPES = (("income", "Income"), ("cost", "Cost"), ("sales", "Sales: units times price"))
ESTIMATES = {"income": ("amount",), "cost": ("amount",), "sales": ("volume", "price", "unit_cost")}
OPTIONAL = {"unit_cost"}
MOST_LINES = 60
LARGEST = 1e15
LABELS = {"amount": "Amount", "volume": "Units", "price": "Price", "unit_cost": "Cost of a unit"}


class LineProblem(ValueError):
    """`fields` says what is wrong where: {"lines.0.price": "Give a number."}."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = dict(fields)


def cleaned(rows: Any, *, periods: int) -> list[dict[str, Any]]:
    """The lines in their stored form. Raises LineProblem with every problem of every line."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LineProblem({"lines": "Give a list of objects, one for each line."})
    if len(rows) > MOST_LINES:
        raise LineProblem(
            {"lines": f"A case has at most {MOST_LINES} lines; these are {len(rows)}."}
        )
    problems: dict[str, str] = {}
    found = [_cleaned(row, f"lines.{n}.", periods, problems) for n, row in enumerate(rows)]
    if problems:
        raise LineProblem(problems)
    return found


def _cleaned(
    row: Mapping[str, Any], at: str, periods: int, problems: dict[str, str]
) -> dict[str, Any]:
    known = {"name", "type", "first", "last", "growth", *LABELS}
    for unknown in sorted(set(map(str, row)) - known)[:5]:
        problems[at + unknown[:40]] = f"Unknown here. A line has: {', '.join(sorted(known))}."
    name = row.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 120:
        problems[at + "name"] = "Give a name of 1 to 120 characters."
    type_ = row.get("type")
    if type_ not in ESTIMATES:
        problems[at + "type"] = f"Choose one of {', '.join(ESTIMATES)}."
        return {}
    found = {"name": str(name).strip(), "type": type_, **_span(row, at, periods, problems)}
    for field in LABELS:
        given = row.get(field)
        if field not in ESTIMATES[type_]:
            if given not in (None, ""):
                problems[at + field] = f"A line of type {type_} has none."
        elif given is not None or field not in OPTIONAL:
            found[field] = _estimate(given, at + field, problems)
    return found


def _span(
    row: Mapping[str, Any], at: str, periods: int, problems: dict[str, str]
) -> dict[str, Any]:
    first, last = row.get("first", 0), row.get("last", periods)
    for name, value in (("first", first), ("last", last)):
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= periods:
            problems[at + name] = f"Give a period from 0 (now) to {periods}."
    growth = row.get("growth", 0.0)
    if not _is_number(growth) or not -1 <= growth <= 10:
        problems[at + "growth"] = "Give a fraction a period from -1 to 10, such as 0.02 for 2 %."
        growth = 0.0
    if f"{at}first" not in problems and f"{at}last" not in problems and last < first:
        problems[at + "last"] = f"The last period comes before the first ({first})."
    return {"first": first, "last": last, "growth": float(growth)}


def _estimate(given: Any, at: str, problems: dict[str, str]) -> list[float]:
    points = [given] * 3 if _is_number(given) else given
    if not isinstance(points, list) or len(points) != 3 or not all(map(_is_number, points)):
        problems[at] = "Give a number, or three: [low, likely, high]."
        return []
    values = [float(point) for point in points]
    if any(abs(value) > LARGEST for value in values):
        problems[at] = "Give amounts below 1,000,000,000,000,000."
    elif any(value < 0 for value in values):
        problems[at] = "Give amounts of 0 or more; the type says whether they come in or go out."
    elif not values[0] <= values[1] <= values[2]:
        problems[at] = "Low is at most likely, and likely at most high."
    return values


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= 1e300 and math.isfinite(value)


def lines_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The stored lines, ready to be reckoned with."""
    return tuple(
        Line(
            name=row["name"],
            sign=-1 if row["type"] == "cost" else 1,
            first=row["first"],
            last=row["last"],
            growth=row["growth"],
            **{name: Range(*row[name]) for name in LABELS if row.get(name)},
        )
        for row in stored
    )
