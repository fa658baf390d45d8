"""The ranked list of 20,000 items: its page, how long a change takes until it is shown, and the draws of its ranges."""

from __future__ import annotations

import http.client
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from backlog.models import BacklogItem
from plm.models import Job
from plm.scoring.confidence import Inputs
from plm.scoring.definition import RICE_DEFAULT
from plm.scoring.draws import DRAWS
from plm.scoring.ranges import P10_P90, PERT, Estimate, Range
from plm.scoring.ranked_draws import Entry, ranked_draws
from plm.scoring.simulation import simulated
from plm.scoring.uncertainty import Line, standings
from tests.bench.data import Big, Data, one_more
from tests.bench.load import Target, described, median, rounds
from tests.bench.place import ROOT
from tests.bench.report import Row
from tests.bench.servers import Server, stop
from tests.bench.workloads.pages import cookie_header

ITEMS = 20_000
CHANGES = 8
PATIENCE = 30.0
FIRST_ROW = re.compile(r'<tr id="([A-Z0-9]+-\d+)"')


def run(data: Data, ours: Server, folder: Path, count: int, seconds: float) -> list[Row]:
    big = one_more(data, ITEMS)
    person = Person(ours, big.key, cookie_header(data.user)["Cookie"])
    with _worker(folder):
        _ranked(big, person)
        target = Target(ours, person.list, {"Cookie": person.cookie})
        found = rounds({"page": target}, count, seconds, clients=1)["page"]
        times = [_change(big, person, number) for number in range(CHANGES)][1:]
    p50, slowest = median(found, "p50"), max(times)
    return [
        Row(
            f"14 the ranked list, {ITEMS:,} items, 1 client", f"p50 {p50:.0f} ms, {described(found)}", "", "",
            "p50 <= 150 ms", p50 <= 150,
        ),
        Row(
            f"14 a changed input until the list of {ITEMS:,} shows it: web, job, reload",
            f"median {statistics.median(times):.2f} s, slowest of {len(times)} {slowest:.2f} s", "", "", "<= 1 s",
            slowest <= 1,
        ),
        *_drawn(count),
    ]  # fmt: skip


def _drawn(count: int) -> list[Row]:
    """Ranges of two factors of 500 items, drawn 10,000 times: where each stands, and with what is worth finding out."""
    chance = random.Random(1)
    entries = [Entry(key, _inputs(chance)) for key in range(500)]
    alone, whole = [], []
    for _ in range(count):
        began = time.perf_counter()
        made = simulated(RICE_DEFAULT, {e.key: e.inputs for e in entries}, draws=DRAWS)
        standings(made.scores, Line(top=50))
        alone.append(time.perf_counter() - began)
        began = time.perf_counter()
        ranked_draws(RICE_DEFAULT, entries, top=50, draws=DRAWS)
        whole.append(time.perf_counter() - began)
    seconds = statistics.median(alone)
    return [
        Row(
            f"14 standings of 500 items, {DRAWS:,} draws", f"{seconds:.2f} s", "", "", "<= 1 s", seconds <= 1
        ),
        Row("14 the same with what to find out first", f"{statistics.median(whole):.2f} s"),
    ]  # fmt: skip


def _inputs(chance: random.Random) -> Inputs:
    def about(value: float) -> Estimate:
        return Estimate(Range(value * 0.7, value, value * 1.6), PERT, P10_P90)

    return {
        "reach": about(chance.lognormvariate(6, 1)), "impact": Estimate.exactly(1.0),
        "confidence": Estimate.exactly(0.8), "effort": about(chance.uniform(1, 9)),
    }  # fmt: skip


@dataclass
class Person:
    """Somebody at a browser, without the browser."""

    server: Server
    key: str
    cookie: str

    @property
    def list(self) -> str:
        return f"/bench/{self.key}/prioritize/"

    def first(self) -> str:
        """The reference of the item that the list shows first."""
        found = FIRST_ROW.search(self._ask("GET", self.list, "", {}))
        return found[1] if found else ""

    def assess(self, reference: str, reach: int) -> None:
        values = {"reach": reach, "impact": 3, "confidence": "100", "effort": "0.5"}
        token = "x" * 32
        headers = {
            "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded", "Origin": self.server.url,
            "Cookie": f"{self.cookie}; {settings.CSRF_COOKIE_NAME}={token}",
        }  # fmt: skip
        self._ask("POST", f"/bench/{reference}/assess", urlencode(values), headers)

    def _ask(self, method: str, path: str, body: str, headers: Mapping[str, str]) -> str:
        line = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=PATIENCE)
        try:
            line.request(method, path, body, {"Cookie": self.cookie, **headers})
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            line.close()
        if answer.status >= 400:
            raise SystemExit(f"{path}: {answer.status} {text[:300]}")
        return text


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    """A worker as an installation runs it, on the queue that the web programs wake."""
    argv = [sys.executable, "-m", "celery", "-A", "plm.config", "worker", "--concurrency", "2"]
    with Path(folder, "worker.log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        stop(process)


def _ranked(big: Big, person: Person) -> None:
    """Ask for the first ranking as a change does, and wait until it is there."""
    person.assess(f"{big.key}-1", 9_999)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        waiting = Job.objects.filter(product_id=big.product.pk).exclude(state="done")
        if BacklogItem.objects.filter(product=big.product, rank=1).exists() and not waiting:
            return
        time.sleep(0.2)
    raise SystemExit("The worker did not rank the items within two minutes.")


def _change(big: Big, person: Person, number: int) -> float:
    """Seconds from sending another reach for an item far down until a reload shows that item first."""
    item = BacklogItem.objects.get(product=big.product, rank=ITEMS // 3 + number)
    reference = f"{big.key}-{item.number}"
    began = time.perf_counter()
    person.assess(reference, 1_000_000 + number * 100_000)
    while time.perf_counter() - began < PATIENCE:
        if person.first() == reference:
            return time.perf_counter() - began
    raise SystemExit(f"The list did not show {reference} first within {PATIENCE:g} s.")
