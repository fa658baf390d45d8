"""The matrix and the balance in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.selectors.matrix import Bubble, ChartAxis, Matrix
from plm.api.answers import reference

Answer = serializers.Serializer[Any]


class MeasureAnswer(Answer):
    """A factor of the active model, or a figure that is computed: then `movable` is false and `why_fixed` says of what."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # declared fields leave the class
    unit = serializers.CharField()
    movable = serializers.BooleanField()
    why_fixed = serializers.CharField()


class AxisAnswer(MeasureAnswer):
    """`cut` is where the line stands: the median of the items, or fixed. `stops` are round values of the factor."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    log = serializers.BooleanField()
    cut = serializers.FloatField(allow_null=True)
    cut_fixed = serializers.BooleanField()
    stops = serializers.ListField(child=serializers.FloatField())


class PointAnswer(Answer):
    """One item. `x_from_cut` is negative below the line; `close` says that a small change moves it over one."""

    item = reference()
    title = serializers.CharField()
    rank = serializers.IntegerField(min_value=1)
    type = serializers.CharField()
    state = serializers.CharField()
    x = serializers.FloatField(allow_null=True)
    y = serializers.FloatField(allow_null=True)
    size = serializers.FloatField(allow_null=True)
    x_from_cut = serializers.FloatField(allow_null=True)
    y_from_cut = serializers.FloatField(allow_null=True)
    quadrant = serializers.CharField(allow_blank=True)
    close = serializers.BooleanField()


class MatrixAnswer(Answer):
    """The first 200 items by rank; `more` says that others are ranked behind them."""

    product = serializers.CharField()
    model = serializers.UUIDField()
    model_version = serializers.IntegerField(min_value=1)
    x = AxisAnswer()
    y = AxisAnswer()
    size = MeasureAnswer()
    measures = MeasureAnswer(many=True)
    more = serializers.BooleanField()
    unplaced = serializers.IntegerField(min_value=0)
    results = PointAnswer(many=True)


def measure_json(measure: Any) -> dict[str, Any]:
    """A measure as the API gives it."""
    return {
        "key": measure.key, "label": measure.label, "unit": measure.unit,
        "movable": measure.factor is not None, "why_fixed": measure.why_fixed,
    }  # fmt: skip


def _axis_json(axis: ChartAxis) -> dict[str, Any]:
    return {
        **measure_json(axis.measure), "low": axis.span.low, "high": axis.span.high, "log": axis.span.log,
        "cut": axis.cut, "cut_fixed": axis.fixed, "stops": axis.stops,
    }  # fmt: skip


def _point_json(found: Matrix, one: Bubble) -> dict[str, Any]:
    item = one.item
    return {
        "item": item.reference, "title": item.title, "rank": item.rank, "type": item.type, "state": item.state,
        "x": one.x, "y": one.y, "size": one.size, "x_from_cut": one.far_x, "y_from_cut": one.far_y,
        "quadrant": found.names.get(one.quadrant, ""), "close": one.close,
    }  # fmt: skip


def matrix_json(found: Matrix) -> dict[str, Any]:
    """The matrix without the product and the model it is of."""
    return {
        "x": _axis_json(found.x), "y": _axis_json(found.y), "size": measure_json(found.size),
        "more": int(found.total) > len(found.bubbles), "unplaced": len(found.unplaced),
        "results": [_point_json(found, one) for one in found.bubbles],
    }  # fmt: skip
