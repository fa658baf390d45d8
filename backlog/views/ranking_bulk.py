"""The ranked list as a table: one factor of chosen items changed at once, and the columns a person sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from backlog.models import ScoringModel
from backlog.selectors.columns import columns_of
from backlog.selectors.priority import Scoring, items_by_reference
from backlog.services.columns import ranking_columns_set
from backlog.services.factor_changes import (
    PLUS,
    SET,
    FactorChange,
    factor_change,
    factor_change_undo,
)
from backlog.views.priority import back_to, scoring_for, typed_values
from plm.errors import Invalid, PlmError
from plm.numerals import is_plain
from plm.scoring.factor import Factor
from plm.web.policy import PlmRequest, policy
from plm.web.undo import done

MOST_AT_ONCE, NAMED = 200, 5
SALT = "backlog.factor-undo"
A_DAY = 24 * 3600
# A selection leads back to the list as it was, which may be long.
LONGEST = 2000


@policy("item.assess", methods=("POST",))
def ranking_factor(request: PlmRequest) -> HttpResponse:
    """Change one `factor` of the chosen items (`ref`, several): `how` set, times, plus or empty, by `value`; or take
    such a change back (`back`)."""
    if token := request.POST.get("back"):
        return _undo(request, token)
    scoring, references = scoring_for(request), list(dict.fromkeys(request.POST.getlist("ref")))
    if not references:
        raise Invalid("Choose at least one item of the list first.")
    if len(references) > MOST_AT_ONCE:
        raise Invalid(f"Choose at most {MOST_AT_ONCE} items at once.")
    found = items_by_reference(request.product, references)
    factor = scoring.definition.factor(request.POST.get("factor", ""))
    if factor is None:
        raise Invalid(fields={"factor": "Choose what to change."})
    how = request.POST.get("how", SET)
    try:
        changes = factor_change(
            actor=request.actor, product=request.product, items=[found[r] for r in references if r in found],
            key=factor.key, how=how, value=_given(scoring, factor, how, request), model=scoring.model,
            reason=request.POST.get("reason", "")[:2000],
        )  # fmt: skip
    except Invalid as error:
        messages.error(request, " ".join(error.fields.values()) or error.message)
        return HttpResponseRedirect(back_to(request))
    _tell(request, scoring, factor, changes, [r for r in references if r not in found])
    return HttpResponseRedirect(back_to(request))


def _given(scoring: Scoring, factor: Factor, how: str, request: PlmRequest) -> Any:
    """What was typed or chosen, as the service takes it: ranges taken apart, percent as shares, levels by name."""
    typed = [text.strip() for text in request.POST.getlist("value") if text.strip()]
    text = typed[-1] if typed else ""
    if how == SET:
        level = next((v for v, name in factor.choices if name.casefold() == text.casefold()), None)
        if level is not None:
            return level
        return typed_values(scoring.definition, {factor.key: text})[factor.key]
    text = text.removesuffix("%").strip()
    if not is_plain(text):
        return text or None
    return float(text) / 100 if factor.percent and how == PLUS else float(text)


def _tell(
    request: PlmRequest, scoring: Scoring, factor: Factor, changes: Sequence[FactorChange], gone: Sequence[str]
) -> None:  # fmt: skip
    """Say what was changed, with the way back, and which items were left as they were and why."""
    changed = [one for one in changes if one.changed]
    if changed:
        was = {one.item.reference: (one.before, one.source, one.after) for one in changed}
        token = signing.dumps(
            {"model": str(scoring.model.uuid), "key": factor.key, "was": was}, salt=SALT, compress=True
        )  # fmt: skip
        text = f"{factor.label} of {_count(len(changed))} changed."
        here = request.POST.get("next", "")
        done(request, text, request.path, {"back": token, "next": here})
    elif not gone and not any(one.error for one in changes):
        messages.info(request, f"{factor.label} stood so already; nothing was changed.")
    _refused(request, changes, gone)


def _refused(
    request: PlmRequest, changes: Sequence[FactorChange], gone: Sequence[str] = ()
) -> None:
    refused = [f"{one.item.reference}: {one.error}" for one in changes if one.error]
    refused += [f"{name[:24]}: there is no such item here any more." for name in gone]
    for sentence in refused[:NAMED]:
        messages.error(request, sentence)
    if len(refused) > NAMED:
        messages.error(request, f"{len(refused) - NAMED} more were left as they were.")


def _count(items: int) -> str:
    return f"{items:,} item{'' if items == 1 else 's'}"


def _undo(request: PlmRequest, token: str) -> HttpResponse:
    try:
        kept = signing.loads(token, salt=SALT, max_age=A_DAY)
    except signing.BadSignature:
        raise Invalid("This can be taken back for a day, from the message that said so.") from None
    model = ScoringModel.objects.filter(product=request.product, uuid=kept["model"]).first()
    if model is None:
        raise Invalid("The scoring model of that change is gone.")
    model.product = request.product
    found = items_by_reference(request.product, kept["was"])
    was = {found[name]: tuple(row) for name, row in kept["was"].items() if name in found}
    try:
        changes = factor_change_undo(
            actor=request.actor, product=request.product, key=kept["key"], was=was, model=model
        )
    except PlmError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(back_to(request))
    back = sum(1 for one in changes if not one.error)
    if back:
        messages.success(request, f"Taken back for {_count(back)}.")
    _refused(request, changes)
    return HttpResponseRedirect(back_to(request))


@policy("item.view", methods=("POST",))
def ranking_columns(request: PlmRequest) -> HttpResponse:
    """Remember which columns this person sees (`column`, several, in their order); `usual` forgets the choice.

    `up` and `down` move one column by a place and come back with the menu open. The address of the list names the
    columns as well, so that a view that is kept has them.
    """
    scoring, here = scoring_for(request), back_to(request)[:LONGEST]
    path, _, text = here.partition("?")
    query = QueryDict(text, mutable=True)
    for name in ("columns", "cursor", "menu"):
        query.pop(name, None)
    if "usual" in request.POST:
        ranking_columns_set(actor=request.actor, product=request.product, columns=None)
    else:
        names = _moved(request)
        try:
            kept = ranking_columns_set(actor=request.actor, product=request.product, columns=names)
        except Invalid as error:
            messages.error(request, " ".join(error.fields.values()))
        else:
            shown = columns_of(request.actor, request.product, scoring.definition, ",".join(kept))
            query["columns"] = shown.named
        if {"up", "down"} & request.POST.keys():
            query["menu"] = "columns"
    text = query.urlencode(safe=",")
    return HttpResponseRedirect(f"{path}?{text}" if text else path)


def _moved(request: PlmRequest) -> list[str]:
    """The ticked columns in the order of the form, one of them moved by a place if a button said so."""
    names = request.POST.getlist("column")
    for step, way in ((-1, "up"), (1, "down")):
        name = request.POST.get(way, "")
        if name in names:
            at = names.index(name)
            to = min(max(at + step, 0), len(names) - 1)
            names.insert(to, names.pop(at))
    return names
