"""A whole installation of its own for each fault test: database, queue, worker and clock as real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


CONSOLE = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connections
for line in sys.stdin:
    said, failed = io.StringIO(), ""
    with contextlib.redirect_stdout(said):
        try:
            exec(json.loads(line), {"__name__": "console"})
        except BaseException:
            failed = traceback.format_exc()
    connections.close_all()
    print(json.dumps([said.getvalue(), failed]), flush=True)
"""


class Console:
    """An interpreter with the product loaded, that runs one piece of code after another, each in a room of its own."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = dict(env)
        self.process = subprocess.Popen(
            [sys.executable, "-c", CONSOLE], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )  # fmt: skip

    def run(self, code: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(code)}\n".encode())
        self.process.stdin.flush()
        said, failed = json.loads(self.process.stdout.readline())
        assert not failed, failed
        return str(said).strip()

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class Installation:
    """Processes share `env`; `python(code)` runs code in it and gives what it printed."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.folder = folder
        self.redis_url = redis_url
        self.database_url = database_url
        self.prefix = f"faults-{uuid.uuid4().hex[:8]}:"
        self.processes: list[subprocess.Popen[bytes]] = []
        self._console: Console | None = None
        self.env = {
            **os.environ, "PLM_DATA_DIR": str(folder), "DATABASE_URL": database_url, "REDIS_URL": redis_url,
            "PLM_JOB_LEASE_SECONDS": "3", "PLM_TICK_SECONDS": "1", "PLM_QUEUE_PREFIX": self.prefix, "PLM_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "plm.config.settings",
        }  # fmt: skip
        for name in ("queue", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def prepare(self) -> None:
        """Make its tables."""
        self.manage("migrate", "-v0")
        self.manage("createcachetable")

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, check=True
        )

    def python(self, code: str) -> str:
        """What the code printed. One interpreter runs all of it: to start one takes longer than what it is asked."""
        if self._console is None or self._console.env != self.env:
            self._console = Console(self.env)
            self.processes.append(self._console.process)
        return self._console.run(code)

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.celery_with_slow_jobs", *arguments],
            cwd=ROOT, env={**self.env, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def worker(self, **env: str) -> subprocess.Popen[bytes]:
        return self.start(
            "worker", "-P", "solo", "--without-gossip", "--without-mingle", "-l", "ERROR", **env
        )

    def clock(self, number: int = 0, **env: str) -> subprocess.Popen[bytes]:
        return self.start(
            "beat", "-s", str(self.folder / f"beat{number}"), "-l", "ERROR", "--pidfile=", **env
        )

    def ask_for_jobs(self, count: int) -> None:
        """One product, and `count` jobs that each write one idea; asked for in batches, as requests would."""
        self.python(
            "from tests.world import make_world\n"
            "from plm.events import unit_of_work, enqueue\n"
            "from plm.jobs import JobRequest\n"
            "w = make_world()\n"
            f"for start in range(0, {count}, 10):\n"
            "    with unit_of_work():\n"
            f"        for n in range(start, min(start + 10, {count})):\n"
            "            enqueue(JobRequest(kind='faults.slow', key=f'k{n}', workspace_id=w.acme.pk,"
            " product_id=w.atlas.pk, payload={'title': f'job {n}'}))\n"
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a statement reads, straight from the database, so that waiting costs no new process."""
        if self.database_url.startswith("sqlite"):
            with closing(sqlite3.connect(self.folder / "plm.sqlite3", timeout=20)) as database:
                return database.execute(sql).fetchall()
        with closing(psycopg2.connect(self.database_url)) as database, database.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def running(self) -> int:
        return int(self.rows("SELECT count(*) FROM plm_job WHERE state = 'running'")[0][0])

    def state(self) -> tuple[int, int, int]:
        """(jobs done, ideas written, distinct ideas)."""
        done = self.rows(
            "SELECT count(*) FROM plm_job WHERE kind = 'faults.slow' AND state = 'done'"
        )
        ideas = self.rows("SELECT count(*), count(DISTINCT title) FROM ideas_idea")
        return int(done[0][0]), int(ideas[0][0]), int(ideas[0][1])

    def wait_until_done(self, count: int, seconds: float = 60) -> float:
        """Seconds until `count` jobs are done; fails after `seconds`."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.state()[0] >= count:
                return time.monotonic() - started
            time.sleep(0.5)
        pytest.fail(f"Only {self.state()} of {count} jobs were done within {seconds} s.")

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait(10)
        if self._console is not None:
            self._console.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests bring their databases, both kinds of them; which one the others run on changes nothing here."""
    for item in items:
        if {"installation", "servers"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.once)


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of SQLite with its tables, to copy."""
    folder = tmp_path_factory.mktemp("prepared")
    file = folder / "plm.sqlite3"
    Installation(folder, f"sqlite:///{file}", "").prepare()
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture(scope="session")
def prepared_server(tmp_path_factory: pytest.TempPathFactory):
    """(connection to PostgreSQL, name of a database with its tables, address of Redis); all of it goes at the end."""
    redis_url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    try:
        admin = psycopg2.connect(POSTGRESQL)
        redis.Redis.from_url(redis_url).ping()
    except (psycopg2.OperationalError, redis.ConnectionError) as error:
        if os.environ.get("PLM_CI"):
            raise
        pytest.skip(f"PostgreSQL and Redis are not both there: {error}")
    admin.autocommit = True
    name = f"faults_{uuid.uuid4().hex[:8]}"
    admin.cursor().execute(f'CREATE DATABASE "{name}"')
    try:
        Installation(tmp_path_factory.mktemp("prepared"), _beside(name), redis_url).prepare()
        yield admin, name, redis_url
    finally:
        admin.cursor().execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.close()


def _beside(name: str) -> str:
    return f"{POSTGRESQL.rpartition('/')[0]}/{name}"


@contextmanager
def _embedded(folder: Path, prepared: Path) -> Iterator[Installation]:
    made = Installation(folder, f"sqlite:///{folder / 'plm.sqlite3'}", "")
    shutil.copyfile(prepared, folder / "plm.sqlite3")
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def _servers(folder: Path, prepared: tuple[Any, str, str]) -> Iterator[Installation]:
    admin, template, redis_url = prepared
    name = f"faults_{uuid.uuid4().hex[:8]}"
    admin.cursor().execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    made = Installation(folder, _beside(name), redis_url)
    try:
        yield made
    finally:
        made.stop()
        admin.cursor().execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["embedded", "servers"])
def installation(request, tmp_path):
    if request.param == "embedded":
        made = _embedded(tmp_path / "var", request.getfixturevalue("prepared_file"))
    else:
        made = _servers(tmp_path / "var", request.getfixturevalue("prepared_server"))
    with made as here:
        yield here
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def servers(tmp_path, prepared_server):
    with _servers(tmp_path / "var", prepared_server) as made:
        yield made
