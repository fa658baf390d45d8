"""One command starts everything; Ctrl-C ends everything; the second start is quick."""

from __future__ import annotations

import http.client
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.start.program import Program, pids_on, refused, wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(400),
    pytest.mark.once,  # it is the embedded one
]

# Against reading the program once (`manage.py check`): it is read four times, on two cores or more.
SECOND_START_READINGS = 4.0


@dataclass
class FirstStart:
    data: Path
    output: str
    page_status: int
    secret_mode: int
    processes: int
    exit_code: int
    left_over: list[int]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """A start on a folder that is not there yet, and a Ctrl-C."""
    data = tmp_path_factory.mktemp("first") / "not yet there"
    with Program(data) as program:
        program.wait_for("Stop: Ctrl-C", 300)
        url = f"{program.address}/readyz"
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own process
            status = answer.status
        processes = len(pids_on(data))
        program.process.send_signal(signal.SIGINT)
        return FirstStart(
            exit_code=program.process.wait(40),
            left_over=pids_on(data),
            data=data,
            page_status=status,
            processes=processes,
            secret_mode=stat.S_IMODE((data / "secret_key").stat().st_mode),
            output=program.whole_output().replace(program.address, "ADDRESS"),
        )


@pytest.fixture
def prepared(first: FirstStart) -> Path:
    return first.data


def test_first_start_prepares_serves_and_says_where(first: FirstStart) -> None:
    assert "Preparing the database (" in first.output
    assert "Preparing the static files..." in first.output
    assert "Open ADDRESS\n" in first.output
    assert first.page_status == 200
    assert first.secret_mode == 0o600
    assert first.processes == 5  # supervisor, web and its process, worker, clock


def test_ctrl_c_ends_everything(first: FirstStart) -> None:
    assert first.exit_code == 0
    assert first.output.endswith("Stopping (Ctrl-C again ends it at once)...\nStopped.")
    assert first.left_over == []


def test_second_start_is_quick(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    subprocess.run([sys.executable, "manage.py", "check"], check=True, capture_output=True)
    reading = time.monotonic() - began
    best = 99.0
    for _ in range(2):
        began = time.monotonic()
        with Program(prepared) as program:
            program.wait_for("Stop: Ctrl-C")
            best = min(best, time.monotonic() - began)
            assert "Preparing" not in program.output
            program.process.send_signal(signal.SIGTERM)
            assert program.process.wait(40) == 0
    with capsys.disabled():
        sys.stdout.write(f"\nsecond start: {best:.1f} s, reading the program: {reading:.1f} s\n")
    assert best < SECOND_START_READINGS * reading


def test_a_request_under_way_gets_its_answer(prepared: Path) -> None:
    with Program(prepared) as program:
        program.wait_for("Stop: Ctrl-C")
        client = http.client.HTTPConnection("127.0.0.1", program.port, timeout=20)
        client.putrequest("POST", "/accounts/login/")
        client.putheader("Content-Length", "8")
        client.putheader("Content-Type", "application/x-www-form-urlencoded")
        client.endheaders(b"login")
        time.sleep(0.5)
        program.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        client.send(b"=me")
        assert client.getresponse().status < 500
        client.close()
        assert program.process.wait(40) == 0
        assert pids_on(prepared) == []


def test_one_data_folder_is_served_once(prepared: Path) -> None:
    with Program(prepared) as program:
        program.wait_for("Stop: Ctrl-C")
        assert refused(prepared, "--check") == (
            f"The program already runs on the data folder {prepared}"
            f" at {program.address} (process {program.holder()}):"
            " use it, or stop it first."
        )


@pytest.mark.parametrize(("word", "name"), [("beat", "clock"), ("worker", "worker")])
def test_a_child_that_is_killed_comes_back(prepared: Path, word: str, name: str) -> None:
    with Program(prepared) as program:
        program.wait_for("Stop: Ctrl-C")
        killed = program.pid_of(word)
        os.kill(killed, signal.SIGKILL)
        program.wait_for(f"The {name} was ended by SIGKILL; it starts again in 1 s")
        wait_until(lambda: program.pid_of(word) not in (0, killed), 20, f"the {name} is back")


def test_nothing_outlives_a_killed_supervisor(prepared: Path) -> None:
    with Program(prepared) as program:
        program.wait_for("Stop: Ctrl-C")
        os.kill(program.holder(), signal.SIGKILL)
        wait_until(lambda: pids_on(prepared) == [], 30, "all processes are gone")
