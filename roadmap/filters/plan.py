"""Filters of objectives, key results, releases and milestones, for the pages and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from ideas.models import Research
from plm.errors import InvalidQuery, NotVisible
from plm.filters import ChoicesFilter, RecordFilter
from plm.kinds import record_by_reference
from roadmap.models import Objective, Release
from roadmap.models.release import MILESTONE_TYPES


class LinkFilter(RecordFilter):
    """Adds filters by a linked record, given as its reference."""

    def by_reference(
        self, queryset: QuerySet[Any], name: str, value: str, model: type[Any]
    ) -> QuerySet[Any]:
        try:
            record = record_by_reference(self.actor, self.workspace_id, value[:24])
        except NotVisible:
            record = None
        if not isinstance(record, model):
            raise InvalidQuery(
                "Give a reference such as ATL-3.", fields={name: "There is no such record here."}
            )
        return queryset.filter(**{f"{name}_id": record.pk})


class ObjectiveFilter(RecordFilter):
    period = filters.CharFilter(label="Period", lookup_expr="iexact")
    cycle = filters.NumberFilter(label="Cycle")
    ends_after = filters.DateFilter(label="Ends after", field_name="ends_on", lookup_expr="gt")


class KeyResultFilter(LinkFilter):
    objective = filters.CharFilter(label="Goal (reference)", method="filter_objective")

    def filter_objective(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return self.by_reference(queryset, name, value, Objective)


class ReleaseFilter(RecordFilter):
    planned_after = filters.DateFilter(
        label="Planned after", field_name="release_on", lookup_expr="gt"
    )
    planned_before = filters.DateFilter(
        label="Planned before", field_name="release_on", lookup_expr="lt"
    )


class PersonaFilter(LinkFilter):
    research = filters.CharFilter(label="Research (reference)", method="filter_research")

    def filter_research(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return self.by_reference(queryset, name, value, Research)


class MilestoneFilter(LinkFilter):
    type = ChoicesFilter(label="Type", choices=MILESTONE_TYPES)
    release = filters.CharFilter(label="Release (reference)", method="filter_release")
    on_after = filters.DateFilter(label="After", field_name="on", lookup_expr="gt")
    on_before = filters.DateFilter(label="Before", field_name="on", lookup_expr="lt")

    def filter_release(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return self.by_reference(queryset, name, value, Release)
