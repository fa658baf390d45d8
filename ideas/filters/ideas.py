"""Filters of ideas, for the page and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters

from ideas.models import Board
from ideas.models.idea import SIZES, SOURCES, TYPES
from plm.filters import ChoicesFilter, RecordFilter, RowFilter


class IdeaFilter(RecordFilter):
    source = ChoicesFilter(label="Source", choices=SOURCES)
    type = ChoicesFilter(label="Type", choices=TYPES)
    of_size = ChoicesFilter(label="Size", field_name="size", choices=SIZES)
    """Not `size`, which is how many rows a page has."""
    board = RowFilter(label="Board", queryset=Board.objects.none(), to_field_name="uuid")
    public = filters.BooleanFilter(label="On the portal")
    waiting = filters.BooleanFilter(label="In triage", method="filter_waiting")
    min_votes = filters.NumberFilter(
        label="At least so many votes", field_name="votes_count", lookup_expr="gte"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["board"].queryset = self._mine(Board.objects.all())

    def filter_waiting(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001 - django-filter's
        del name
        waiting = rows.waiting()
        return waiting if value else rows.exclude(pk__in=waiting.values("pk"))
