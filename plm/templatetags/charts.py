"""Charts: a line without axes, and one with labelled steps and an axis of round figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html

from plm.scoring.axes import ticks
from plm.templatetags.plotting import Values, axis_floor, runs
from plm.templatetags.ui import MINUS, icon, number

register = template.Library()


SPARK = (
    '<svg class="spark{}" viewBox="0 -4 180 40" preserveAspectRatio="none" role="img" aria-label="Course of {}">'
    '<polygon class="spark-a" points="0,36 {} 180,36"/><polyline class="spark-l" points="{}"/></svg>'
)
KPI = '<li class="card kpi"><span class="kpi-n" title="{}">{}</span>\n<span class="kpi-v">{}</span>\n{}\n{}\n{}</li>'


@register.simple_tag
def spark(values: Values, label: str = "", hue: str = "") -> str:
    """A line without axes. No value draws nothing; one value draws a level line."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return ""
    known = known * 2 if len(known) == 1 else known
    line = runs(known, (180, 32), (min(known), max(known)))[0]
    return format_html(SPARK, f" h-{hue}" if hue else "", label or "the value", line, line)


@register.simple_tag
def kpi(
    name: str,
    value: object,
    *,
    delta: str = "",
    good: bool = True,
    note: str = "",
    values: Values = (),
    url: str = "",
) -> str:
    """A figure with its change (already worded) and its course; `good` colours the change."""
    hue = "green" if good else "red"
    change = ""
    if delta:
        down = delta.startswith(("-", MINUS))
        arrow = icon("arrow-down-right" if down else "arrow-up-right", 13)
        change = format_html('<span class="kpi-d h-{}">{}{}</span>', hue, arrow, delta)
    return format_html(
        KPI,
        name,
        format_html('<a href="{}">{}</a>', url, name) if url else name,
        value,
        change,
        format_html('<span class="kpi-m">{}</span>', note) if note else "",
        spark(values, label=name, hue=hue),
    )


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
