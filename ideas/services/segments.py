"""Writes on segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ideas.models import Segment
from ideas.segments import rules_of
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Workspace
from plm.permissions import Actor
from plm.services.guard import require_in
from plm.services.records import invalid_from

FIELDS = ("name", "rules", "any_of", "weight")
MOST = 50


@service
def segment_create(*, actor: Actor, workspace: Workspace, values: Mapping[str, Any]) -> Segment:
    """Name a segment by its rules. Emits `segment.created`. A workspace has fifty at most."""
    require_in(actor, "segment.create", workspace.pk)
    if Segment.objects.filter(workspace=workspace).count() >= MOST:
        raise Conflict(f"A workspace has at most {MOST} segments.")
    row = Segment(workspace=workspace)
    _assign(row, {"rules": [], **values})
    _save(row, created=True)
    emit("segment.created", actor=actor, workspace_id=workspace.pk, id=row.uuid, name=row.name)
    return row


@service
def segment_update(
    *, actor: Actor, segment: Segment, values: Mapping[str, Any], version: int | None = None
) -> Segment:
    """Change a segment. Emits `segment.updated`. Raises Stale."""
    require_in(actor, "segment.edit", segment.workspace_id)
    current = Segment.objects.select_for_update().get(pk=segment.pk)
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    before = {name: getattr(current, name) for name in FIELDS}
    _assign(current, values)
    changes = {
        name: (old, getattr(current, name)) for name, old in before.items() if old != getattr(current, name)
    }  # fmt: skip
    if changes:
        current.version += 1
        _save(current)
        emit(
            "segment.updated", actor=actor, workspace_id=current.workspace_id, id=current.uuid, changes=changes
        )  # fmt: skip
    return current


@service
def segment_remove(*, actor: Actor, segment: Segment) -> None:
    """Take a segment away; the companies stay. Emits `segment.removed`."""
    require_in(actor, "segment.edit", segment.workspace_id)
    workspace_id, uuid, name = segment.workspace_id, segment.uuid, segment.name
    Segment.objects.filter(pk=segment.pk).delete()
    emit("segment.removed", actor=actor, workspace_id=workspace_id, id=uuid, name=name)


def _assign(row: Segment, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in FIELDS:
            raise Invalid(fields={name: f"Fields are: {', '.join(FIELDS)}."})
        if name == "rules":
            try:
                row.rules = [rule.stored() for rule in rules_of(value)]
            except ValueError as error:
                raise Invalid(fields={"rules": str(error)}) from None
        else:
            setattr(row, name, " ".join(value.split()) if isinstance(value, str) else value)


def _save(row: Segment, *, created: bool = False) -> None:
    try:
        row.clean_fields(exclude=["workspace", "uuid", "rules"])
    except ValidationError as error:
        raise invalid_from(error) from None
    if not 0 <= row.weight <= 100:
        raise Invalid(fields={"weight": "Give a weight from 0 to 100."})
    try:
        with transaction.atomic():
            row.save(force_insert=created)
    except IntegrityError:
        raise Conflict(fields={"name": "Another segment has this name."}) from None
