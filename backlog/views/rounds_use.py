"""Results of a round used as a factor of the ranking: first how they map, then writing them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.selectors.rounds import items_of
from backlog.selectors.rounds_use import fitting_factors, mapping_of
from backlog.services.rounds_use import round_use
from backlog.views.rounds import one_round
from plm.errors import Conflict, Invalid, Stale
from plm.filters import refuse_unknown
from plm.web.policy import PlmRequest, policy


@policy("round.edit", methods=("GET", "POST"))
def round_use_page(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """What each item would get as `factor`; a POST with a `reason` writes it."""
    row = one_round(request, uuid)
    factors = fitting_factors(row)
    if not factors and request.method == "GET":
        messages.error(request, "The scoring model has no factor that these results can fill.")
        return HttpResponseRedirect(row.get_absolute_url())
    refuse_unknown(request.GET, {"factor"})
    problem, reason = "", request.POST.get("reason", "")
    key = (request.POST if request.method == "POST" else request.GET).get("factor", "")
    if request.method == "POST":
        try:
            found = round_use(
                actor=request.actor, row=row, factor=key, reason=reason, seen=request.POST.get("seen", "")
            )  # fmt: skip
        except (Invalid, Conflict, Stale) as error:
            problem = " ".join(error.fields.values()) or error.message
        else:
            count = found.usable
            messages.success(request, f"{found.factor.label} of {count} item{'' if count == 1 else 's'} comes from this round now. Ranks follow in a moment.")  # fmt: skip
            return HttpResponseRedirect(row.get_absolute_url())
    key = key if any(f.key == key for f in factors) else factors[0].key if factors else ""
    context = {
        "round": row,
        "factors": factors,
        "found": mapping_of(row, items_of(row), key),
        "problem": problem,
        "reason": reason,
    }
    return render(request, "backlog/round_use.html", context, status=422 if problem else 200)
