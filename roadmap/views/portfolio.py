"""The roadmap of a whole workspace, and the tree of its products in figures."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plm.errors import InvalidQuery
from plm.models import ProductGroup, Team
from plm.web.policy import MEMBER, PlmRequest, policy
from roadmap import timeline as geometry
from roadmap.selectors.asked import part_asked, window_asked
from roadmap.selectors.chart import Asked
from roadmap.selectors.portfolio import (
    FILTERS,
    LANES,
    narrowed_by,
    portfolio_of,
    products_seen,
    roll_ups,
)
from roadmap.selectors.tree import tree_rows
from roadmap.views.roadmap import neighbours


@policy(MEMBER, scope="workspace")
def portfolio_roadmap(request: PlmRequest) -> HttpResponse:
    """Bars of all products over weeks, in lanes by product, line, portfolio or team, and what each product comes to."""
    shown = window_asked(request.GET)
    lanes = request.GET.get("lanes") or "product"
    if lanes not in dict(LANES):
        raise InvalidQuery(f"Lanes are: {', '.join(dict(LANES))}.", fields={"lanes": "Unknown."})
    chosen = {name: value for name, value in request.GET.items() if value}
    narrowed = narrowed_by(request.actor, request.workspace, chosen)
    sums = roll_ups(
        request.actor, products_seen(request.actor, request.workspace, narrowed), narrowed
    )
    wanted = Asked(lanes, request.GET.get("open", "")[:40], part_asked(request.GET))
    kept = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    also = f"&{urlencode(kept)}" if kept else ""
    query = f"year={shown.year}&span={shown.span}&half={shown.half}"
    context = {
        "sums": sums,
        "chart": portfolio_of(request.actor, sums, shown, wanted, narrowed) if sums else None,
        "narrowed": narrowed,
        "is_narrowed": bool(kept),
        **_choices(request),
        "hidden": [("year", shown.year), ("span", shown.span), ("half", shown.half), ("lanes", lanes)],
        "lane_name": dict(LANES)[lanes],
        "lane_tabs": [
            {"label": label, "query": f"{query}&lanes={name}{also}", "current": name == lanes}
            for name, label in LANES
        ],
        "span_tabs": [
            {"label": label, "query": f"year={shown.year}&span={span}&lanes={lanes}{also}", "current": span == shown.span}
            for span, label in geometry.SPANS.items()
        ],
        "query": f"{query}&lanes={lanes}{also}",
        "all_query": f"{query}&lanes={lanes}",
        **{name: f"{part}&lanes={lanes}{also}" for name, part in neighbours(shown).items()},
    }  # fmt: skip
    return render(request, "roadmap/portfolio.html", context)


def _choices(request: PlmRequest) -> dict[str, Any]:
    """What the filters offer."""
    groups = ProductGroup.objects.visible_to(request.actor).filter(workspace=request.workspace)
    teams = Team.objects.visible_to(request.actor).filter(
        workspace=request.workspace, archived_at=None
    )
    return {
        "group_choices": [
            (level, [group for group in groups if group.level == name])
            for name, level in (("portfolio", "Portfolios"), ("line", "Product lines"))
        ],
        "team_choices": teams,
    }


@policy(MEMBER, scope="workspace")
def product_tree_page(request: PlmRequest) -> HttpResponse:
    """Portfolios, lines, products and components, each with what stands below it."""
    rows = tree_rows(request.actor, request.workspace)
    keeps = request.actor.may("product_group.edit", request.workspace.pk)
    context = {
        "rows": rows,
        "groups": any(row.node.level in {"portfolio", "line"} for row in rows),
        "components": any(row.node.level == "component" for row in rows),
        "tree_url": reverse("plm:product_tree", args=[request.workspace.slug]) if keeps else "",
    }
    return render(request, "roadmap/tree.html", context)
