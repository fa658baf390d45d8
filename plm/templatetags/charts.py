"""Charts: a line without axes, and one with labelled steps and an axis of round figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import template

from plm.scoring.axes import ticks
from plm.templatetags.plotting import Values, axis_floor, runs
from plm.templatetags.ui import number

register = template.Library()


@register.inclusion_tag("components/spark.html")
def spark(values: Values, label: str = "", hue: str = "") -> dict[str, Any]:
    """A line without axes. No value draws nothing; one value draws a level line."""
    known = [float(value) for value in values if value is not None]
    known = known * 2 if len(known) == 1 else known
    lines = runs(known, (180, 32), (min(known), max(known))) if known else []
    return {"line": lines[0] if lines else "", "label": label, "hue": hue}


@register.inclusion_tag("components/line_chart.html")
def line_chart(
    values: Values,
    labels: Sequence[object],
    label: str,
    *,
    other: Values | None = None,
    other_label: str = "",
    target: float | None = None,
    hue: str = "indigo",
) -> dict[str, Any]:
    """A line over labelled steps, with an axis of round figures; None is a gap.

    `other` is a second, dashed line (what was expected); `target` a level line.
    """
    known = [float(v) for v in (*values, *(other or ()), target) if v is not None]
    if not known:
        return {"label": label, "nothing": True}
    marks = ticks(axis_floor(known), max(known))
    size, bounds = (640.0, 200.0), (marks[0], marks[-1])
    series = [line for line in (values, other) if line]
    columns = [[*line, *[None] * (len(labels) - len(line))] for line in series]
    rows = [
        [str(name), *("" if value is None else number(value) for value in row)]
        for name, *row in zip(labels, *columns, strict=False)
    ]
    return {
        "label": label,
        "hue": hue,
        "lines": runs(values, size, bounds),
        "others": runs(other or (), size, bounds),
        "other_label": other_label,
        "target": target,
        "target_y": None if target is None else runs([target], size, bounds)[0].split(",")[-1],
        "ticks": [number(mark) for mark in reversed(marks)],
        "grid": [round(200 * index / (len(marks) - 1), 1) for index in range(len(marks))],
        "axis": [str(name) for name in labels[:: max(1, -(-len(labels) // 6))]],
        "rows": rows,
        "points": json.dumps(rows),
    }
