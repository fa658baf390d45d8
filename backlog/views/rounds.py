"""Rounds: their list, one of them with its progress and its results, its words, its way from draft to closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.forms.rounds import NewRoundForm, RoundSetupForm, shown
from backlog.models import Round
from backlog.models.round import CLOSED, DRAFT, KANO, MAXDIFF, OPEN, PAIRS, POINTS, REVEALED, SCORES
from backlog.selectors import rounds as reads
from backlog.selectors import rounds_needs as needs
from backlog.selectors import rounds_results as results
from backlog.selectors.rounds_use import fitting_factors
from backlog.services.rounds import round_create, round_move, round_update
from plm.errors import Invalid, PlmError, Stale
from plm.filters import refuse_unknown
from plm.numerals import whole_number
from plm.paging import ordering_for, paginate
from plm.web.conflicts import conflict_page
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy

ORDERS = {"created": "created_at"}
SAID = {
    OPEN: "The round is open. Send the guests their links; members find it here.",
    REVEALED: "The answers are revealed.",
    CLOSED: "The round is closed.",
}


def rounds_url(request: PlmRequest) -> str:
    return f"{request.product.get_absolute_url()}prioritize/rounds/"


def may_edit(request: PlmRequest) -> bool:
    return request.actor.may("round.edit", request.workspace.pk, request.product.pk)


def one_round(request: PlmRequest, uuid: UUID) -> Round:
    """The round of the address; it shares the request's product."""
    found = reads.round_named(request.actor, request.product, uuid)
    found.product = request.product
    return found


@policy("round.view")
def rounds(request: PlmRequest) -> HttpResponse:
    """All rounds of the product, the latest first."""
    refuse_unknown(request.GET, {"cursor"})
    rows = reads.rounds_of(request.actor, request.product)
    page = paginate(
        rows, ordering=ordering_for(Round, "-created", ORDERS), cursor=request.GET.get("cursor", "")
    )
    for row in page.rows:
        row.product = request.product
    context = {
        "rounds": page.rows,
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else None,
        "may_create": request.actor.may("round.create", request.workspace.pk, request.product.pk),
    }
    return render(request, "backlog/rounds.html", context)


@policy("round.create", methods=("GET", "POST"))
def round_new(request: PlmRequest) -> HttpResponse:
    """Make a round about items of the ranked list."""
    offered = reads.offered_items(request.actor, request.product)
    form = NewRoundForm(request.POST if request.method == "POST" else None, offered=offered)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = round_create(
                actor=request.actor, product=request.product, title=given["title"], kind=given["kind"],
                items=form.items(), intro=given["intro"], days=given["days"],
            )  # fmt: skip
        except PlmError as error:
            fields = {"picked" if n == "items" else n: text for n, text in error.fields.items()}
            show_errors(form, Invalid(error.message, fields=fields) if fields else error)
        else:
            messages.success(
                request, f"{made.title} is a draft. Look at its words, ask people, then open it."
            )
            return HttpResponseRedirect(made.get_absolute_url())
    context = {"form": form, "offered": offered}
    return render(request, "backlog/round_new.html", context, status=422 if form.errors else 200)


@policy("round.view")
def round_page(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """One round: who takes part and how far they are; once revealed, what was found."""
    return render(request, "backlog/round.html", page_context(request, one_round(request, uuid)))


def page_context(request: PlmRequest, row: Round, **more: Any) -> dict[str, Any]:
    """What the page of a round shows to its reader."""
    items = reads.items_of(row)
    said = reads.comments_of(row, actor=request.actor)
    for item in items:
        item.said = said.get(item.pk, [])
    mine, editing = reads.member_of(row, request.actor), may_edit(request)
    context: dict[str, Any] = {
        "round": row,
        "items": items,
        "mine": mine,
        "may_edit": editing,
        "may_say": row.state not in {DRAFT, CLOSED}
        and request.actor.may("round.comment", request.workspace.pk, request.product.pk),
        **progress_context(row, len(items)),
        **more,
    }
    if editing and row.is_blind and not row.is_over:
        context["people"] = reads.possible_participants(row)
    if not row.is_blind:
        context |= results_context(row, items)
        context["usable_as"] = fitting_factors(row) if editing else []
    return context


def progress_context(row: Round, items: int) -> dict[str, Any]:
    """How far everybody is: counts alone, the same for every reader."""
    progress = reads.progress_of(row, items=items)
    return {
        "progress": progress,
        "done": sum(1 for p in progress if p.is_done),
        "begun": sum(1 for p in progress if p.given and not p.is_done),
        "live": row.state == OPEN and not row.is_over,
    }


def results_context(row: Round, items: list[Any]) -> dict[str, Any]:
    """What the round found, by its kind."""
    if row.kind == SCORES:
        gone = reads.criteria_gone(row)
        scored, agreed = results.score_results(row, items, gone)
        formula = row.formula
        labels = [f.label for f in formula.factors if f.key in gone] if formula else []
        return {"scored": scored, "agreed": agreed, "gone": labels}
    readers: dict[str, Any] = {
        POINTS: ("points", results.point_results),
        PAIRS: ("strengths", results.pair_results),
        KANO: ("kano", needs.kano_results),
        MAXDIFF: ("preferred", needs.maxdiff_results),
    }
    name, read = readers[row.kind]
    return {name: read(row, items)}


@policy("round.view")
def round_state(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """The progress alone, for the page that asks again while it is looked at."""
    row = one_round(request, uuid)
    count = len(reads.items_of(row))
    context = {
        "round": row,
        "may_edit": may_edit(request),
        "asked": True,
        **progress_context(row, count),
    }
    return render(request, "backlog/_round_progress.html", context)


@policy("round.edit", methods=("GET", "POST"))
def round_setup(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """The words of a draft, and which criteria a role judges."""
    row = one_round(request, uuid)
    if request.method == "GET" and row.state != DRAFT:
        return HttpResponseRedirect(row.get_absolute_url())
    items = reads.items_of(row)
    form = RoundSetupForm(request.POST if request.method == "POST" else None, row=row, items=items)
    if request.method == "POST" and form.is_valid():
        try:
            round_update(
                actor=request.actor,
                row=row,
                version=form.cleaned_data["version"],
                values=form.values(),
            )
        except Stale:
            now = one_round(request, uuid)
            theirs = {n: v for n, v in shown(now, reads.items_of(now)).items() if n != "version"}
            return conflict_page(
                request, form, theirs, name=now.title, version=now.version, keep_url=row.get_absolute_url()
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{form.cleaned_data['title']} is saved.")
            return HttpResponseRedirect(row.get_absolute_url())
    context = {"round": row, "form": form}
    return render(request, "backlog/round_setup.html", context, status=422 if form.errors else 200)


@policy("round.edit", methods=("POST",))
def round_moved(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Open, reveal or close it (`state`)."""
    row = one_round(request, uuid)
    moved = round_move(actor=request.actor, row=row, state=request.POST.get("state", ""))
    messages.success(request, SAID.get(moved.state, "Saved."))
    return HttpResponseRedirect(row.get_absolute_url())


@policy("round.edit", methods=("POST",))
def round_longer(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Let it end so many `days` from now."""
    row = one_round(request, uuid)
    days = whole_number(request.POST.get("days", "").strip(), digits=3)
    if days is None:
        raise Invalid(fields={"days": "Give a whole number of days."})
    moved = _longer(request, row, days)
    messages.success(request, f"It is open until {moved.ends_at:%d %B %Y}.")
    return HttpResponseRedirect(row.get_absolute_url())


def _longer(request: PlmRequest, row: Round, days: int) -> Round:
    # Days from now, whatever stood there: there is nothing to compare with.
    return round_update(actor=request.actor, row=row, version=row.version, values={"days": days})
