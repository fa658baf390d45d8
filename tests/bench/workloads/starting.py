"""From nothing to the first page, an empty database made ready, and the memory of a worker that has worked."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from tests.bench.place import ROOT
from tests.bench.report import Row
from tests.bench.servers import Server, free_port, stop, wait_until_served


def run(migrated: float, ours: Server) -> list[Row]:
    """`migrated`: seconds that the migration of the empty database took on PostgreSQL."""
    started, memory = _cold_start(), ours.worker_mb()
    return [
        Row(
            "12 `manage.py start` on SQLite to the first page", f"{started:.1f} s", "", "", "<= 15 s", started <= 15
        ),
        Row("12 empty migration on PostgreSQL", f"{migrated:.1f} s", "", "", "<= 8 s", migrated <= 8),
        Row("12 memory of a worker after the runs", f"{memory:.0f} MB", "", "", "<= 120 MB", memory <= 120),
    ]  # fmt: skip


def _cold_start() -> float:
    port = free_port()
    env = {
        n: v for n, v in os.environ.items() if not n.startswith(("PLM_", "DATABASE_URL", "REDIS_"))
    }
    with tempfile.TemporaryDirectory(prefix="plm-bench-start-") as folder:
        env["PLM_DATA_DIR"] = folder
        argv = [sys.executable, "manage.py", "start", "--no-demo", "--port", str(port)]
        began = time.perf_counter()
        process = subprocess.Popen(
            argv, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )  # fmt: skip
        try:
            wait_until_served(f"http://127.0.0.1:{port}/accounts/login/", 180, process)
            return time.perf_counter() - began
        finally:
            stop(process)
