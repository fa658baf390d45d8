"""Triage: new ideas at the left, the one to decide at the right, the next one at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from ideas.models import Idea
from ideas.selectors.triage import triage_next, triage_pane, triage_queue
from ideas.services import triage as services
from plm.errors import Invalid, NotVisible, PlmError
from plm.kinds import record_by_reference
from plm.selectors import links_for
from plm.web.policy import PlmRequest, policy, record_as
from plm.web.undo import done

MOST_AT_ONCE = 200


def _home(request: PlmRequest, idea: Idea | None = None) -> str:
    url = reverse("ideas:triage", args=[request.workspace.slug, request.product.key])
    return f"{url}?at={idea.reference}" if idea else url


def _named(request: PlmRequest, reference: str) -> Idea:
    found = record_by_reference(request.actor, request.workspace.pk, reference[:24])
    if not isinstance(found, Idea) or found.product_id != request.product.pk:
        raise NotVisible(f"There is no idea {reference[:24]} in this product.")
    return found


def _days() -> list[dict[str, Any]]:
    """The days that are offered for putting an idea off."""
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    return [
        {"label": "Next Monday", "day": monday},
        {"label": "In a month", "day": today + timedelta(days=30)},
        {"label": "In three months", "day": today + timedelta(days=91)},
    ]


@policy("idea.view")
def triage(request: PlmRequest) -> HttpResponse:
    """The queue with one idea open: that of `at`, or the one that waits longest."""
    queue = triage_queue(request.actor, request.product)
    reference = request.GET.get("at", "")
    if reference:
        idea: Idea | None = _named(request, reference)
    else:
        idea = queue.ideas[0] if queue.ideas else None
    context: dict[str, Any] = {
        "queue": queue,
        "at": idea.reference if idea else "",
        "pane": idea,
        "may_decide": request.actor.may("idea.move", request.workspace.pk, request.product.pk),
    }
    if idea:
        context |= _pane_context(request, idea)
    return render(request, "ideas/triage.html", context)


def _pane_context(request: PlmRequest, idea: Idea) -> dict[str, Any]:
    return {
        **triage_pane(request.actor, idea), "days": _days(), "tomorrow": timezone.localdate() + timedelta(days=1),
        "links": links_for(request.actor, request.product, [idea.description]),
    }  # fmt: skip


@policy("*.view", scope="record", methods=("GET", "POST"), write="*.move")
def intake(request: PlmRequest) -> HttpResponse:
    """The right side alone; POST decides: `do` accept, decline, snooze, duplicate or undo."""
    idea = record_as(request, Idea)
    if request.method == "GET":
        return render(request, "ideas/_triage_pane.html", _pane_context(request, idea))
    what = request.POST.get("do", "")
    if what == "undo":
        services.idea_reopen(actor=request.actor, idea=idea)
        messages.success(request, f"{idea.reference} is back in triage.")
        return HttpResponseRedirect(_home(request, idea))
    if what not in DECISIONS:
        raise Invalid(fields={"do": f"Choose one of: {', '.join(DECISIONS)}, undo."})
    following = triage_next(request.actor, idea)
    try:
        text = DECISIONS[what](request, idea)
    except PlmError as error:
        if isinstance(error, NotVisible) or not error.fields:
            raise
        messages.error(request, " ".join(error.fields.values()))
        return HttpResponseRedirect(_home(request, idea))
    done(request, text, f"{idea.get_absolute_url()}/intake", {"do": "undo"})
    return HttpResponseRedirect(_home(request, following))


def _quiet(request: PlmRequest) -> bool:
    return request.POST.get("quiet") == "1"


def _accept(request: PlmRequest, idea: Idea) -> str:
    services.idea_accept(actor=request.actor, idea=idea, quiet=_quiet(request))
    return f"{idea.reference} is under review."


def _decline(request: PlmRequest, idea: Idea) -> str:
    reason = request.POST.get("reason", "")
    services.idea_decline(actor=request.actor, idea=idea, reason=reason, quiet=_quiet(request))
    return f"{idea.reference} is declined."


def _snooze(request: PlmRequest, idea: Idea) -> str:
    until = _given_day(request)
    if until is None:
        raise Invalid(fields={"until": "Choose a day to come, within two years."})
    services.idea_snooze(actor=request.actor, idea=idea, until=until)
    return f"{idea.reference} comes back on {until:%d %B %Y}."


def _given_day(request: PlmRequest) -> date | None:
    try:
        return parse_date(request.POST.get("day") or request.POST.get("until", ""))
    except ValueError:
        return None


def _duplicate(request: PlmRequest, idea: Idea) -> str:
    target = _named(request, request.POST.get("other", "").strip())
    rank = request.POST.get("rank", "")
    services.idea_duplicate(
        actor=request.actor, idea=idea, target=target,
        rank=int(rank) if rank.isdecimal() and len(rank) < 4 else 0,
    )  # fmt: skip
    return f"{idea.reference} is a duplicate of {target.reference}."


DECISIONS: dict[str, Callable[[PlmRequest, Idea], str]] = {
    "accept": _accept,
    "decline": _decline,
    "snooze": _snooze,
    "duplicate": _duplicate,
}


@policy("idea.move", methods=("POST",))
def ideas_decide(request: PlmRequest) -> HttpResponse:
    """Decide about the chosen ideas; asks for the reason or the day where one is needed and none was given."""
    ideas = _chosen(request)
    what = request.POST.get("do") or request.POST.get("action", "")
    words = WORDS.get(what)
    if words is None:
        raise Invalid(fields={"do": f"Choose one of: {', '.join(WORDS)}."})
    needed = {"decline": "reason", "snooze": "until"}.get(what, "")
    if needed and not {needed, "day"} & request.POST.keys():
        return _ask(request, ideas, what)
    try:
        decided, refused = services.ideas_decide(
            actor=request.actor, ideas=ideas, decision=what, reason=request.POST.get("reason", ""),
            until=_given_day(request) if what == "snooze" else None,
        )  # fmt: skip
    except Invalid as error:
        return _ask(request, ideas, what, " ".join(error.fields.values()))
    if decided:
        count = len(decided)
        text = f"{count} idea{'' if count == 1 else 's'} {words}."
        if what == "undo":
            messages.success(request, text)
        else:
            refs = ",".join(idea.reference for idea in decided)
            back = {"do": "undo", "refs": refs, "from": request.POST.get("from", "")}
            done(request, text, request.path, back)
    for sentence in list(refused.values())[:5]:
        messages.error(request, sentence)
    if len(refused) > 5:
        messages.error(request, f"{len(refused) - 5} more could not be decided.")
    from_triage = request.POST.get("from") == "triage"
    return HttpResponseRedirect(
        _home(request) if from_triage else f"{request.product.get_absolute_url()}ideas/"
    )


WORDS = {
    "accept": "taken under review",
    "decline": "declined",
    "snooze": "put off",
    "undo": "back in triage",
}


def _chosen(request: PlmRequest) -> list[Idea]:
    """The ideas that are named, in the order they were chosen. Raises NotVisible for one that is not there."""
    given = [*request.POST.getlist("ref"), *request.POST.get("refs", "").split(",")]
    references = list(dict.fromkeys(reference for reference in given if reference))
    if not references:
        raise Invalid("Choose at least one idea on the list first.")
    if len(references) > MOST_AT_ONCE:
        raise Invalid(f"Choose at most {MOST_AT_ONCE} ideas at once.")
    return [_named(request, reference) for reference in references]


def _ask(request: PlmRequest, ideas: list[Idea], what: str, wrong: str = "") -> HttpResponse:
    """The page that asks for the one reason, or the one day, for all of them."""
    context = {
        "ideas": ideas, "what": what, "wrong": wrong, "days": _days(), "from_triage": request.POST.get("from") == "triage",
        "tomorrow": timezone.localdate() + timedelta(days=1), "back": _home(request),
    }  # fmt: skip
    return render(request, "ideas/triage_many.html", context, status=422 if wrong else 200)
