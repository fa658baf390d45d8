"""Reads of items and sprints that shape a screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from backlog.models import BacklogItem, IdeaLink, Spec, Sprint
from backlog.models.item import FINISHED_STATES, ITEM_WORKFLOW, PARENT_TYPES, TYPES
from ideas.models import Idea
from plm.composed import Moment
from plm.counting import Figures
from plm.models import Product, Relation
from plm.permissions import Actor
from plm.querysets import Statement, among_keys, keys_given

MOST_CHILDREN = 200


@lru_cache(maxsize=1)
def _ideas_statement() -> Statement:
    return Statement.written(
        "SELECT l.item_id, p.key, i.number FROM backlog_idealink l JOIN ideas_idea i ON i.id = l.idea_id"  # noqa: S608 - one of two fixed texts
        f" JOIN plm_product p ON p.id = i.product_id WHERE l.item_id {among_keys()} ORDER BY i.number",
        "keys",
    )


def idea_references(keys: Sequence[int]) -> dict[int, list[str]]:
    """The ideas each item came from, as references, in one statement."""
    found: dict[int, list[str]] = defaultdict(list)
    for item, key, number in _ideas_statement().rows({"keys": keys_given(keys)}):
        found[item].append(f"{key}-{number}")
    return found


def child_types(type_: str) -> list[tuple[str, str]]:
    """Which types may stand below one of this type, the most usual first."""
    lawful = [(name, label) for name, label in TYPES if type_ in PARENT_TYPES[name]]
    usual = {"epic": "feature", "feature": "story", "story": "task", "bug": "task"}.get(type_)
    return sorted(lawful, key=lambda pair: pair[0] != usual)


def item_page(actor: Actor, item: BacklogItem) -> dict[str, Any]:
    """What the page of an item shows beyond what every record shows."""
    children = list(
        BacklogItem.objects.below(item.pk).with_people()[: MOST_CHILDREN + 1]
    )  # fmt: skip
    links = IdeaLink.objects.filter(item=item).select_related(
        "idea__product__workspace", "idea__owner"
    )
    may_edit = actor.may("item.edit", item.workspace_id, item.product_id)
    specified = item.type in {"feature", "epic"}
    spec = spec_of(item) if specified else None
    return {
        "children": children[:MOST_CHILDREN],
        "more_children": len(children) > MOST_CHILDREN,
        "child_types": child_types(item.type) if may_edit else [],
        "ideas": [link.idea for link in links],
        "spec": spec,
        "may_specify": specified
        and spec is None
        and actor.may("spec.create", item.workspace_id, item.product_id),
        "may_promote": actor.may("idea.promote", item.workspace_id, item.product_id),
    }


def spec_of(item: BacklogItem) -> Spec | None:
    """The standing specification of an item, with how many of its requirements are met."""
    spec: Spec | None = (
        Spec.objects.standing()
        .filter(item=item)
        .with_people()
        .annotate(
            asked=Count("requirements", filter=~Q(requirements__state="dropped")),
            met=Count("requirements", filter=Q(requirements__state="met")),
        )
        .first()
    )
    return spec


def became(actor: Actor, idea: Idea) -> dict[str, Any] | None:
    """The items an idea became, for its page; None where there is nothing to show or do."""
    items = list(
        BacklogItem.objects.visible_to(actor, "item.view")
        .filter(idea_links__idea=idea)
        .with_people()
        .order_by("pk")
    )
    may_promote = idea.state not in {"declined", "duplicate", "redirected"} and actor.may(
        "idea.promote", idea.workspace_id, idea.product_id
    )
    if not items and not may_promote:
        return None
    return {
        "items": items,
        "may_promote": may_promote,
        "promote_url": f"{idea.get_absolute_url()}/promote",
    }


@dataclass(frozen=True, slots=True)
class SprintState:
    """How a sprint stands: items and points, done and in all."""

    sprint: Sprint
    items_done: int
    items_total: int
    points_done: Decimal
    points_total: Decimal
    days_left: int

    @property
    def percent(self) -> int:
        return round(100 * self.items_done / self.items_total) if self.items_total else 0

    @property
    def late(self) -> bool:
        return self.days_left < 0 and self.sprint.state == "active"

    @property
    def over_capacity(self) -> bool:
        return self.sprint.capacity is not None and self.points_total > self.sprint.capacity


def sprint_states(sprints: Sequence[Sprint]) -> list[SprintState]:
    """How these sprints stand, in one statement. Cancelled items count nowhere."""
    done = Q(state="done")
    rows = (
        BacklogItem.objects.live()
        .filter(sprint__in=[s.pk for s in sprints])
        .exclude(state="cancelled")
        .order_by()
        .values("sprint_id")
        .annotate(
            n=Count("pk"),
            finished=Count("pk", filter=done),
            points=Sum("estimate"),
            points_done=Sum("estimate", filter=done),
        )
    )
    found = {row["sprint_id"]: row for row in rows}
    today = timezone.localdate()
    none = Decimal(0)
    states = []
    for sprint in sprints:
        row = found.get(sprint.pk, {})
        states.append(
            SprintState(
                sprint,
                row.get("finished", 0),
                row.get("n", 0),
                row.get("points_done") or none,
                row.get("points") or none,
                (sprint.ends_on - today).days,
            )
        )
    return states


def burndown(sprint: Sprint) -> dict[str, Any] | None:
    """What was left at the end of each day of the sprint, in points (in items where nothing is estimated), and the
    straight line to nothing. None for a sprint without items or one of more than 100 days."""
    rows = (
        BacklogItem.objects.live()
        .filter(sprint=sprint)
        .exclude(state="cancelled")
        .annotate(day=TruncDate("done_at"))
        .values_list("estimate", "state", "day")
    )
    items = list(rows)
    length = (sprint.ends_on - sprint.starts_on).days + 1
    if not items or length > 100:
        return None
    in_points = any(estimate for estimate, _, _ in items)
    weighted = [
        (float(estimate or 0) if in_points else 1.0, day if state == "done" else None)
        for estimate, state, day in items
    ]
    total = sum(weight for weight, _ in weighted)
    days = [sprint.starts_on + timedelta(days=n) for n in range(length)]
    today = timezone.localdate()
    return {
        "unit": "points" if in_points else "items",
        "labels": [f"{d.day} {d:%b}" for d in days],
        "left": [None if d > today else _left(weighted, d) for d in days],
        "ideal": [total * (1 - (n + 1) / length) for n in range(length)],
    }


def _left(weighted: Sequence[tuple[float, date | None]], day: date) -> float:
    return sum(weight for weight, done in weighted if done is None or done > day)


def late_items(actor: Actor, product: Product) -> Any:
    """Unfinished items whose day has passed, the longest late first."""
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product)
    return rows.late().order_by("due_on", "pk")


def blocked_items(actor: Actor, product: Product) -> list[dict[str, Any]]:
    """Unfinished items that an unfinished record blocks: [{item, by}], at most fifty."""
    relations = (
        Relation.objects.filter(type="blocks", target__product=product, source__archived=False)
        .exclude(source__state__in=(*FINISHED_STATES, "shipped", "released"))
        .select_related("source__product__workspace")
        .order_by("pk")
    )
    blockers = {row.target_id: row.source for row in relations[:500]}
    items = (
        BacklogItem.objects.visible_to(actor, "item.view")
        .unfinished()
        .filter(pk__in=blockers)
        .with_people()[:50]
    )
    return [{"item": item, "by": blockers[item.pk]} for item in items]


@Figures
def _delivery(actor: Actor, product: Product) -> list[QuerySet[Any]]:
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product).live()
    return [
        rows.filter(state__in=ITEM_WORKFLOW.names("active")),
        rows.late(),
        rows.filter(state="done", done_at__gt=Moment(timedelta(days=7))),
    ]


def delivery_tile(actor: Actor, product: Product) -> tuple[int, str, bool]:
    """(items in work, how many are late, whether any is)."""
    active, late, done = _delivery(actor, product)
    return active, f"{late} late" if late else f"{done} done this week", bool(late)


def backlog_rows(actor: Actor, product: Product) -> QuerySet[Any]:
    """The items that are not finished, which the navigation counts."""
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product)
    return rows.unfinished()


def open_sprints(product: Product) -> Any:
    """Sprints that still take items, the active first."""
    rows = Sprint.objects.open().filter(product=product)
    return rows.select_related("product__workspace", "team").order_by("state", "starts_on", "pk")


def sprint_page(actor: Actor, sprint: Sprint) -> dict[str, Any]:
    """What the page of a sprint shows beyond what every record shows."""
    items = (
        BacklogItem.objects.live()
        .filter(sprint=sprint)
        .with_people()
        .select_related("parent")
        .order_by(F("rank").asc(), "board_order", "pk")[:500]
    )
    may_plan = sprint.state != "completed" and actor.may(
        "sprint.edit", sprint.workspace_id, sprint.product_id
    )
    candidates = (
        BacklogItem.objects.unfinished()
        .filter(product_id=sprint.product_id, sprint=None, progress_total=0)
        .exclude(type="epic")
        .select_related("product")
        .order_by("-score", "pk")[:50]
    )
    return {
        "items": list(items),
        "standing": sprint_states([sprint])[0],
        "burndown": burndown(sprint),
        "may_plan": may_plan,
        "candidates": list(candidates) if may_plan else [],
        "later_sprints": [s for s in open_sprints(sprint.product) if s.pk != sprint.pk],
    }
