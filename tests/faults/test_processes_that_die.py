"""Workers that are killed, a queue that forgets, two clocks: nothing lost, nothing done twice."""

from __future__ import annotations

import time

import pytest
import redis

pytestmark = pytest.mark.faults


def test_a_worker_killed_in_the_middle_of_jobs_loses_and_repeats_nothing(installation):
    count, kills, hits = 25, 4, 0
    installation.ask_for_jobs(count)
    installation.clock()
    for _ in range(kills):
        worker = installation.worker(FAULTS_SLEEP="0.3")
        before = installation.state()[0]
        deadline = time.monotonic() + 20
        while installation.state()[0] == before and time.monotonic() < deadline:
            time.sleep(0.1)
        worker.kill()
        worker.wait(10)
        hits += installation.running() > 0
    installation.worker(FAULTS_SLEEP="0.01")
    recovery = installation.wait_until_done(count)
    done, written, distinct = installation.state()
    print(
        f"FAULTS n={kills} in mid-job={hits} jobs={count} lost={count - distinct} double={written - distinct} "
        f"recovery={recovery:.1f}s"
    )
    assert hits >= 1, "no kill hit a job in the middle: this proved nothing"
    assert (done, written, distinct) == (count, count, count)


def test_a_redis_that_forgets_everything_loses_no_job(servers):
    count = 40
    servers.ask_for_jobs(count)
    redis.Redis.from_url(servers.redis_url).flushdb()
    servers.worker(FAULTS_SLEEP="0.02")
    servers.clock()
    flushes = 0
    while servers.state()[0] < count and flushes < 5:
        redis.Redis.from_url(servers.redis_url).flushdb()
        flushes += 1
        time.sleep(1.0)
    recovery = servers.wait_until_done(count)
    done, written, distinct = servers.state()
    print(
        f"FAULTS flushes={flushes + 1} jobs={count} lost={count - distinct} double={written - distinct} "
        f"recovery={recovery:.1f}s"
    )
    assert (done, written, distinct) == (count, count, count)


def test_two_clocks_make_each_slot_happen_once(installation):
    installation.python("from tests.world import make_world; make_world()")
    installation.worker(FAULTS_PERIODIC="1")
    for number in (1, 2):
        installation.clock(number, FAULTS_PERIODIC="1")
    deadline = time.monotonic() + 90
    slots = 0
    while slots < 8 and time.monotonic() < deadline:
        time.sleep(0.5)
        found = installation.rows(
            "SELECT count(*), count(DISTINCT slot) FROM plm_slot WHERE task = 'faults.tick'"
        )
        slots, distinct = found[0]
    asked = (
        "SELECT sum(requests) FROM plm_job WHERE kind = 'faults.tick' GROUP BY workspace_id LIMIT 1"
    )
    jobs = int(installation.rows(asked)[0][0])
    print(f"slots={slots} distinct={distinct} jobs={jobs}")
    assert slots == distinct >= 8
    assert abs(jobs - slots) <= 1  # a slot may open between the two readings
