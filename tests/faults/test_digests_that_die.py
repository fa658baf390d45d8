"""A worker that is killed while a digest goes out: no mail twice, and no change that nobody is told of."""

from __future__ import annotations

import time

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

PREPARE = """
from datetime import date
from django.utils import timezone
from roadmap.models import DigestSubscription
from roadmap.services.digests import digest_subscribe
from roadmap.services.placements import placement_set
from tests.make import make_item, make_placement
from tests.world import make_world
w = make_world()
alice = w.actor("alice")
item = make_item(alice, w.atlas, "Deposits")
make_placement(alice, item, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1))
digest_subscribe(actor=w.actor("carol"), product=w.atlas, values={"cadence": "daily", "time_zone": "UTC"})
placement_set(actor=alice, item=item, values={"ends_on": date(2027, 2, 15)}, reason="Vendor is late")
"""
DUE = """
from datetime import timedelta
from django.utils import timezone
from plm.events import unit_of_work, enqueue
from plm.jobs import JobRequest
from roadmap.models import DigestSubscription
row = DigestSubscription.objects.get()
DigestSubscription.objects.update(due_at=timezone.now())
with unit_of_work():
    enqueue(JobRequest("roadmap.digests", "roadmap.digests:now", row.workspace_id))
"""
SECOND = """
from datetime import date
from backlog.models import BacklogItem
from plm.selectors import actor_of
from plm.models import User
from roadmap.services.placements import placement_set
item = BacklogItem.objects.select_related("product__workspace").get()
placement_set(actor=actor_of(User.objects.get(name="Alice")), item=item, values={"ends_on": date(2027, 2, 20)})
"""
STATES = "SELECT state FROM roadmap_digest ORDER BY id"


def wait_for(installation, *states, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = tuple(row[0] for row in installation.rows(STATES))
        if found == states:
            return
        time.sleep(0.3)
    pytest.fail(f"Digests are {found}, not {states}, after {seconds} s.")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_between_claim_and_mark_sends_nothing_twice_and_leaves_no_gap(
    installation, tmp_path, when
):
    mails = tmp_path / "mails"
    mails.mkdir()
    installation.env |= {
        "FAULTS_MAILS": str(mails), "FAULTS_KILL": when, "FAULTS_MAIL_BACKEND": "tests.faults.mails_that_kill.EmailBackend",
    }  # fmt: skip
    installation.python(PREPARE)
    installation.python(DUE)
    installation.clock()
    first = installation.worker()
    first.wait(60)
    assert (mails / "died").exists(), "the kill did not hit: this proved nothing"
    installation.worker()
    wait_for(installation, "unsure")
    went = list(mails.glob("*.eml"))
    assert len(went) == (when == "after")
    installation.python(SECOND)
    installation.python(DUE)
    wait_for(installation, "unsure", "sent")
    later = [path.read_text() for path in mails.glob("*.eml") if path not in went]
    assert len(later) == 1
    assert "5 days later" in later[0]
    assert "14 days later" not in later[0]
    assert "may not have reached you" in later[0], (
        "the time of the lost one is named, with where to read it"
    )
    ids = [path.name.partition(".")[0] for path in mails.glob("*.eml")]
    print(f"FAULTS killed {when} the mail went: mails={len(ids)} twice={len(ids) - len(set(ids))}")
    assert len(ids) == len(set(ids))
