"""The roadmap's pages: timeline, Now / Next / Later, releases; and what dragging on them sends."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from backlog.models import BacklogItem
from plm.errors import Invalid, InvalidQuery, NotVisible
from plm.kinds import record_by_reference
from plm.past import moment_asked
from plm.web.policy import PlmRequest, policy
from roadmap import timeline as geometry
from roadmap.forms.plan import CardForm
from roadmap.selectors.board import board_of
from roadmap.selectors.chart import LANES, Asked, default_lanes, placed_rows, timeline_of
from roadmap.selectors.dependencies import dependencies_of
from roadmap.selectors.drawn import draw_dependencies
from roadmap.selectors.goals import vision_of
from roadmap.selectors.past import board_as_of, timeline_as_of
from roadmap.selectors.pasts import past_of
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
)


def window_asked(params: QueryDict, day: date | None = None) -> geometry.Window:
    """The stretch of time in `year`, `span` and `half`; the year of `day`, or this one, unless asked. Raises InvalidQuery."""
    today = day or timezone.localdate()
    try:
        year = int(params.get("year") or today.year)
        span = int(params.get("span") or 52)
        parts = geometry.PARTS.get(span, 1)
        now = (today.month - 1) * parts // 12 + 1 if year == today.year else 1
        return geometry.window(year, span, int(params.get("half") or now))
    except ValueError:
        raise InvalidQuery(
            "Give a year such as 2026, and as span 13, 26, 52, 104 or 260 weeks.",
            fields={"year": "A year from 1900 to 9000.", "span": "13, 26, 52, 104 or 260.", "half": "1 or 2; 1 to 4 of 13 weeks."},
        ) from None  # fmt: skip


def part_asked(params: QueryDict) -> int:
    """Which part of an opened lane is asked for, from 1; whatever is no number is the first."""
    asked = params.get("part", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1


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


@policy("placement.view")
def timeline(request: PlmRequest) -> HttpResponse:
    """Bars over weeks, in lanes by goal, team or release."""
    past = past_asked(
        request, {n: request.GET[n][:20] for n in ("span", "lanes") if n in request.GET}
    )
    moment = past["as_of"]
    day = timezone.localdate(moment)
    shown = window_asked(request.GET, day)
    lanes = request.GET.get("lanes") or default_lanes(request.product)
    if lanes not in dict(LANES):
        raise InvalidQuery(f"Lanes are: {', '.join(dict(LANES))}.", fields={"lanes": "Unknown."})
    wanted = Asked(lanes, request.GET.get("open", "")[:40], part_asked(request.GET))
    critical = request.GET.get("critical") == "1" and not moment
    if moment:
        chart = timeline_as_of(request.actor, request.product, moment, shown, wanted)
        ties: dict[str, Any] = {"ties": None, "not_drawn": 0}
        forecasts = False
    else:
        rows = placed_rows(request.actor, request.product)
        chart = timeline_of(request.product, rows, shown, wanted)
        found = dependencies_of(request.actor, request.product, critical=critical)
        ties = {"ties": found, "not_drawn": draw_dependencies(chart, found)}
        forecasts = draw_tails(chart, past_of(request.product))
    kept = "&critical=1" if critical else ""
    if moment:
        kept = f"&{urlencode({'at': request.GET['at'].strip()})}"
    also = f"&lanes={lanes}{kept}"
    query = f"year={shown.year}&span={shown.span}&half={shown.half}"
    context = {
        **roadmap_frame(request, ""),
        **past,
        **ties,
        "chart": chart,
        "forecasts": forecasts,
        "critical": critical,
        "critical_query": f"{query}&lanes={lanes}{'' if critical else '&critical=1'}",
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
    above = given["after"]
    placement_sort(
        actor=request.actor,
        item=item_named(request, given["card"]),
        bucket=given["to"],
        after=item_named(request, above) if above else None,
    )
    return HttpResponse(status=204)


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
