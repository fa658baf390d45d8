"""Answering in a round, talking about its items, agreeing on values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.forms.rounds import DecideForm, touched
from backlog.models import RoundParticipant
from backlog.models.round import KANO, MAXDIFF, PAIRS, POINTS, SCORES
from backlog.selectors.cells import plain_number
from backlog.selectors.rounds import criteria_of, items_of, member_of
from backlog.selectors.rounds_sheet import sheet_of
from backlog.services.rounds_answers import round_answer, round_answer_undo
from backlog.services.rounds_talk import round_comment, round_decide, round_item_named
from backlog.views.priority import typed_values
from backlog.views.rounds import one_round
from plm.errors import Invalid, NotVisible, Stale
from plm.numerals import whole_number
from plm.permissions import Actor
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy

WHOLE_SHEET = {POINTS, PAIRS, MAXDIFF}
"""Kinds of which an answer changes more of the page than its own item."""


@policy("round.answer", methods=("GET", "POST"))
def round_score(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """A member's own sheet; a POST keeps one answer."""
    row = one_round(request, uuid)
    me = member_of(row, request.actor)
    if me is None or row.state == "draft":
        raise NotVisible
    here = f"{row.get_absolute_url()}/answers"
    if request.method == "POST":
        return sheet_post(
            request, me, actor=request.actor, here=here, page="backlog/round_sheet.html"
        )
    sheet = sheet_of(me, actor=request.actor)
    return render(request, "backlog/round_sheet.html", {"sheet": sheet, "here": here, "round": row})


def sheet_post(
    request: PlmRequest,
    who: RoundParticipant,
    *,
    actor: Actor,
    here: str,
    page: str,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Keep what a sheet sends: an answer, a vote taken back (`undo`), or something said (`body`).

    For htmx the part of the sheet that changed comes back, else the page.
    """
    data, about = request.POST, request.POST.get("item", "")
    refused: dict[str, Any] = {}
    try:
        if "body" in data:
            item = round_item_named(who.round, _uuid(about))
            round_comment(actor=actor, item=item, body=data["body"], participant=who)
        elif "undo" in data:
            round_answer_undo(actor=actor, participant=who)
        else:
            given = _given(who, data)
            if given:
                round_answer(actor=actor, participant=who, given=given)
    except Invalid as error:
        refused = {"typed": data.dict(), "errors": error.fields, "about": about}
    sheet = sheet_of(who, actor=actor, **refused)
    status = 422 if refused else 200
    context = {"sheet": sheet, "here": here, "round": who.round, "refused": refused, **(more or {})}
    if not request.headers.get("HX-Request"):
        if not refused:
            return HttpResponseRedirect(f"{here}#i-{about}" if about else here)
        return render(request, page, context, status=status)
    row = next((r for r in sheet.rows if str(r.asked.id) == about), None)
    if row is None or sheet.kind in WHOLE_SHEET:
        return render(request, "backlog/_round_sheet.html", context, status=status)
    return render(
        request, "backlog/_round_row.html", {**context, "row": row, "counted": True}, status=status
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(fields={"item": "Name an item of this round."}) from None


def _given(who: RoundParticipant, data: Any) -> dict[str, Any]:
    """What the fields of a sheet say, as the service takes it; nothing where nothing was changed."""
    kind, item = who.round.kind, data.get("item", "")
    if kind == SCORES:
        criteria = criteria_of(who.round, who)
        changed = touched(data, [f.key for f in criteria.factors])
        return {"item": item, "values": typed_values(criteria, changed)} if changed else {}
    if kind == POINTS:
        names = [f"p-{i.uuid}" for i in items_of(who.round)]
        changed = touched(data, names)
        return {"points": {name[2:]: text for name, text in changed.items()}} if changed else {}
    if kind == KANO:
        changed = touched(data, ["with", "without"])
        return {"item": item, **changed} if changed else {}
    if kind == PAIRS:
        pair = [data.get("one", ""), data.get("other", "")]
        return {"pair": pair, "winner": data.get("winner") or None}
    number = whole_number(data.get("set", ""), digits=4)
    return {"set": number, "best": data.get("best"), "worst": data.get("worst")}


@policy("round.comment", methods=("POST",))
def round_say(request: PlmRequest, uuid: UUID, item: UUID) -> HttpResponse:
    """Say something about an item on the page of the round."""
    row = one_round(request, uuid)
    found = round_item_named(row, item)
    round_comment(actor=request.actor, item=found, body=request.POST.get("body", ""))
    return HttpResponseRedirect(f"{row.get_absolute_url()}#i-{item}")


@policy("round.edit", methods=("POST",))
def round_agree(request: PlmRequest, uuid: UUID, item: UUID) -> HttpResponse:
    """Agree on the values of an item, with a reason."""
    row = one_round(request, uuid)
    found = round_item_named(row, item)
    form = DecideForm(request.POST, formula=row.formula)
    if not form.is_valid():
        raise Invalid(fields={name: str(errors[0]) for name, errors in form.errors.items()})
    formula = row.formula
    values = typed_values(formula, form.given()) if formula is not None else {}
    try:
        _, gone = round_decide(
            actor=request.actor, item=found, version=form.cleaned_data["version"], values=values,
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
    except Stale as stale:
        now = round_item_named(row, item)
        theirs = {key: plain_number(value) for key, value in now.decided.items()}
        return conflict_page(
            request, form, {**theirs, "reason": now.decided_reason}, name=now.title,
            version=stale.current, keep_url=row.get_absolute_url(),
        )  # fmt: skip
    text = f"Agreed on {found.title}."
    if gone:
        text += f" Kept in the round alone, because the scoring model has it no longer: {', '.join(gone)}."
    messages.success(request, text)
    return HttpResponseRedirect(f"{row.get_absolute_url()}#i-{item}")
