"""All tests, on SQLite and again on PostgreSQL with Redis: `make test`.

What a missing service leaves out is said in one sentence; with PLM_CI=1 it is a failure, and so is a test
that every part skipped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2  # type: ignore[import-untyped]
import redis

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("PLM_CI") == "1"
DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
NO_TESTS = 5
# So that two checkouts can be tested at the same time on one server.
CHECKOUT = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


@dataclass
class Part:
    """One call of pytest and what came of it."""

    name: str
    options: list[str]
    env: Mapping[str, str]
    code: int = 0
    seconds: float = 0.0
    outcomes: dict[str, str] = field(default_factory=dict)
    ran: bool = False

    def run(self, report: Path, arguments: list[str], *, aside: bool) -> None:
        """Run it. What one `aside` of another says is shown when it has ended, so that the two do not mix."""
        argv = [sys.executable, "-m", "pytest", *self.options, f"--junit-xml={report}", *arguments]
        sys.stdout.write(f"\n== {self.name}{' begins beside it' if aside else ''}\n")
        sys.stdout.flush()
        began = time.monotonic()
        if aside:
            said = subprocess.run(
                argv, cwd=ROOT, env=self.env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )  # fmt: skip
            sys.stdout.write(f"\n== {self.name}\n{said.stdout.decode(errors='replace')}")
            self.code = said.returncode
        else:
            self.code = subprocess.run(argv, cwd=ROOT, env=self.env, check=False).returncode
        sys.stdout.flush()
        self.seconds = time.monotonic() - began
        self.ran = True
        if report.is_file():
            self._read(report)

    def _read(self, report: Path) -> None:
        """Skipped tests keep their reason, the others an empty text."""
        for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest wrote it just now
            skipped = case.find("skipped")
            reason = "" if skipped is None else skipped.get("message", "no reason given")
            self.outcomes[f"{case.get('classname')}::{case.get('name')}"] = reason

    @property
    def failed(self) -> bool:
        return self.code != 0 and (CI or self.code != NO_TESTS)

    def summary(self) -> str:
        skipped = sum(map(bool, self.outcomes.values()))
        state = "FAILED" if self.failed else "ok"
        return f"{self.name:<51} {len(self.outcomes):>5} tests {skipped:>3} skipped {self.seconds:>4.0f} s  {state}"


def main(arguments: list[str]) -> int:
    missing = [text for text in (postgres_fault(), redis_fault(), browser_fault()) if text]
    for sentence in missing:
        sys.stdout.write(f"{sentence}\n")
    if CI and missing:
        sys.stdout.write("In CI nothing may be left out.\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="plm-test-") as folder:
        parts = planned(Path(folder))
        run_all(parts, Path(folder), arguments)
        done = [part for part in parts if part.ran]
    never = never_run(done) if len(done) == len(parts) else []
    sys.stdout.write("\n".join(["", *(part.summary() for part in done), *never, *missing, ""]))
    # Without the data beside the checkout (../shared) the tests on it have nothing to read, in CI too.
    strict = CI and (ROOT.parent / "shared").is_dir()
    return int(any(part.failed for part in done) or (strict and bool(never)))


def run_all(parts: list[Part], folder: Path, arguments: list[str]) -> None:
    """Two at a time, in their order: those that go one by one wait for most of their time.

    In CI the first failure keeps the parts that have not begun from beginning.
    """
    waiting = iter(parts)

    def lane(part: Part | None, *, aside: bool) -> None:
        while part and not (CI and any(other.failed for other in parts)):
            part.run(folder / f"{parts.index(part)}.xml", arguments, aside=aside)
            part = next(waiting, None)

    first, second = next(waiting), next(waiting)
    beside = threading.Thread(target=lane, args=(second,), kwargs={"aside": True})
    beside.start()
    lane(first, aside=False)
    beside.join()


def planned(folder: Path) -> list[Part]:
    """For each database the part side by side, then the part one by one; PostgreSQL without what is marked `once`."""
    neutral = {name: value for name, value in os.environ.items() if not name.startswith("PLM_")}
    neutral |= {
        "PLM_CI": "1" if CI else "0",
        "TEST_DATABASE_URL": DATABASE_URL,
        "TEST_REDIS_URL": REDIS_URL,
    }
    # Without bytecode kept each of many processes would compile the program and all tests for itself.
    for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"):
        neutral.pop(name, None)
    alone = "faults" if browser_fault() else "faults or browser"
    environments = {
        "SQLite": {"PLM_DATA_DIR": str(folder / "sqlite"), "TEST_REDIS_URL": redis_beside(2)}
    }
    if not postgres_fault() and not redis_fault():
        environments["PostgreSQL and Redis"] = {
            "PLM_DATA_DIR": str(folder / "postgresql"),
            "DATABASE_URL": own_database(DATABASE_URL),
            "REDIS_URL": REDIS_URL,
            "PLM_QUEUE_PREFIX": f"plm-test-{CHECKOUT}:",
        }
    parts = []
    for name, env in environments.items():
        Path(env["PLM_DATA_DIR"], "static").mkdir(parents=True)
        but = " and not once" if "DATABASE_URL" in env else ""
        marks = f"not faults and not browser{but}"
        processes = str(min(os.cpu_count() or 2, 4))
        # A file at a time: what its tests share is made once. In the order of the names, as the longest ones would
        # come last in the order of their counts.
        together = ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder", "-m", marks]
        beside = {"REDIS_URL": redis_beside(1)} if "REDIS_URL" in env else {}
        parts.append(Part(f"{name}, side by side", together, neutral | env | beside))
        # A file, because threads and a live server cannot share a database in memory.
        on_disk = {"PLM_TEST_SQLITE": str(Path(env["PLM_DATA_DIR"], "test.sqlite3"))}
        parts.append(
            Part(
                f"{name}, one by one ({alone})", ["-m", f"({alone}){but}"], neutral | env | on_disk
            )
        )
    return parts


def never_run(parts: list[Part]) -> list[str]:
    """The tests that each part they belong to skipped, with the reason."""
    reasons: dict[str, list[str]] = {}
    for part in parts:
        for test, reason in part.outcomes.items():
            reasons.setdefault(test, []).append(reason)
    return [f"Run nowhere: {test} ({found[0]})" for test, found in reasons.items() if all(found)]


def own_database(url: str) -> str:
    """Django puts `test_` before this name, makes that database and drops it."""
    return urlunsplit(urlsplit(url)._replace(path=f"/plm_{CHECKOUT}"))


def redis_beside(places: int) -> str:
    """A database of Redis of its own: the tests of faults empty theirs while other parts run."""
    address = urlsplit(REDIS_URL)
    number = int(address.path.strip("/") or 0)
    return urlunsplit(address._replace(path=f"/{(number - places) % 16}"))


def shown(url: str) -> str:
    address = urlsplit(url)
    return urlunsplit(address._replace(netloc=f"{address.hostname}:{address.port}"))


def postgres_fault() -> str:
    try:
        psycopg2.connect(DATABASE_URL, connect_timeout=3).close()
    except psycopg2.OperationalError:
        return (
            f"Left out: the second run, as no PostgreSQL answers at {shown(DATABASE_URL)}"
            " (apt install postgresql, or name one in TEST_DATABASE_URL)."
        )
    return ""


def redis_fault() -> str:
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3).ping()
    except redis.RedisError:
        return (
            f"Left out: the second run, as no Redis answers at {shown(REDIS_URL)}"
            " (apt install redis-server, or name one in TEST_REDIS_URL)."
        )
    return ""


def browser_fault() -> str:
    if not any(map(shutil.which, BROWSERS)):
        return "Left out: the tests in a browser, as there is no Chromium (apt install chromium)."
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
