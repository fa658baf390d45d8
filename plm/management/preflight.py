"""What must hold before the program starts. Each fault is one sentence that says what to do."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
import tempfile
from pathlib import Path
from typing import IO

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class StartError(Exception):
    """Its text is all that the person who starts the program gets to read."""


FOLDERS = ("queue", "control", "log", "beat")


def require_writable(folder: Path) -> None:
    """Make the data folder with what lies in it."""
    try:
        for name in ("", *FOLDERS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError as fault:
        raise StartError(
            f"{fault.filename} is a file, and the program needs a folder there: move it away or name another data"
            " folder in PLM_DATA_DIR."
        ) from None
    except OSError as fault:
        reason = os.strerror(fault.errno) if fault.errno else str(fault)
        raise StartError(
            f"The data folder {folder} cannot be written to ({reason.lower()}):"
            " make it writable or name another one in PLM_DATA_DIR."
        ) from None


def lock_folder(folder: Path, address: str) -> IO[str]:
    """Hold the returned file open: the lock ends with it, however the process ends."""
    file = (folder / "start.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        with file, contextlib.suppress(ValueError, KeyError):
            other = json.loads(file.read())
            raise StartError(
                f"The program already runs on the data folder {folder} at {other['address']}"
                f" (process {other['pid']}): use it, or stop it first."
            ) from None
        raise StartError(f"Another start is using the data folder {folder}.") from None
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "address": address}))
    file.flush()
    return file


def require_free_port(host: str, port: int) -> None:
    if not 0 < port < 65536:
        raise StartError(f"{port} is no port: choose one from 1 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
    except OSError:
        raise StartError(
            f"{host}:{port} is no address to listen on: check --host and --port."
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as fault:
            raise StartError(_port_fault(host, port, fault)) from None


def _port_fault(host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use by another program:"
            f" stop that one, or choose another port, for example: make run PORT={port + 1}"
        )
    if fault.errno == errno.EACCES:
        return f"Port {port} is reserved for the administrator: choose one above 1023 with --port."
    return f"{host}:{port} cannot be listened on ({os.strerror(fault.errno or 0).lower()})."


def require_known_database() -> None:
    """Refuse to touch a database that a newer version of the program has migrated."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).exists():
        return
    try:
        unknown = _unknown_migrations()
    except DatabaseError as fault:
        reason = " ".join(str(fault).split())
        raise StartError(f"The database {name} cannot be used: {reason}") from None
    if unknown:
        raise StartError(
            f"The database {name} comes from a newer version of this program (it has {unknown[-1]}, which"
            " this version does not know): update the program, or restore a backup made with this version."
        )


def _unknown_migrations() -> list[str]:
    """Applied by some other version. Those that a squashed migration replaces are known by its list."""
    disk = MigrationLoader(None, ignore_no_migrations=True)
    known = {*disk.disk_migrations}
    known |= {key for migration in disk.disk_migrations.values() for key in migration.replaces}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(
        ".".join(key) for key in applied if key[0] in disk.migrated_apps and key not in known
    )
