"""Taking redirected ideas back: the old ones are what they were, the new ones are put away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ideas.models import Idea, IdeaFollow, Redirect, Vote
from ideas.models.redirect import RedirectQuerySet
from ideas.services.carriers import Carrier, carriers
from ideas.services.merging import ACTION, count_votes
from plm.events import emit, service
from plm.lifecycle import UNDONE
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_archive, record_locked, record_update

COPIED = {"votes", "portal_follows", "follows"}
"""What the new idea got with its making; of votes only others than those count as its own."""


@service
def ideas_take_back(*, actor: Actor, product: Product, rows: RedirectQuerySet) -> tuple[int, int]:
    """Take redirected ideas of the product back exactly; (how many are what they were, how many stay as they are).

    An old one has the state it had, and the response where nobody has written another. The new one is put away without the
    votes and followers that it got as copies. What was decided, changed or used since stays whole, both of it. Emits
    `idea.moved`, `idea.archived` and `idea.voted`.
    """
    require(actor, ACTION, product)
    found = list(rows.select_for_update(of=("self",)).select_related("idea"))
    keys = [key for row in found for key in (row.idea_id, row.made_id) if key]
    list(Idea.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    left = staying(rows)
    for row in found:
        if row.pk not in left:
            _take_back(actor, row)
    return len(found) - len(left), len(left)


def _take_back(actor: Actor, row: Redirect) -> None:
    idea = record_locked(row.idea, version=None)
    before = row.before
    put_off = before.get("snoozed_until")
    values: dict[str, Any] = {
        "state": before["state"], "snoozed_until": date.fromisoformat(put_off) if put_off else None
    }  # fmt: skip
    if "response" in row.given and idea.response == row.given["response"]:
        said = before.get("responded_at")
        values |= {"response": before["response"], "responded_at": parse_datetime(said) if said else None}  # fmt: skip
    record_update(
        idea, actor=actor, version=None, values=values, action=ACTION, verb="moved", reason=UNDONE
    )
    if row.made_id is not None:
        _put_away(actor, Idea.objects.select_related("product__workspace").get(pk=row.made_id))
    row.undone_at, row.undone_by_id = timezone.now(), actor.user_id
    row.save(update_fields=["undone_at", "undone_by"])


def _put_away(actor: Actor, made: Idea) -> None:
    """Whoever wished for it or follows it does so with the old one."""
    IdeaFollow.objects.filter(
        idea=made, person__in=IdeaFollow.objects.filter(idea=made.redirected_from_id or 0).values("person")
    ).delete()  # fmt: skip
    if Vote.objects.filter(idea=made).delete()[0]:
        count_votes(made)
        emit("idea.voted", actor=actor, record=made, votes=0, voting=False)
    record_archive(made, actor=actor, reason=UNDONE)


# --- what cannot be taken back -------------------------------------------------------------------------


def staying(rows: RedirectQuerySet) -> dict[int, str]:
    """Why some of these redirects cannot be taken back, by their keys: the idea was decided since, or the new one is not
    as it was made. As many statements as there are carriers, and three, however many rows there are."""
    found: dict[int, str] = {}
    used = _used(rows.exclude(made=None).values("made"))
    for row in rows.select_related("idea", "made"):
        why = _decided(row.idea, row.given) or _changed(row.made) or used.get(row.made_id or 0, "")
        if why:
            found[row.pk] = why
    return found


def _decided(idea: Idea, given: dict[str, Any]) -> str:
    if idea.archived_at is not None:
        return "It was archived since."
    if idea.state != given.get("state"):
        return f"It was moved to {idea.state_label} since."
    return ""


def _changed(made: Idea | None) -> str:
    """What people did to the new idea itself; one that was only put away may be taken back."""
    if made is None:
        return ""
    if made.state != Idea.workflow.initial:
        return f"The new idea was moved to {made.state_label} since."
    if made.version != 1 and not (made.archived_at is not None and made.version == 2):
        return "The new idea was changed since."
    return ""


def _used(made: QuerySet[Any]) -> dict[int, str]:
    """What hangs on new ideas by now that was not there when they were made."""
    labels: dict[int, list[str]] = {}
    for carrier in carriers():
        if carrier.name in COPIED:
            continue
        for key in _hanging(carrier, made):
            labels.setdefault(key, []).append(carrier.label)
    same = Vote.objects.filter(
        idea=OuterRef("idea__redirected_from"), person=OuterRef("person"), importance=OuterRef("importance")
    )  # fmt: skip
    others = Vote.objects.filter(~Exists(same), idea__in=made).order_by()
    for key in others.values_list("idea", flat=True).distinct():
        labels.setdefault(key, []).append("votes that the old one has not")
    return {
        key: f"The new idea has {', '.join(dict.fromkeys(names))} by now."
        for key, names in labels.items()
    }


def _hanging(carrier: Carrier, made: QuerySet[Any]) -> list[int]:
    rows: QuerySet[Any] = QuerySet(carrier.model)
    rows = rows.filter(**{f"{carrier.field}__in": made}).exclude(Q(**carrier.hidden) if carrier.hidden else Q(pk=None))  # fmt: skip
    return list(rows.order_by().values_list(f"{carrier.field}_id", flat=True).distinct())
