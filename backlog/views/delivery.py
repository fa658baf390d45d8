"""Delivery: the overview, the board, sprints."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from backlog.filters.items import ItemFilter
from backlog.forms.items import LimitsForm
from backlog.models import BacklogItem, Sprint
from backlog.models.item import ITEM_WORKFLOW
from backlog.models.sprint import limits_mark
from backlog.selectors import board as board_reads
from backlog.selectors import items as reads
from backlog.services.items import item_place
from backlog.services.sprints import STAY, sprint_complete, sprint_items_set, wip_limits_set
from plm.errors import Invalid, InvalidQuery, NotVisible, Stale
from plm.filters import refuse_unknown
from plm.kinds import record_by_reference
from plm.models.record import attach
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy, record_as

BOARD_FILTERS = ("q", "type", "owner", "team", "priority", "sprint", "tag", "parent")


def tabs(request: PlmRequest) -> list[dict[str, Any]]:
    home = request.product.get_absolute_url()
    places = (
        ("Overview", "delivery/"),
        ("Board", "delivery/board"),
        ("Sprints", "delivery/sprints/"),
    )
    return [
        {"label": label, "url": home + path, "current": request.path == home + path}
        for label, path in places
    ]


@policy("item.view")
def delivery(request: PlmRequest) -> HttpResponse:
    """What runs, what is late, what is blocked."""
    actor, product = request.actor, request.product
    sprints = list(reads.open_sprints(product)[:12])
    states = reads.sprint_states(sprints)
    active = [s for s in states if s.sprint.state == "active"]
    context = {
        "view_tabs": tabs(request),
        "active": active,
        "planned": [s for s in states if s.sprint.state == "planned"],
        "burndown": reads.burndown(active[0].sprint) if active else None,
        "late": list(reads.late_items(actor, product).with_people()[:20]),
        "blocked": reads.blocked_items(actor, product),
        "review": list(
            board_reads.board_rows(actor, product).filter(state="in_review").with_people()[:20]
        ),
        "may_create": actor.may("sprint.create", product.workspace_id, product.pk),
    }
    return render(request, "backlog/delivery.html", context)


@policy("item.view")
def board(request: PlmRequest) -> HttpResponse:
    """Cards by state. Without a type chosen: what is worked on itself, not what only gathers other items."""
    params, product = request.GET, request.product
    refuse_unknown(params, {*BOARD_FILTERS, "column", "cursor"})
    rows = board_reads.board_rows(request.actor, product)
    if not params.getlist("type"):
        rows = rows.cards()
    filters = ItemFilter(
        params, rows, actor=request.actor, workspace_id=request.workspace.pk, product=product
    )
    only = params.get("column", "")
    rest = params.copy()
    for name in ("column", "cursor"):
        rest.pop(name, None)
    context: dict[str, Any] = {
        "query": rest.urlencode(),
        "may_move": request.actor.may("item.move", product.workspace_id, product.pk),
    }
    if only:
        return _column(request, filters, only, context)
    narrowed = any(value for name in BOARD_FILTERS for value in params.getlist(name))
    cards = filters.checked() if narrowed else None
    context |= {
        "view_tabs": tabs(request),
        "columns": board_reads.board_columns(
            request.actor, product, cards, binding=context["query"]
        ),
        "filters": filters.form,
        "people": filters.people,
        "sprints": list(reads.open_sprints(product)[:50]),
        "narrowed": narrowed,
        "may_limit": request.actor.may("board.edit", product.workspace_id, product.pk),
        "may_create": request.actor.may("item.create", product.workspace_id, product.pk),
    }
    return render(request, "backlog/board.html", context)


def _column(
    request: PlmRequest, filters: ItemFilter, state: str, context: dict[str, Any]
) -> HttpResponse:
    """Further cards of one column: for the board, or as a page where no script runs."""
    if state not in ITEM_WORKFLOW.names():
        raise InvalidQuery("There is no such column.", fields={"column": "Unknown."})
    page = board_reads.column_page(
        filters.checked(), state, cursor=request.GET.get("cursor", ""), binding=context["query"]
    )
    cards = attach(page.rows, request.product, "parent")
    context |= {"cards": cards, "state": state, "cursor": page.next_cursor}
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "backlog/_cards.html", context)
    label = dict(ITEM_WORKFLOW.choices)[state]
    return render(
        request, "backlog/column.html", {**context, "view_tabs": tabs(request), "label": label}
    )


@policy("item.move", methods=("POST",))
def board_move(request: PlmRequest) -> HttpResponse:
    """A card was dropped: `card` into the column `to`, below the card `after` (or on top)."""
    after = request.POST.get("after", "")
    item = _item(request, request.POST.get("card", ""))
    item_place(
        actor=request.actor,
        item=item,
        state=request.POST.get("to", ""),
        after=_item(request, after) if after else None,
    )
    if request.headers.get("HX-Request"):
        return JsonResponse({"why": f"{item.get_absolute_url()}/why"})
    return HttpResponseRedirect(reverse("backlog:board", args=[request.workspace.slug, request.product.key]))  # fmt: skip


@policy("board.edit", methods=("GET", "POST"))
def board_limits(request: PlmRequest) -> HttpResponse:
    """How many items may stand in each column."""
    form = LimitsForm(
        request.POST if request.method == "POST" else None,
        limits=board_reads.wip_limits(request.product),
    )
    back = reverse("backlog:board", args=[request.workspace.slug, request.product.key])
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"] if "seen" in request.POST else None
        try:
            wip_limits_set(
                actor=request.actor, product=request.product, limits=form.limits(), seen=seen
            )
        except Stale:
            now = board_reads.wip_limits(request.product)
            offered = LimitsForm(limits=now).fields
            theirs = {name: field.initial for name, field in offered.items() if name != "seen"}
            return conflict_page(
                request, form, theirs, name="The board's limits", version=limits_mark(now), keep_url=back,
                mark="seen",
            )  # fmt: skip
        messages.success(request, "The limits are saved.")
        return HttpResponseRedirect(back)
    context = {
        "title": "Limits of the board",
        "intro": "Little work at once is finished sooner. A column over its limit is marked; a hard limit refuses the next item.",
        "form": form,
        "cancel_url": back,
    }
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)


@policy("*.edit", scope="record", methods=("POST",))
def sprint_items(request: PlmRequest) -> HttpResponse:
    """Put items into the sprint (`add`) or take them out (`remove`), by reference."""
    sprint = record_as(request, Sprint)
    inside = "add" in request.POST
    names = request.POST.getlist("add" if inside else "remove")
    references = [part for name in names for part in name.replace(",", " ").split()]
    if not references:
        raise Invalid("Name at least one item.", fields={"add": "Give a reference such as ATL-12."})
    items = [_item(request, reference) for reference in references[:100]]
    count = sprint_items_set(actor=request.actor, sprint=sprint, items=items, inside=inside)
    word = "item is" if count == 1 else "items are"
    messages.success(request, f"{count} {word} {'in' if inside else 'out of'} the sprint.")
    return HttpResponseRedirect(sprint.get_absolute_url())


@policy("*.move", scope="record", methods=("POST",))
def sprint_finish(request: PlmRequest) -> HttpResponse:
    """Complete the sprint; `carry` says where its unfinished items go: stay, backlog, or a sprint's reference."""
    sprint = record_as(request, Sprint)
    carry = request.POST.get("carry", STAY)
    into = None
    if "-" in carry:
        into = record_by_reference(request.actor, request.workspace.pk, carry[:24])
        if not isinstance(into, Sprint):
            raise Invalid(fields={"carry": "Choose a sprint."})
    done, count = sprint_complete(actor=request.actor, sprint=sprint, carry=carry, into=into)
    moved = f" {count} unfinished went on." if count else ""
    messages.success(request, f"{done.reference} is completed.{moved}")
    return HttpResponseRedirect(sprint.get_absolute_url())


def _item(request: PlmRequest, reference: str) -> BacklogItem:
    """An item of this product by its reference. Raises NotVisible with what was asked for."""
    try:
        found = record_by_reference(request.actor, request.workspace.pk, reference[:24])
    except NotVisible:
        found = None
    if not isinstance(found, BacklogItem) or found.product_id != request.product.pk:
        raise NotVisible(f"There is no item {reference[:24]} in this product.")
    return found
