"""One command starts everything; Ctrl-C ends everything; the second start is quick."""

from __future__ import annotations

import http.client
import os
import signal
import stat
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.start.program import Program, pids_on, refused, wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(180),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="embedded: part of the run on SQLite"),
]

SECOND_START_SECONDS = 5.0


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that has been started once."""
    data = tmp_path_factory.mktemp("prepared") / "var"
    with Program(data) as program:
        program.wait_for("Stop: Ctrl-C", 120)
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(40) == 0
    return data


def test_first_start_prepares_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    data = tmp_path / "not yet there"
    with Program(data) as program:
        program.wait_for("Stop: Ctrl-C", 120)
        assert f"Open http://127.0.0.1:{program.port}" in program.output
        with urllib.request.urlopen(f"http://127.0.0.1:{program.port}/readyz", timeout=5) as answer:
            assert answer.status == 200
        assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600
        assert len(pids_on(data)) == 5  # supervisor, web and its process, worker, clock
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(40) == 0
        assert program.lines[-1] == "Stopped."
        assert pids_on(data) == []


def test_second_start_is_quick(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
        sys.stdout.write(f"\nsecond start: {best:.1f} s\n")
    assert best < SECOND_START_SECONDS


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
            f" at http://127.0.0.1:{program.port} (process {program.holder()}):"
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
