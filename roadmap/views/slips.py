"""How often and how far plans moved."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from plm.web.policy import PlmRequest, policy
from roadmap.selectors.slips import slips_of
from roadmap.views.roadmap import roadmap_frame


@policy("placement.view")
def slips(request: PlmRequest) -> HttpResponse:
    """Slips by item and by release."""
    found = slips_of(request.actor, request.product)
    context = {**roadmap_frame(request, "slips"), "found": found}
    return render(request, "roadmap/slips.html", context)
