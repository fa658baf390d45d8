"""How many statements lists take, for 3 rows and for 12: the same. `tests/query_counts.json` is what was reviewed.

`UPDATE_QUERY_COUNTS=1 pytest tests/plm/test_query_counts.py` writes it anew.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.services.assessments import assessment_set
from plm.kinds import all_kinds
from plm.runner import run_due_jobs
from tests import make

REVIEWED = Path(__file__).parent.parent / "query_counts.json"
MAKERS: dict[str, Any] = {
    "idea": make.make_idea,
    "item": make.make_item,
    "spec": make.make_spec,
    "sprint": make.make_sprint,
    "objective": make.make_objective,
    "release": make.make_release,
    "milestone": lambda actor, product: make.make_milestone(actor, product, on=date(2026, 5, 4)),
    "metric": make.make_metric,
    "feedback": make.make_feedback,
    "key_result": lambda actor, product: make.make_key_result(
        actor, make.make_objective(actor, product)
    ),
}
STATES = ("backlog", "todo", "in_progress")
COUNTED = [kind for kind in all_kinds() if kind.name in MAKERS]


def counted(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))])


def checked(name: str, found: int) -> None:
    reviewed: dict[str, int] = json.loads(REVIEWED.read_text(encoding="utf-8"))
    if os.environ.get("UPDATE_QUERY_COUNTS") == "1":
        reviewed[name] = found
        text = json.dumps(dict(sorted(reviewed.items())), indent=2)
        REVIEWED.write_text(f"{text}\n", encoding="utf-8")
    assert found <= reviewed.get(name, 0), f"{name} takes {found} statements; reviewed: {reviewed}"


def made(world: Any, kind: str, count: int) -> None:
    for _ in range(count):
        record = MAKERS[kind](world.actor("alice"), world.atlas)
        type(record).objects.filter(pk=record.pk).update(owner=world.bob)


@pytest.mark.parametrize("kind", COUNTED, ids=lambda kind: str(kind.name))
def test_a_list_page_takes_as_many_statements_for_twelve_rows_as_for_three(
    world: Any, sign_in: Any, kind: Any
) -> None:
    client, address = sign_in(world.alice), f"/acme/ATL/{kind.path}/"
    made(world, kind.name, 3)
    few = counted(client, address)
    made(world, kind.name, 9)
    assert counted(client, address) == few
    checked(f"page {kind.path}", few)


@pytest.mark.parametrize("kind", COUNTED, ids=lambda kind: str(kind.name))
def test_a_list_of_the_api_takes_as_many_statements_for_twelve_rows_as_for_three(
    world: Any, api: Any, kind: Any
) -> None:
    client = api(world.alice, world.acme)
    address = f"/api/v1/{kind.path.rpartition('/')[2]}/?product=ATL"
    address = {"item": "/api/v1/items/?product=ATL"}.get(kind.name, address)
    made(world, kind.name, 3)
    few = counted(client, address)
    made(world, kind.name, 9)
    assert counted(client, address) == few
    checked(f"api {kind.name}", few)


@pytest.mark.parametrize("name", ["the page of a sprint", "the board", "the sprint on the board"])
def test_a_sprint_takes_as_many_statements_for_twelve_items_as_for_three(
    world: Any, sign_in: Any, name: str
) -> None:
    alice = world.actor("alice")
    sprint = make.make_sprint(alice, world.atlas)
    client, board = sign_in(world.alice), "/acme/ATL/delivery/board"
    address = {
        "the page of a sprint": sprint.get_absolute_url(),
        "the board": board,
        "the sprint on the board": f"{board}?sprint={sprint.reference}",
    }[name]
    found = []
    for more in (3, 9):
        for n in range(more):
            make.make_item(
                alice, world.atlas, f"Item {n}", sprint=sprint, state=STATES[n % len(STATES)]
            )
        found.append(counted(client, address))
    assert found[0] == found[1]
    checked(name, found[0])


def test_one_item_takes_at_most_five_statements_and_a_new_one_nine(world: Any, api: Any) -> None:
    item = make.make_item(world.actor("alice"), world.atlas)
    client = api(world.alice, world.acme)
    assert counted(client, f"/api/v1/items/{item.reference}/") <= 5
    with CaptureQueriesContext(connection) as queries:
        client.post(
            "/api/v1/items/", {"product": "ATL", "title": "New"}, content_type="application/json"
        )
    writes = [q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert len(writes) <= 9  # eight on PostgreSQL, where the number and the register are one


@pytest.mark.parametrize("name", ["matrix/", "balance?scope=top&top=50"])
def test_a_view_of_the_ranking_takes_as_many_statements_for_twelve_items_as_for_three(
    world: Any, sign_in: Any, name: str
) -> None:
    client, address = sign_in(world.alice), f"/acme/ATL/prioritize/{name}"
    found = []
    for more in (3, 9):
        for _ in range(more):
            item = make.make_item(world.actor("alice"), world.atlas)
            marks = {"customer_need": 2, "market_demand": 3, "ease": 4}
            assessment_set(actor=world.actor("alice"), item=item, values=marks)
        run_due_jobs()
        found.append(counted(client, address))
    assert found[0] == found[1]
    checked(f"page prioritize/{name}", found[0])
