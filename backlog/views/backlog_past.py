"""The backlog as it was on a day."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from backlog.filters.items_past import NOT_OFFERED, PastItemFilter
from backlog.selectors.backlog_past import backlog_as_of, past_columns
from plm.past import moment_asked
from plm.web.lists import active_filters
from plm.web.policy import PlmRequest, policy


@policy("item.view")
def backlog_past(request: PlmRequest) -> HttpResponse:
    """The items as they were at the end of the day `at`, or at a moment; today without one. `part` counts from 1."""
    asked = request.GET.get("at", "").strip()
    moment = moment_asked(asked) if asked else timezone.now()
    given = request.GET.get("part", "")
    part = max(int(given), 1) if given.isascii() and given.isdecimal() and len(given) < 6 else 1
    filters = PastItemFilter.of(request.actor, request.product, request.GET)
    active = active_filters(filters, request.GET) if filters.form.is_valid() else []
    rest = request.GET.copy()
    rest.pop("part", None)
    context = {
        "found": backlog_as_of(
            request.actor, request.product, moment, part, wanted=filters.wanted()
        ),
        "columns": past_columns(),
        "filters": filters.form,
        "people": filters.people,
        "active_filters": active,
        "not_offered": NOT_OFFERED,
        "query": rest.urlencode(),
        "clear_url": f"?{urlencode({'at': asked})}" if asked else "?",
        "as_of": moment,
        "as_of_day": timezone.localdate(moment).isoformat(),
        "asked": asked,
        "part": part,
        "kept": [
            (name, value) for name, values in rest.lists() if name != "at" for value in values
        ],
    }
    return render(request, "backlog/backlog_past.html", context)
