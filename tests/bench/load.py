"""Load by wrk, and what it costs: requests a second, latencies, processor time of the app and of PostgreSQL."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.bench.servers import Server, database_cpu_ms

WARM_UP = 2.0
CLIENTS = 4

DONE = """
done = function(summary, latency, requests)
  io.write(string.format('\\nRESULT {"requests": %d, "seconds": %f, "p50": %f, "p95": %f, "bad": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""

# The body holds @PREFIX@ where each request needs something of its own: four digits of the run, four of the request.
POST = """
local count = 0
request = function()
  count = count + 1
  local prefix = "%s" .. string.format("%%04x", count %% 65536)
  return wrk.format("POST", "%s", wrk.headers, (string.gsub(template, "@PREFIX@", prefix)))
end
"""


@dataclass(frozen=True)
class Target:
    """What is asked for, of which program. `body` makes it a POST."""

    server: Server
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Reading:
    per_second: float
    p50: float
    p95: float
    app_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.database_ms


def measure(target: Target, seconds: float, clients: int = CLIENTS) -> Reading:
    """One run of so many connections. A failed answer stops the benchmark: its figures would mean nothing."""
    database = urlsplit(os.environ["DATABASE_URL"]).path.strip("/")
    before = target.server.cpu_ms(), database_cpu_ms(database)
    got = _wrk(target, seconds, clients)
    after = target.server.cpu_ms(), database_cpu_ms(database)
    if got["bad"] or not got["requests"]:
        raise SystemExit(f"{target.server.name} {target.path}: {got['bad']} failed answers.")
    count = got["requests"]
    return Reading(
        per_second=count / got["seconds"],
        p50=got["p50"],
        p95=got["p95"],
        app_ms=(after[0] - before[0]) / count,
        database_ms=(after[1] - before[1]) / count,
    )


def _wrk(target: Target, seconds: float, clients: int) -> dict[str, float]:
    script = DONE
    if target.body:
        run = os.urandom(2).hex()
        script += f"local template = {json.dumps(target.body)}\n" + POST % (run, target.path)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        argv = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:g}s", "-s", file.name]
        for name, value in {"Content-Type": "application/json", **target.headers}.items():
            argv += ["-H", f"{name}: {value}"]
        done = subprocess.run(
            [*argv, target.server.url + target.path], capture_output=True, text=True, check=True
        )
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result: dict[str, float] = json.loads(line.removeprefix("RESULT "))
    return result


def rounds(
    targets: Mapping[str, Target], count: int, seconds: float, clients: int = CLIENTS
) -> dict[str, list[Reading]]:
    """Every target once a round, one after the other. Before that each one until its workers have loaded all they need."""
    for target in targets.values():
        measure(target, WARM_UP)
    found: dict[str, list[Reading]] = {name: [] for name in targets}
    for _ in range(count):
        for name, target in targets.items():
            found[name].append(measure(target, seconds, clients))
    return found


def ratio(
    found: Mapping[str, list[Reading]], ours: str, theirs: str, what: str = "per_second"
) -> float:
    """The median over the rounds of ours by theirs, both of the same round."""
    pairs = zip(found[ours], found[theirs], strict=True)
    return statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs)


def median(readings: list[Reading], what: str) -> float:
    return statistics.median(getattr(reading, what) for reading in readings)


def described(readings: list[Reading]) -> str:
    return (
        f"{median(readings, 'per_second'):,.0f}/s, p95 {median(readings, 'p95'):.1f} ms,"
        f" CPU {median(readings, 'app_ms'):.2f}+{median(readings, 'database_ms'):.2f} ms"
    )
