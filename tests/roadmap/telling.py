"""What tests of digests make, and how time comes."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from django.utils import timezone

from plm.models import Job
from plm.runner import run_due_jobs
from plm.services.clock import slots_open
from roadmap.models import DigestSubscription
from roadmap.services.digests import digest_subscribe
from roadmap.services.placements import placement_set
from tests.make import make_item, make_placement

DAILY = {"cadence": "daily", "hour": 6, "time_zone": "UTC"}
DAY = timedelta(days=1)
SLOTS = itertools.count(1_900_000_000, 300)


def subscribe(world, name="carol", **part):
    return digest_subscribe(actor=world.actor(name), product=world.atlas, values=DAILY, **part)


def placed(world, title="Deposits", **values):
    item = make_item(world.actor("alice"), world.atlas, title)
    days = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 2, 1)}
    make_placement(world.actor("alice"), item, **{**days, **values})
    return item


def slip(world, item, day=15, reason="Vendor is late"):
    placement_set(
        actor=world.actor("alice"), item=item, values={"ends_on": date(2027, 2, day)}, reason=reason
    )  # fmt: skip


def time_comes(*, due=True):
    """The due moment of every subscription is over; then the clock ticks and workers work."""
    if due:
        DigestSubscription.objects.update(due_at=timezone.now())
    Job.objects.filter(kind__startswith="roadmap.digest").update(run_after=timezone.now() - DAY)
    slots_open(now=next(SLOTS))
    run_due_jobs()
