"""Items and sprints."""

from __future__ import annotations

from typing import Any

from backlog.filters.items import ItemFilter
from backlog.filters.sprints import SprintFilter
from backlog.forms.items import ItemForm, SprintForm
from backlog.models import BacklogItem, Sprint
from backlog.selectors.items import item_page, sprint_page
from backlog.serializers.items import ItemSerializer, SprintSerializer
from backlog.services.items import item_create, item_move, item_update
from backlog.services.sprints import sprint_create, sprint_move, sprint_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind, default_columns
from plm.stages import DELIVERY, PRIORITIZATION


def _item_properties(item: Any) -> list[tuple[str, Any, str]]:
    parent, sprint = item.parent, item.sprint
    return [
        ("Type", item.get_type_display(), ""),
        ("Priority", item.get_priority_display(), ""),
        ("Below", parent.title if parent else "–", parent.get_absolute_url() if parent else ""),
        ("Sprint", sprint.title if sprint else "–", sprint.get_absolute_url() if sprint else ""),
        *([("Component", item.component.name, "")] if item.component else []),
        ("Estimate", item.estimate, ""),
        ("Due", item.due_on, ""),
        ("Score", item.score, ""),
        ("Rank", item.rank or None, ""),
        ("Started", item.started_at, ""),
        ("Done", item.done_at, ""),
    ]


ITEM = Kind(
    name="item",
    label="Item",
    plural="Backlog",
    path="backlog",
    past_path="backlog/as-of",
    icon="list-ordered",
    stage=PRIORITIZATION,
    model=BacklogItem,
    form=ItemForm,
    filters=ItemFilter,
    serializer=ItemSerializer,
    create=item_create,
    update=item_update,
    move=item_move,
    columns=default_columns(
        Column("type", "Type"),
        Column("priority", "Priority"),
        Column("estimate", "Points", "estimate", numeric=True),
        Column("score", "Score", "score", numeric=True),
    ),
    orders={
        **DEFAULT_ORDERS,
        "rank": "rank",
        "score": "score",
        "estimate": "estimate",
        "due": "due_on",
    },
    default_order="-score",
    detail=item_page,
    detail_template="backlog/item_detail.html",
    row_template="backlog/_item_row.html",
    properties=_item_properties,
    related=("parent__product__workspace", "sprint__product__workspace", "component"),
    empty_text="Epics, features, stories, tasks and bugs stand here in one list. Promote an idea, or add the first item.",
)

SPRINT = Kind(
    name="sprint",
    label="Sprint",
    plural="Sprints",
    path="delivery/sprints",
    icon="timer",
    stage=DELIVERY,
    model=Sprint,
    form=SprintForm,
    filters=SprintFilter,
    serializer=SprintSerializer,
    create=sprint_create,
    update=sprint_update,
    move=sprint_move,
    columns=default_columns(
        Column("starts_on", "First day", "starts"),
        Column("ends_on", "Last day"),
        Column("capacity", "Capacity", numeric=True),
    ),
    orders={**DEFAULT_ORDERS, "starts": "starts_on"},
    default_order="-starts",
    detail=sprint_page,
    detail_template="backlog/sprint_detail.html",
    properties=lambda sprint: [
        ("First day", sprint.starts_on, ""),
        ("Last day", sprint.ends_on, ""),
        ("Capacity", sprint.capacity, ""),
    ],
    tabs=(
        ("Overview", "delivery/"),
        ("Board", "delivery/board"),
        ("Sprints", "delivery/sprints/"),
    ),
    empty_text="A sprint is a stretch of days with a goal and the items that shall be done in it.",
)
