"""Splitting an idea: what is on it, to be shared out between it and a new one, page by page where it is much."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.forms.ideas import SplitForm
from ideas.models import Idea
from ideas.services.carriers import Carrier
from ideas.services.splitting import idea_split, sharing
from plm.errors import Invalid, Stale
from plm.selectors import tags_of
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, looked, policy, record_as
from plm.web.undo import done

BOTH = "both"
SHOWN = 100


@policy("*.move", scope="record", methods=("GET", "POST"))
def split(request: PlmRequest) -> HttpResponse:
    """Make a second idea of what is ticked, or with `show` turn a page of what there is to tick.

    After that, and after a stale or refused save, the ticks of all pages are still there.
    """
    idea = record_as(request, Idea)
    start = {"version": idea.version, "public": idea.public, "tags": ", ".join(_tags(idea))}
    if request.method != "POST":
        return _page(request, idea, SplitForm(initial=start), 200)
    if "show" in request.POST:
        typed = {name: request.POST.get(name, "") for name in SplitForm.base_fields}
        return looked(_page(request, idea, SplitForm(initial=typed), 200))
    form = SplitForm(request.POST)
    if not form.is_valid():
        return _page(request, idea, form, 422)
    try:
        made = _split(request, idea, dict(form.cleaned_data))
    except Stale:
        idea.refresh_from_db()
        data = request.POST.copy()
        data["version"] = str(idea.version)
        return _page(request, idea, SplitForm(data), 409)
    except Invalid as error:
        show_errors(form, error)
        return _page(request, idea, form, 422)
    text = f"{made.reference} is split off from {idea.reference}."
    done(request, text, f"{made.get_absolute_url()}/merge", {"other": idea.reference})
    return HttpResponseRedirect(made.get_absolute_url())


def _split(request: PlmRequest, idea: Idea, values: dict[str, Any]) -> Idea:
    try:
        ticked = {name: {UUID(key) for key in keys} for name, keys in _ticked(request).items()}
    except ValueError:
        raise Invalid(
            fields={"move": "Load the page again: it holds an id that is none."}
        ) from None
    both = ticked.pop(BOTH)
    return idea_split(
        actor=request.actor, idea=idea, version=values.pop("version"), both=both,
        chosen={name: keys - both if name == "votes" else keys for name, keys in ticked.items()},
        everything=request.POST.getlist("everything"), tags=values.pop("tags").split(","), values=values,
    )  # fmt: skip


def _ticked(request: PlmRequest) -> Mapping[str, set[str]]:
    """What is ticked on the page, and what was on the pages before, which it carries along in one field each."""
    found = {}
    for name in [*(carrier.name for carrier in sharing()), BOTH]:
        kept = request.POST.get(f"{name}_kept", "").split(",")
        found[name] = {*request.POST.getlist(name), *kept} - {""}
    return found


def _tags(idea: Idea) -> list[str]:
    return [str(tag) for tag in tags_of([idea.pk]).get(idea.pk, [])]


def _page(request: PlmRequest, idea: Idea, form: SplitForm, status: int) -> HttpResponse:
    ticked, (turned, _, to) = _ticked(request), request.POST.get("show", "").partition(":")
    both = ticked[BOTH]
    parts = []
    for carrier in sharing():
        at = to if carrier.name == turned else request.POST.get(f"{carrier.name}_at", "")
        part = _part(carrier, idea.pk, at=at, ticked=ticked[carrier.name], both=both)
        part["everything"] = carrier.name in request.POST.getlist("everything")
        parts.append(part)
    context = {
        "record": idea,
        "form": form,
        "parts": parts,
        "stale": status == 409,
        "turned": turned,
    }
    return render(request, "ideas/split.html", context, status=status)


def _part(
    carrier: Carrier, idea_id: int, *, at: str, ticked: Collection[str], both: Collection[str]
) -> dict[str, Any]:
    """The rows of a carrier from the one with the id `at` on, by default from the first.

    `kept` and `both_kept` are the ids that are ticked on other pages, `before` and `after` where those begin.
    """
    rows = carrier.shown(idea_id)
    total = rows.count()
    first = _pk_of(rows, at)
    found = list(rows.filter(pk__gte=first)[: SHOWN + 1])
    earlier = list(rows.filter(pk__lt=first).order_by("-pk")[:SHOWN]) if first else []
    shown = found[:SHOWN]
    ids = {str(row.split_key) for row in shown}
    skipped = rows.filter(pk__lt=first).count() if earlier else 0
    return {
        "name": carrier.name, "label": carrier.label, "both": carrier.both, "total": total,
        "rows": [
            {"id": str(row.split_key), "text": carrier.describe(row), "ticked": str(row.split_key) in ticked,
             "both": str(row.split_key) in both}
            for row in shown
        ],
        "at": str(shown[0].split_key) if shown and earlier else "", "first": skipped + 1, "last": skipped + len(shown),
        "before": str(earlier[-1].split_key) if earlier else "",
        "after": str(found[SHOWN].split_key) if len(found) > SHOWN else "",
        "kept": ",".join(sorted(set(ticked) - ids)), "chosen": len(ticked),
        "both_kept": ",".join(sorted(set(both) - ids)) if carrier.both else "",
    }  # fmt: skip


def _pk_of(rows: Any, key: str) -> int:
    """The row a page begins with; 0, which is the first page, where it is not there any more."""
    try:
        asked = UUID(key)
    except ValueError:
        return 0
    return int(rows.filter(split_key=asked).values_list("pk", flat=True).first() or 0)
