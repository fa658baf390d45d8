"""Writes on specifications, their requirements and their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backlog.models import BacklogItem, Requirement, Spec, SpecSegment
from backlog.selectors.reviews import LOCKED, standing_sign_off
from backlog.services.reviews import check_unlocked, spec_reopen, spec_sign_off
from backlog.services.spec_content import (
    DROPPED,
    REQUIREMENT_FIELDS,
    cleaned_lists,
    cleaned_requirements,
    content_of,
    requirement_row,
    requirements_text,
    stored_values,
    version_add,
)
from ideas.models import Segment
from ideas.services.evidence import rows_cleaned
from plm.errors import Conflict, Invalid, NotVisible
from plm.events import service
from plm.kinds import record_by_reference
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_update

SPECIFIED_TYPES = ("feature", "epic")


@service
def spec_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Spec:
    """Specify a feature. `values["requirements"]` are rows of REQUIREMENT_FIELDS, `values["segments"]` whom it is for.

    Emits `spec.created`.
    """
    require(actor, "spec.create", product)
    given = _cleaned(actor, product.workspace_id, values)
    segments = given.pop("segments", None) or []
    rows = cleaned_requirements(given.pop("requirements", None) or [])
    _check_item(product.pk, given.get("item"), own=None, state=given.get("state") or "draft")
    spec = record_create(
        Spec, actor=actor, product=product, values=given, tags=tags, custom=custom, reason=reason
    )
    _rows_store(spec, rows, {})
    _segments_set(spec, segments)
    version_add(spec, content_of(spec), actor=actor, reason=reason, number=1)
    return spec


@service
def spec_update(
    *,
    actor: Actor,
    record: Spec,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Spec:
    """Change a specification. Emits `spec.updated`; a change of its content makes a new version.

    `values["requirements"]`, where given, are all its requirements: a row with the `id` of one changes it, one
    without is new, and those left out are gone; one that is dropped stays, and nobody builds it. What a row with an `id` does not say stays as it is. The content of
    an approved one is locked: a `state` that reopens it goes first, one that approves it last.
    """
    require(actor, "spec.edit", record.product)
    current = record_locked(record, version=version)
    given = _cleaned(actor, record.workspace_id, values)
    asked, segments = given.pop("requirements", None), given.pop("segments", None)
    item, state = given.get("item", current.item), given.get("state", current.state)
    signs = state == LOCKED != current.state
    if signs or (current.state == LOCKED != state):
        del given["state"]
    if current.state == LOCKED != state:
        current = spec_move(current, actor=actor, state=state, reason=reason)
    if item.pk != current.item_id or state != current.state:
        _check_item(current.product_id, item, own=current.pk, state=state)
    before = content_of(current)
    rows = {} if asked is None else _requirements_set(current, asked)
    if segments is not None:
        rows |= _segments_set(current, segments)
    changed = record_update(
        current,
        actor=actor,
        version=None,
        values=given,
        tags=tags,
        custom=custom,
        reason=reason,
        rows=rows,
    )
    after = content_of(changed)
    if after != before:
        check_unlocked(changed)
        version_add(changed, after, actor=actor, reason=reason)
    return spec_sign_off(actor=actor, spec=changed, reason=reason) if signs else changed


@service
def spec_move(
    record: Spec, *, actor: Actor, state: str, version: int | None = None, reason: str = ""
) -> Spec:
    """Take a specification to review, set it aside. Emits `spec.moved`.

    To approve it is to sign it off; to take it back from there, to reopen it with a reason.
    """
    require(actor, "spec.move", record.product)
    current = record_locked(record, version=version)
    if state == current.state:
        return current
    if current.state == "superseded":
        _check_item(current.product_id, current.item, own=current.pk, state=state)
    if state == LOCKED:
        return spec_sign_off(actor=actor, spec=current, reason=reason)
    if state in {"draft", "in_review"} and (
        current.state == LOCKED or standing_sign_off(current) is not None
    ):
        return spec_reopen(actor=actor, spec=current, reason=reason, state=state)
    return record_update(
        current,
        actor=actor,
        version=version,
        values={"state": state},
        reason=reason,
        action="spec.move",
        verb="moved",
    )


@service
def criterion_check(
    *, actor: Actor, spec: Spec, requirement: str, position: int, met: bool, reason: str = ""
) -> Requirement:
    """Check off one acceptance criterion, or take the check back. Emits `spec.checked`.

    A requirement is met once all its criteria are. Checking off is no change of content: it makes no version.
    """
    require(actor, "spec.edit", spec.product)
    current = record_locked(spec, version=None)
    row = Requirement.objects.filter(spec=current, uuid=requirement).first()
    if row is None or not 0 <= position < len(row.acceptance):
        raise NotVisible("That criterion is gone. Load the page again.")
    was = bool(row.acceptance[position].get("met"))
    if was == met:
        return row
    text = row.acceptance[position]["text"]
    row.acceptance = [
        {**part, "met": met} if place == position else part
        for place, part in enumerate(row.acceptance)
    ]
    if row.state == DROPPED:
        pass  # A check does not bring it back.
    elif all(part.get("met") for part in row.acceptance):
        row.state = "met"
    elif row.state == "met":
        row.state = "agreed"
    row.version += 1
    row.save(update_fields=["acceptance", "state", "version"])
    record_update(
        current,
        actor=actor,
        version=None,
        values={},
        reason=reason,
        verb="checked",
        rows={"criterion": (f"{text}: open" if met else f"{text}: met", f"{text}: met" if met else f"{text}: open")},
    )  # fmt: skip
    return row


@service
def spec_restore_version(
    *, actor: Actor, spec: Spec, number: int, version: int | None = None, reason: str = ""
) -> Spec:
    """Make the content of an earlier version the content again, as a new version."""
    found = spec.versions.filter(number=number).first()
    if found is None:
        raise NotVisible(f"There is no version {number}.")
    return spec_update(
        actor=actor,
        record=spec,
        version=version,
        values=stored_values(spec, found.content),
        reason=reason or f"Restored version {number}",
    )


def _check_item(product_id: int, item: BacklogItem | None, *, own: int | None, state: str) -> None:
    if item is None:
        raise Invalid(fields={"item": "Say which feature or epic this specifies, such as ATL-12."})
    if item.product_id != product_id:
        raise Invalid(fields={"item": "Choose a feature of the same product."})
    if item.type not in SPECIFIED_TYPES:
        raise Invalid(
            fields={
                "item": f"{item.reference} is a {item.get_type_display().lower()}; features and epics are specified."
            }
        )
    if state == "superseded":
        return
    other = (
        Spec.objects.standing().filter(item=item).exclude(pk=own).select_related("product").first()
    )
    if other is not None:
        raise Conflict(
            f"{item.reference} has a specification already: {other.reference}. Supersede it first.",
            fields={"item": f"It has {other.reference} already."},
        )


def _cleaned(actor: Actor, workspace_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of a specification in stored form; a record it depends on is one that the actor may see."""
    given = rows_cleaned(Spec, {**values, **cleaned_lists(values)})
    problems = {}
    for place, row in enumerate(given.get("dependencies", [])):
        at = f"dependencies.{place}"
        if not row["record"]:
            if not row["text"]:
                problems[f"{at}.text"] = "Say what this depends on, or name a record."
            continue
        try:
            found = record_by_reference(actor, workspace_id, row["record"])
        except NotVisible:
            problems[f"{at}.record"] = "There is no such record here."
        else:
            row["text"] = row["text"] or found.title
    if problems:
        raise Invalid("Some rows need another look.", fields=problems)
    return given


def _segments_set(spec: Spec, segments: Iterable[Segment]) -> dict[str, tuple[str, str]]:
    """Make these the groups it is for; what changed, as `record_update` takes it."""
    before = dict(spec.segment_links.values_list("segment_id", "segment__name"))
    after = {segment.pk: segment.name for segment in segments}
    if before.keys() == after.keys():
        return {}
    spec.segment_links.exclude(segment_id__in=after).delete()
    SpecSegment.objects.bulk_create(
        SpecSegment(workspace_id=spec.workspace_id, spec=spec, segment_id=pk)
        for pk in after.keys() - before.keys()
    )
    words = [", ".join(sorted(names.values())) for names in (before, after)]
    return {"segments": (words[0], words[1])}


def _requirements_set(spec: Spec, asked: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Make these the requirements; what changed, as `record_update` takes it."""
    found = Requirement.objects.filter(spec=spec).select_related("owner")
    known = {str(row.uuid): row for row in found}
    stand = {key: requirement_row(row) for key, row in known.items()}
    rows = cleaned_requirements([{**stand.get(str(row.get("id")), {}), **row} for row in asked])
    before = requirements_text(known.values())
    strangers = [row["id"] for row in rows if row["id"] and row["id"] not in known]
    if strangers:
        raise Invalid(
            fields={"requirements": f"This specification has no requirement {strangers[0]}."}
        )
    kept = [row["id"] for row in rows if row["id"]]
    Requirement.objects.filter(spec=spec).exclude(uuid__in=kept).delete()
    stored = _rows_store(spec, rows, known)
    after = requirements_text(stored)
    return {} if before == after else {"requirements": (before, after)}


def _rows_store(
    spec: Spec, rows: Sequence[Mapping[str, Any]], known: Mapping[str, Requirement]
) -> list[Requirement]:
    """Write the rows in their order: two statements however many they are."""
    fresh: list[Requirement] = []
    old: list[Requirement] = []
    stored: list[Requirement] = []
    for position, row in enumerate(rows):
        requirement = known.get(row["id"]) or Requirement(workspace_id=spec.workspace_id, spec=spec)
        changed = any(getattr(requirement, name) != row[name] for name in REQUIREMENT_FIELDS)
        requirement.version += bool(row["id"]) and changed
        requirement.position = position
        for name in REQUIREMENT_FIELDS:
            setattr(requirement, name, row[name])
        (old if row["id"] else fresh).append(requirement)
        stored.append(requirement)
    Requirement.objects.bulk_create(fresh, batch_size=500)
    if old:
        Requirement.objects.bulk_update(
            old, ["position", "version", *REQUIREMENT_FIELDS], batch_size=200
        )
    return stored
