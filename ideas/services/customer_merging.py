"""Merging a person or a company that is known twice, and taking it back exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core import serializers
from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from ideas.models import Company, CompanyMerge, Idea, Person, PersonMerge, Vote
from ideas.services.carriers import Carrier, carriers
from plm.errors import Conflict, NotVisible
from plm.events import emit, plain, service
from plm.permissions import Actor
from plm.services.guard import require_in

Customer = Company | Person
MergeRow = CompanyMerge | PersonMerge

GROUPS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "person": (("email",), ("role",), ("company_id",), ("external_id",), ("user_id",)),
    "company": (
        ("external_id",), ("plan",), ("segment",), ("owner_id",), ("mrr", "arr", "currency", "as_of"),
    ),
}  # fmt: skip
"""What the target takes from the source where it has none; the names of a group go together, its first decides."""

ONLY_ONE = ("email", "external_id", "user_id")
"""What only one row of a workspace may have: the source gives it up where the target takes it."""


def noun_of(customer: Customer) -> str:
    """How events, actions and carriers spell what it is: person or company."""
    return "company" if isinstance(customer, Company) else "person"


def _merges(noun: str) -> Any:
    return CompanyMerge.objects if noun == "company" else PersonMerge.objects


@service
def customer_merge(
    *, actor: Actor, source: Customer, target: Customer, reason: str = ""
) -> MergeRow:
    """Make `source` a part of `target`: votes, feedback, people and what later rooms registered go along.

    Votes are the union: who voted for one idea twice, once as either, counts once. Values and attributes that the
    target lacks are taken over. The source stays, put away, and leads to the target. Emits `person.merged` or
    `company.merged`. Raises Conflict for itself, for one that is archived or merged already, NotVisible for another
    workspace's.
    """
    noun = noun_of(source)
    require_in(actor, f"{noun}.merge", source.workspace_id)
    if type(source) is not type(target) or source.workspace_id != target.workspace_id:
        raise NotVisible
    if source.pk == target.pk:
        raise Conflict(
            f"A {noun} cannot be merged into itself.", fields={"into": f"Choose another {noun}."}
        )
    ideas = _ideas_locked(noun, source, target)
    source, target = _locked(source, target)
    _check(source, target)
    merge: MergeRow = _merges(noun).create(
        workspace_id=source.workspace_id, source=source, target=target, by_id=actor.user_id,
        before={"archived_at": source.archived_at},
    )  # fmt: skip
    counts = _carry(merge, noun)
    changes = _take_values(merge, noun)
    _count_votes(ideas)
    emit(
        f"{noun}.merged", actor=actor, workspace_id=source.workspace_id, id=source.uuid, into=target.uuid,
        name=source.name, changes=changes, reason=reason.strip()[:2000], moved=counts,
    )  # fmt: skip
    return merge


def _ideas_locked(noun: str, source: Customer, target: Customer) -> list[int]:
    """Ideas whose votes may change, locked before the persons are, as a vote locks them; their primary keys."""
    if noun == "company":
        return []
    wanted = Vote.objects.filter(person__in=[source.pk, target.pk]).values("idea")
    rows = Idea.objects.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",))
    return list(rows.values_list("pk", flat=True))


def _locked(source: Customer, target: Customer) -> tuple[Any, Any]:
    """Both as they stand, locked in the order of their keys, so that two merges never wait for each other."""
    model: Any = type(source)
    rows = model.objects.select_for_update(of=("self",)).filter(pk__in=[source.pk, target.pk])
    found = {row.pk: row for row in rows.order_by("pk")}
    return found[source.pk], found[target.pk]


def _check(source: Customer, target: Customer) -> None:
    for row in (source, target):
        if row.merged_into is not None:
            raise Conflict(
                f"{row.name} is a part of {row.merged_into.name} already.",
                fields={"into": f"Choose {row.merged_into.name}, which stands for both."} if row is target else {},
            )  # fmt: skip
        if row.archived_at is not None:
            raise Conflict(
                f"{row.name} is archived. Restore it first.",
                fields={"into": f"{row.name} is archived."},
            )


def _carry(merge: MergeRow, noun: str) -> dict[str, int]:
    """Move what the target has not, put aside what it has; how many rows moved, by carrier.

    A second call, after the rows aside were put back, moves what has become free since.
    """
    counts = {}
    for carrier in carriers(noun):
        keys = carrier.movable(merge.source_id, merge.target_id)
        twice = carrier.rows(merge.source_id).exclude(pk__in=keys) if carrier.keys() else None
        if twice is not None and (aside := _whole(twice)):
            twice.delete()
            merge.aside[carrier.name] = aside
        if keys:
            carrier.move(keys, merge.source_id, merge.target_id)
            merge.moved[carrier.name] = [*merge.moved.get(carrier.name, []), *keys]
            counts[carrier.label] = len(keys)
    merge.save(update_fields=["moved", "aside"])
    return counts


def _whole(rows: QuerySet[Any]) -> list[Any]:
    found: list[Any] = plain(serializers.serialize("python", rows))
    return found


def _put_back(merge: MergeRow, noun: str) -> None:
    """The rows aside into the database again, as they were. Where their place is taken by now they stay out."""
    for carrier in carriers(noun):
        for held in serializers.deserialize("python", merge.aside.pop(carrier.name, [])):
            if _is_free(carrier, held.object):
                held.save()


def _is_free(carrier: Carrier, row: Any) -> bool:
    unique = carrier.keys()
    for names in unique:
        same = {name: getattr(row, name) for name in names}
        there = carrier.rows(getattr(row, f"{carrier.field}_id")).filter(**same)
        if there.exists():
            return False
    return True


def _take_values(merge: MergeRow, noun: str) -> dict[str, tuple[Any, Any]]:
    """Fill what the target lacks; what changed on it. The source is put away and gives up what only one may have."""
    source, target = merge.source, merge.target
    taken: dict[str, Any] = {}
    for names in GROUPS[noun]:
        if getattr(target, names[0]) in (None, "") and getattr(source, names[0]) not in (None, ""):
            taken |= {name: getattr(source, name) for name in names}
    extra = {k: v for k, v in source.attributes.items() if k not in target.attributes}
    lost = {name: taken[name] for name in ONLY_ONE if name in taken}
    had = {name: getattr(target, name) for name in taken}
    merge.taken = {**taken, "attributes": extra}
    merge.before |= {"source": lost, "target": had}
    merge.save(update_fields=["taken", "before"])
    for name in lost:
        setattr(source, name, None if name == "user_id" else "")
    source.merged_into, source.archived_at = target, timezone.now()
    source.version += 1
    source.save()
    changes = {name.removesuffix("_id"): (had[name], value) for name, value in taken.items()}
    changes.pop("user", None)
    if taken or extra:
        for name, value in taken.items():
            setattr(target, name, value)
        target.attributes = {**target.attributes, **extra}
        target.version += 1
        target.save()
    return changes


def _count_votes(ideas: Iterable[int]) -> None:
    votes = Vote.objects.filter(idea=OuterRef("pk")).order_by().values("idea")
    count = Coalesce(Subquery(votes.annotate(n=Count("pk")).values("n")), 0)
    Idea.objects.filter(pk__in=list(ideas)).update(votes_count=count)


@service
def customer_unmerge(*, actor: Actor, customer: Customer, reason: str = "") -> Customer:
    """Take a merge back: the customer is who they were, with all that went along, as far as it still stands.

    Emits `person.unmerged` or `company.unmerged`. Raises Conflict where nothing is merged, where the other one was
    merged itself since (the later merge is taken back first), or where an address or id was given to somebody else.
    """
    noun = noun_of(customer)
    require_in(actor, f"{noun}.merge", customer.workspace_id)
    found = _merges(noun).standing().filter(source_id=customer.pk).first()
    if found is None:
        raise Conflict(f"{customer.name} is not merged into another {noun}.")
    ideas = _ideas_locked(noun, customer, found.target) + _ideas_aside(noun, found.target_id)
    source, target = _locked(customer, found.target)
    merge = _merges(noun).standing().select_for_update(of=("self",)).filter(pk=found.pk).first()
    if merge is None:
        raise Conflict(f"{customer.name} is not merged into another {noun}.")
    if target.merged_into is not None:
        raise Conflict(f"{target.name} was merged itself since. Take that back first.")
    merge.source, merge.target = source, target
    _give_values_back(merge)
    for carrier in carriers(noun):
        carrier.move(merge.moved.get(carrier.name, []), target.pk, source.pk)
    _put_back(merge, noun)
    merge.undone_at, merge.undone_by_id = timezone.now(), actor.user_id
    merge.save()
    for other in _merges(noun).standing().filter(target_id=target.pk).order_by("pk"):
        _put_back(other, noun)  # What two had both is the other one's to bring now.
        _carry(other, noun)
    _count_votes(ideas)
    emit(
        f"{noun}.unmerged", actor=actor, workspace_id=source.workspace_id, id=source.uuid, out_of=target.uuid,
        name=source.name, reason=reason.strip()[:2000],
    )  # fmt: skip
    restored: Customer = source
    return restored


def _ideas_aside(noun: str, target_id: int) -> list[int]:
    """Ideas of the votes that are aside in any merge into this person."""
    if noun == "company":
        return []
    rows = (
        PersonMerge.objects.standing().filter(target_id=target_id).values_list("aside", flat=True)
    )
    found = {held["fields"]["idea"] for aside in rows for held in aside.get("votes", [])}
    locked = Idea.objects.filter(pk__in=found).order_by("pk").select_for_update(of=("self",))
    return list(locked.values_list("pk", flat=True))


def _give_values_back(merge: MergeRow) -> None:
    """Either has what it had; what somebody changed on the target since stays as they left it."""
    source, target = merge.source, merge.target
    had, extra = merge.before["target"], merge.taken["attributes"]
    changed = False
    for name, value in merge.taken.items():
        if name != "attributes" and getattr(target, name) == _read(target, name, value):
            setattr(target, name, _read(target, name, had[name]))
            changed = True
    kept = {k: v for k, v in target.attributes.items() if k not in extra or extra[k] != v}
    for name, value in merge.before["source"].items():
        setattr(source, name, _read(source, name, value))
    source.archived_at = _read(source, "archived_at", merge.before["archived_at"])
    source.merged_into = None
    source.version += 1
    if changed or kept != target.attributes:
        target.attributes = kept
        target.version += 1
        target.save()
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError:
        raise Conflict(
            f"The address, the external id or the account of {source.name} belongs to somebody else by now."
            " Free it there first."
        ) from None


def _read(row: Customer, name: str, value: Any) -> Any:
    """A value as the column holds it: JSON knows neither days nor amounts."""
    field: Any = next(f for f in row._meta.concrete_fields if f.attname == name)
    return field.to_python(value)
