"""Where the points and the axis figures of a chart lie. Plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Values = Sequence[float | None]


def runs(values: Values, size: tuple[float, float], bounds: tuple[float, float]) -> list[str]:
    """The line as SVG point lists, one per run: a None ends a run, a lone point is drawn as a dot."""
    wide, high = size
    low, top = bounds
    step = wide / max(1, len(values) - 1)
    found: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            found.append([])
            continue
        share = (float(value) - low) / (top - low) if top > low else 0.5
        found[-1].append(f"{index * step:.1f},{high - share * high:.1f}")
    return [" ".join([*run, run[0]] if len(run) == 1 else run) for run in found if run]


def axis_floor(values: Sequence[float]) -> float:
    """Zero, unless the values lie below it or all far above it."""
    low, top = min(values), max(values)
    return low if low < 0 or low > 0.5 * top else 0.0


Box = tuple[float, float, float, float]
"""Left, right, top and bottom."""


def spaced(wanted: Iterable[Sequence[Box]], taken: Sequence[Box]) -> list[int | None]:
    """Where each label can be written: the number of the first of its places that neither lies over what is taken nor over
    a label before it, or None where all of them do."""
    used = list(taken)
    found: list[int | None] = []
    for places in wanted:
        at = next((n for n, box in enumerate(places) if not any(_meet(box, b) for b in used)), None)
        found.append(at)
        if at is not None:
            used.append(places[at])
    return found


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
