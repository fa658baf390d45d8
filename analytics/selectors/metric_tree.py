"""The tree of a product's metrics: the North Star, what drives it, and what the data say of each edge."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from analytics.models import Metric, Rollup
from analytics.selectors.tiles import CHART, MetricTile, metric_tiles
from analytics.selectors.zones import today_of
from analytics.stats.periods import PERIODS, earlier_start, last_complete
from analytics.stats.together import Together, together
from backlog.models import BacklogItem
from plm.models import Product
from plm.permissions import Actor
from roadmap.models import KeyResult, Placement

VERDICTS = {
    "few": "too few periods to tell",
    "still": "one of them did not move",
    "unclear": "no clear link",
    "together": "moves together",
    "against": "moves against it",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """What the data say between a metric and the one it drives, over complete `period`s that both have.

    `hoped` says whether a clear link has the sign that the directions of both let one hope for; None without one.
    """

    found: Together
    period: str
    hoped: bool | None

    @property
    def words(self) -> str:
        found = self.found
        text = VERDICTS[found.verdict]
        if found.changes is not None:
            text += f" {found.changes:.2f}".replace("-", "−")
        return f"{text} over {found.n} {self.period}{'' if found.n == 1 else 's'}"


@dataclass(slots=True)
class MetricNode:
    """A metric of the tree with what stands below it. `aimed` items are on the roadmap for the goal of its key result."""

    tile: MetricTile
    depth: int
    edge: Edge | None = None
    result: KeyResult | None = None
    item: BacklogItem | None = None
    aimed: int = 0
    choices: list[Metric] = field(default_factory=list)

    @property
    def metric(self) -> Metric:
        return self.tile.metric


@dataclass(frozen=True, slots=True)
class MetricTree:
    """`nodes` from the North Star down, each above what drives it; empty without one. `loose` stand outside of it."""

    nodes: list[MetricNode]
    loose: list[MetricNode]


def metric_tree(actor: Actor, product: Product) -> MetricTree:
    """The tree of the metrics in use, with at most seven statements however many there are."""
    rows = Metric.objects.visible_to(actor, "metric.view").live().filter(product=product)
    metrics = list(rows.exclude(state="retired").with_people().order_by("number"))
    below: dict[int | None, list[Metric]] = defaultdict(list)
    for metric in metrics:
        below[metric.parent_id].append(metric)
    nodes = {t.metric.pk: MetricNode(t, 0) for t in metric_tiles(product, metrics)}
    ordered: list[MetricNode] = []

    def walk(metric: Metric, depth: int) -> None:
        node = nodes[metric.pk]
        node.depth = depth
        ordered.append(node)
        for child in below[metric.pk]:
            walk(child, depth + 1)

    star = next((metric for metric in metrics if metric.north_star), None)
    if star is not None:
        walk(star, 0)
    _add_edges(product, ordered)
    _add_work(actor, nodes.values())
    placed = {node.metric.pk for node in ordered}
    for node in nodes.values():
        under = _under(node.metric, below)
        node.choices = [m for m in metrics if m.pk not in under]
    return MetricTree(ordered, [node for pk, node in nodes.items() if pk not in placed])


def _under(metric: Metric, below: Mapping[int | None, Sequence[Metric]]) -> set[int]:
    found, row = {metric.pk}, [metric.pk]
    while row := [m.pk for key in row for m in below[key] if m.pk not in found]:
        found.update(row)
    return found


def places_for(actor: Actor, metric: Metric) -> list[Metric]:
    """The metrics that this one may be said to drive: those in use of its product that do not depend on it."""
    rows = Metric.objects.visible_to(actor, "metric.view").live().filter(product=metric.product_id)
    metrics = list(rows.exclude(state="retired").order_by("number"))
    below: dict[int | None, list[Metric]] = defaultdict(list)
    for one in metrics:
        below[one.parent_id].append(one)
    under = _under(metric, below)
    return [one for one in metrics if one.pk not in under]


def _add_edges(product: Product, ordered: Sequence[MetricNode]) -> None:
    """One statement for the figures of all metrics in the tree."""
    if len(ordered) < 2:
        return
    today = today_of(product)
    spans = {period: _starts(today, period) for period in PERIODS}
    wanted = Q()
    for period, starts in spans.items():
        wanted |= Q(period=period, start__gte=starts[0], start__lte=starts[-1])
    metrics = {node.metric.pk: node.metric for node in ordered}
    values: dict[tuple[int, str], dict[date, float]] = defaultdict(dict)
    rows = Rollup.objects.filter(wanted, metric__in=metrics).values_list(
        "metric_id", "period", "start", "value"
    )
    for key, period, start, value in rows:
        values[key, period][start] = float(value)
    for node in ordered:
        parent = metrics.get(node.metric.parent_id or 0)
        if parent is None:
            continue
        period = max(node.metric.period, parent.period, key=PERIODS.index)
        one, other = (
            _filled(m, values[m.pk, period], spans[period]) for m in (node.metric, parent)
        )
        found = together(spans[period], one, other)
        node.edge = Edge(found, period, _hoped(found, node.metric, parent))


def _starts(today: date, period: str) -> list[date]:
    """The complete periods that a chart would show, the oldest first."""
    starts = [last_complete(today, period)]
    while len(starts) < CHART[period]:
        starts.append(earlier_start(starts[-1], period))
    return starts[::-1]


def _filled(metric: Metric, values: dict[date, float], starts: Sequence[date]) -> dict[date, float]:
    """For counts and sums, a period without anything after the first with something is a zero."""
    if not metric.empty_is_zero or not values:
        return values
    first = min(values)
    return {start: values.get(start, 0.0) for start in starts if start >= first}


def _hoped(found: Together, child: Metric, parent: Metric) -> bool | None:
    if found.verdict not in {"together", "against"}:
        return None
    return (found.verdict == "together") == (child.direction == parent.direction)


def _add_work(actor: Actor, nodes: Iterable[MetricNode]) -> None:
    """Key results and items that the actor may see, and how many open items serve the goals: three statements."""
    known = list(nodes)
    results = {n.metric.key_result_id for n in known} - {None}
    items = {n.metric.item_id for n in known} - {None}
    found_results = {
        row.pk: row
        for row in KeyResult.objects.visible_to(actor, "key_result.view")
        .filter(pk__in=results)
        .select_related("product__workspace", "objective__product__workspace")
    }
    found_items = {
        row.pk: row
        for row in BacklogItem.objects.visible_to(actor, "item.view")
        .filter(pk__in=items)
        .select_related("product__workspace")
    }
    goals = {row.objective_id for row in found_results.values()}
    served = (
        Placement.objects.visible_to(actor, "placement.view").live().filter(objective__in=goals)
    )
    counts = Counter(
        served.exclude(item__state__in=("done", "cancelled")).values_list("objective_id", flat=True)
        if goals
        else ()
    )
    for node in known:
        node.result = found_results.get(node.metric.key_result_id)
        node.item = found_items.get(node.metric.item_id)
        node.aimed = counts[node.result.objective_id] if node.result else 0
