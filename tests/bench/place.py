"""Where the benchmarks run: a database, a queue prefix and a folder of their own, made and taken away again."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2  # type: ignore[import-untyped]
import redis

from tests.run import REDIS_URL, postgres_fault, redis_fault

ROOT = Path(__file__).resolve().parent.parent.parent
ADMIN_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def missing() -> list[str]:
    """What keeps the benchmarks from running, one sentence each."""
    found = []
    if not shutil.which("wrk"):
        found.append(
            "wrk makes the load and is not installed: apt-get install wrk (macOS: brew install wrk)."
        )
    if postgres_fault():
        found.append(
            "No PostgreSQL answers: apt install postgresql, or name one in TEST_DATABASE_URL."
        )
    if redis_fault():
        found.append("No Redis answers: apt install redis-server, or name one in TEST_REDIS_URL.")
    return found  # fmt: skip


def _admin(statement: str) -> None:
    connection = psycopg2.connect(ADMIN_URL)
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


@contextmanager
def own_place() -> Iterator[Path]:
    """Set the environment of a production installation on a new database; afterwards all of it is gone."""
    name = f"plm_bench_{secrets.token_hex(4)}"
    folder = Path(tempfile.mkdtemp(prefix="plm-bench-"))
    _admin(f"CREATE DATABASE {name}")
    for variable in [n for n in os.environ if n.startswith("PLM_")]:
        del os.environ[variable]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "plm.config.settings",
        "DATABASE_URL": urlunsplit(urlsplit(ADMIN_URL)._replace(path=f"/{name}")),
        "REDIS_URL": REDIS_URL,
        "PLM_QUEUE_PREFIX": f"{name}:",
        "PLM_DATA_DIR": str(folder),
        "PLM_PRODUCTION": "1",
        "PLM_SECRET_KEY": secrets.token_urlsafe(40),
        "PLM_API_RATE_PER_MINUTE": "100000000",
        "PYTHONPATH": str(ROOT),
    }
    try:
        yield folder
    finally:
        _admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        store = redis.Redis.from_url(REDIS_URL)
        for key in store.scan_iter(f"{name}:*"):
            store.delete(key)
        shutil.rmtree(folder, ignore_errors=True)


def manage(*arguments: str, **env: str) -> None:
    """Run a command of manage.py; its output is shown only when it fails."""
    argv = [sys.executable, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(
        argv, cwd=ROOT, env=os.environ | env, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
