"""A burst of product events while web workers are killed: what was answered is stored, once, and counted.

With PLM_FAULTS_FULL=1 there are 100,000 events and ten kills.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import ROOT
from tests.start.program import free_port

FULL = os.environ.get("PLM_FAULTS_FULL") == "1"
EVENTS, BATCH, KILLS, SECONDS = (100_000, 500, 10, 1200) if FULL else (5_000, 50, 4, 120)
SENDERS = 4

pytestmark = [pytest.mark.faults, pytest.mark.timeout(2 * SECONDS + 60)]

PREPARE = """
from plm.selectors import actor_of
from plm.services.members import token_create
from tests.make import make_metric
from tests.world import make_world
w = make_world()
alice = actor_of(w.alice)
for title, aggregation in (("Orders", "count"), ("Revenue", "sum")):
    make_metric(alice, w.atlas, title, source="events", event_name="order", aggregation=aggregation)
print(token_create(actor=actor_of(w.bob), workspace=w.acme, name="burst", scopes=["events"], product=None)[1])
"""


def made_events(seed):
    """(rows to send, the values by id of those that count): 10 % are sent again later, 5 % more are bad."""
    chance = random.Random(seed)
    good, rows = {}, []
    for n in range(EVENTS):
        event_id, value = str(uuid.UUID(int=chance.getrandbits(128), version=4)), n % 97 + 1
        at = f"2026-{n % 6 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:00:00Z"
        good[event_id] = value
        rows.append(
            {"id": event_id, "name": "order", "at": at, "actor": f"u{n % 50}", "value": value}
        )
    rows += chance.sample(rows, EVENTS // 10)
    wrong = [{"id": "no-uuid"}, {"at": "2099-01-01T00:00:00Z"}, {"value": "a lot"}, {"name": ""}]
    for n in range(EVENTS // 20):
        rows.append({**rows[n], "id": str(uuid.uuid4()), **wrong[n % 4]})
    chance.shuffle(rows)
    return rows, good


class Web:
    """The web process as `manage.py start` starts it, on a port of its own."""

    def __init__(self, installation) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        env = {**installation.env, "PLM_API_RATE_PER_MINUTE": "1000000"}
        self.master = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "plm.config.wsgi", "--bind", self.address,
                "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--no-control-socket",
                "--log-level", "critical",
            ],
            cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        installation.processes.append(self.master)

    def workers(self):
        found = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text()
        return [int(pid) for pid in found.split()]

    def wait_until_ready(self):
        wait_for(lambda: self.call("GET", "/livez", b"", {})[0] == 200)

    def call(self, method, path, body, headers):
        """(status, body); status 0 where the process died with the call in its hands."""
        line = http.client.HTTPConnection(self.address, timeout=60)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error).encode()
        finally:
            line.close()


class Burst:
    """Senders that share a heap of batches; each sends a batch again until it is answered."""

    def __init__(self, web, token, rows) -> None:
        self.web, self.token = web, token
        self.batches = [rows[n : n + BATCH] for n in range(0, len(rows), BATCH)]
        self.waiting = list(self.batches)
        self.answers: list[Any] = []
        self.faults: list[Any] = []
        self.broken = 0
        self.lock = threading.Lock()
        self.threads = [
            threading.Thread(target=self._send_all, daemon=True) for _ in range(SENDERS)
        ]

    def _send_all(self):
        while True:
            with self.lock:
                if not self.waiting or self.faults:
                    return
                batch = self.waiting.pop()
            answer = self._send(batch)
            with self.lock:
                if answer is None:
                    self.broken += 1
                    self.waiting.append(batch)
                else:
                    self.answers.append((batch, answer))

    def _send(self, batch):
        body = json.dumps({"product": "ATL", "events": batch}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        status, content = self.web.call("POST", "/api/v1/events/", body, headers)
        if status == 202:
            return json.loads(content)
        if status:
            self.faults.append((status, content[:500]))
        time.sleep(0.1)
        return None


def test_every_event_answered_is_stored_once_and_counted_though_web_workers_die(installation):
    token = installation.python(PREPARE).splitlines()[-1]
    rows, good = made_events(seed=7)
    web = Web(installation)
    installation.worker()
    installation.clock()
    web.wait_until_ready()
    burst = Burst(web, token, rows)
    began = time.monotonic()
    for thread in burst.threads:
        thread.start()
    for kill in range(1, KILLS + 1):
        wait_for(lambda n=kill: len(burst.answers) >= n * len(burst.batches) // (KILLS + 2))
        os.kill(random.choice(web.workers()), signal.SIGKILL)
    for thread in burst.threads:
        thread.join(SECONDS)
    seconds = time.monotonic() - began
    print(
        f"FAULTS n={KILLS} broken calls={burst.broken} events={len(rows)} in {seconds:.1f}s"
        f" ({len(rows) / seconds:.0f}/s)"
    )
    assert not burst.faults
    assert len(burst.answers) == len(burst.batches)
    assert burst.broken >= 1, "no kill hit a call in the middle: this proved nothing"

    stored = installation.rows(
        "SELECT count(*), count(DISTINCT event_id) FROM analytics_productevent"
    )
    assert stored == [(len(good), len(good))]
    accepted = sum(answer["accepted"] for _, answer in burst.answers)
    assert accepted <= len(good)  # the rest was stored by calls whose answer was lost
    for batch, answer in burst.answers:
        refused = {entry["row"] for entry in answer["refused"]}
        assert refused == {n for n, row in enumerate(batch) if row["id"] not in good}
        assert answer["accepted"] + answer["duplicates"] + len(refused) == len(batch)
    listed = installation.rows("SELECT count(*) FROM analytics_intakewarning WHERE refused = true")
    assert listed[0][0] >= EVENTS // 20

    wait_for(lambda: installation.rows("SELECT count(*) FROM analytics_dirtyday") == [(0,)])
    figures = dict(installation.rows(
        "SELECT m.aggregation, sum(CAST(r.value AS numeric)) FROM analytics_rollup r JOIN analytics_metric m"
        " ON m.id = r.metric_id WHERE r.period = 'day' GROUP BY m.aggregation"
    ))  # fmt: skip
    assert {name: Decimal(figure) for name, figure in figures.items()} == {
        "count": len(good), "sum": sum(good.values()),
    }  # fmt: skip


def wait_for(true):
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, f"not within {SECONDS} s"
        time.sleep(0.05)
