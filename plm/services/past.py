"""Telling what happened to a record before it came here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plm.events import emit, happened_at, service
from plm.models import StageRecord
from plm.permissions import Actor
from plm.services.guard import require


@service
def change_told(
    *,
    actor: Actor,
    record: StageRecord,
    at: datetime,
    changes: Mapping[str, tuple[Any, Any]],
    reason: str = "",
) -> None:
    """Note that fields of `record` changed at the moment `at`, each from its old to its new value.

    The record itself stays as it is: it came here as it was in the end. Emits `<kind>.moved` where its state alone
    changed, else `<kind>.updated`, with the date `at`. Raises ValueError for a moment to come.
    """
    require(actor, f"{record.kind}.edit", record.product)
    verb = "moved" if set(changes) == {"state"} else "updated"
    with happened_at(at):
        emit(f"{record.kind}.{verb}", actor=actor, record=record, changes=changes, reason=reason)
