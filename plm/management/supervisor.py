"""Child processes that live and die together: started, watched, restarted, stopped.

`manage.py start` prepares and then becomes this program, so that no Django idles in memory beside the
processes that need it. The plan comes in on standard input, as JSON.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NoReturn

PR_SET_PDEATHSIG = 1
LOG_BYTES = 10 * 1024 * 1024
READY_SECONDS = 90.0
GIVE_UP_FAILURES = 3
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
ERROR = re.compile(
    r'^\S+ (error|critical)\b|\[(ERROR|CRITICAL)\]|"level":"(error|critical)"|^Traceback '
)
RECORD = re.compile(r"^(\d\d:\d\d:\d\d |\[\d{4}-|\{)")

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent(parent: int) -> None:
    """Runs in the child before its program: the kernel ends it (SIGTERM) when the supervisor is gone.

    Only Linux offers this. Elsewhere a supervisor killed with SIGKILL leaves its children running.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # It died before the line above took effect.
            os.kill(os.getpid(), signal.SIGTERM)


class Log:
    """A child's log file, followed so that its errors reach the terminal, and cut when it grows large."""

    def __init__(self, path: Path, *, everything: bool = False) -> None:
        self.path = path
        self.everything = everything
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._rotate()
        self._at = path.stat().st_size
        self._part = ""
        self._in_error = False

    def new_lines(self) -> list[str]:
        """The lines since the last call that belong on the terminal: errors with their tracebacks."""
        size = self.path.stat().st_size
        if size == self._at:
            return []
        if size < self._at:
            self._at = 0
        with self.path.open("rb") as file:
            file.seek(self._at)
            text = file.read(1_000_000)
        self._at += len(text)
        if self._at > LOG_BYTES:
            self._rotate()
        *lines, self._part = (self._part + text.decode("utf-8", "replace")).split("\n")
        return [line for line in lines if self._worth_showing(line)]

    def _worth_showing(self, line: str) -> bool:
        if ERROR.search(line):
            self._in_error = True
        elif RECORD.match(line):
            self._in_error = False
        return self.everything or self._in_error

    def _rotate(self) -> None:
        """Copy and cut: the children append to an open file, which a rename would take away from us."""
        if self.path.stat().st_size > LOG_BYTES:
            shutil.copyfile(self.path, self.path.with_suffix(".1.log"))
            os.truncate(self.path, 0)
            self._at = 0


@dataclass
class Child:
    """One program with its own process group, so that a Ctrl-C at the terminal reaches only the supervisor."""

    name: str
    argv: Sequence[str]
    log: Log
    output: Log
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = 0.0
    failures: int = 0

    def start(self) -> None:
        parent = os.getpid()
        with self.log.path.open("ab") as errors, self.output.path.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
                preexec_fn=lambda: _die_with_parent(parent),  # noqa: PLW1509 - the supervisor has one thread
            )
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """To the program itself; what it started in turn is its own to stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """Also what outlived its parent."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Supervisor:
    children: list[Child]
    say: Callable[[str], None]
    grace: float = 25.0
    stops: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        logs = {id(log): log for child in self.children for log in (child.log, child.output)}
        self._logs = list(logs.values())

    def listen(self) -> None:
        """Turn Ctrl-C, `kill` and a closed terminal into one stop, a second one into an end at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: object) -> None:
        self.stops += 1

    def start(self) -> None:
        for child in self.children:
            child.start()

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep the children running until a stop is asked for or `until` is true."""
        while not self.stops and not until():
            for child in self.children:
                self._tend(child)
            self.relay()
            time.sleep(0.1)

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.alive or child.process is None:
            if child.process is None and now >= child.due:
                child.start()
            return
        code = child.process.returncode
        child.kill_group()
        child.process = None
        steady = now - child.started > STEADY_SECONDS
        child.failures = 1 if steady else child.failures + 1
        child.pause = 1.0 if steady or not child.pause else min(child.pause * 2, LONGEST_PAUSE)
        child.due = now + child.pause
        ended = (
            f"was ended by {signal.Signals(-code).name}"
            if code < 0
            else f"ended with exit code {code}"
        )
        self.say(
            f"The {child.name} {ended}; it starts again in {child.pause:.0f} s (see {child.log.path})."
        )

    def relay(self) -> None:
        """Copy what the children reported as errors to the terminal."""
        for log in self._logs:
            for line in log.new_lines():
                self.say(f"{log.path.stem} | {line}")

    def stop(self) -> bool:
        """Ask all children to finish what they have begun; True when they did so in time and unforced."""
        asked = self.stops
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        while any(child.alive for child in self.children):
            if self.stops > asked or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        clean = not any(child.alive for child in self.children)
        for child in self.children:
            child.kill_group()
            if child.process is not None:
                child.process.wait()
        return clean


@dataclass(frozen=True)
class Plan:
    """What `manage.py start` hands over."""

    programs: dict[str, list[str]]
    logs: str
    ready_url: str
    ready_host: str
    welcome: str

    def become(self, env: dict[str, str]) -> NoReturn:
        """Replace this process by the supervisor; open files that are inheritable stay open."""
        reader, writer = os.pipe()
        with os.fdopen(writer, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        os.dup2(reader, 0)
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(sys.executable, [sys.executable, str(Path(__file__).resolve())], env)  # noqa: S606 - ourselves


class Readiness:
    """Asks the web process whether it is ready, until it is, or will not be."""

    def __init__(self, url: str, host: str) -> None:
        self.request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310 - always our own http
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.deadline = time.monotonic() + READY_SECONDS
        self.reached = False
        self.answer = "it did not answer"

    def ended(self, supervisor: Supervisor) -> bool:
        try:
            with self.opener.open(self.request, timeout=5) as answer:
                self.reached = answer.status == 200
        except urllib.error.HTTPError as refusal:
            self.answer = f"{refusal.code}: {refusal.read(500).decode('utf-8', 'replace')}"
        except OSError:
            pass  # It does not listen yet.
        failed = any(child.failures >= GIVE_UP_FAILURES for child in supervisor.children)
        return self.reached or failed or time.monotonic() > self.deadline


def say(text: str) -> None:
    """A terminal that went away must not keep the children from being stopped."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def run(plan: Plan) -> int:
    logs = Path(plan.logs)
    output = Log(logs / "mail.log", everything=True)
    children = [
        Child(name, argv, Log(logs / f"{name}.log"), output) for name, argv in plan.programs.items()
    ]
    supervisor = Supervisor(children, say)
    supervisor.listen()
    ready = Readiness(plan.ready_url, plan.ready_host)
    try:
        supervisor.start()
        supervisor.watch(until=lambda: ready.ended(supervisor))
        if ready.reached:
            say(plan.welcome)
            supervisor.watch()
    finally:
        if supervisor.stops:
            say("\nStopping (Ctrl-C again ends it at once)...")
        clean = supervisor.stop()
    if not supervisor.stops:
        sys.stderr.write(
            f"The program did not become ready ({ready.answer}): its logs in {logs} say why.\n"
        )
        return 1
    say("Stopped." if clean else "Ended by force; unfinished jobs are taken up at the next start.")
    return 0


if __name__ == "__main__":
    sys.exit(run(Plan(**json.load(sys.stdin))))
