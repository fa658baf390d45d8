"""Every page that changes what stands there already compares versions and shows both texts."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VIEWS = sorted([*ROOT.glob("*/views/*.py"), *ROOT.glob("plm/web/*.py")])
COMPARED = {"conflict_page", "_conflict"}
NOT_COMPARED = {
    "profile_update": "only its owner changes a profile",
}


def name_of(call: ast.Call) -> str:
    found = call.func
    return found.attr if isinstance(found, ast.Attribute) else getattr(found, "id", "")


def is_update(call: ast.Call) -> bool:
    """Whether this stores an edit: a service by its name, or that of the record's kind."""
    name = name_of(call)
    of_kind = name == "update" and "kind" in ast.dump(call.func)
    return of_kind or name.endswith(("_update", "placement_set"))


def updates() -> list[tuple[str, str, bool, bool]]:
    """Each call of an update from a view: where, which, whether with a version, whether it compares."""
    found = []
    for path in VIEWS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        compares = bool(COMPARED & {name_of(n) for n in ast.walk(tree) if isinstance(n, ast.Call)})
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and is_update(node):
                versioned = any(word.arg == "version" for word in node.keywords)
                found.append((str(path.relative_to(ROOT)), name_of(node), versioned, compares))
    return found


def test_an_edit_carries_its_version_and_a_stale_one_is_compared() -> None:
    found = [row for row in updates() if row[1] not in NOT_COMPARED]
    assert len(found) >= 7
    assert [row for row in found if not (row[2] and row[3])] == []
