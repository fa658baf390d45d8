"""Goals with their key results: cards, panels, the tile of the stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from plm.composed import Read
from plm.counting import Figures
from plm.models import Product
from plm.permissions import Actor
from plm.templatetags.ui import number
from roadmap.models import (
    Contribution,
    KeyResult,
    KeyResultCheckIn,
    Objective,
    Placement,
    Vision,
)
from roadmap.progress import elapsed_share, is_at_risk, objective_progress
from roadmap.selectors.items import ITEM_COLUMNS, line_of

MAX_CARDS = 60
PURSUED = ("planned", "active")
MAX_ITEMS = 60


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective with its key results, its progress in percent (None without any) and how many items serve it."""

    record: Objective
    key_results: list[KeyResult]
    percent: int | None
    items: int
    at_risk: bool

    @property
    def note(self) -> str:
        """The first key result in a few words."""
        return figures(self.key_results[0]) if self.key_results else "No key result yet"


def figures(result: KeyResult) -> str:
    """`No-show rate 9.1 → 6 %`."""
    way = f"{number(result.current)} \N{RIGHTWARDS ARROW} {number(result.target)}"
    return f"{result.metric} {way}{_unit(result.unit)}"


def _unit(unit: str) -> str:
    return f"{'' if unit == '%' else ' '}{unit}" if unit else ""


def vision_of(actor: Actor, product: Product) -> Vision:
    """The product's vision, or an empty one that stands nowhere yet."""
    found = Vision.objects.visible_to(actor).filter(product=product).first()
    return found or Vision(workspace_id=product.workspace_id, product=product)


def goals_of(objectives: Iterable[Objective]) -> list[Goal]:
    """The objectives as goals, with three statements for all of them."""
    records = list(objectives)
    if not records:
        return []
    ids = [record.pk for record in records]
    results: dict[int, list[KeyResult]] = defaultdict(list)
    for result in KeyResult.objects.live().filter(objective_id__in=ids).order_by("number"):
        results[result.objective_id].append(result)
    for record in records:
        for result in results[record.pk]:
            result.objective = record
    counts = dict(
        Placement.objects.live()
        .filter(objective_id__in=ids)
        .values_list("objective_id")
        .annotate(items=Count("pk"))
    )
    others = dict(
        Contribution.objects.filter(objective_id__in=ids, item__archived_at=None)
        .values_list("objective_id")
        .annotate(items=Count("pk"))
    )
    return [_goal(r, results[r.pk], counts.get(r.pk, 0) + others.get(r.pk, 0)) for r in records]


def _goal(record: Objective, results: list[KeyResult], items: int) -> Goal:
    counted = [(r.progress, r.weight) for r in results if r.state != "cancelled"]
    progress = objective_progress(counted)
    return Goal(
        record=record,
        key_results=results,
        percent=None if progress is None else round(100 * progress),
        items=items,
        at_risk=is_at_risk(progress, _elapsed(record, timezone.localdate())),
    )


def _elapsed(record: Objective, today: date) -> float | None:
    if record.starts_on is None or record.ends_on is None or record.state != "active":
        return None
    return elapsed_share(
        record.starts_on.toordinal(), record.ends_on.toordinal(), today.toordinal()
    )


def _objectives(actor: Actor, product: Product) -> QuerySet[Objective]:
    rows = Objective.objects.visible_to(actor, "objective.view").live().filter(product=product)
    return rows.select_related("owner").order_by("ends_on", "number")


@Read
def _pursued(actor: Actor, product: Product) -> QuerySet[Objective]:
    return _objectives(actor, product).filter(state__in=PURSUED)[:MAX_CARDS]


@Read
def _over(actor: Actor, product: Product) -> QuerySet[Objective]:
    return _objectives(actor, product).exclude(state__in=PURSUED)[:MAX_CARDS]


def goal_cards(actor: Actor, product: Product, *, pursued: bool) -> list[Goal]:
    """The goals that are pursued, or those that are over, the latest period first."""
    goals = goals_of((_pursued if pursued else _over)(actor, product))
    for goal in goals:
        goal.record.product = product
        for result in goal.key_results:
            result.product = product
    return goals


def goals_panel(actor: Actor, product: Product) -> dict[str, Any] | None:
    """The panel "Goals" on the product's home: what is pursued now."""
    goals = goal_cards(actor, product, pursued=True)[:6]
    if not goals:
        return None
    home = product.get_absolute_url()
    return {"goals": goals, "more_url": f"{home}roadmap/", "more_label": "Roadmap"}


@Figures
def _coming(actor: Actor, product: Product) -> list[QuerySet[Any]]:
    rows = Placement.objects.visible_to(actor, "placement.view").live().filter(product=product)
    coming = rows.exclude(item__state__in=("done", "cancelled"))
    return [coming, coming.filter(bucket="now")]


@Read
def _active(_: Actor, product: Product) -> QuerySet[Objective]:
    return Objective.objects.live().filter(product=product, state="active")[:MAX_CARDS]


def roadmap_tile(actor: Actor, product: Product) -> tuple[int, str, bool]:
    """(placed items that are still to come, goals at risk or what is now, needs attention)."""
    count, now = _coming(actor, product)
    risky = sum(goal.at_risk for goal in goals_of(_active(actor, product)))
    if risky:
        return count, f"{risky} goal{'s' if risky > 1 else ''} at risk", True
    return count, f"{now} now", False


def objective_page(actor: Actor, objective: Objective) -> dict[str, Any]:
    """What the page of a goal shows beyond what every record shows."""
    goal = goals_of([objective])[0]
    for result in goal.key_results:
        result.product = objective.product
    rows = (
        Placement.objects.visible_to(actor, "placement.view")
        .live()
        .filter(objective=objective)
        .order_by("starts_on", "position")
        .values(*ITEM_COLUMNS)
    )
    others = (
        Contribution.objects.visible_to(actor, "contribution.view")
        .filter(objective=objective, item__archived_at=None)
        .order_by("-percent", "item_id")
        .values(*ITEM_COLUMNS, "percent")
    )
    return {
        "goal": goal,
        "lines": [
            *(line_of(objective.product, row) for row in rows[:MAX_ITEMS]),
            *(
                line_of(objective.product, row, f"{row['percent']}% of it")
                for row in others[:MAX_ITEMS]
            ),
        ],
        **goal_rights(actor, objective.product),
    }


def goal_rights(actor: Actor, product: Product) -> dict[str, bool]:
    """Which buttons the goals page offers."""

    def may(action: str) -> bool:
        return actor.may(action, product.workspace_id, product.pk)

    return {
        "may_check_in": may("key_result.check_in"),
        "may_add_result": may("key_result.create"),
        "may_add_goal": may("objective.create"),
    }


def key_result_page(actor: Actor, result: KeyResult) -> dict[str, Any]:
    """What the page of a key result shows beyond what every record shows: its readings and their course."""
    latest = list(check_ins_of(result)[:60])
    course = latest[::-1]
    return {
        "check_ins": latest,
        "values": [reading.value for reading in course],
        "labels": [timezone.localtime(reading.at).strftime("%d %b %Y") for reading in course],
        "way": figures(result),
        "may_check_in": actor.may("key_result.check_in", result.workspace_id, result.product_id),
    }


def check_ins_of(result: KeyResult) -> Any:
    """The readings of a key result, the latest first."""
    return (
        KeyResultCheckIn.objects.filter(key_result=result)
        .select_related("author")
        .order_by("-at", "-pk")
    )
