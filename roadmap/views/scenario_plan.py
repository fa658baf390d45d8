"""The timeline and the board of a scenario, and what moving on them sends. Nothing here changes the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode

from backlog.models import BacklogItem
from backlog.selectors.priority import items_by_reference
from plm.errors import Invalid, PlmError, Stale
from plm.models import Product
from plm.web.conflicts import conflict_page
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy
from plm.web.undo import done
from roadmap.dependencies import conflicts
from roadmap.forecasting.words import forecast_said
from roadmap.forms.plan import CardForm, DatesForm
from roadmap.forms.scenarios import ScenarioPlaceForm
from roadmap.grains import DAY
from roadmap.models import Placement, RoadmapScenario
from roadmap.selectors.dependencies import day_text, dependencies_in, following
from roadmap.selectors.drawn import draw_dependencies
from roadmap.selectors.forecasts import forecast_of
from roadmap.selectors.pasts import past_of
from roadmap.selectors.scenario_calendar import scenario_calendar
from roadmap.selectors.scenario_drawn import (
    mark_of,
    scenario_board,
    scenario_ties,
    scenario_timeline,
)
from roadmap.selectors.scenario_table import scenario_table
from roadmap.selectors.scenarios import Overlay, overlay_of
from roadmap.selectors.tails import draw_tails
from roadmap.services.scenario_changes import (
    draft_of,
    read_shift,
    scenario_card_move,
    scenario_dates_set,
    scenario_give_back,
    scenario_place_set,
    scenario_shift,
    scenario_shift_undo,
    scenario_take_out,
    signed_shift,
)
from roadmap.views.listed import around, month_asked
from roadmap.views.moving import NAMED, stands
from roadmap.views.roadmap import first_errors, item_named, query_kept, timeline_asked
from roadmap.views.scenarios import scenario_frame, scenario_named, scenario_url


def _frame(request: PlmRequest, row: RoadmapScenario, overlay: Overlay, here: str) -> dict[str, Any]:  # fmt: skip
    """What the timeline and the board have in common: how much is otherwise, and what is out."""
    out = [overlay.plan[key] for key in overlay.changes if key in overlay.plan and not overlay.then(key)]  # fmt: skip
    differ = [k for k in overlay.changes if k not in overlay.gone and overlay.now(k) != overlay.then(k)]  # fmt: skip
    return {
        **scenario_frame(request, row, here),
        "differ": len(differ),
        "clashing": sum(bool(overlay.clash(key)) for key in overlay.changes if key not in overlay.gone),
        "gone": len(overlay.gone),
        "out": [{"reference": f"{request.product.key}-{r['item__number']}", "title": r["item__title"]} for r in out],
    }  # fmt: skip


def drawn(
    view: Callable[[PlmRequest, RoadmapScenario, Overlay], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Gives a view the scenario and what it has otherwise; one that was applied is only told of."""

    @wraps(view)
    def inner(request: PlmRequest, uuid: UUID) -> HttpResponse:
        row = scenario_named(request, uuid)
        if row.applied_at is not None:
            return HttpResponseRedirect(scenario_url(request, row, "compare"))
        return view(request, row, overlay_of(request.actor, request.product, row))

    return inner


@policy("scenario.view")
@drawn
def scenario_chart(request: PlmRequest, row: RoadmapScenario, overlay: Overlay) -> HttpResponse:
    """The timeline of a scenario."""
    critical = request.GET.get("critical") == "1"
    shown, wanted, asked = timeline_asked(request, kept="&critical=1" if critical else "")
    within = scenario_url(request, row, "items/")
    chart = scenario_timeline(request.actor, overlay, shown, wanted, within)
    ties = dependencies_in(scenario_ties(request.actor, overlay), critical=critical)
    context = {
        **_frame(request, row, overlay, ""),
        **asked,
        "chart": chart,
        "forecasts": draw_tails(chart, past_of(request.product)),
        "ties": ties,
        "not_drawn": draw_dependencies(chart, ties),
        "critical": critical,
    }
    return render(request, "roadmap/timeline.html", context)


@policy("scenario.view")
@drawn
def scenario_columns(request: PlmRequest, row: RoadmapScenario, overlay: Overlay) -> HttpResponse:
    """Now, next, later in a scenario."""
    columns, done = scenario_board(request.actor, overlay, scenario_url(request, row, "items/"))
    context = {**_frame(request, row, overlay, "board"), "columns": columns, "done": done}
    return render(request, "roadmap/board.html", context)


@policy("scenario.view")
@drawn
def scenario_rows(request: PlmRequest, row: RoadmapScenario, overlay: Overlay) -> HttpResponse:
    """A scenario as a table, what stands otherwise first; from `cursor` on the rest."""
    cursor = request.GET.get("cursor", "")
    found = scenario_table(request.actor, overlay, scenario_url(request, row, "items/"), cursor)
    next_url = f"?{urlencode({'cursor': found.more})}" if found.more else ""
    context = {**_frame(request, row, overlay, "table"), "found": found, "next_url": next_url, "further": bool(cursor)}  # fmt: skip
    return render(request, "roadmap/scenario_table.html", context)


@policy("scenario.view")
@drawn
def scenario_month(request: PlmRequest, row: RoadmapScenario, overlay: Overlay) -> HttpResponse:
    """The days of a `month` in a scenario; this one unless asked."""
    month = month_asked(request)
    found = scenario_calendar(request.actor, overlay, month, scenario_url(request, row, "items/"))
    context = {**_frame(request, row, overlay, "calendar"), **around(month), "calendar": found}
    return render(request, "roadmap/calendar.html", context)


@policy("scenario.edit", methods=("POST",))
def scenario_card(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """A card was dropped in another column: `card`, `to`."""
    row = scenario_named(request, uuid)
    form = CardForm(request.POST)
    if not form.is_valid():
        raise Invalid(fields=first_errors(form))
    item = item_named(request, form.cleaned_data["card"])
    scenario_card_move(actor=request.actor, scenario=row, item=item, bucket=form.cleaned_data["to"])
    return HttpResponse(status=204)


@policy("scenario.edit", methods=("POST",))
def scenario_dates(request: PlmRequest, uuid: UUID, reference: str) -> HttpResponse:
    """A bar was moved or stretched: `start`, `end`, `version`; answers what stands, and what would follow."""
    row, item = scenario_named(request, uuid), item_named(request, reference)
    form = DatesForm(request.POST)
    if not form.is_valid():
        raise Invalid(fields=first_errors(form))
    start, end = form.cleaned_data["start"], form.cleaned_data["end"]
    before = _draft(request, row, item)
    try:
        scenario_dates_set(
            actor=request.actor, scenario=row, item=item, starts_on=start, ends_on=end,
            version=form.cleaned_data["version"],
        )  # fmt: skip
    except Stale:
        return _moved_meanwhile(request, row, item, start, end)
    placed = _draft(request, row, item)
    answer = stands(placed)
    if (before.starts_on, before.ends_on) == (placed.starts_on, placed.ends_on) and placed.grain != DAY:  # fmt: skip
        answer["text"] = f"It is planned to {placed.when}, and no other is nearer. Move it further, or give it exact days."  # fmt: skip
        answer["same"] = True
    ties = scenario_ties(request.actor, overlay_of(request.actor, request.product, row))
    late = any(one.blocker == item.pk for one in conflicts(ties.tasks, ties.links))
    if late and (follows := following(ties, {item.pk})):
        answer["follow"] = {
            "label": f"Move {follows.text}", "url": scenario_url(request, row, "shift"), "behind": item.reference,
        }  # fmt: skip
    return JsonResponse(answer)


def _forecast_said(product: Product, placed: Placement) -> str:
    """What the history of the product says of the day that the scenario has."""
    found = forecast_of(past_of(product), placed)
    return (
        f"Planned {day_text(placed.ends_on)}. {forecast_said(found)}"
        if found and placed.ends_on
        else ""
    )


def _draft(request: PlmRequest, row: RoadmapScenario, item: BacklogItem) -> Placement:
    return draft_of(overlay_of(request.actor, request.product, row, also=[item.pk]), item)


def _moved_meanwhile(
    request: PlmRequest, row: RoadmapScenario, item: BacklogItem, start: date, end: date
) -> JsonResponse:
    """Both sides in one sentence, as the timeline of the plan says them."""
    overlay = overlay_of(request.actor, request.product, row, also=[item.pk])
    answer = stands(draft_of(overlay, item))
    change = overlay.changes.get(item.pk)
    who = str(change.changed_by) if change and change.changed_by else "Somebody"
    now = answer["text"].removeprefix("Moved: ") or "it has no dates now"
    text = f"{who} changed it in this scenario meanwhile: {now}. Yours was {day_text(start)} to {day_text(end)}."
    return JsonResponse({**answer, "detail": text}, status=409)


@policy("scenario.edit", methods=("POST",))
def scenario_follow(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Move what follows the items `behind`, or `all` that end too late; or take such a move `back`."""
    row = scenario_named(request, uuid)
    if token := request.POST.get("back"):
        return _follow_undo(request, row, token)
    if "all" in request.POST:
        ties = scenario_ties(request.actor, overlay_of(request.actor, request.product, row))
        late = {one.blocker for one in conflicts(ties.tasks, ties.links)}
        names = [ties.items[key].reference for key in late if ties.items[key].own]
    else:
        names = request.POST.getlist("behind")[:200]
    behind = list(items_by_reference(request.product, names).values())
    if not behind:
        raise Invalid(fields={"behind": "Name an item of this product that others wait for."})
    moved = scenario_shift(actor=request.actor, scenario=row, behind=behind)
    if moved:
        way = {"back": signed_shift(row, moved), "query": request.POST.get("query", "")[:300]}
        done(request, f"{_items(len(moved))} moved later in this scenario.", request.path, way)
    else:
        messages.info(request, "Nothing has to follow: all of it begins late enough.")
    return _followed(request, row)


def _follow_undo(request: PlmRequest, row: RoadmapScenario, token: str) -> HttpResponse:
    was = read_shift(row, token)
    back, left = scenario_shift_undo(actor=request.actor, scenario=row, was=was)
    if back:
        messages.success(request, f"Taken back for {_items(back)}.")
    for sentence in left[:NAMED]:
        messages.error(request, sentence)
    if len(left) > NAMED:
        messages.error(request, f"{len(left) - NAMED} more were left as they are.")
    return _followed(request, row)


def _followed(request: PlmRequest, row: RoadmapScenario) -> HttpResponse:
    """Back to the timeline of the scenario as it was looked at."""
    query = query_kept(request)
    return HttpResponseRedirect(scenario_url(request, row) + (f"?{query}" if query else ""))


def _items(count: int) -> str:
    return f"{count:,} item{'' if count == 1 else 's'}"


@policy("scenario.edit", methods=("POST",))
def scenario_add(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """From a typed reference to the form of that item's place in the scenario."""
    row = scenario_named(request, uuid)
    text = request.POST.get("reference", "").strip()[:24]
    reference = f"{request.product.key}-{text}" if text.isdecimal() else text
    try:
        item = item_named(request, reference)
    except PlmError:
        messages.error(request, f"There is no backlog item {text} in {request.product.name}.")
        return HttpResponseRedirect(scenario_url(request, row))
    return HttpResponseRedirect(scenario_url(request, row, f"items/{item.reference}"))


@policy("scenario.view", methods=("GET", "POST"), write="scenario.edit")
def scenario_item(request: PlmRequest, uuid: UUID, reference: str) -> HttpResponse:
    """Where an item stands in a scenario, beside the plan."""
    row, item = scenario_named(request, uuid), item_named(request, reference)
    overlay = overlay_of(request.actor, request.product, row, also=[item.pk])
    form = ScenarioPlaceForm(
        request.POST if request.method == "POST" else None, draft=draft_of(overlay, item),
        planned=bool(overlay.now(item.pk)),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            scenario_place_set(
                actor=request.actor, scenario=row, item=item, values=form.values(),
                version=form.cleaned_data["version"] or None,
            )  # fmt: skip
        except Stale:
            now = _draft(request, row, item)
            theirs = {name: getattr(now, name) for name in form.values()}
            return conflict_page(
                request, form, theirs, name=f"The place of {item.reference} in {row.name}", version=now.version,
                keep_url=scenario_url(request, row),
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{item.reference} has its place in {row.name}. The plan stays as it is.")  # fmt: skip
            return HttpResponseRedirect(scenario_url(request, row))
    changed = item.pk in overlay.changes
    context = {
        **scenario_frame(request, row, ""),
        "record": item,
        "form": form,
        "changed": changed,
        "said": mark_of(overlay, item.pk)[1] if changed and item.pk not in overlay.gone else "",
        "there": bool(overlay.then(item.pk) if changed else overlay.now(item.pk)),
        "placed": bool(overlay.now(item.pk)),
        "forecast": _forecast_said(request.product, draft_of(overlay, item)),
    }
    return render(request, "roadmap/scenario_item.html", context, status=422 if form.errors else 200)  # fmt: skip


@policy("scenario.edit", methods=("POST",))
def scenario_out(request: PlmRequest, uuid: UUID, reference: str) -> HttpResponse:
    """Leave an item out of a scenario."""
    row, item = scenario_named(request, uuid), item_named(request, reference)
    scenario_take_out(actor=request.actor, scenario=row, item=item)
    messages.success(request, f"{item.reference} is out of {row.name}. The plan keeps it.")
    return HttpResponseRedirect(scenario_url(request, row))


@policy("scenario.edit", methods=("POST",))
def scenario_back(request: PlmRequest, uuid: UUID, reference: str) -> HttpResponse:
    """Let an item stand as in the plan again."""
    row, item = scenario_named(request, uuid), item_named(request, reference)
    scenario_give_back(actor=request.actor, scenario=row, item=item)
    messages.success(request, f"{item.reference} stands in {row.name} as in the plan.")
    return HttpResponseRedirect(scenario_url(request, row))
