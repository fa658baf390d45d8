"""A database that an earlier version made is brought up to date with its guards in place."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.start.program import ROOT, Program, clean_env

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(400),
    pytest.mark.once,  # it is the embedded one
]


def manage(data: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=clean_env(data), check=True
    )


def triggers(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in rows}


def test_update_keeps_a_copy_and_installs_the_guards_anew(tmp_path: Path) -> None:
    old, fresh = tmp_path / "old", tmp_path / "fresh"
    for folder in (old, fresh):
        folder.mkdir()
    manage(fresh, "migrate", "--verbosity", "0")
    manage(old, "migrate", "--verbosity", "0", "ideas", "0001")
    before = (old / "plm.sqlite3").stat().st_size
    with Program(old) as program:
        program.wait_for("Stop: Ctrl-C", 300)
    assert triggers(old / "plm.sqlite3") == triggers(fresh / "plm.sqlite3")
    assert (old / "before-update.sqlite3").stat().st_size >= before
    assert not (old / "update-under-way.sqlite3").exists()


def test_update_that_fails_says_so_and_keeps_the_copy(tmp_path: Path) -> None:
    manage(tmp_path, "migrate", "--verbosity", "0", "plm", "0001")
    with closing(sqlite3.connect(tmp_path / "plm.sqlite3")) as database:
        database.execute("CREATE TABLE ideas_idea (in_the_way)")
        database.commit()
    with Program(tmp_path) as program:
        assert program.process.wait(200) == 1
    copy = tmp_path / "update-under-way.sqlite3"
    assert (
        program.whole_output()
        .splitlines()[-1]
        .startswith("The database could not be brought up to date: ")
    )
    assert program.whole_output().endswith(f"A copy of it from before this update is {copy}.")
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
