"""Jobs and events: nothing lost, nothing done twice."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from plm import runner
from plm.errors import LeaseLost
from plm.events import attempt, emit, enqueue, unit_of_work
from plm.jobs import JobRequest
from plm.models import Event, Job, Slot
from plm.models.job import DEAD, DONE, QUEUED, RETRYING, RUNNING
from plm.permissions import SYSTEM
from plm.runner import claim, job_handler, run_due_jobs, run_job
from plm.services.clock import slots_open
from tests.make import make_idea


@pytest.fixture
def handler():
    """A job of kind `test.job` that counts its runs; set `.work` to give it something to do."""
    state = SimpleNamespace(runs=0, work=lambda run: None)

    @job_handler("test.job")
    def do(run):
        state.runs += 1
        return state.work(run)

    yield state
    runner._handlers.pop("test.job")


def ask(world, key="k", **values):
    with unit_of_work():
        enqueue(JobRequest(kind="test.job", key=key, workspace_id=world.acme.pk, **values))
    return Job.objects.filter(key=key).latest("pk")


def test_ten_requests_of_one_key_make_one_job(world, handler):
    for _ in range(10):
        ask(world)
    assert Job.objects.get(key="k").requests == 10
    run_due_jobs()
    assert handler.runs == 1


def test_a_request_during_a_run_makes_one_more_run(world, handler):
    handler.work = lambda run: ask(world) and None if handler.runs == 1 else None
    ask(world)
    run_due_jobs()
    assert handler.runs == 2
    assert set(Job.objects.filter(key="k").values_list("state", flat=True)) == {DONE}


def test_a_rolled_back_change_leaves_no_event_and_no_job(world):
    before = Event.objects.count(), Job.objects.count()

    def fails():
        with unit_of_work():
            emit("test.happened", actor=SYSTEM, workspace_id=world.acme.pk)
            enqueue(JobRequest(kind="test.job", key="gone", workspace_id=world.acme.pk))
            raise ValueError

    with pytest.raises(ValueError):
        fails()
    assert (Event.objects.count(), Job.objects.count()) == before


def test_a_failed_attempt_takes_its_own_facts_back_and_no_others(world):
    with unit_of_work():
        emit("test.kept", actor=SYSTEM, workspace_id=world.acme.pk)
        with pytest.raises(ValueError), attempt():
            emit("test.lost", actor=SYSTEM, workspace_id=world.acme.pk)
            raise ValueError
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert "test.kept" in verbs
    assert "test.lost" not in verbs


def test_events_are_numbered_per_workspace_without_gap(world):
    for n in range(3):
        make_idea(world.actor("bob"), world.atlas, f"Idea {n}")
    numbers = list(
        Event.objects.filter(workspace=world.acme)
        .order_by("sequence")
        .values_list("sequence", flat=True)
    )
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_job_is_claimed_once(world, handler):
    job = ask(world)
    assert claim(job.pk) is not None
    assert claim(job.pk) is None


def test_two_jobs_of_one_key_never_run_at_the_same_time(world, handler):
    first = ask(world)
    held = claim(first.pk)
    second = ask(world)
    assert second.pk != first.pk
    assert claim(second.pk) is None
    held.finish({})
    assert claim(second.pk) is not None


def test_a_lease_that_ran_out_is_taken_over_and_the_old_worker_writes_nothing(world, handler):
    job = ask(world)
    dead = claim(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    alive = claim(job.pk)
    assert alive is not None
    assert alive.job.attempts == 2
    with pytest.raises(LeaseLost):
        dead.finish({})

    def step_of_the_dead():
        with dead.step(progress=1):
            make_idea(SYSTEM, world.atlas, "Written twice")

    with pytest.raises(LeaseLost):
        step_of_the_dead()
    alive.finish({})


def test_a_long_job_may_lose_more_workers_than_it_has_tries_as_long_as_it_gets_on(world, handler):
    job = ask(world)
    for place in range(settings.JOB_ATTEMPTS * 2):
        run = claim(job.pk)
        with run.step(progress=place + 1, total=20):
            pass
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    job.refresh_from_db()
    assert (job.attempts, job.progress) == (1, settings.JOB_ATTEMPTS * 2)


def test_a_long_job_that_dies_at_one_place_each_time_is_parked(world, handler):
    job = ask(world)
    for _ in range(settings.JOB_ATTEMPTS):
        run = claim(job.pk)
        with run.step(progress=0, total=20):
            pass
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == DEAD
    assert "died 5 times" in job.error


def test_effects_and_the_mark_done_are_one_transaction(world, handler):
    def work(run):
        make_idea(SYSTEM, world.atlas, "Half done")
        raise ValueError("broke in the middle")

    handler.work = work
    job = ask(world)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == RETRYING
    assert "broke in the middle" in job.error
    assert world.atlas.counter.last == 0


def test_a_job_that_keeps_failing_is_parked_with_its_error_after_five_tries(world, handler):
    def work(run):
        raise ValueError("no way")

    handler.work = work
    job = ask(world)
    for _ in range(7):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, handler.runs) == (DEAD, 5)
    assert "no way" in job.error


def test_a_job_that_kills_its_worker_is_parked_too(world, handler):
    job = ask(world)
    for _ in range(6):
        Job.objects.filter(pk=job.pk, state=RUNNING).update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )
        claim(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, handler.runs) == (DEAD, 0)


def test_any_number_of_clocks_open_a_slot_once(world, handler):
    moment = 1_800_000_000.0
    first = slots_open(now=moment)
    assert first >= 1
    assert [slots_open(now=moment + n) for n in range(5)] == [0] * 5
    assert Slot.objects.filter(task="plm.housekeeping").count() == 1
    assert Job.objects.filter(kind="plm.housekeeping", state=QUEUED).count() == 2  # one a workspace


def test_history_cannot_be_rewritten(world):
    make_idea(world.actor("bob"), world.atlas)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(verb="idea.forged")


def test_the_database_refuses_a_link_between_workspaces(world):
    ours = make_idea(world.actor("bob"), world.atlas)
    theirs = make_idea(world.actor("mallory"), world.rocket)
    for sql, params in (
        ("UPDATE ideas_idea SET product_id = %s WHERE id = %s", [world.rocket.pk, ours.pk]),
        ("UPDATE ideas_idea SET workspace_id = %s WHERE id = %s", [world.rival.pk, ours.pk]),
        (
            "INSERT INTO plm_follow (workspace_id, record_id, user_id, created_at) VALUES (%s, %s, %s, %s)",
            [world.acme.pk, theirs.pk, world.bob.pk, timezone.now()],
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
