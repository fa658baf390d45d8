"""Filters of feedback, for the page and the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import Q, QuerySet

from feedback.models import FeedbackLink
from feedback.models.feedback import SENTIMENTS, SOURCES
from plm.filters import ChoicesFilter, RecordFilter


class FeedbackFilter(RecordFilter):
    source = ChoicesFilter(label="Source", choices=SOURCES)
    sentiment = ChoicesFilter(
        label="Sentiment", choices=[choice for choice in SENTIMENTS if choice[0]]
    )
    company = filters.CharFilter(label="Company", method="filter_company")
    person = filters.CharFilter(label="Person", method="filter_person")
    linked = filters.BooleanFilter(label="Linked with an idea or item", method="filter_linked")
    received_after = filters.IsoDateTimeFilter(
        label="Received after", field_name="received_at", lookup_expr="gt"
    )

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        asked = self.asked(name, value)
        return queryset.filter(Q(title__icontains=asked) | Q(description__icontains=asked))

    def filter_company(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        """A company's id, or words of its name."""
        return queryset.filter(_named("company", value))

    def filter_person(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        """A person's id, address, or words of their name."""
        return queryset.filter(_named("person", value) | Q(person__email=value.strip().casefold()))

    def filter_linked(self, queryset: QuerySet[Any], _: str, value: Any) -> QuerySet[Any]:
        linked = Q(pk__in=FeedbackLink.objects.values("feedback_id"))
        return queryset.filter(linked if value else ~linked)


def _named(link: str, value: str) -> Q:
    try:
        return Q(**{f"{link}__uuid": UUID(value.strip())})
    except ValueError:
        return Q(**{f"{link}__name__icontains": value.strip()})
