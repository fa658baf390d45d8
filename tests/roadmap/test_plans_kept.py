"""Products with so many changes of plans that a job reads them: pages never do, and tell the same."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from plm.events import enqueue, unit_of_work
from plm.jobs import JobRequest
from plm.models import Job
from plm.runner import run_due_jobs
from roadmap.selectors import pasts
from roadmap.selectors.forecasts import forecasts_of
from roadmap.selectors.slips import slips_of
from roadmap.services.placements import placement_set
from roadmap.services.plans import plans_due, plans_keep
from tests.roadmap.test_forecasts import LATE, day, planned


@pytest.fixture
def many(world, monkeypatch):
    """A product whose plans are too many to be read at once: twelve that ended and one that comes."""
    for n, late in enumerate(LATE):
        planned(world, f"Old {n}", made=300 - n, ends=-(260 - n), done=260 - n - late)
    coming = planned(world, "Group bookings", made=3, ends=37)
    placement_set(actor=world.actor("alice"), item=coming, values={"ends_on": day(44)})
    monkeypatch.setattr(pasts, "AT_ONCE", 5)
    monkeypatch.setattr("roadmap.services.plans.AT_ONCE", 5)
    pasts._known.clear()
    cache.clear()
    return coming


def keep(world):
    return plans_keep(product_id=world.atlas.pk, at_work=lambda: None)


def told(world, past):
    _, [row] = forecasts_of(world.actor("alice"), world.atlas)
    found = row.forecast
    return (
        past.today, past.plans, past.coverage, past.went, found.p50, found.p85, found.may_never, found.path,
        set(found.plans), found.by(day(44)),
    )  # fmt: skip


def test_what_a_job_kept_tells_the_same_as_the_events(world, many, monkeypatch):
    monkeypatch.setattr(pasts, "AT_ONCE", 5000)
    read = pasts.past_of(world.atlas)
    of_events, slips = told(world, read), slips_of(world.actor("alice"), world.atlas)
    monkeypatch.setattr(pasts, "AT_ONCE", 5)
    pasts._known.clear()
    assert keep(world) == 13
    pasts._known.clear()
    kept = pasts.past_of(world.atlas)
    assert kept.read_at is not None
    assert told(world, kept) == of_events
    again = slips_of(world.actor("alice"), world.atlas)
    assert (again.items, again.planned, again.moved) == (slips.items, slips.planned, slips.moved)


def test_no_page_reads_the_plans_before_the_job_did(world, many, sign_in, api):
    client = sign_in(world.carol)
    assert "The plans are being read" in client.get("/acme/ATL/roadmap/forecasts").content.decode()
    assert "The plans are being read" in client.get("/acme/ATL/roadmap/slips").content.decode()
    assert "a job is reading" in client.get(many.get_absolute_url()).content.decode()
    assert client.get("/acme/ATL/roadmap/").status_code == 200
    assert not pasts._known
    address = "/api/v1/products/ATL/roadmap/forecasts/"
    answer = api(world.carol, world.acme).get(address).json()
    assert (answer["waiting"], answer["plans"], answer["read_at"]) == (True, 0, None)
    keep(world)
    pasts._known.clear()
    answer = api(world.carol, world.acme).get(address).json()
    assert (answer["waiting"], answer["plans"]) == (False, 13)
    assert answer["read_at"]
    page = client.get("/acme/ATL/roadmap/forecasts").content.decode()
    assert "told from what became of 13 plans" in page
    assert "As of " in page


def test_it_is_read_anew_when_something_happened_and_only_then(world, many):
    workspace = world.acme.pk
    assert plans_due(workspace) == [world.atlas.pk]
    keep(world)
    assert plans_due(workspace) == []
    before = pasts.past_of(world.atlas)
    placement_set(actor=world.actor("alice"), item=many, values={"ends_on": day(60)})
    assert plans_due(workspace) == [world.atlas.pk]
    keep(world)
    pasts._known.clear()
    after = pasts.past_of(world.atlas)
    assert before.went[many.pk].planned == day(44)
    assert after.went[many.pk].planned == day(60)


def test_the_clock_has_it_read_by_a_job_of_its_own(world, many):
    with unit_of_work():
        enqueue(JobRequest(kind="roadmap.plans", key="roadmap.plans:1", workspace_id=world.acme.pk))
    run_due_jobs()
    assert Job.objects.get(kind="roadmap.plans").result == {"due": 1}
    assert Job.objects.get(kind="roadmap.plans_read").result == {"plans": 13}
    pasts._known.clear()
    assert pasts.past_of(world.atlas).plans == 13
