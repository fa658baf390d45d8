"""The program as a person starts it: a process of its own, on a data folder and a port of its own."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("PLM_", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")


def clean_env(data: Path, **more: str) -> dict[str, str]:
    """The caller's environment without any setting of the program but these."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**rest, "PLM_DATA_DIR": str(data), **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pids_on(data: Path) -> list[int]:
    """Every living process that was started with this data folder, by whatever name it goes."""
    mark = f"PLM_DATA_DIR={data}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                ours = mark in (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if ours and state != "Z":
                found.append(int(entry.name))
    return found


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> float:
    """Seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began


def refused(data: Path, *options: str, like_anyone: bool = False, **env: str) -> str:
    """The one sentence with which a start was refused."""
    done = subprocess.run(
        [sys.executable, "manage.py", "start", *options],
        cwd=ROOT,
        env=clean_env(data, **env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=_as_anyone if like_anyone else None,
    )
    assert done.returncode not in (0, -2, -15), done.stdout
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr.strip()


def _as_anyone() -> None:
    """Root may write anywhere; without this capability it obeys the folder's mode as others do."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)


@dataclass
class Program:
    data: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ("--no-demo",)
    env: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        argv = [sys.executable, "manage.py", "start", "--port", str(self.port), *self.options]
        self.process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=clean_env(self.data, **self.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pid in pids_on(self.data):
            os.kill(pid, signal.SIGKILL)

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip("\n"))

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def whole_output(self) -> str:
        """Once the program has ended."""
        self._reader.join(5)
        return self.output

    def wait_for(self, text: str, seconds: float = 120) -> float:
        began = time.monotonic()
        while text not in self.output:
            assert self.process.poll() is None, self.whole_output()
            assert time.monotonic() - began < seconds, f"{text!r} is not in {self.output!r}"
            time.sleep(0.05)
        return time.monotonic() - began

    def pid_of(self, name: str) -> int:
        """The child that has this word in its command line, 0 if there is none."""
        for pid in sorted(pids_on(self.data)):
            with contextlib.suppress(OSError):
                if name in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
                    return pid
        return 0

    def holder(self) -> int:
        return int(json.loads((self.data / "start.lock").read_text())["pid"])
