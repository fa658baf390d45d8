"""Two factors of the scoring model as the axes of a chart, a third as the size: the first items by rank."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backlog.models import Assessment, BacklogItem
from backlog.selectors.amounts import item_value, value_unit
from backlog.selectors.cells import Cell, cells_of, plain_number
from backlog.selectors.priority import TYPE_ICONS, Scoring
from plm.counting import Capped, capped_counts
from plm.models import Product
from plm.permissions import Actor
from plm.scoring import axes, value_effort
from plm.scoring.definition import Definition
from plm.scoring.factor import Factor

MOST = 200
SCORE, VALUE, POINTS = "item.score", "item.value", "item.points"
"""Measures that are no factor; a key of a factor has no point in it."""
COLOURS = (("type", "Kind"), ("state", "State"))
PLACES = ("high left", "high right", "low left", "low right")
CLOSE = 0.05
"""Closer to a line than this share of the drawn axis, a small change of the value changes the side."""
SMALL, LARGE = 6.0, 22.0
"""Radius of the smallest and the largest bubble."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What an axis or a size can be: a factor, which a bubble can be moved along, or a figure that is computed."""

    key: str
    label: str
    unit: str
    of: Callable[[BacklogItem, Mapping[str, float | None]], float | None]
    factor: Factor | None = None
    why_fixed: str = ""
    is_effort: bool = False
    is_value: bool = False

    def shown(self, value: float | None) -> str:
        """The value as it is read beside its label."""
        if value is None:
            return "–"
        if self.factor is not None and self.factor.choices:
            return dict(self.factor.choices).get(value, f"{value:,.6g}")
        if self.factor is not None and self.factor.percent:
            return f"{value * 100:.6g} %"
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def measures(definition: Definition) -> dict[str, Measure]:
    """What can be chosen, by key: the factors in their order, then what is computed."""
    divisor = definition.divisor
    lone = divisor is not None and len(definition.factors) == 2
    found = [
        Measure(f.key, f.label, f.unit, _factor(f.key), f, is_effort=f == divisor, is_value=lone and f != divisor)
        for f in definition.factors
    ]  # fmt: skip
    found.append(
        Measure(
            SCORE, "Score", "", lambda item, _: item.score, why_fixed="Score is computed from the factors",
            is_value=divisor is None,
        )
    )  # fmt: skip
    if divisor is not None:
        found.append(
            Measure(
                VALUE, "Value", value_unit(definition), lambda item, values: item_value(definition, item, values),
                why_fixed=f"Value is computed: score × {divisor.label.lower()}", is_value=True,
            )
        )  # fmt: skip
    found.append(
        Measure(
            POINTS, "Estimate", "points", lambda item, _: None if item.estimate is None else float(item.estimate),
            why_fixed="The estimate in points is set on the page of the item", is_effort=divisor is None,
        )
    )  # fmt: skip
    return {one.key: one for one in found}


def _factor(key: str) -> Callable[[BacklogItem, Mapping[str, float | None]], float | None]:
    return lambda _, values: values.get(key)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the chart is to show: keys of measures, cuts in the unit of their axes (None is the median)."""

    x: str = ""
    y: str = ""
    size: str = ""
    colour: str = "type"
    xcut: float | None = None
    ycut: float | None = None
    xlog: bool = False
    ylog: bool = False


def usual(definition: Definition, asked: Asked) -> Asked:
    """What was asked for, with what suits the method where nothing was, or something that the method does not have."""
    known = measures(definition)
    keys = [f.key for f in definition.factors]
    divisor = definition.divisor
    x = asked.x if asked.x in known else (divisor.key if divisor else keys[-1])
    y = asked.y if asked.y in known and asked.y != x else ""
    if not y:
        lone = divisor is not None and len(keys) == 2
        wanted = [VALUE] if divisor and not lone else []
        y = next(key for key in [*wanted, *keys, SCORE] if key != x)
    size = asked.size if asked.size in known else next((k for k in [*keys, SCORE] if k not in (x, y)), SCORE)  # fmt: skip
    colour = asked.colour if asked.colour in dict(COLOURS) else "type"
    return replace(asked, x=x, y=y, size=size, colour=colour)


def asked_of(definition: Definition, given: Mapping[str, Any]) -> Asked:
    """What was asked for as people write it: a line on an axis of percent in percent."""
    asked = usual(definition, Asked(**given))
    known = measures(definition)
    for name in ("x", "y"):
        factor, cut = known[getattr(asked, name)].factor, getattr(asked, f"{name}cut")
        if cut is not None and factor is not None and factor.percent:
            asked = replace(asked, **{f"{name}cut": cut / 100})
    return asked


@dataclass(frozen=True, slots=True)
class ChartAxis:
    """One drawn axis. `stops` are what a bubble can be moved to, empty where it cannot; `cut` is None without values."""

    name: str
    measure: Measure
    span: axes.Span
    cut: float | None
    fixed: bool
    decades: float
    stops: list[float]

    @property
    def marks(self) -> list[tuple[str, float]]:
        """What is written beside the axis, and where (percent of its length)."""
        found = axes.marks(self.span, self.measure.factor)
        return [(self.measure.shown(v), percent_of(self.span.at(v))) for v in found]

    @property
    def cut_at(self) -> float | None:
        """Where the line is, in percent; None where it lies outside of what is drawn."""
        if self.cut is None or not self.span.holds(self.cut):
            return None
        return percent_of(self.span.at(self.cut))

    @property
    def stops_at(self) -> list[list[Any]]:
        """[as typed into a cell, as read, percent of the axis] of each stop."""
        factor = self.measure.factor
        times = 100 if factor is not None and factor.percent else 1
        return [
            [plain_number(v * times), self.measure.shown(v), percent_of(self.span.at(v))]
            for v in self.stops
        ]

    def far(self, value: float | None) -> float | None:
        """How far above the line (below: negative), in the unit of the axis."""
        return None if value is None or self.cut is None else value - self.cut

    def close(self, value: float | None) -> bool:
        """Whether a small change moves it over the line."""
        if value is None or self.cut is None:
            return False
        here, line = self.span.at(value), self.span.at(self.cut)
        return here is not None and line is not None and abs(here - line) < CLOSE


def percent_of(share: float | None) -> float:
    """Percent with two decimals, from the share of an axis."""
    return round(100 * (share or 0.0), 2)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One item with its values. `left` and `up` are percent of the axes, None where a value is missing or has no place."""

    item: BacklogItem
    cells: dict[str, Cell]
    x: float | None
    y: float | None
    size: float | None
    left: float | None
    up: float | None
    radius: float
    hue: str
    colour: str
    quadrant: str
    far_x: float | None
    far_y: float | None
    close: bool

    @property
    def placed(self) -> bool:
        return self.left is not None and self.up is not None


@dataclass(frozen=True, slots=True)
class Matrix:
    """The chart: its axes, the first items by rank, and of how many they are the first."""

    asked: Asked
    x: ChartAxis
    y: ChartAxis
    size: Measure
    largest: float
    bubbles: list[Bubble]
    total: Capped
    names: dict[str, str]

    @property
    def unplaced(self) -> list[Bubble]:
        return [b for b in self.bubbles if not b.placed]


def matrix(actor: Actor, product: Product, scoring: Scoring, asked: Asked) -> Matrix:
    """The first items by rank on these axes. Three statements."""
    definition = scoring.definition
    asked = usual(definition, asked)
    known = measures(definition)
    ranked = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product, rank__gt=0)
    rows = ranked.select_related("product__workspace").defer("description", "custom")
    items = list(rows.order_by("rank", "pk")[:MOST])
    judged = {
        a.item_id: a
        for a in Assessment.objects.filter(scoring_model=scoring.model, item__in=[i.pk for i in items])
    }  # fmt: skip
    values = {pk: a.values(definition) for pk, a in judged.items()}
    read = {
        name: [known[key].of(i, values.get(i.pk, {})) for i in items]
        for name, key in (("x", asked.x), ("y", asked.y), ("size", asked.size))
    }
    x = _axis("x", known[asked.x], read["x"], asked.xcut, log=asked.xlog)
    y = _axis("y", known[asked.y], read["y"], asked.ycut, log=asked.ylog)
    largest = max((v for v in read["size"] if v is not None), default=0.0)
    bubbles = [
        _bubble(x, y, largest, asked.colour, item, cells, *three)
        for item, cells, *three in zip(
            items, (cells_of(definition, judged.get(i.pk)) for i in items), read["x"], read["y"],
            read["size"], strict=True,
        )
    ]  # fmt: skip
    (total,) = capped_counts([ranked])
    return Matrix(asked, x, y, known[asked.size], largest, bubbles, total, quadrants(x, y))


def _axis(
    name: str, measure: Measure, values: Sequence[float | None], cut: float | None, *, log: bool
) -> ChartAxis:
    known = [v for v in values if v is not None]
    span = axes.span_of(known, measure.factor, log=log)
    line = cut
    if line is None:
        median = value_effort.Axis.of_median(known)
        line = median.cut if median else None
    stops = axes.stops(measure.factor, span) if measure.factor else []
    return ChartAxis(name, measure, span, line, cut is not None, axes.decades(known), stops)


def _bubble(
    x: ChartAxis, y: ChartAxis, largest: float, colour: str, item: BacklogItem, cells: list[Cell],
    across: float | None, upward: float | None, size: float | None,
) -> Bubble:  # fmt: skip
    left = None if across is None else x.span.at(across)
    up = None if upward is None else y.span.at(upward)
    name = item.get_type_display() if colour == "type" else item.state_label
    hue = (TYPE_ICONS[item.type][1] if colour == "type" else item.state_hue) or "gray"
    return Bubble(
        item, {c.factor.key: c for c in cells}, across, upward, size,
        None if left is None else percent_of(left), None if up is None else percent_of(up),
        radius_of(size, largest), hue, str(name), _quadrant(x, y, across, upward), x.far(across), y.far(upward),
        x.close(across) or y.close(upward),
    )  # fmt: skip


def radius_of(size: float | None, largest: float) -> float:
    """So that areas, not diameters, are in proportion; what is nothing or not known is the smallest bubble."""
    if size is None or size <= 0 or largest <= 0:
        return SMALL
    return round(max(SMALL, LARGE * math.sqrt(size / largest)), 1)


def _quadrant(x: ChartAxis, y: ChartAxis, across: float | None, upward: float | None) -> str:
    """left or right, then low or high; on the line it is high, of effort low (`plm.scoring.value_effort`)."""
    if across is None or upward is None or x.cut is None or y.cut is None:
        return ""
    right = across > x.cut if x.measure.is_effort else across >= x.cut
    high = upward > y.cut if y.measure.is_effort else upward >= y.cut
    return f"{'high' if high else 'low'} {'right' if right else 'left'}"


def quadrants(x: ChartAxis, y: ChartAxis) -> dict[str, str]:
    """What the four parts are called: by their usual names where one axis is effort and the other value."""
    ours, theirs = x.measure, y.measure
    if not ((ours.is_effort and theirs.is_value) or (ours.is_value and theirs.is_effort)):
        across, upward = ours.label.lower(), theirs.label.lower()
        return {
            f"{high} {side}": f"{'more' if high == 'high' else 'less'} {upward}, {'more' if side == 'right' else 'less'} {across}"
            for high, side in (place.split() for place in PLACES)
        }  # fmt: skip
    names = dict(value_effort.QUADRANTS)
    if x.measure.is_effort:
        order = (value_effort.QUICK_WIN, value_effort.BIG_BET, value_effort.FILL_IN, value_effort.MONEY_PIT)  # fmt: skip
    else:
        order = (value_effort.MONEY_PIT, value_effort.BIG_BET, value_effort.FILL_IN, value_effort.QUICK_WIN)  # fmt: skip
    return {place: names[name] for place, name in zip(PLACES, order, strict=True)}
