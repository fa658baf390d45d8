"""Filters of items."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from backlog.models import IdeaLink, Sprint
from backlog.models.item import PRIORITIES, TYPES
from plm.composed import Read
from plm.errors import InvalidQuery
from plm.filters import ChoicesFilter, RecordFilter, RowFilter
from plm.models import Component, Product, Reference
from plm.permissions import Actor


@Read
def _components(actor: Actor, product: Product) -> QuerySet[Component]:
    return Component.objects.visible_to(actor, "component.view").filter(product=product)


class ItemFilter(RecordFilter):
    type = ChoicesFilter(label="Type", choices=TYPES)
    priority = ChoicesFilter(label="Priority", choices=PRIORITIES)
    parent = filters.CharFilter(
        label="Below", method="filter_parent", help_text="A reference such as ATL-12, or none."
    )
    sprint = filters.CharFilter(
        label="Sprint", method="filter_sprint", help_text="A reference, current, or none."
    )
    component = RowFilter(
        label="Component",
        queryset=Component.objects.none(),
        to_field_name="uuid",
        null_label="No component",
        null_value="none",
    )
    idea = filters.CharFilter(label="From idea", method="filter_idea")
    scored = filters.BooleanFilter(
        label="Has a score", field_name="score", lookup_expr="isnull", exclude=True
    )
    due_before = filters.DateFilter(label="Due before", field_name="due_on", lookup_expr="lt")

    recurring = RecordFilter.recurring | {"type", "priority", "scored"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor, product = self.actor, self.product
        visible = Component.objects.visible_to(actor, "component.view")
        self.filters["component"].queryset = self._mine(visible)
        if product is not None:
            self.filters["component"].offer(lambda: _components(actor, product))

    def filter_parent(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        if value == "none":
            return queryset.filter(parent=None)
        return queryset.filter(parent_id=key_of(self.workspace_id, "parent", value, "none"))

    def filter_sprint(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        if value == "none":
            return queryset.filter(sprint=None)
        if value == "current":
            active = Sprint.objects.active().filter(workspace_id=self.workspace_id)
            return queryset.filter(sprint__in=active.values("pk"))
        return queryset.filter(
            sprint_id=key_of(self.workspace_id, "sprint", value, "current, none")
        )

    def filter_idea(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        links = IdeaLink.objects.filter(idea_id=key_of(self.workspace_id, "idea", value))
        return queryset.filter(pk__in=links.values("item_id"))


def key_of(workspace_id: int, name: str, value: str, words: str = "") -> int:
    """The key of the record named by a reference; 0, which matches nothing, for a missing one. Raises InvalidQuery."""
    key, _, number = value.upper().partition("-")
    if not number.isascii() or not number.isdecimal() or len(number) > 12:
        also = f", or {words}" if words else ""
        raise InvalidQuery(
            f"Give a reference such as ATL-12{also}.", fields={name: "Not a reference."}
        )
    rows = Reference.objects.filter(workspace_id=workspace_id, product__key=key, number=int(number))
    return rows.values_list("pk", flat=True).first() or 0
