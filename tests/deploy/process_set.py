"""The processes of docker-compose.yml without containers: `python -m tests.deploy.process_set`.

Starts web, worker and beat with the commands, the environment and the health checks that the file holds, on
a database and a Redis of their own, makes one trip through the application and stops them. Only the
addresses of database, Redis and web differ from what Compose would start.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2  # type: ignore[import-untyped]
import redis

from tests.deploy import compose
from tests.deploy.trip import PEOPLE, trip
from tests.start.program import OURS, free_port, pids_on, wait_until

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
RUNNING = ("web", "worker", "beat")
STOP_SECONDS = 30


@contextmanager
def own_database():
    """A fresh database on the test server, dropped at the end."""
    name = f"plm_process_set_{secrets.token_hex(4)}"
    server = psycopg2.connect(POSTGRES)
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))
    finally:
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.close()


@contextmanager
def own_redis():
    """A number of the test server that nobody uses, empty again at the end."""
    for number in range(12, 0, -1):  # Those above belong to other parts of the run (tests/run.py).
        url = urlunsplit(urlsplit(REDIS)._replace(path=f"/{number}"))
        client = redis.Redis.from_url(url)
        if client.dbsize() == 0:
            client.set("plm-process-set", os.getpid(), ex=600)
            break
    else:
        raise RuntimeError("Redis has no empty database from 1 to 12.")
    try:
        yield url
    finally:
        client.flushdb()


class ProcessSet:
    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.started: dict[str, subprocess.Popen[bytes]] = {}
        self.services = compose.services(
            {
                "PLM_SECRET_KEY": secrets.token_urlsafe(50),
                "POSTGRES_PASSWORD": "replaced-below",
                "PLM_BASE_URL": self.url,
                "PLM_HOSTS": "127.0.0.1",
                "PLM_BEAT_FILE": str(folder / "schedule"),
            }
        )
        self.addresses = {
            "PLM_DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{self.port}",
            "PROBE_URL": f"{self.url}/readyz",
        }

    def env(self, service: str) -> dict[str, str]:
        """What the image and Compose give, nothing of this machine's settings but the search path."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        return {**kept, **self.services[service].env, **self.addresses}

    def run(self, service: str, *command: str) -> str:
        """To its end, as Compose runs `migrate`, or any other command in that service's environment."""
        argv = command or self.services[service].command
        done = subprocess.run(
            argv,
            cwd=compose.ROOT,
            env=self.env(service),
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(
                f"{' '.join(argv)}\nended with {done.returncode}\n{done.stderr[-4000:]}"
            )
        return done.stdout

    def start(self, service: str) -> None:
        with (self.folder / f"{service}.log").open("ab") as log:
            self.started[service] = subprocess.Popen(
                self.services[service].command,
                cwd=compose.ROOT,
                env=self.env(service),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def healthy(self, service: str) -> bool:
        """Its own health check, run where Compose would run it."""
        ended = self.started[service].poll()
        if ended is not None:
            raise RuntimeError(f"{service} ended with {ended}:\n{self.log(service)}")
        check = subprocess.run(
            self.services[service].health,
            cwd=compose.ROOT,
            env=self.env(service),
            check=False,
            capture_output=True,
        )
        return check.returncode == 0

    def log(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text(encoding="utf-8")[-4000:]

    def logs(self) -> str:
        return "\n".join(f"\n--- {name}\n{self.log(name)}" for name in self.started)

    def stop(self) -> dict[str, int]:
        """Ask them all as Compose does (SIGTERM); their exit codes."""
        for process in self.started.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(STOP_SECONDS) for name, process in self.started.items()}

    def left_over(self) -> list[int]:
        return pids_on(self.folder)

    def kill(self) -> None:
        for pid in self.left_over():
            os.kill(pid, signal.SIGKILL)


def prove(say: Callable[[str], object]) -> None:
    """The whole round. Raises when a process does not start, serve, work or stop as it should."""
    began = time.monotonic()

    def tell(text: str) -> None:
        say(f"{time.monotonic() - began:5.1f} s  {text}")

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plm-process-set-")))
        database_url = stack.enter_context(own_database())
        processes = ProcessSet(folder, database_url, stack.enter_context(own_redis()))
        stack.push(lambda fault, *_: tell(processes.logs()) if fault else None)
        stack.callback(processes.kill)
        processes.run("migrate", "python", "manage.py", "build_assets")
        processes.run("migrate")
        tell(f"migrate: {' '.join(processes.services['migrate'].command)}")
        processes.run("migrate", "python", "manage.py", "shell", "--command", PEOPLE)
        for service in RUNNING:
            processes.start(service)
            tell(f"{service}: {' '.join(processes.services[service].command)}")
        wait_until(lambda: processes.healthy("web"), 60, "web is healthy")
        wait_until(lambda: processes.healthy("worker"), 60, "the worker is healthy")
        tell("web and worker are healthy by their own checks")
        trip(processes, tell)
        wait_until(lambda: processes.healthy("beat"), 60, "beat is healthy")
        codes = processes.stop()
        assert codes == dict.fromkeys(RUNNING, 0), f"{codes}\n{processes.log('worker')}"
        assert processes.left_over() == []
        tell("stopped, nothing left running")


if __name__ == "__main__":
    prove(lambda text: sys.stdout.write(f"{text}\n"))
