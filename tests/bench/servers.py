"""The programs under load: ours and the references, each with two worker processes of the same server (granian)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.place import ROOT

WORKERS = 2
APPS = {
    "ours": "plm.config.wsgi:application",
    "r0": "tests.bench.references.r0_bare:application",
    "r0 more": "tests.bench.references.r0_more:application",
    "django": "tests.bench.references.django_wsgi:application",
}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """One of the programs: its address and its parent process."""

    name: str
    url: str
    pid: int

    def cpu_ms(self) -> float:
        """Processor time, user and system, of the parent and all its children so far."""
        return sum(_ticks(pid) for pid in self.processes()) * 1000 / TICKS

    def processes(self) -> list[int]:
        parents = {pid: _parent(pid) for pid in _all_pids()}
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def worker_mb(self) -> float:
        """Resident memory of the largest worker."""
        pages = [
            int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
            for pid in self.processes()[1:]
        ]
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def database_cpu_ms(database: str) -> float:
    """Processor time of PostgreSQL's processes for this database; 0 where it runs on another machine."""
    return sum(_ticks(pid) for pid in _all_pids() if database in _command(pid)) * 1000 / TICKS


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat behind the command's name; empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _command(pid: int) -> str:
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
    return text if text.startswith("postgres:") else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, *names: str) -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(_serve(name, folder)) for name in names or APPS}


@contextmanager
def _serve(name: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    argv = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS),
        "--host", "127.0.0.1", "--port", str(port), APPS[name],
    ]  # fmt: skip
    with Path(folder, f"{name}.log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_served(url, 60, process)
        # Each worker loads the program at its first request: several at once reach them all.
        for _ in range(3):
            subprocess.run(["wrk", "-t1", "-c8", "-d2s", url], capture_output=True, check=False)
        yield Server(name, url, process.pid)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a program and its children, which share a process group."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_served(url: str, seconds: float, process: subprocess.Popen[bytes]) -> None:
    """Return when the address answers anything at all."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"{url} did not answer: {process.args!r}")
