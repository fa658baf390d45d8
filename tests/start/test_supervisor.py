"""Children are watched, restarted and ended together, whatever they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plm.management.supervisor import Child, Log, Supervisor
from tests.start.program import ROOT, pids_on, wait_until

pytestmark = pytest.mark.faults

SLEEPER = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).wait()"


@pytest.fixture
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLM_DATA_DIR", str(tmp_path))
    return tmp_path


def supervisor(folder: Path, said: list[str], *programs: str, grace: float = 5) -> Supervisor:
    output = Log(folder / "out.log", everything=True)
    children = [
        Child(f"child{n}", [sys.executable, "-c", code], Log(folder / f"child{n}.log"), output)
        for n, code in enumerate(programs)
    ]
    return Supervisor(children, said.append, grace=grace)


def test_all_end_together(marked: Path) -> None:
    watched = supervisor(marked, [], SLEEPER, SLEEPER)
    watched.start()
    assert len(pids_on(marked)) == 2
    assert watched.stop()
    assert pids_on(marked) == []


def test_what_ignores_the_request_is_ended_after_the_grace_time(marked: Path) -> None:
    watched = supervisor(marked, [], STUBBORN, grace=0.5)
    watched.start()
    wait_until(lambda: (marked / "out.log").read_text() == "up\n", 10, "child is up")
    began = time.monotonic()
    assert not watched.stop()
    assert 0.4 < time.monotonic() - began < 3
    assert pids_on(marked) == []


def test_a_second_request_ends_at_once(marked: Path) -> None:
    watched = supervisor(marked, [], STUBBORN, grace=30)
    watched.start()
    wait_until(lambda: (marked / "out.log").read_text() == "up\n", 10, "child is up")
    watched.stops = 1
    previous = signal.signal(signal.SIGALRM, watched._on_signal)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    began = time.monotonic()
    assert not watched.stop()
    signal.signal(signal.SIGALRM, previous)
    assert time.monotonic() - began < 3
    assert pids_on(marked) == []


def test_grandchildren_end_too(marked: Path) -> None:
    watched = supervisor(marked, [], PARENT)
    watched.start()
    wait_until(lambda: len(pids_on(marked)) == 2, 10, "grandchild is up")
    watched.stop()
    wait_until(lambda: pids_on(marked) == [], 2, "all gone")


def test_a_child_that_dies_is_started_again_later_each_time(marked: Path) -> None:
    said: list[str] = []
    watched = supervisor(
        marked, said, "import sys; sys.stderr.write('Traceback (most)\\n  why\\n'); sys.exit(3)"
    )
    watched.start()
    watched.watch(until=lambda: watched.children[0].failures == 2)
    watched.stop()
    ended = [line for line in said if "ended" in line]
    assert [line.split(";")[0] for line in ended] == ["The child0 ended with exit code 3"] * 2
    assert "starts again in 1 s" in ended[0]
    assert "starts again in 2 s" in ended[1]
    assert "child0 | Traceback (most)" in said
    assert "child0 | " + "  why" in said


def test_a_log_that_grew_large_is_cut_and_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plm.management.supervisor.LOG_BYTES", 1000)
    log = Log(tmp_path / "web.log")
    with log.path.open("a") as file:
        for n in range(100):
            file.write(f"12:00:00 info    plm: line {n}\n")
            file.flush()
            log.new_lines()
        file.write("12:00:00 error   plm: here\n")
        file.flush()
    assert log.new_lines() == ["12:00:00 error   plm: here"]
    assert log.path.stat().st_size < 1100
    assert (tmp_path / "web.1.log").stat().st_size > 900


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_when_the_supervisor_is_killed(marked: Path) -> None:
    code = f"""
import sys, pathlib
sys.path.insert(0, {str(ROOT)!r})
from plm.management.supervisor import Child, Log, Supervisor
folder = pathlib.Path({str(marked)!r})
log = Log(folder / "x.log")
watched = Supervisor([Child("x", [sys.executable, "-c", {SLEEPER!r}], log, log)], print)
watched.start()
watched.watch()
"""
    parent = subprocess.Popen([sys.executable, "-c", code])
    wait_until(lambda: len(pids_on(marked)) == 2, 10, "both are up")
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    wait_until(lambda: pids_on(marked) == [], 5, "the child ended too")
