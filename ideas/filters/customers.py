"""Filters of companies and people, for the page and the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import Q, QuerySet

from ideas.models import Company, Person


class CompanyFilter(filters.FilterSet):
    q = filters.CharFilter(label="Contains", method="filter_q")
    segment = filters.CharFilter(label="Segment")
    plan = filters.CharFilter(label="Plan")
    owner = filters.UUIDFilter(label="Owner", field_name="owner__uuid")
    min_mrr = filters.NumberFilter(label="Pays at least", field_name="mrr", lookup_expr="gte")
    max_mrr = filters.NumberFilter(label="Pays at most", field_name="mrr", lookup_expr="lte")
    external_id = filters.CharFilter(label="External id")
    archived = filters.BooleanFilter(label="Archived", method="filter_archived")

    class Meta:
        model = Company
        fields: tuple[str, ...] = ()

    def filter_q(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return queryset.filter(_words(value, "name", "plan", "segment", "external_id"))

    def filter_archived(self, queryset: QuerySet[Any], _: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(archived_at__isnull=not value)


class PersonFilter(filters.FilterSet):
    q = filters.CharFilter(label="Contains", method="filter_q")
    company = filters.CharFilter(label="Company", method="filter_company")
    role = filters.CharFilter(label="Role", lookup_expr="icontains")
    email = filters.CharFilter(label="E-mail", lookup_expr="iexact")
    external_id = filters.CharFilter(label="External id")
    archived = filters.BooleanFilter(label="Archived", method="filter_archived")

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()

    def filter_q(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return queryset.filter(_words(value, "name", "email", "role", "company__name"))

    def filter_company(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        """A company's id, or words of its name."""
        try:
            return queryset.filter(company__uuid=UUID(value.strip()))
        except ValueError:
            return queryset.filter(company__name__icontains=value.strip())

    def filter_archived(self, queryset: QuerySet[Any], _: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(archived_at__isnull=not value)


def _words(text: str, *columns: str) -> Q:
    match = Q()
    for column in columns:
        match |= Q(**{f"{column}__icontains": text[:100]})
    return match
