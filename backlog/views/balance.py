"""The balance: how effort and value divide among goals, segments and kinds, against the shares that were wanted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from backlog.forms.decide import BalanceForm, TargetsForm
from backlog.selectors import balance as reads
from backlog.selectors.amounts import effort_words, value_words
from backlog.services.share_targets import share_targets_set
from backlog.views.priority import scoring_for
from plm.errors import PlmError, Stale
from plm.filters import refuse_unknown
from plm.scoring.moscow import ABOUT_COULD, CATEGORIES, COULD, MOST_MUST, MUST, Balance
from plm.scoring.shares import ABOUT
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy

NAMED = 4
"""Items named in a sentence; the rest are counted."""


@policy("item.view")
def balance(request: PlmRequest) -> HttpResponse:
    """The shares of what is planned, of a release, or of the first places."""
    refuse_unknown(request.GET, {"scope", "top", "by"})
    scopes = [(one.name, one.label) for one in reads.scopes()]
    form = BalanceForm(request.GET, scopes=scopes, measures=reads.MEASURES)
    form.is_valid()
    scoring = scoring_for(request)
    by, names = form.cleaned_data.get("by") or reads.EFFORT, dict(reads.MEASURES)
    found = reads.balanced(
        request.actor, request.product, scoring, scope=form.cleaned_data.get("scope") or "",
        top=form.cleaned_data.get("top"), by=by,
    )  # fmt: skip
    context = {
        "found": found, "scopes": scopes, "measures": reads.MEASURES, "errors": [str(t) for ts in form.errors.values() for t in ts],
        "words": [effort_words(scoring.definition), value_words(scoring.definition)],
        "amounts": [_amount(found.by), _amount(found.other)], "by_label": names[found.by.name],
        "other_label": names[found.other.name], "more_bare": max(0, len(found.bare) - NAMED), "groups": [_told(found, one) for one in found.divided],
        "moscow": _moscow(found.moscow), "slack": round(100 * ABOUT), "bare": found.bare[:NAMED],
        "may_set": request.actor.may("ranking.edit", request.workspace.pk, request.product.pk),
    }  # fmt: skip
    return render(request, "backlog/balance.html", context)


def _amount(amount: reads.Amount) -> dict[str, Any]:
    once = amount.once
    return {
        "label": dict(reads.MEASURES)[amount.name], "unit": amount.unit, "total": amount.total,
        "known": len(once.known), "others": amount.others, "unknown": len(once.unknown),
    }  # fmt: skip


def _told(found: reads.Balanced, divided: reads.Divided) -> dict[str, Any]:
    return {
        "grouping": divided.grouping, "over": divided.targets > 1 + 1e-9 and divided.grouping.single, "targets": divided.targets,
        "rows": [
            {
                "row": row, "share": _percent(row.portion.share), "target": _percent(row.group.target),
                "points": _points(row.points), "says": _says(row), "good": row.points is not None and row.portion.difference == 0,
            }
            for row in divided.rows
        ],
        "any_target": any(row.group.target is not None for row in divided.rows),
    }  # fmt: skip


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _points(points: float | None) -> str:
    """A difference in percentage points with its sign."""
    if points is None:
        return ""
    rounded = round(points)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded)}"


def _says(row: reads.Row) -> str:
    """What to do next about a group, in words."""
    points = row.points
    if points is None:
        return ""
    if row.portion.difference == 0:
        return "On target."
    off = f"{abs(points):.0f} point{'' if round(abs(points)) == 1 else 's'}"
    if points < 0:
        if not row.portion.closable:
            others = f"all {row.outside} ranked items outside together" if row.outside > 1 else "the one ranked item outside"  # fmt: skip
            why = f"{others} would not close the gap" if row.outside else "there is no ranked item outside to take in"  # fmt: skip
            return f"{off} short, and {why}: write some, leave out others, or lower the target."
        return f"{off} short. Next in rank that would close the gap: {_named(row.add)}."
    if not row.portion.closable:
        return f"{off} over, and leaving items out does not help: take in others, or raise the target."  # fmt: skip
    return f"{off} over. Lowest in rank to leave out: {_named(row.drop)}."


def _named(items: list[Any]) -> str:
    first = ", ".join(item.reference for item in items[:NAMED])
    more = len(items) - NAMED
    return f"{first} and {more} more" if more > 0 else first


def _moscow(found: Balance) -> dict[str, Any]:
    targets = {MUST: (MOST_MUST, "at most"), COULD: (ABOUT_COULD, "about")}
    return {
        "rows": [
            {
                "key": key, "label": label, "amount": found.efforts[key], "share": _percent(found.share(key)),
                "target": _percent(targets[key][0]) if key in targets else None,
                "rule": f"{targets[key][1]} {targets[key][0]:.0%}" if key in targets else "",
            }
            for key, label in CATEGORIES
        ],
        "problems": found.problems(), "unestimated": found.unestimated, "planned": found.planned,
    }  # fmt: skip


@policy("ranking.edit", methods=("GET", "POST"))
def balance_targets(request: PlmRequest) -> HttpResponse:
    """Which share each kind and each segment is to have."""
    product = request.product
    home = reverse("backlog:balance", args=[request.workspace.slug, product.key])
    now = reads.share_targets(product)
    groups = [
        (one, one.groups(request.actor, product, {})) for one in reads.groupings() if one.settable
    ]
    form = TargetsForm(
        request.POST if request.method == "POST" else None, groups=groups, kept=now.targets,
        initial={"version": now.version},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            share_targets_set(
                actor=request.actor, product=product, version=form.cleaned_data["version"], targets=form.targets()
            )  # fmt: skip
        except Stale:
            now = reads.share_targets(product)
            return conflict_page(
                request, form, form.shown(now.targets), name="the target shares", version=now.version, keep_url=home
            )  # fmt: skip
        except PlmError as error:
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, "The targets are set.")
            return HttpResponseRedirect(home)
    context = {
        "form": form, "title": "Target shares", "submit": "Set the targets", "cancel_url": home,
        "intro": "Which share of the whole each of these is to have, in percent. Leave empty what has no target. Shares of"
        " goals are set on the goals themselves.",
    }  # fmt: skip
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)
