"""Filters of specifications."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from backlog.filters.items import key_of
from backlog.models import Requirement
from plm.filters import RecordFilter


class SpecFilter(RecordFilter):
    item = filters.CharFilter(label="Specifies", method="filter_item")
    non_goal = filters.CharFilter(label="Non-goals contain", method="filter_non_goal")
    requirement = filters.CharFilter(label="Requirements contain", method="filter_requirement")
    open_musts = filters.BooleanFilter(label="Has musts that are not met", method="filter_musts")

    def filter_item(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return queryset.filter(item_id=key_of(self.workspace_id, "item", value))

    def filter_non_goal(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return queryset.filter(non_goals__icontains=value)

    def filter_requirement(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        rows = Requirement.objects.filter(workspace_id=self.workspace_id, text__icontains=value)
        return queryset.filter(pk__in=rows.values("spec_id"))

    def filter_musts(self, queryset: QuerySet[Any], _: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        rows = Requirement.objects.filter(workspace_id=self.workspace_id, moscow="must")
        missing = rows.exclude(state__in=("met", "dropped")).values("spec_id")
        return queryset.filter(pk__in=missing) if value else queryset.exclude(pk__in=missing)
