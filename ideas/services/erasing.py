"""Erasing a person on request: what says who they were goes everywhere, what was counted stays counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from ideas.models import Idea, IdeaTerms, Person, PersonMerge
from ideas.selectors.erasing import ERASE, erasure_key, erasure_of
from plm.errors import Conflict, Invalid
from plm.events import emit, enqueue, service
from plm.importing.erasing import imports_erase
from plm.jobs import JobRequest
from plm.models import Comment, Event, Membership, Reference, StageRecord, User
from plm.permissions import Actor
from plm.redaction import blanked, is_distinctive, pattern_of, redacted
from plm.services import redaction
from plm.services.guard import require_in

NAME = "Erased person"


@dataclass(frozen=True, slots=True)
class Traces:
    """What gives the person away. `everywhere` may be taken out of any text of the workspace, `near` only out of what
    they said themselves: there the words of their name mean them. `ids` are what they are called elsewhere."""

    workspace_id: int
    people: tuple[Person, ...]
    accounts: tuple[User, ...]
    ids: frozenset[str]
    values: frozenset[str]
    everywhere: re.Pattern[str]
    near: re.Pattern[str]


Eraser = Callable[[Traces], None]
_erasers: dict[str, Eraser] = {}


def register(name: str, eraser: Eraser) -> None:
    """Have a later room take the person out of its own rows, where it knows more than the texts say."""
    _erasers[name] = eraser


def confirmation_of(person: Person) -> str:
    """What has to be typed to erase the person: their address, or their name where there is none."""
    return person.email or person.name


@service
def erasure_ask(*, actor: Actor, person: Person, confirm: str) -> Person:
    """Have a job erase a person and all who were merged into them, for good.

    Raises Invalid unless `confirm` is their address (or name), Conflict for one who is being erased, was erased before,
    was merged into another, or is of the team.
    """
    require_in(actor, "person.erase", person.workspace_id)
    current = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    _check(current)
    expected = confirmation_of(current)
    if " ".join(confirm.split()).casefold() != expected.casefold():
        raise Invalid(fields={"confirm": f"Type {expected} to confirm. It cannot be taken back."})
    under_way = erasure_of(current)
    if under_way is not None and not under_way.job.is_over:
        raise Conflict("This person is being erased.")
    current.erasure_asked_at = timezone.now()
    current.save(update_fields=["erasure_asked_at"])
    enqueue(
        JobRequest(
            ERASE, erasure_key(current.pk), current.workspace_id, payload={"person": current.pk},
            requested_by=actor.user_id,
        )
    )  # fmt: skip
    return current


@service
def person_erase(*, actor: Actor, person: Person) -> Person:
    """Erase a person and all who were merged into them, all or nothing. Emits `person.erased`, which says nothing of them.

    Their row stays as that of nobody, so that votes and demand count as before. One who is erased stays as they are.
    Raises Conflict as `erasure_ask` does, for what has become so since.
    """
    require_in(actor, "person.erase", person.workspace_id)
    current = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if current.erased_at is not None:
        return current
    _check(current)
    traces = _traces(current)
    _erase_own(traces)
    for user in traces.accounts:
        redaction.account_unlink(workspace_id=current.workspace_id, user=user)
    for eraser in _erasers.values():
        eraser(traces)
    PersonMerge.objects.filter(Q(source__in=traces.people) | Q(target__in=traces.people)).delete()
    imports_erase(workspace_id=current.workspace_id, name=current.name, pattern=traces.everywhere)
    ids = [str(row.uuid) for row in traces.people]
    about = Event.objects.filter(workspace_id=current.workspace_id, kind="person")
    redaction.events_redact(
        about.filter(Q(data__id__in=ids) | Q(data__into__in=ids)), _without_facts
    )
    redaction.texts_redact(
        workspace_id=current.workspace_id, values=traces.values, pattern=traces.everywhere
    )
    _blank(traces)
    stale = IdeaTerms.objects.filter(workspace_id=current.workspace_id)
    stale.exclude(version=F("idea__version")).delete()  # a job takes them anew
    redaction.search_forget()
    emit("person.erased", actor=actor, workspace_id=current.workspace_id, id=current.uuid)
    current.refresh_from_db()
    return current


def _check(person: Person) -> None:
    if person.erased_at is not None:
        raise Conflict("This person was erased already.")
    if person.merged_into is not None:
        raise Conflict(f"{person.name} is a part of {person.merged_into.name} now. Erase that one.")
    users = Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person)).values("user")
    if Membership.objects.filter(workspace_id=person.workspace_id, user__in=users).exists():
        raise Conflict(f"{person.name} is a member of this workspace. Remove them from it first.")


def _traces(person: Person) -> Traces:
    people = (person, *person.merged.select_related("user").order_by("pk"))
    accounts = tuple(row.user for row in people if row.user is not None)
    names = {row.name for row in people} | {user.name for user in accounts}
    ids = {row.email for row in people} | {user.email for user in accounts}
    ids |= {row.external_id for row in people}
    ids.discard("")
    facts = {v for row in people for v in row.attributes.values() if isinstance(v, str)}
    values = {v for v in names | ids | facts if is_distinctive(v)}
    # An id of the CRM is nobody else's, however short: but only where it has letters and digits it is no plain word.
    values |= {v for v in ids if len(v) >= 6 and re.search(r"\d", v) and re.search(r"\D", v)}
    words = {w for name in names for w in re.split(r"\W+", name) if len(w) > 2}
    near = values | names | ids | words
    return Traces(
        person.workspace_id, people, accounts, frozenset(ids), frozenset(values), pattern_of(values), pattern_of(near)
    )  # fmt: skip


def _erase_own(traces: Traces) -> None:
    """What their accounts said in comments and ideas, and what the history says they did."""
    for row in Comment.objects.filter(workspace_id=traces.workspace_id, author__in=traces.accounts):
        body = redacted(row.body, traces.near)
        if body != row.body:
            Comment.objects.filter(pk=row.pk).update(body=body)
    ideas = Idea.objects.filter(workspace_id=traces.workspace_id, created_by__in=traces.accounts)
    records_redact(ideas, traces)
    done = Event.objects.filter(workspace_id=traces.workspace_id, actor__in=traces.accounts)
    redaction.events_redact(done, lambda value: redacted(value, traces.near))
    done.update(actor_name=NAME)


def records_redact(rows: Iterable[StageRecord], traces: Traces) -> list[Any]:
    """Take the person out of what they wrote: text, index and history of these records; those that changed."""
    changed: list[Any] = []
    for row in rows:
        events = Event.objects.filter(record_id=row.pk)
        redaction.events_redact(events, lambda value: redacted(value, traces.near))
        title, text = (redacted(t, traces.near) for t in (row.title, row.description))
        if (title, text) == (row.title, row.description):
            continue
        model: Any = type(row)
        row.title, row.description = title[:250], text
        model.objects.filter(pk=row.pk).update(
            title=row.title, description=text, version=F("version") + 1
        )
        Reference.objects.filter(pk=row.pk).update(title=row.title, text=text[:4000])
        changed.append(row)
    return changed


def _without_facts(value: Any) -> Any:
    """Of what an event about a person says only which fields it was about, and the ids that clients know."""
    if not isinstance(value, dict):
        return ""
    kept = {k: v for k, v in value.items() if k in {"id", "into", "out_of", "moved"}}
    return {**blanked(value), **kept}


def _blank(traces: Traces) -> None:
    """The rows themselves, as those of nobody; an account that nobody uses elsewhere with them."""
    now = timezone.now()
    for row in traces.people:
        row.name, row.email, row.role, row.external_id = NAME, "", "", ""
        row.attributes, row.user = {}, None
        row.erased_at = now
        row.archived_at = row.archived_at or now
        row.version += 1
        row.save()
    for user in traces.accounts:
        if not Person.objects.filter(user=user).exists():
            redaction.account_erase(user)
