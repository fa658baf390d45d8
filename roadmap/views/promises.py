"""The promise ledger: what was shown to whom, and how often it moved since."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from plm.errors import NotVisible
from plm.web.policy import PlmRequest, policy
from roadmap.selectors.ledger import audiences, promises_of
from roadmap.selectors.shared import shares_of
from roadmap.views.roadmap import roadmap_frame

FEW, MANY = 25, 1000


@policy("share.view")
def promises(request: PlmRequest) -> HttpResponse:
    """Each audience with what it was told, what slipped most first; `audience` is one share, with all of its items."""
    asked = request.GET.get("audience", "")
    share = None
    if asked:
        try:
            share = shares_of(request.actor, request.product).filter(uuid=UUID(asked)).first()
        except ValueError:
            share = None
        if share is None:
            raise NotVisible("There is no such audience here.")
    found = audiences(promises_of(request.actor, request.product, share=share))
    most = MANY if share else FEW
    context = {
        **roadmap_frame(request, "promises"),
        "share": share,
        "audiences": [
            {"share": one.share, "lines": one.lines[:most], "total": len(one.lines), "moved": one.moved} for one in found
        ],
    }  # fmt: skip
    return render(request, "roadmap/promises.html", context)
