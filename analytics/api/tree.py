"""The metric tree over the API. A metric's place is written with the metric itself: `parent` and `north_star`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.selectors.metric_tree import VERDICTS, MetricNode, metric_tree
from analytics.stats.periods import PERIODS
from plm.api.answers import listed, reference
from plm.api.views import OfProduct
from plm.filters import refuse_unknown


class EdgeAnswer(serializers.Serializer[Any]):
    """How a metric and the one it drives moved, over complete periods that both have. No proof of a cause."""

    period = serializers.ChoiceField(choices=PERIODS)
    n = serializers.IntegerField(help_text="Changes from one period to the next that both have.")
    changes = serializers.FloatField(allow_null=True, help_text="Correlation of these changes.")
    low = serializers.FloatField(allow_null=True, help_text="Lower end of 95 in 100 cases.")
    high = serializers.FloatField(allow_null=True, help_text="Upper end of 95 in 100 cases.")
    levels = serializers.FloatField(
        allow_null=True,
        help_text="Correlation of the values; two trends correlate whatever they are.",
    )
    verdict = serializers.ChoiceField(choices=list(VERDICTS))
    hoped = serializers.BooleanField(
        allow_null=True, help_text="Whether a clear link has the sign that the directions ask for."
    )


class MetricNodeAnswer(serializers.Serializer[Any]):
    """One metric of the tree, after the one that it drives."""

    reference = reference()
    title = serializers.CharField()
    depth = serializers.IntegerField(min_value=0, help_text="0 is the North Star.")
    drives = serializers.CharField(allow_null=True, help_text="Reference of the metric above.")
    value = serializers.FloatField(allow_null=True, help_text="Of the last complete period.")
    change = serializers.FloatField(allow_null=True, help_text="Against the period before.")
    target = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=["good", "bad", "unknown"])
    key_result = serializers.CharField(allow_null=True, help_text="The key result that follows it.")
    objective = serializers.CharField(allow_null=True, help_text="The goal of that key result.")
    items_aimed = serializers.IntegerField(help_text="Open items on the roadmap for that goal.")
    item = serializers.CharField(allow_null=True, help_text="The item whose effect it measures.")
    edge = EdgeAnswer(allow_null=True)


class MetricTreeView(OfProduct):
    """The metric tree of a product."""

    tags: ClassVar[Mapping[str, str]] = {"": "Analytics"}
    policies: ClassVar[Mapping[str, str]] = {"get": "metric.view"}

    @extend_schema(
        responses=listed("MetricTree", MetricNodeAnswer, loose=MetricNodeAnswer(many=True))
    )
    def get(self, request: Request, key: str) -> Response:
        """From the North Star down; `loose` metrics in use stand outside of it, and all do without a North Star."""
        refuse_unknown(request.query_params, {"workspace"})
        found = metric_tree(self.actor, self.product(key, "metric.view"))
        above = {n.metric.pk: n.metric.reference for n in (*found.nodes, *found.loose)}
        return Response(
            {
                "results": [_node(node, above) for node in found.nodes],
                "loose": [_node(node, above) for node in found.loose],
            }
        )


def _node(node: MetricNode, above: Mapping[int, str]) -> dict[str, Any]:
    metric, standing = node.metric, node.tile.standing
    edge = node.edge
    return {
        "reference": metric.reference,
        "title": metric.title,
        "depth": node.depth,
        "drives": above.get(metric.parent_id or 0),
        "value": _float(standing.value),
        "change": _float(standing.change),
        "target": _float(metric.target_value),
        "state": node.tile.state,
        "key_result": node.result.reference if node.result else None,
        "objective": node.result.objective.reference if node.result else None,
        "items_aimed": node.aimed,
        "item": node.item.reference if node.item else None,
        "edge": None if edge is None else {
            "period": edge.period, "n": edge.found.n, "changes": edge.found.changes, "low": edge.found.low,
            "high": edge.found.high, "levels": edge.found.levels, "verdict": edge.found.verdict, "hoped": edge.hoped,
        },
    }  # fmt: skip


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
