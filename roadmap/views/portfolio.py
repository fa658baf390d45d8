"""The roadmap of a whole workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from plm.errors import InvalidQuery
from plm.web.policy import MEMBER, PlmRequest, policy
from roadmap import timeline as geometry
from roadmap.selectors.chart import Asked
from roadmap.selectors.portfolio import LANES, portfolio_of, products_seen, roll_ups
from roadmap.views.roadmap import neighbours, part_asked, window_asked


@policy(MEMBER, scope="workspace")
def portfolio_roadmap(request: PlmRequest) -> HttpResponse:
    """Bars of all products over weeks, in lanes by product or team, and what each product comes to."""
    shown = window_asked(request.GET)
    lanes = request.GET.get("lanes") or "product"
    if lanes not in dict(LANES):
        raise InvalidQuery(f"Lanes are: {', '.join(dict(LANES))}.", fields={"lanes": "Unknown."})
    sums = roll_ups(request.actor, products_seen(request.actor, request.workspace))
    wanted = Asked(lanes, request.GET.get("open", "")[:40], part_asked(request.GET))
    query = f"year={shown.year}&span={shown.span}&half={shown.half}"
    context = {
        "sums": sums,
        "chart": portfolio_of(request.actor, sums, shown, wanted) if sums else None,
        "lane_name": dict(LANES)[lanes],
        "lane_tabs": [
            {"label": label, "query": f"{query}&lanes={name}", "current": name == lanes}
            for name, label in LANES
        ],
        "span_tabs": [
            {"label": label, "query": f"year={shown.year}&span={span}&lanes={lanes}", "current": span == shown.span}
            for span, label in geometry.SPANS.items()
        ],
        "query": f"{query}&lanes={lanes}",
        **{name: f"{part}&lanes={lanes}" for name, part in neighbours(shown).items()},
    }  # fmt: skip
    return render(request, "roadmap/portfolio.html", context)
