"""Where the points and the axis figures of a chart lie. Plain arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def ticks(low: float, top: float) -> list[float]:
    """Three to seven round figures, evenly apart, that span the values."""
    rough = ((top - low) or abs(top) or 1.0) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(top / step - 1e-9), first + 1)
    return [round(index * step, 12) for index in range(first, last + 1)]


def axis_floor(values: Sequence[float]) -> float:
    """Zero, unless the values lie below it or all far above it."""
    low, top = min(values), max(values)
    return low if low < 0 or low > 0.5 * top else 0.0
