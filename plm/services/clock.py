"""Periodic work: each slot of each task once, however many clocks run."""

from __future__ import annotations

import time
from datetime import datetime

from django.utils import timezone

from plm.events import enqueue, service
from plm.jobs import JobRequest
from plm.models import Slot, Workspace

_periodic: dict[str, int] = {}


def every(seconds: int, kind: str) -> None:
    """Have one job of `kind` made per workspace in each slot of `seconds`."""
    _periodic[kind] = seconds


def periodic_tasks() -> dict[str, int]:
    """Seconds between two runs, by name of the job."""
    return dict(_periodic)


def slots_open(*, now: float | None = None) -> int:
    """Open every slot that is due; how many this clock was the first to open.

    Slots that passed while no clock ran are not made up for: each task looks at the state of things, not at the slot.
    """
    moment = time.time() if now is None else now
    return sum(slot_take(kind, int(moment // seconds)) for kind, seconds in _periodic.items())


@service
def slot_take(kind: str, slot: int) -> bool:
    """Take one slot and write its jobs, in one transaction. False if another clock has it."""
    if Slot.objects.filter(task=kind, slot=slot).exists():
        return False
    taken = Slot.objects.bulk_create([Slot(task=kind, slot=slot)], ignore_conflicts=True)
    mine = Slot.objects.select_for_update().filter(task=kind, slot=slot, jobs_written=False)
    if not taken or not mine.update(jobs_written=True):
        return False
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        enqueue(JobRequest(kind=kind, key=f"{kind}:{workspace_id}", workspace_id=workspace_id))
    return True


@service
def moment_settled(workspace_id: int) -> datetime:
    """A moment up to which everything that happened in a workspace can be read, as no other moment of now is: an event
    has the time at which it was numbered, and is read only after its unit has committed.

    Numbers are given under the lock of the workspace's row, which is taken here, and left when this unit ends.
    """
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)
    return timezone.now()
