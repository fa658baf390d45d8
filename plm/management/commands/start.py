"""The whole program with one command: web, worker and clock, started and stopped together."""

from __future__ import annotations

import gc
import os
import secrets
import sqlite3
import sys
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from plm.management import assets, preflight
from plm.management.preflight import StartError
from plm.management.supervisor import Plan

# One worker has no other to agree with.
WORKER_ALONE = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


class Command(BaseCommand):
    help = "Start web, worker and clock together; Ctrl-C stops them. --check only says whether that would work."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (PLM_HOST)")
        parser.add_argument(
            "--port", type=int, default=settings.PORT, help="port to listen on (PLM_PORT)"
        )
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
        parser.add_argument(
            "--check", action="store_true", help="check folder, port and database, then end"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            self._start(
                options["host"],
                options["port"],
                check=options["check"],
                demo=not options["no_demo"],
            )
        except StartError as fault:
            self.stderr.write(str(fault))
            sys.exit(1)
        except KeyboardInterrupt:
            self.stderr.write("Stopped while preparing; the next start goes on from there.")
            sys.exit(130)

    def _start(self, host: str, port: int, *, check: bool, demo: bool) -> None:
        folder = Path(settings.DATA_DIR)
        preflight.require_writable(folder)
        with preflight.lock_folder(folder, _address(host, port)) as lock:
            preflight.require_free_port(host, port)
            preflight.require_known_database()
            if check:
                self.stdout.write("The folder, the port and the database are fit to start.")
                return
            self._prepare(folder, demo=demo)
            plan = _plan(host, port, folder)
            connections.close_all()
            os.set_inheritable(lock.fileno(), True)  # noqa: FBT003 - the supervisor holds it from here on
            plan.become(_environment(host, port))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _prepare(self, folder: Path, *, demo: bool) -> None:
        """Everything that a first start or an update needs; nothing when neither happened."""
        _create_secret_key(folder / "secret_key")
        # What follows makes much and throws little away, then this process becomes another program.
        gc.disable()
        with ThreadPoolExecutor(1) as beside:
            files = None
            if assets.stale():
                # Mostly compression, which leaves the interpreter to what the database needs meanwhile.
                self._say("Preparing the static files...")
                files = beside.submit(assets.collect)
            self._migrate(folder)
            call_command("createcachetable", verbosity=0)
            if demo and _wants_demo():
                self._say("Loading the demo product (once)...")
                call_command("demo", verbosity=0)
            if files is not None:
                files.result()

    def _migrate(self, folder: Path) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        under_way = folder / "update-under-way.sqlite3"
        if not plan:
            under_way.unlink(missing_ok=True)  # Of an update that failed and was given up.
            return
        self._say(f"Preparing the database ({len(plan)} migrations)...")
        if executor.loader.applied_migrations and not under_way.exists():
            _copy_database(under_way)
        copy = (
            f" A copy of it from before this update is {under_way}." if under_way.exists() else ""
        )
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as fault:
            reason = " ".join(str(fault).split())
            raise StartError(
                f"The database could not be brought up to date: {reason}.{copy}"
            ) from fault
        if under_way.exists():
            kept = under_way.replace(folder / "before-update.sqlite3")
            self._say(f"A copy of the database from before this update is {kept}.")


def _copy_database(path: Path) -> None:
    """Of the embedded database alone; a server's is its operator's to keep. Whole or not at all."""
    if connection.vendor != "sqlite":
        return
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(new)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    new.replace(path)


def _address(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - a name to open
    return f"http://{f'[{name}]' if ':' in name and not name.startswith('[') else name}:{port}"


def _create_secret_key(path: Path) -> None:
    if settings.SECRET_KEY != settings.SHIPPED_SECRET_KEY:
        return
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(secrets.token_urlsafe(50), encoding="ascii")
    new.replace(path)
    settings.SECRET_KEY = path.read_text(encoding="ascii")


def _wants_demo() -> bool:
    if "demo" not in get_commands():
        return False
    from plm.models import Workspace  # noqa: PLC0415 - the models are ready only once the apps are

    return not Workspace.objects.exists()


def _demo_logins() -> list[tuple[str, str, str]]:
    """Those of the demo users who are there and still have the password that was shipped."""
    if find_spec("plm.management.demo_logins") is None:
        return []
    shipped: list[tuple[str, str, str]] = import_module("plm.management.demo_logins").LOGINS
    passwords = {email: password for _, email, password in shipped}
    users = get_user_model().objects.filter(email__in=passwords)
    valid = {user.email for user in users if user.check_password(passwords[user.email])}
    return [login for login in shipped if login[1] in valid]


def _environment(host: str, port: int) -> dict[str, str]:
    return {"PLM_BASE_URL": _address(host, port), **os.environ, "PYTHONUNBUFFERED": "1"}


def _plan(host: str, port: int, folder: Path) -> Plan:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "plm.config"]
    web = [
        *(sys.executable, "-m", "gunicorn", "plm.config.wsgi", "--bind", bind),
        *("--workers", str(settings.WEB_PROCESSES)),
        # Several share the memory of what the first has loaded; for one, the process that loads it would be a second.
        *(["--preload"] if settings.WEB_PROCESSES > 1 else []),
        *("--worker-class", "gthread", "--threads", str(settings.WEB_THREADS)),
        *("--graceful-timeout", "20", "--timeout", "60", "--no-control-socket"),
        *("--log-level", "warning"),
    ]
    worker = [*celery, "worker", "--pool", "solo", *WORKER_ALONE]
    clock = [*celery, "beat", "--pidfile=", "--schedule", str(folder / "beat" / "schedule")]
    hosts = [name for name in settings.ALLOWED_HOSTS if name and not name.startswith(("*", "."))]
    name = "127.0.0.1" if "127.0.0.1" in hosts or not hosts else hosts[0]
    return Plan(
        programs={"web": web, "worker": worker, "clock": clock},
        logs=str(folder / "log"),
        ready_url=f"{_address(host, port)}/readyz",
        ready_host=f"{name}:{port}",
        welcome=_welcome(_environment(host, port)["PLM_BASE_URL"], folder / "log"),
    )


def _welcome(address: str, logs: Path) -> str:
    lines = [f"Open {address}"]
    for what, email, password in _demo_logins():
        lines.append(f"  {what:<20} {email:<28} {password}")
    lines.append(f"Logs: {logs}. Mail that the program sends appears here.")
    lines.append("Stop: Ctrl-C")
    rule = "-" * max(len(line) for line in lines)
    return "\n".join(["", rule, *lines, rule])
