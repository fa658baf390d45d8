"""Python keeps the measures of the house: short files and functions, rooms with names, docstrings where they say more
than the name does."""

from __future__ import annotations

import ast
import re
import statistics
from functools import cache
from pathlib import Path

from tests.house.each import each

ROOT = Path(__file__).resolve().parents[2]
APPS = ("plm", "ideas", "backlog", "roadmap", "feedback", "analytics")
SHIPPED = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FILE_LINES = 400
FUNCTION_LINES = 60
NAMELESS = {"utils", "helpers", "common", "misc", "base", "manager"}
DEMANDED = {
    "plm/postgresql/base.py",
    "plm/sqlite/base.py",
}  # Django looks for a database backend under this name.
UNDONE = re.compile(r"#.*\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME")) + r")\b(?!.*#\d)")
DESCRIBED = ("services", "selectors", "models", "tasks", "scoring")
"""Rooms whose public functions and classes are read by name from other rooms."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


each_file = each([*SHIPPED, *TESTS], name)
each_shipped = each(SHIPPED, name)


@each_file
def test_a_file_has_a_name_and_is_short(path: Path) -> None:
    assert path.stem not in NAMELESS or name(path) in DEMANDED, (
        "A thing without a name has no room: say what it does."
    )
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES


@each_file
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = {f.name: lines_of(f) for f in functions(path) if lines_of(f) > FUNCTION_LINES}
    assert not long


def test_most_files_and_functions_are_small() -> None:
    lengths = [len(p.read_text(encoding="utf-8").splitlines()) for p in SHIPPED]
    assert statistics.median(lengths) <= 120
    sizes = sorted(lines_of(f) for path in SHIPPED for f in functions(path))
    assert sizes[int(len(sizes) * 0.9)] <= 25


@each_file
def test_nothing_is_left_to_do_without_a_number(path: Path) -> None:
    assert not UNDONE.findall(path.read_text(encoding="utf-8"))


def is_described(path: Path) -> bool:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return any(part in DESCRIBED for part in parts[1:])


@each((p for p in SHIPPED if is_described(p)), name)
def test_what_other_rooms_use_says_what_its_name_cannot(path: Path) -> None:
    bare = [
        node.name
        for node in tree_of(path).body
        if isinstance(
            node, (ast.FunctionDef, ast.ClassDef) if "models" in path.parts else ast.FunctionDef
        )
        and not node.name.startswith("_")
        and not node.name.endswith(("QuerySet", "Manager"))  # Their methods speak for them.
        and ast.get_docstring(node) is None
    ]
    assert not bare


@each_shipped
def test_a_write_lives_in_a_service(path: Path) -> None:
    """Views, API and tasks call services; `save`, `create`, `bulk_create` and `delete` on rows are theirs alone."""
    room = path.relative_to(ROOT).parts[1]
    if room not in {"views", "views.py", "web", "api", "forms", "forms.py", "filters.py"}:
        return
    writes = [
        f"{node.lineno}: {node.func.attr}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
    ]
    assert not writes


@each_shipped
def test_a_form_takes_numbers_by_the_fields_of_the_house(path: Path) -> None:
    """Django's own read `1_000` and the digits of every script; those of plm/forms.py refuse them."""
    if name(path) == "plm/forms.py":
        return
    bare = [
        node.lineno
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and node.attr in {"IntegerField", "FloatField", "DecimalField"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "forms"
    ]
    assert not bare
