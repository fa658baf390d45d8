"""The roadmap's pages: timeline, Now / Next / Later, releases; and what dragging on them sends."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from backlog.models import BacklogItem
from plm.errors import Invalid, NotVisible
from plm.kinds import record_by_reference
from plm.past import moment_asked
from plm.web.errors import error_page
from plm.web.policy import PlmRequest, policy
from roadmap import timeline as geometry
from roadmap.forms.plan import CardForm
from roadmap.selectors.asked import chart_asked, lanes_asked, window_asked
from roadmap.selectors.board import board_of
from roadmap.selectors.chart import LANES, Asked, placed_rows
from roadmap.selectors.dependencies import dependencies_of
from roadmap.selectors.drawn import draw_dependencies
from roadmap.selectors.goals import vision_of
from roadmap.selectors.past import board_as_of
from roadmap.selectors.pasts import past_of
from roadmap.selectors.pictures import PICTURES
from roadmap.selectors.releases import release_cards
from roadmap.selectors.tails import draw_tails
from roadmap.services.placements import placement_sort

TABS = (
    ("", "Timeline"),
    ("board", "Now, next, later"),
    ("releases", "Releases"),
    ("table", "Table"),
    ("calendar", "Calendar"),
    ("forecasts", "Forecasts"),
    ("scenarios", "Scenarios"),
)


def neighbours(shown: geometry.Window) -> dict[str, str]:
    """The query strings one window back and one forward."""
    parts = geometry.PARTS.get(shown.span, 1)
    found = {}
    for name, step in (("before", -1), ("after", 1)):
        if parts == 1:
            years = max(1, shown.span // 52)
            found[name] = f"year={shown.year + step * years}&span={shown.span}"
        else:
            more, part = divmod(shown.half - 1 + step, parts)
            found[name] = f"year={shown.year + more}&span={shown.span}&half={part + 1}"
    return found


def roadmap_frame(request: PlmRequest, current: str) -> dict[str, Any]:
    """What the pages of the roadmap have in common."""
    base = f"{request.product.get_absolute_url()}roadmap/"

    def may(action: str) -> bool:
        return request.actor.may(action, request.workspace.pk, request.product.pk)

    return {
        "base": base,
        "tabs": [{"label": label, "url": base + path, "current": path == current} for path, label in TABS],
        "vision": vision_of(request.actor, request.product).vision,
        "may_place": may("placement.edit"),
        "may_share": may("share.view"),
        "may_plan": may("release.create"),
        "place_url": f"{base}place",
    }  # fmt: skip


def past_asked(request: PlmRequest, kept: dict[str, str]) -> dict[str, Any]:
    """What a page that may show the past says about it: `as_of` is the moment in the query `at`, None for now.

    `kept` is the rest of the address. Raises InvalidQuery.
    """
    asked = request.GET.get("at", "").strip()
    moment = moment_asked(asked) if asked else None
    found = {
        "as_of": moment,
        "as_of_day": timezone.localdate(moment).isoformat() if moment else "",
        "kept": list(kept.items()),
        "now_query": urlencode(kept),
    }
    return {**found, "may_place": False} if moment else found


def timeline_asked(
    request: PlmRequest, day: date | None = None, kept: str = ""
) -> tuple[geometry.Window, Asked, dict[str, Any]]:
    """What a timeline is to show, its lanes, and what its page says of both; `kept` is the rest of the address.

    Raises InvalidQuery.
    """
    shown = window_asked(request.GET, day)
    wanted = lanes_asked(request.product, request.GET)
    lanes = wanted.lanes_by
    also = f"&lanes={lanes}{kept}"
    query = f"year={shown.year}&span={shown.span}&half={shown.half}"
    critical = "" if "&critical=1" in kept else "&critical=1"
    found = {
        "critical_query": f"{query}&lanes={lanes}{critical}",
        "lane_name": dict(LANES)[lanes],
        "lane_tabs": [
            {"label": label, "query": f"{query}&lanes={name}{kept}", "current": name == lanes}
            for name, label in LANES
        ],
        "span_tabs": [
            {"label": label, "query": f"year={shown.year}&span={span}{also}", "current": span == shown.span}
            for span, label in geometry.SPANS.items()
        ],
        "query": f"{query}{also}",
        **{name: f"{part}{also}" for name, part in neighbours(shown).items()},
    }  # fmt: skip
    return shown, wanted, found


def query_kept(request: PlmRequest) -> str:
    """The query of the page that a form came from, to lead back to it."""
    return QueryDict((request.POST or request.GET).get("query", "")[:300]).urlencode()


@policy("placement.view")
def timeline_file(request: PlmRequest, form: str) -> HttpResponse:
    """The timeline that the same query shows, as a picture (png) or on a page (pdf)."""
    moment = past_asked(request, {})["as_of"]
    shown = window_asked(request.GET, timezone.localdate(moment))
    if form not in PICTURES:
        return error_page(
            request, 404, "There is no such file", f"The timeline comes as {', '.join(PICTURES)}."
        )
    chart = chart_asked(
        request.actor, request.product, moment, shown, lanes_asked(request.product, request.GET)
    )
    made = PICTURES[form](request.product, chart, moment)
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


@policy("placement.view")
def timeline(request: PlmRequest) -> HttpResponse:
    """Bars over weeks, in lanes by goal, team or release."""
    past = past_asked(
        request, {n: request.GET[n][:20] for n in ("span", "lanes") if n in request.GET}
    )
    moment = past["as_of"]
    critical = request.GET.get("critical") == "1" and not moment
    kept = "&critical=1" if critical else ""
    if moment:
        kept = f"&{urlencode({'at': request.GET['at'].strip()})}"
    shown, wanted, asked = timeline_asked(request, timezone.localdate(moment), kept)
    chart = chart_asked(request.actor, request.product, moment, shown, wanted)
    ties: dict[str, Any] = {"ties": None, "not_drawn": 0}
    forecasts = False
    if not moment:
        found = dependencies_of(request.actor, request.product, critical=critical)
        ties = {"ties": found, "not_drawn": draw_dependencies(chart, found)}
        forecasts = draw_tails(chart, past_of(request.product))
    context = {
        **roadmap_frame(request, ""),
        **past,
        **ties,
        **asked,
        "chart": chart,
        "forecasts": forecasts,
        "critical": critical,
    }
    return render(request, "roadmap/timeline.html", context)


@policy("placement.view")
def board(request: PlmRequest) -> HttpResponse:
    """Now, next, later."""
    past = past_asked(request, {})
    if past["as_of"]:
        columns, done = board_as_of(request.actor, request.product, past["as_of"])
    else:
        rows = placed_rows(request.actor, request.product)
        columns, done = board_of(request.product, rows)
    context = {**roadmap_frame(request, "board"), **past, "columns": columns, "done": done}
    return render(request, "roadmap/board.html", context)


@policy("placement.edit", methods=("POST",))
def card_move(request: PlmRequest) -> HttpResponse:
    """A card was dropped: `card`, `to` (column), `after` (the card above it, or empty)."""
    form = CardForm(request.POST)
    if not form.is_valid():
        raise Invalid(fields=first_errors(form))
    given = form.cleaned_data
    item, above = item_named(request, given["card"]), given["after"]
    placement_sort(
        actor=request.actor,
        item=item,
        bucket=given["to"],
        after=item_named(request, above) if above else None,
    )
    return JsonResponse({"why": f"{item.get_absolute_url()}/why"})


@policy("placement.view")
def releases(request: PlmRequest) -> HttpResponse:
    """Releases with what goes out in them."""
    cards = release_cards(request.actor, request.product)
    context = {**roadmap_frame(request, "releases"), "cards": cards}
    return render(request, "roadmap/releases.html", context)


def first_errors(form: Any) -> dict[str, str]:
    """The first message per field, each naming it."""
    return {name: f"{name}: {errors[0]}" for name, errors in form.errors.items()}


def item_named(request: PlmRequest, reference: str) -> BacklogItem:
    """A backlog item of the product by its reference. Raises NotVisible."""
    found = record_by_reference(request.actor, request.workspace.pk, reference)
    if not isinstance(found, BacklogItem) or found.product_id != request.product.pk:
        raise NotVisible
    return found
