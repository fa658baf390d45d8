"""Writes on one requirement of a specification at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backlog.models import Requirement, Spec
from backlog.services.spec_content import requirement_row
from backlog.services.specs import spec_update
from plm.errors import NotVisible, Stale
from plm.events import service
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked


@service
def requirement_create(
    *, actor: Actor, spec: Spec, values: Mapping[str, Any], reason: str = ""
) -> Spec:
    """Add a requirement at the end. Emits `spec.updated`."""
    require(actor, "spec.edit", spec.product)
    current = record_locked(spec, version=None)
    rows = [*(requirement_row(row) for row in _rows(current)), {**values, "id": ""}]
    return _stored(actor, current, rows, reason)


@service
def requirement_update(
    *,
    actor: Actor,
    spec: Spec,
    requirement: Requirement,
    version: int | None,
    values: Mapping[str, Any] | None,
    reason: str = "",
) -> Spec:
    """Change one requirement, or take it out where `values` is None. Emits `spec.updated`.

    `version` is that of the requirement: what others change elsewhere in the specification is no conflict.
    """
    require(actor, "spec.edit", spec.product)
    current = record_locked(spec, version=None)
    rows = {row.pk: row for row in _rows(current)}
    now = rows.get(requirement.pk)
    if now is None:
        raise NotVisible("That requirement is gone. Load the specification again.")
    if version is not None and now.version != version:
        raise Stale(
            f"You edited version {version} of the requirement; version {now.version} stands now.",
            current=now.version,
        )
    kept = {pk: requirement_row(row) for pk, row in rows.items()}
    if values is None:
        del kept[now.pk]
    else:
        kept[now.pk] |= values
    return _stored(actor, current, list(kept.values()), reason)


def _rows(spec: Spec) -> list[Requirement]:
    return list(Requirement.objects.filter(spec=spec).select_related("owner"))


def _stored(actor: Actor, spec: Spec, rows: list[dict[str, Any]], reason: str) -> Spec:
    return spec_update(
        actor=actor, record=spec, version=None, values={"requirements": rows}, reason=reason
    )
