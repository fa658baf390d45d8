"""Rounds: making them, their words, their way from draft to closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from backlog.models import BacklogItem, Round, RoundAnswer, RoundItem, RoundParticipant
from backlog.models.round import (
    CLOSED,
    DRAFT,
    KANO,
    MAXDIFF,
    OPEN,
    PAIRS,
    POINTS,
    REVEALED,
    ROUND_KINDS,
    SCORES,
)
from backlog.services.scoring_models import scoring_models_ensure
from plm.errors import Conflict, Invalid, InvalidMove, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require

MOST_ITEMS, MOST_DAYS, MOST_ROLES, MOST_ROUNDS = 40, 90, 8, 500
LEAST_ITEMS = {SCORES: 1, POINTS: 2, PAIRS: 2, KANO: 1, MAXDIFF: 4}
WORDS = {"title": 250, "about": 2000, "with_it": 300, "without_it": 300}
REMARKS = ("remarks_members", "remarks_guests")
NEXT = {DRAFT: (OPEN, CLOSED), OPEN: (REVEALED, CLOSED), REVEALED: (CLOSED,), CLOSED: ()}
STAMPS = {OPEN: "opened_at", REVEALED: "revealed_at", CLOSED: "closed_at"}


@service
def round_create(
    *,
    actor: Actor,
    product: Product,
    title: str,
    kind: str,
    items: Sequence[BacklogItem],
    intro: str = "",
    days: int = 14,
    roles: Mapping[str, Sequence[str]] | None = None,
    remarks: Collection[str] = ("members",),
) -> Round:
    """Make a round about these items, in draft. Emits `round.created`. Raises Invalid.

    For scores it keeps the active scoring model as it stands now. Guests' links will open until `days` from now. `remarks` says
    who reads all remarks after the reveal, beside whoever runs the round: members, guests.
    """
    require(actor, "round.create", product)
    if kind not in dict(ROUND_KINDS):
        raise Invalid(fields={"kind": f"Choose one of: {', '.join(dict(ROUND_KINDS))}."})
    chosen = list({item.pk: item for item in items}.values())
    _check_items(kind, chosen, product)
    if Round.objects.filter(product=product).count() >= MOST_ROUNDS:
        raise Conflict(f"A product has at most {MOST_ROUNDS} rounds.")
    row = Round(
        workspace_id=product.workspace_id, product=product, kind=kind, created_by_id=actor.user_id,
        title=_title(title), intro=_text("intro", intro, 2000), ends_at=_end(days),
        remarks_members="members" in remarks, remarks_guests="guests" in remarks,
    )  # fmt: skip
    if kind == SCORES:
        model = scoring_models_ensure(product=product)
        row.scoring_model = model
        row.definition = model.versions.get(version=model.version).definition
    row.roles = roles_clean(row, roles or {})
    row.save(force_insert=True)
    RoundItem.objects.bulk_create(
        RoundItem(
            workspace_id=product.workspace_id, round=row, item=item, position=place, title=item.title,
            **_questions(kind, item.title),
        )
        for place, item in enumerate(chosen)
    )  # fmt: skip
    _note("created", actor, row, kind=kind, items=[item.reference for item in chosen])
    return row


def _questions(kind: str, title: str) -> dict[str, str]:
    if kind != KANO:
        return {}
    return {
        "with_it": f"If you had this: {title}. How would you feel?"[: WORDS["with_it"]],
        "without_it": f"If you did not have this: {title}. How would you feel?"[
            : WORDS["without_it"]
        ],
    }


def _check_items(kind: str, items: Sequence[BacklogItem], product: Product) -> None:
    foreign = next((i for i in items if i.product_id != product.pk), None)
    if foreign is not None:
        raise Invalid(fields={"items": f"{foreign.reference} is not an item of {product.key}."})
    least = LEAST_ITEMS[kind]
    if not least <= len(items) <= MOST_ITEMS:
        raise Invalid(fields={"items": f"Choose {least} to {MOST_ITEMS} items."})


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 1 <= len(title) <= 120:
        raise Invalid(fields={"title": "Give it a title of at most 120 characters."})
    return title


def _text(name: str, text: str, most: int) -> str:
    said = (text or "").strip()
    if len(said) > most:
        raise Invalid(fields={name: f"Give at most {most:,} characters."})
    return said


def _end(days: int) -> Any:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(fields={"days": f"A round is open for 1 to {MOST_DAYS} days."})
    return timezone.now() + timedelta(days=days)


def roles_clean(row: Round, roles: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Which criteria each role judges, checked against the frozen model; empty for a round without criteria."""
    formula = row.formula
    if formula is None:
        return {}
    found: dict[str, list[str]] = {}
    for raw, keys in roles.items():
        name = " ".join(str(raw).split())
        if not 1 <= len(name) <= 40 or name in found:
            raise Invalid(
                fields={"roles": "Give each role a name of its own, of at most 40 characters."}
            )
        unknown = [key for key in keys if formula.factor(str(key)) is None]
        if unknown or not keys:
            known = ", ".join(f.key for f in formula.factors)
            raise Invalid(fields={"roles": f"{name}: choose at least one criterion of: {known}."})
        found[name] = [f.key for f in formula.factors if f.key in keys]
    if len(found) > MOST_ROLES:
        raise Invalid(fields={"roles": f"At most {MOST_ROLES} roles."})
    return found


def round_locked(row: Round) -> Round:
    """The round as it stands now, locked until the unit ends."""
    current = Round.objects.select_for_update(of=("self",)).get(pk=row.pk)
    current.product = row.product
    return current


@service
def round_update(
    *, actor: Actor, row: Round, version: int | None, values: Mapping[str, Any]
) -> Round:
    """Change the words of a draft, or give a round `days` from now to end. Emits `round.updated`. Raises Stale, Conflict.

    `values` may hold title, intro, roles, days, remarks_members, remarks_guests, and `items`: {id of the round's item:
    its words}. Who reads remarks is settled before the round opens: people write knowing it.
    """
    require(actor, "round.edit", row.product)
    current = round_locked(row)
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    if current.state == CLOSED or (current.state != DRAFT and set(values) - {"days"}):
        raise Conflict(f"{current.title} is {current.get_state_display().lower()}: its words stay.")
    names = ("title", "intro", "roles", "ends_at", *REMARKS)
    before = {name: getattr(current, name) for name in names}
    _assign(current, values)
    changes = {n: (old, getattr(current, n)) for n, old in before.items()}
    changes = {n: pair for n, pair in changes.items() if pair[0] != pair[1]}
    words = _reword(current, values.get("items") or {})
    if words:
        changes["items"] = (None, words)
    if changes:
        current.version += 1
        current.save()
        _note("updated", actor, current, changes=changes)
    return current


def _assign(row: Round, values: Mapping[str, Any]) -> None:
    if "title" in values:
        row.title = _title(values["title"])
    if "intro" in values:
        row.intro = _text("intro", values["intro"], 2000)
    if "roles" in values:
        row.roles = roles_clean(row, values["roles"])
    for name in REMARKS:
        if name in values:
            setattr(row, name, bool(values[name]))
    if values.get("days"):
        row.ends_at = _end(values["days"])


def _reword(row: Round, wanted: Mapping[Any, Mapping[str, str]]) -> list[str]:
    """Put other words to items; the titles of those that changed."""
    changed = []
    for item in RoundItem.objects.filter(round=row):
        given = wanted.get(item.uuid) or wanted.get(str(item.uuid)) or {}
        before = [getattr(item, name) for name in WORDS]
        for name, most in WORDS.items():
            if name in given:
                setattr(item, name, _text(name, given[name], most))
        if not item.title or (row.kind == KANO and not (item.with_it and item.without_it)):
            raise Invalid(
                fields={"items": "Give each item a title, and both questions where there are two."}
            )
        if before != [getattr(item, name) for name in WORDS]:
            item.save(update_fields=list(WORDS))
            changed.append(item.title)
    return changed


@service
def round_move(*, actor: Actor, row: Round, state: str, version: int | None = None) -> Round:
    """Open a draft, reveal what was answered, or close the round. Emits `round.opened`, `.revealed`, `.closed`.

    Answers under way are waited for: what was confirmed is in what is revealed. There is no way back to blind. `version` is
    what the actor read. Raises InvalidMove, Conflict, Stale.
    """
    require(actor, "round.edit", row.product)
    current = round_locked(row)
    if version is not None and current.version != version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    if state == current.state:
        return current
    if state not in NEXT[current.state]:
        ways = ", ".join(NEXT[current.state]) or "nothing"
        raise InvalidMove(
            f"{current.title} is {current.get_state_display().lower()}; what follows is: {ways}.",
            fields={"state": f"Choose one of: {ways}."},
        )
    if state == OPEN and current.ends_at <= timezone.now():
        raise Conflict("Its last day has passed. Give it more days first.")
    # Whoever answers holds their own row, so that none slips in between this look and the commit.
    list(RoundParticipant.objects.select_for_update().filter(round=current).order_by("pk"))
    answers = RoundAnswer.objects.filter(participant__round=current)
    if state == REVEALED and not answers.filter(participant__revoked_at=None).exists():
        raise Conflict("Nobody has answered yet: there is nothing to reveal.")
    current.state = state
    setattr(current, STAMPS[state], timezone.now())
    current.version += 1
    current.save()
    verb = {OPEN: "opened", REVEALED: "revealed", CLOSED: "closed"}[state]
    _note(verb, actor, current)
    return current


def _note(
    verb: str, actor: Actor, row: Round, changes: Mapping[str, Any] | None = None, **data: Any
) -> None:
    emit(
        f"round.{verb}", actor=actor, workspace_id=row.workspace_id, product_id=row.product_id,
        changes=changes, id=row.uuid, title=row.title, **data,
    )  # fmt: skip
