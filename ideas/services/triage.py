"""Decisions about new ideas: accept, decline, put off, mark as a duplicate; and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from ideas.models import Idea
from ideas.services.ideas import quietly
from ideas.services.merging import idea_merge, idea_unmerge, standing_merge
from plm.errors import Conflict, Invalid, PlmError
from plm.events import attempt, service
from plm.lifecycle import UNDONE
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked, record_update

LONGEST_SNOOZE = timedelta(days=2 * 366)
ACTION = "idea.move"


def _undecided(actor: Actor, idea: Idea) -> Idea:
    """The idea as it stands, locked. Raises Conflict when somebody decided in the meantime."""
    require(actor, ACTION, idea.product)
    current = record_locked(idea, version=None)
    if current.archived_at is not None:
        raise Conflict(f"{current.reference} is archived.")
    if current.state != "open":
        raise Conflict(f"{current.reference} is {current.state_label.lower()} already.")
    return current


def _decide(
    actor: Actor, idea: Idea, values: Mapping[str, Any], reason: str, *, quiet: bool = False
) -> Idea:
    verb = "moved" if "state" in values else "snoozed"
    return record_update(
        idea, actor=actor, version=None, values={"snoozed_until": None, **values}, reason=reason.strip()[:2000],
        action=ACTION, verb=verb, data=quietly(quiet=quiet),
    )  # fmt: skip


@service
def idea_accept(*, actor: Actor, idea: Idea, reason: str = "", quiet: bool = False) -> Idea:
    """Take a new idea under review. Emits `idea.moved`. Raises Conflict for one that is decided already."""
    current = _undecided(actor, idea)
    return _decide(actor, current, {"state": "under_review"}, reason, quiet=quiet)


@service
def idea_decline(*, actor: Actor, idea: Idea, reason: str, quiet: bool = False) -> Idea:
    """Say no to a new idea, with the reason that whoever asks will read. Emits `idea.moved`."""
    current = _undecided(actor, idea)
    _check_reason(reason)
    return _decide(actor, current, {"state": "declined"}, reason, quiet=quiet)


@service
def idea_snooze(*, actor: Actor, idea: Idea, until: date, reason: str = "") -> Idea:
    """Put a new idea off: it comes back to triage on that day by itself. Emits `idea.snoozed`."""
    current = _undecided(actor, idea)
    return _decide(actor, current, {"snoozed_until": _day(until)}, reason)


@service
def idea_duplicate(*, actor: Actor, idea: Idea, target: Idea, rank: int = 0) -> Idea:
    """Merge a new idea into one that is the same. Emits `idea.merged`. Raises Conflict for one that is decided."""
    idea_merge(actor=actor, source=idea, target=target, rank=rank, undecided=True)
    idea.refresh_from_db()
    return idea


@service
def idea_reopen(*, actor: Actor, idea: Idea, reason: str = UNDONE) -> Idea:
    """Bring an idea back to triage, whatever was decided. Emits `idea.moved`, `idea.snoozed` or `idea.unmerged`."""
    require(actor, ACTION, idea.product)
    if standing_merge(idea) is not None:
        idea = idea_unmerge(actor=actor, idea=idea, reason=reason)
    current = record_locked(idea, version=None)
    if current.state == "open":
        return _decide(actor, current, {}, reason)
    return _decide(actor, current, {"state": "open"}, reason)


@service
def ideas_decide(
    *,
    actor: Actor,
    ideas: Sequence[Idea],
    decision: str,
    reason: str = "",
    until: date | None = None,
) -> tuple[list[Idea], dict[str, str]]:
    """Accept, decline, put off or bring back several: those that were, and by reference a sentence for each that was not.

    One reason, or one day, holds for all. Raises Invalid, with nothing done, where it is missing.
    """
    decide = _decision(decision, actor=actor, reason=reason, until=until)
    decided: list[Idea] = []
    refused: dict[str, str] = {}
    for idea in ideas:
        try:
            with attempt():
                decided.append(decide(idea))
        except PlmError as error:
            refused[idea.reference] = error.message
    return decided, refused


def _decision(
    name: str, *, actor: Actor, reason: str, until: date | None
) -> Callable[[Idea], Idea]:
    if name == "accept":
        return lambda idea: idea_accept(actor=actor, idea=idea, reason=reason)
    if name == "decline":
        _check_reason(reason)
        return lambda idea: idea_decline(actor=actor, idea=idea, reason=reason)
    if name == "snooze":
        day = _day(until)
        return lambda idea: idea_snooze(actor=actor, idea=idea, until=day, reason=reason)
    if name == "undo":
        return lambda idea: idea_reopen(actor=actor, idea=idea, reason=reason or "Undone")
    raise Invalid(fields={"decision": "Choose accept, decline, snooze or undo."})


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": "Say why. Somebody will ask."})


def _day(until: date | None) -> date:
    today = timezone.localdate()
    if until is None or not today < until <= today + LONGEST_SNOOZE:
        raise Invalid(fields={"until": "Choose a day to come, within two years."})
    return until
