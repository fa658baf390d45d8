"""Writes on objectives and key results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from django.utils import timezone

from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.models import Product
from plm.permissions import SYSTEM, Actor
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_update
from roadmap.models import KeyResult, KeyResultCheckIn, Objective


@service
def objective_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Objective:
    """Set an objective, by default for the running cycle of the loop. Emits `objective.created`."""
    given = {"cycle": product.cycle, **values}
    return record_create(
        Objective, actor=actor, product=product, values=given, tags=tags, custom=custom,
        reason=reason,
    )  # fmt: skip


@service
def objective_update(
    *,
    actor: Actor,
    record: Objective,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Objective:
    """Change an objective. Emits `objective.updated`."""
    return record_update(
        record, actor=actor, version=version, values=values, tags=tags, custom=custom, reason=reason
    )


def _same_product(product_id: int, values: Mapping[str, Any]) -> None:
    objective = values.get("objective")
    if objective is not None and objective.product_id != product_id:
        raise Invalid(fields={"objective": f"{objective.reference} belongs to another product."})


@service
def key_result_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> KeyResult:
    """Add a key result to an objective; the current value begins at the start. Emits `key_result.created`."""
    given = dict(values)
    if given.get("objective") is None:
        raise Invalid(fields={"objective": "Give the objective it measures, such as ATL-3."})
    _same_product(product.pk, given)
    for name in ("start", "target"):
        if given.get(name) is None:
            raise Invalid(fields={name: "Enter a number."})
    if given.get("current") is None:
        given["current"] = given["start"]
    given["metric"] = given.get("metric") or str(given.get("title", ""))[:120]
    return record_create(
        KeyResult, actor=actor, product=product, values=given, tags=tags, custom=custom,
        reason=reason,
    )  # fmt: skip


@service
def key_result_update(
    *,
    actor: Actor,
    record: KeyResult,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> KeyResult:
    """Change a key result. Emits `key_result.updated`."""
    given = dict(values)
    _same_product(record.product_id, given)
    if "objective" in given and given["objective"] is None:
        raise Invalid(fields={"objective": "A key result belongs to an objective."})
    if given.get("current", 0) is None:
        del given["current"]
    return record_update(
        record, actor=actor, version=version, values=given, tags=tags, custom=custom, reason=reason
    )


@service
def key_result_check_in(
    *,
    actor: Actor,
    key_result: KeyResult,
    value: float,
    confidence: int | None = None,
    note: str = "",
    at: datetime | None = None,
) -> KeyResultCheckIn:
    """Note the figure as it stands at a moment; the latest one becomes the current value.

    Emits `key_result.checked_in`. Raises Invalid for a moment that is still to come, Conflict when archived.
    """
    require(actor, "key_result.check_in", key_result.product)
    current = record_locked(key_result, version=None)
    if current.archived_at is not None:
        raise Conflict(f"{current.reference} is archived. Restore it before checking in.")
    moment = at or timezone.now()
    _check_reading(value, confidence, moment)
    made = KeyResultCheckIn.objects.create(
        workspace_id=current.workspace_id,
        key_result=current,
        at=moment,
        value=value,
        confidence=confidence,
        note=note.strip()[:4000],
        author_id=actor.user_id,
    )
    if current.checked_at is not None and moment < current.checked_at:
        emit(
            "key_result.checked_in", actor=actor, record=current, reason=made.note,
            value=value, at=moment, late=True,
        )  # fmt: skip
        return made
    record_update(
        current,
        actor=actor,
        version=None,
        values={"current": value, "confidence": confidence, "checked_at": moment},
        action="key_result.check_in",
        verb="checked_in",
        reason=made.note,
    )
    return made


@service
def key_result_follow(
    *, key_result: KeyResult, value: float, at: datetime, source: str, note: str
) -> bool:
    """Note what a metric says of a moment, once; whether anything was written. The confidence of people stays.

    A figure that was corrected since replaces what was noted for that moment. `source` is the metric's reference; it
    begins the note after `From`, by which a reading of a metric is known again.
    """
    standing = KeyResultCheckIn.objects.filter(
        key_result=key_result, at=at, author=None, note__startswith=f"From {source} "
    ).first()
    if standing is not None and standing.value == value:
        return False
    current = record_locked(key_result, version=None)
    if standing is None:
        KeyResultCheckIn.objects.create(
            workspace_id=current.workspace_id, key_result=current, at=at, value=value, note=note[:4000]
        )  # fmt: skip
    else:
        standing.value, standing.note = value, note[:4000]
        standing.save(update_fields=["value", "note"])
    if current.checked_at is None or at >= current.checked_at:
        record_update(
            current, actor=SYSTEM, version=None, values={"current": value, "checked_at": at},
            action="key_result.check_in", verb="checked_in", reason=note,
        )  # fmt: skip
    else:
        emit(
            "key_result.checked_in", actor=SYSTEM, record=current, reason=note, value=value, at=at,
            late=True,
        )  # fmt: skip
    return True


def _check_reading(value: float, confidence: int | None, moment: datetime) -> None:
    if not isfinite(value):
        raise Invalid(fields={"value": "Enter a finite number."})
    if confidence is not None and not 0 <= confidence <= 100:
        raise Invalid(fields={"confidence": "Confidence lies between 0 and 100 percent."})
    if moment > timezone.now() + timedelta(minutes=5):
        raise Invalid(fields={"at": "This moment is still to come. Choose one that has passed."})
