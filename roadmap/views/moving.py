"""Bars that move: by their own dates, and what follows them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render

from backlog.models import BacklogItem
from backlog.selectors.priority import items_by_reference
from plm.errors import Invalid, Stale
from plm.models import Event, Product
from plm.permissions import Actor
from plm.web.policy import PlmRequest, policy, record_as
from plm.web.undo import done
from roadmap.dependencies import conflicts
from roadmap.forms.plan import DatesForm, ShiftForm
from roadmap.grains import DAY, label
from roadmap.models import Placement
from roadmap.selectors.dependencies import Following, day_text, following, ties_of
from roadmap.selectors.shift_plan import shift_plan
from roadmap.services.placements import placement_dates_set
from roadmap.services.shifting import (
    Shifted,
    placements_shift,
    placements_shift_undo,
    read_seen,
    read_way_back,
    signed_seen,
    signed_way_back,
)
from roadmap.views.roadmap import first_errors, query_kept, roadmap_frame

NAMED, MOST_BEHIND = 5, 200


@policy("placement.edit", scope="record", methods=("POST",))
def dates_move(request: PlmRequest) -> HttpResponse:
    """A bar was moved or stretched: `start`, `end`, and the `version` it had; answers what stands, and what would follow."""
    item = record_as(request, BacklogItem)
    form = DatesForm(request.POST)
    if not form.is_valid():
        raise Invalid(fields=first_errors(form))
    start, end = form.cleaned_data["start"], form.cleaned_data["end"]
    version = form.cleaned_data["version"]
    before = Placement.objects.filter(item=item).first()
    try:
        placed = placement_dates_set(
            actor=request.actor, item=item, starts_on=start, ends_on=end, version=version
        )
    except Stale:
        return _moved_meanwhile(item, start, end)
    answer = {**stands(placed), "why": f"{item.get_absolute_url()}/why"}
    if before and before.version == placed.version and placed.grain != DAY:
        answer["text"] = (
            f"It is planned to {answer['when']}, and no other is nearer. Move it further, or give it exact days."
        )
        answer["same"] = True
    if follows := follows_of(request.actor, request.product, item):
        answer["follow"] = {
            "label": f"Move {follows.text}", "url": shift_url(request.product), "behind": item.reference,
        }  # fmt: skip
    return JsonResponse(answer)


def stands(placed: Placement) -> dict[str, Any]:
    """What the timeline is told of a place: its days, its version, and a sentence."""
    start, end = placed.starts_on, placed.ends_on
    if start is None or end is None:
        return {"start": "", "end": "", "version": placed.version, "when": "", "text": ""}
    when = label(placed.grain, start, end)
    text = when or f"{day_text(start)} to {day_text(end)}"
    return {
        "start": start.isoformat(), "end": end.isoformat(), "version": placed.version, "when": when,
        "text": f"Moved: {text}",
    }  # fmt: skip


def _moved_meanwhile(item: BacklogItem, start: date, end: date) -> JsonResponse:
    """Both sides in one sentence: where somebody else put it, and where this move would have."""
    answer = stands(Placement.objects.get(item=item))
    last = Event.objects.filter(record_id=item.pk, verb__startswith="placement.").order_by("-sequence").first()  # fmt: skip
    who = last.actor_name if last and last.actor_name else "Somebody"
    now = answer["text"].removeprefix("Moved: ")
    text = f"{who} changed it meanwhile: {now}. Yours was {day_text(start)} to {day_text(end)}."
    return JsonResponse({**answer, "detail": text}, status=409)


def follows_of(actor: Actor, product: Product, item: BacklogItem) -> Following | None:
    """What would have to move behind an item, None where its end breaks nothing."""
    ties = ties_of(actor, product)
    if not any(one.blocker == item.pk for one in conflicts(ties.tasks, ties.links)):
        return None
    return following(ties, {item.pk})


def shift_url(product: Product) -> str:
    return f"{product.get_absolute_url()}roadmap/shift"


@policy("placement.edit", methods=("GET", "POST"))
def shift(request: PlmRequest) -> HttpResponse:
    """What would move behind the items `behind` (several references, or `all` that end too late); moves what was `seen`,
    or takes that `back`. A POST that has not seen it is led to what would move."""
    given = request.POST if request.method == "POST" else request.GET
    if token := request.POST.get("back"):
        return _undo(request, token)
    behind = _behind(request, given)
    if request.method == "GET":
        return _shown(request, behind)
    if not request.POST.get("seen"):
        asked = QueryDict(mutable=True)
        asked.setlist("behind", [item.reference for item in behind])
        asked["query"] = given.get("query", "")[:300]
        return HttpResponseRedirect(f"{request.path}?{asked.urlencode()}")
    form = ShiftForm(request.POST)
    if not form.is_valid():
        return _shown(request, behind, form=form, status=422)
    try:
        report = placements_shift(
            actor=request.actor, product=request.product, behind=behind, reason=form.cleaned_data["reason"],
            seen=read_seen(request.product, form.cleaned_data["seen"]),
        )  # fmt: skip
    except Stale as refused:
        return _shown(request, behind, problem=refused.message, status=409)
    _tell(request, report)
    return HttpResponseRedirect(_timeline(request))


def _behind(request: PlmRequest, given: QueryDict) -> list[BacklogItem]:
    """The items behind which others are to move. Raises Invalid without any of the product."""
    if "all" in given:
        ties = ties_of(request.actor, request.product)
        late = {one.blocker for one in conflicts(ties.tasks, ties.links)}
        names = [ties.items[key].reference for key in late if ties.items[key].own]
    else:
        names = given.getlist("behind")[:MOST_BEHIND]
    behind = list(items_by_reference(request.product, names).values())
    if not behind:
        raise Invalid(fields={"behind": "Name an item of this product that others wait for."})
    return behind


def _shown(
    request: PlmRequest,
    behind: list[BacklogItem],
    *,
    form: ShiftForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page that says what would move."""
    found = shift_plan(request.actor, request.product, [item.pk for item in behind])
    context = {
        **roadmap_frame(request, ""),
        "found": found,
        "behind": behind,
        "form": form or ShiftForm(),
        "seen": signed_seen(found.moves),
        "problem": problem,
        "query": (request.POST or request.GET).get("query", "")[:300],
        "back_url": _timeline(request),
    }
    return render(request, "roadmap/shift.html", context, status=status)


def _timeline(request: PlmRequest) -> str:
    """Back to the timeline as it was looked at."""
    query = query_kept(request)
    base = f"{request.product.get_absolute_url()}roadmap/"
    return f"{base}?{query}" if query else base


def _count(items: int) -> str:
    return f"{items:,} item{'' if items == 1 else 's'}"


def _tell(request: PlmRequest, report: list[Shifted]) -> None:
    if not report:
        messages.info(request, "Nothing has to follow: all of it begins late enough.")
        return
    days = max(one.days for one in report)
    text = f"{_count(len(report))} moved later, by {'up to ' if len(report) > 1 else ''}{days:,} day{'' if days == 1 else 's'}."
    token = signed_way_back(report)
    done(request, text, request.path, {"back": token, "query": request.POST.get("query", "")[:300]})


def _undo(request: PlmRequest, token: str) -> HttpResponse:
    was = read_way_back(request.product, token)
    report = placements_shift_undo(actor=request.actor, product=request.product, was=was)
    back = sum(1 for one in report if not one.error)
    if back:
        messages.success(request, f"Taken back for {_count(back)}.")
    left = [one.error for one in report if one.error]
    for sentence in left[:NAMED]:
        messages.error(request, sentence)
    if len(left) > NAMED:
        messages.error(request, f"{len(left) - NAMED} more were left as they are.")
    return HttpResponseRedirect(_timeline(request))


def offer_following(request: PlmRequest, item: BacklogItem) -> None:
    """After a form changed the dates of an item: say what is in conflict now, with the button that mends it."""
    if follows := follows_of(request.actor, request.product, item):
        text = f"{item.reference} now ends after others that wait for it begin."
        done(
            request, text, shift_url(request.product), {"behind": item.reference},
            label=f"Move {follows.text}",
        )  # fmt: skip
