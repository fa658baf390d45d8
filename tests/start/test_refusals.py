"""What stands in the way of a start is said in one sentence, and nothing is left behind."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.start.program import ROOT, clean_env, free_port, refused


def test_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        text = refused(tmp_path, "--port", str(port))
    assert text.startswith(f"Port {port} on 127.0.0.1 is in use by another program")
    assert not (tmp_path / "plm.sqlite3").exists()


def test_port_from_the_environment(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        assert f"Port {port} " in refused(tmp_path, PLM_PORT=str(port))


def test_a_port_or_an_address_that_is_none(tmp_path: Path) -> None:
    assert refused(tmp_path, "--port", "99999") == "99999 is no port: choose one from 1 to 65535."
    assert "is no address to listen on" in refused(tmp_path, "--host", "no.such.invalid")


def test_read_only_folder(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    folder.chmod(0o555)
    text = refused(folder, "--port", str(free_port()), like_anyone=os.geteuid() == 0)
    assert text.startswith(f"The data folder {folder} cannot be written to (permission denied)")
    assert list(folder.iterdir()) == []


def test_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    text = refused(tmp_path / "var", "--port", str(free_port()))
    assert text.startswith(f"{tmp_path / 'var'} is a file, and the program needs a folder there")


def test_a_file_where_the_program_keeps_a_folder(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("mine")
    text = refused(tmp_path, "--port", str(free_port()))
    assert text.startswith(f"{tmp_path / 'log'} is a file, and the program needs a folder there")
    assert (tmp_path / "log").read_text() == "mine"


def migrated_by_a_newer_version(data: Path) -> None:
    with sqlite3.connect(data / "plm.sqlite3") as database:
        database.execute(
            "CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app, name, applied)"
        )
        database.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('plm', '0001_initial', '2026-01-01'), ('plm', '9999_from_the_future', '2036-01-01')"
        )
    database.close()


def test_database_of_a_newer_version(tmp_path: Path) -> None:
    migrated_by_a_newer_version(tmp_path)
    before = (tmp_path / "plm.sqlite3").read_bytes()
    text = refused(tmp_path, "--port", str(free_port()))
    assert "comes from a newer version of this program (it has plm.9999_from_the_future," in text
    with sqlite3.connect(tmp_path / "plm.sqlite3") as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    database.close()
    assert tables == [("django_migrations",)]
    assert len(before) == (tmp_path / "plm.sqlite3").stat().st_size


def test_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "plm.sqlite3").write_text("This is a letter, not a database.\n" * 100)
    assert "cannot be used: file is not a database" in refused(tmp_path, "--port", str(free_port()))


def test_database_server_that_does_not_answer(tmp_path: Path) -> None:
    url = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    assert "The database nothing cannot be used: connection to server" in refused(
        tmp_path, "--port", str(free_port()), DATABASE_URL=url
    )


@pytest.mark.parametrize("option", ["--check"])
def test_check_says_that_all_is_well_and_makes_no_database(tmp_path: Path, option: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "start", option, "--port", str(free_port())],
        cwd=ROOT,
        env=clean_env(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "The folder, the port and the database are fit to start.\n"
    assert not (tmp_path / "plm.sqlite3").exists()
