"""The matrix: items on two axes of the scoring model, moved there by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backlog.forms.decide import MatrixForm
from backlog.selectors import matrix as reads
from backlog.selectors.priority import ranking_pending
from backlog.views.priority import scoring_for
from plm.filters import refuse_unknown
from plm.templatetags.plotting import spaced
from plm.web.lists import saved_tabs
from plm.web.policy import PlmRequest, policy

PARAMETERS = {f.name for f in fields(reads.Asked)}
TITLE = 28
LETTER, LINE, GAP = 6.4, 15.0, 4.0
"""Sizes of a label in pixels: a letter of it, its line, and how far it stands from its bubble."""


@dataclass(frozen=True, slots=True)
class Size:
    """A plot in pixels for which labels are placed; `scale` is what its style sheet does to bubbles."""

    name: str
    wide: float
    high: float
    letters: int
    scale: float


WIDE, NARROW = Size("wide", 860, 440, TITLE, 1), Size("short", 300, 380, 8, 0.65)


@policy("item.view")
def matrix(request: PlmRequest) -> HttpResponse:
    """The chart with its table, or only both for a script that has moved something."""
    refuse_unknown(request.GET, PARAMETERS)
    scoring = scoring_for(request)
    known = reads.measures(scoring.definition)
    form = MatrixForm(
        request.GET, choices=[(m.key, m.label) for m in known.values()], colours=reads.COLOURS
    )
    form.is_valid()
    asked = reads.asked_of(scoring.definition, form.given())
    found = reads.matrix(request.actor, request.product, scoring, asked)
    rows = [_row(found, bubble) for bubble in found.bubbles]
    context = {
        "matrix": found, "scoring": scoring, "rows": rows, "bubbles": _drawn(found, rows),
        "may_assess": request.actor.may("item.assess", request.workspace.pk, request.product.pk),
        "here": request.get_full_path(), "pending": ranking_pending(request.product),
        "axes": [_axis(found.x), _axis(found.y)], "corners": [found.names[place] for place in reads.PLACES],
        "fixed": [a.measure for a in (found.x, found.y) if not a.stops],
        "movable": [a.measure for a in (found.x, found.y) if a.stops],
        "largest": found.size.shown(found.largest) if found.largest else "",
        "legend": list(dict.fromkeys((b.hue, b.colour) for b in found.bubbles)),
    }  # fmt: skip
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "backlog/_matrix.html", context)
    return render(request, "backlog/matrix.html", context | _tools(request, form, found, known))


def _tools(
    request: PlmRequest, form: MatrixForm, found: reads.Matrix, known: dict[str, reads.Measure]
) -> dict[str, Any]:
    asked = found.asked
    groups = [("x", "Across"), ("y", "Upward"), ("size", "Size")]
    kept = request.GET.copy()
    return {
        "choices": [
            {"name": name, "label": label, "chosen": getattr(asked, name), "options": [(m.key, m.label) for m in known.values()]}
            for name, label in groups
        ],
        "colours": reads.COLOURS,
        "cuts": [
            {"name": f"{a.name}cut", "label": f"Line of {a.measure.label.lower()}", "value": form.data.get(f"{a.name}cut", "")}
            for a in (found.x, found.y)
        ],
        "errors": [str(text) for texts in form.errors.values() for text in texts],
        "views": saved_tabs(request, request.path, "matrix"),
        "query": kept.urlencode(),
        "save_view_url": reverse(
            "plm:saved_views", args=[request.workspace.slug, request.product.key, "prioritize/matrix"]
        ),
    }  # fmt: skip


def _axis(axis: reads.ChartAxis) -> dict[str, Any]:
    """An axis as the page draws it: its marks as text and place from the left and from the top."""
    line = axis.cut_at
    return {
        "name": axis.name, "measure": axis.measure, "log": axis.span.log, "fixed": axis.fixed,
        "marks": [(text, at, round(100 - at, 2)) for text, at in axis.marks],
        "line": None if line is None else (line, round(100 - line, 2)), "cut": axis.measure.shown(axis.cut),
        "stops": json.dumps(axis.stops_at) if axis.stops else "",
        "may_log": axis.span.log or axis.decades >= 1,
    }  # fmt: skip


def _row(found: reads.Matrix, bubble: reads.Bubble) -> dict[str, Any]:
    """A bubble in words, for the table and for whoever points at it."""
    x, y = found.x.measure, found.y.measure
    return {
        "b": bubble, "x": x.shown(bubble.x), "y": y.shown(bubble.y), "size": found.size.shown(bubble.size),
        "far_x": _signed(x, bubble.far_x), "far_y": _signed(y, bubble.far_y),
        "quadrant": found.names.get(bubble.quadrant, ""),
    }  # fmt: skip


def _signed(measure: reads.Measure, far: float | None) -> str:
    """A distance with its sign; that of a choice is a figure, not the name of a choice."""
    if far is None:
        return ""
    percent = measure.factor is not None and measure.factor.percent
    size = abs(far * 100 if percent else far)
    text = f"{size:,.0f}" if size >= 1000 else f"{size:,.3g}"
    sign = "" if far == 0 else ("+" if far > 0 else "−")
    return f"{sign}{text}{' %' if percent else ''}"


def _drawn(found: reads.Matrix, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What has a place, the large ones first so that small ones lie above them, each with the labels that fit."""
    placed = [(row, row["b"].left, row["b"].up) for row in rows if row["b"].placed]
    axes = [axis for axis in (found.x, found.y) if axis.stops]
    title, short = (_labels([row["b"] for row, *_ in placed], size) for size in (WIDE, NARROW))
    drawn = [
        {
            **row, "top": round(100 - up, 2), "texts": [text for text in (wide, narrow) if text],
            "moves": json.dumps([_move(axis, row["b"]) for axis in axes]) if axes else "",
        }
        for (row, _, up), wide, narrow in zip(placed, title, short, strict=True)
    ]  # fmt: skip
    return sorted(drawn, key=lambda row: -row["b"].radius)


def _labels(bubbles: list[reads.Bubble], size: Size) -> list[dict[str, Any]]:
    """The label of each bubble, right of it or left of it, whichever is free on a plot of this size; empty where neither is."""
    circles = []
    wanted = []
    for bubble in bubbles:
        across, down = (
            (bubble.left or 0) * size.wide / 100,
            size.high * (1 - (bubble.up or 0) / 100),
        )
        radius = bubble.radius * size.scale
        circles.append((across - radius, across + radius, down - radius, down + radius))
        reach, length = radius + GAP, LETTER * len(_label(bubble, size))
        wanted.append(
            [
                (across + reach, across + reach + length, down - LINE / 2, down + LINE / 2),
                (across - reach - length, across - reach, down - LINE / 2, down + LINE / 2),
            ]
        )
    outside = [(-1e6, 0.0, 0.0, size.high), (size.wide, 1e6, 0.0, size.high)]
    return [
        {} if at is None else {
            "text": _label(bubble, size), "css": f"{size.name}{' e' if at else ''}",
            "shift": round((bubble.radius * size.scale + GAP) * (-1 if at else 1), 1),
        }
        for bubble, at in zip(bubbles, spaced(wanted, [*circles, *outside]), strict=True)
    ]  # fmt: skip


def _label(bubble: reads.Bubble, size: Size) -> str:
    title = str(bubble.item.title)
    if len(title) <= size.letters:
        return title
    return str(bubble.item.reference) if size.letters < TITLE else f"{title[: TITLE - 1].rstrip()}…"


def _move(axis: reads.ChartAxis, bubble: reads.Bubble) -> dict[str, Any]:
    """What a script has to know to move the bubble along an axis: what stands in the cell, and its range."""
    cell = bubble.cells[axis.measure.key]
    ranged = cell.ranged
    return {
        "axis": axis.name, "key": cell.factor.key, "was": cell.kept, "now": cell.likely,
        "low": cell.low if ranged else "", "high": cell.high if ranged else "",
        "form": cell.form if ranged else "",
    }  # fmt: skip
