"""Two imports of one file at once, their workers killed again and again: every good row is in once, every bad one listed.

With PLM_FAULTS_FULL=1 the file has 100,000 rows and the workers are killed ten times.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from pathlib import Path
from typing import Any

import pytest

FULL = os.environ.get("PLM_FAULTS_FULL") == "1"
ROWS, KILLS, SECONDS = (100_000, 10, 3000) if FULL else (1_000, 3, 120)
BAD = ROWS // 100
GOOD = ROWS - BAD
PEAK_MB = 300

pytestmark = [pytest.mark.faults, pytest.mark.timeout(2 * SECONDS + 60)]

ASK = f"""
from ideas.kinds.ideas import IDEA
from plm.importing.opening import import_open
from plm.models import Product, User
from plm.selectors import actor_of
from plm.services.imports import import_ask
actor = actor_of(User.objects.get(email="alice@example.com"))
product = Product.objects.select_related("workspace").get(key="ATL")
lines = ["id,title,state"]
for n in range(1, {ROWS} + 1):
    lines.append(f"r{{n}},Row {{n}} of a long file," + ("purple" if n % 100 == 50 else "open"))
data = "\\n".join(lines).encode()
for _ in range(COUNT):
    batch = import_open(actor=actor, product=product, kind=IDEA, data=data, name="long.csv")
    import_ask(actor=actor, batch=batch, trial=False)
"""


class Watch:
    """The workers of an installation and what their imports say while they run."""

    def __init__(self, installation) -> None:
        self.installation = installation
        self.workers: list[Any] = []
        self.leases: set[Any] = set()
        self.seen: dict[int, list[int]] = {}
        self.peak = 0.0

    def ask(self, count):
        self.installation.python(ASK.replace("COUNT", str(count)))

    def start(self):
        self.workers.append(self.installation.worker())

    def kill(self):
        victim = self.workers.pop(0)
        victim.kill()
        victim.wait(10)
        self.start()

    def look(self):
        """(rows that are done in all imports, whether all imports are done)."""
        jobs = self.installation.rows(
            "SELECT id, CAST(lease_token AS text), progress, total, state FROM plm_job WHERE kind = 'import.run'"
        )
        assert all(state != "dead" for *_, state in jobs), jobs
        self.leases |= {(job, token) for job, token, *_ in jobs if token}
        for job, _, progress, total, _ in jobs:
            if total:
                self.seen.setdefault(job, []).append(progress)
        for worker in self.workers:
            self.peak = max(self.peak, peak_mb(worker.pid))
        return sum(job[2] for job in jobs), all(job[4] == "done" for job in jobs)

    def wait(self, rows=None):
        """Until so many rows are done in all imports, or everything is."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            done, all_done = self.look()
            if all_done or (rows is not None and done >= rows):
                return
            time.sleep(0.2)
        pytest.fail(f"Only {self.look()[0]} rows were done within {SECONDS} s.")

    def imports(self):
        found = self.installation.rows("SELECT state, counts FROM plm_importbatch ORDER BY id")
        return [(state, json.loads(c) if isinstance(c, str) else c) for state, c in found]


def peak_mb(pid):
    """The most memory a process had so far; 0 once it is gone."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def assert_all_in_once(installation):
    ideas = installation.rows(
        "SELECT count(*), count(DISTINCT external_id), count(DISTINCT title) FROM ideas_idea"
    )
    told = installation.rows("SELECT count(*) FROM plm_event WHERE verb = 'idea.created'")
    assert ideas == [(GOOD, GOOD, GOOD)]
    assert told == [(GOOD,)]
    listed = installation.rows(
        "SELECT batch_id, count(*), count(DISTINCT row), min(row), sum(CASE WHEN row % 100 = 51 THEN 1 ELSE 0 END)"
        " FROM plm_importrow WHERE outcome = 'refused' GROUP BY batch_id"
    )
    assert {entry[1:] for entry in listed} == {(BAD, BAD, 51, BAD)}


def test_imports_whose_workers_are_killed_write_every_good_row_once(installation):
    installation.python("from tests.world import make_world; make_world()")
    watch = Watch(installation)
    watch.ask(2)
    installation.clock()
    watch.start()
    watch.start()
    began = time.monotonic()
    for kill in range(1, KILLS + 1):
        watch.wait(2 * ROWS * (kill - random.random() * 0.5) // (KILLS + 1))
        watch.kill()
    watch.wait()
    seconds = time.monotonic() - began
    hits = len(watch.leases) - 2
    made = watch.imports()
    print(
        f"FAULTS n={KILLS} in mid-import={hits} rows={2 * ROWS} in {seconds:.0f}s peak={watch.peak:.0f}MB {made}"
    )
    assert hits >= 1, "no kill hit an import in the middle: this proved nothing"
    assert [state for state, _ in made] == ["done", "done"]
    assert all(c.get("created", 0) + c.get("unchanged", 0) == GOOD for _, c in made)
    assert sum(c.get("created", 0) for _, c in made) == GOOD
    assert [c["refused"] for _, c in made] == [BAD, BAD]
    assert_all_in_once(installation)
    for figures in watch.seen.values():
        assert len(set(figures)) > 3
    assert watch.peak <= PEAK_MB

    watch.ask(1)
    watch.wait()
    state, counts = watch.imports()[-1]
    assert (state, counts) == ("done", {"unchanged": GOOD, "refused": BAD})
    assert len(watch.imports()) == 3
    assert_all_in_once(installation)
