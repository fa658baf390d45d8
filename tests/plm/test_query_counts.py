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
from django.utils import timezone

from backlog.models.round import ROUND_KINDS
from backlog.selectors.rounds import sets_of
from backlog.services.assessments import assessment_set
from backlog.services.rounds import round_move
from backlog.services.rounds_answers import round_answer
from backlog.services.rounds_people import round_guest_add, round_member_add
from backlog.services.rounds_talk import round_comment
from plm.kinds import all_kinds
from plm.permissions import Actor
from plm.runner import run_due_jobs
from plm.services.hierarchy import product_place
from plm.services.records import record_move
from roadmap.services.scenario_changes import scenario_place_set
from tests import make
from tests.backlog.test_priority_services import RICE, use_rice

REVIEWED = Path(__file__).parent.parent / "query_counts.json"
MAKERS: dict[str, Any] = {
    "idea": make.make_idea,
    "item": make.make_item,
    "spec": make.make_spec,
    "sprint": make.make_sprint,
    "objective": make.make_objective,
    "persona": make.make_persona,
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


def _judged(world: Any, count: int) -> Any:
    """So many more scored items; the last of them."""
    alice = world.actor("alice")
    use_rice(world)
    for n in range(count):
        item = make.make_item(alice, world.atlas, f"Item {n}")
        assessment_set(actor=alice, item=item, values={**RICE, "reach": 1000 + n})
    run_due_jobs()
    return item


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("the ranked list", "prioritize/"),
        ("the ranked list with other columns", "prioritize/?columns=team,sprint,parent,objective,release"),
        ("factors from data", "prioritize/sources"),
        ("the page of a score", "score"),
    ],
)  # fmt: skip
def test_a_page_of_prioritization_takes_as_many_statements_for_twelve_items_as_for_three(
    world: Any, sign_in: Any, name: str, path: str
) -> None:
    client, found = sign_in(world.alice), []
    for more in (3, 9):
        item = _judged(world, more)
        base = f"{item.get_absolute_url()}/" if path == "score" else "/acme/ATL/"
        found.append(counted(client, f"{base}{path}"))
    assert found[0] == found[1]
    checked(name, found[0])


ROUND_PAGES = [
    *((f"a blind round of {kind}", kind, "") for kind in ("scores", "points")),
    *((f"a revealed round of {kind}", kind, "") for kind, _ in ROUND_KINDS),
    *((f"a member's sheet of {kind}", kind, "/answers") for kind, _ in ROUND_KINDS),
    ("the use of a round", "points", "/use"),
]


@pytest.mark.parametrize(("name", "kind", "path"), ROUND_PAGES, ids=str)
def test_a_round_takes_as_many_statements_for_twelve_items_and_people_as_for_four(
    world: Any, sign_in: Any, name: str, kind: str, path: str
) -> None:
    alice, client = world.actor("alice"), sign_in(world.alice)
    use_rice(world)
    found = []
    for size in (4, 12):
        items = [make.make_item(alice, world.atlas, f"Item {n}") for n in range(size)]
        row = make.make_round(alice, world.atlas, items, kind)
        round_member_add(actor=alice, row=row, user=world.alice)
        for n in range(size):
            guest, _ = round_guest_add(actor=alice, row=row, name=f"Guest {n}")
            _answered(guest, kind, n)
        for item in row.items.all():
            round_comment(actor=alice, item=item, body="As said")
        if not name.startswith(("a blind", "a member")):
            row = round_move(actor=alice, row=row, state="revealed")
        found.append(counted(client, f"{row.get_absolute_url()}{path}"))
    assert found[0] == found[1]
    checked(name, found[0])


def _answered(guest: Any, kind: str, place: int) -> None:
    items = list(guest.round.items.all())
    one, other = items[place], items[place - 1]
    given: dict[str, Any] = {
        "scores": {"item": one.uuid, "values": {"impact": 2}},
        "points": {"points": {one.uuid: 40}},
        "pairs": {"pair": [one.uuid, other.uuid], "winner": one.uuid},
        "kano": {"item": one.uuid, "with": "like", "without": "dislike"},
    }.get(kind, {})
    if kind == "maxdiff":
        shown = sets_of(guest, items)[0]
        given = {"set": 0, "best": shown[0].uuid, "worst": shown[1].uuid}
    round_answer(actor=Actor(name=guest.name), participant=guest, given=given)


def test_the_list_of_rounds_takes_as_many_statements_for_twelve_as_for_three(
    world: Any, sign_in: Any
) -> None:
    alice, client, found = world.actor("alice"), sign_in(world.alice), []
    item = make.make_item(alice, world.atlas)
    for more in (3, 9):
        for _ in range(more):
            make.make_round(alice, world.atlas, [item])
        found.append(counted(client, "/acme/ATL/prioritize/rounds/"))
    assert found[0] == found[1]
    checked("the list of rounds", found[0])


@pytest.mark.parametrize("kind", [kind for kind, _ in ROUND_KINDS])
def test_a_guests_sheet_takes_as_many_statements_for_twelve_items_as_for_four(
    world: Any, client: Any, kind: str
) -> None:
    alice, found = world.actor("alice"), []
    use_rice(world)
    for size in (4, 12):
        items = [make.make_item(alice, world.atlas, f"Item {n}") for n in range(size)]
        row = make.make_round(alice, world.atlas, items, kind, remarks=("members", "guests"))
        guest, secret = round_guest_add(actor=alice, row=row, name="Ana")
        _answered(guest, kind, 0)
        for one in row.items.all():
            round_comment(actor=alice, item=one, body="As said")
        round_move(actor=alice, row=row, state="revealed")
        found.append(counted(client, f"/share/{secret}/round"))
    assert found[0] == found[1]
    checked(f"a guest's sheet of {kind}", found[0])


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


@pytest.mark.parametrize(
    ("name", "below"),
    [
        ("the timeline of a scenario", "?year=2027"),
        ("the board of a scenario", "board"),
        ("the calendar of a scenario", "calendar?month=2027-03"),
        ("a scenario beside the plan", "compare"),
        ("a scenario over the API", ""),
    ],
)
def test_a_scenario_takes_as_many_statements_for_twelve_items_as_for_three(
    world: Any, sign_in: Any, api: Any, name: str, below: str
) -> None:
    alice, found = world.actor("alice"), []
    release = make.make_release(alice, world.atlas, release_on=date(2027, 6, 1))
    goal = make.make_objective(alice, world.atlas)
    row = make.make_scenario(alice, make.make_item(alice, world.atlas))
    over_api = name.endswith("API")
    client = api(world.alice, world.acme) if over_api else sign_in(world.alice)
    home = "/api/v1/products/ATL/roadmap-scenarios" if over_api else "/acme/ATL/roadmap/scenarios"
    for more in (3, 9):
        for n in range(more):
            item = make.make_item(alice, world.atlas, f"Item {n}")
            days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 9 + n)}
            make.make_placement(alice, item, **days, bucket="next")
            values = {"release": release, "objective": goal, "ends_on": date(2027, 4, 9 + n)}
            scenario_place_set(actor=alice, scenario=row, item=item, values=values)
        found.append(counted(client, f"{home}/{row.uuid}/{below}"))
    assert found[0] == found[1]
    checked(name, found[0])


TREES = ("page products", "api portfolio/tree", "page roadmap of lines", "page settings/tree")


@pytest.mark.parametrize("name", TREES)
def test_the_tree_takes_as_many_statements_for_twelve_nodes_as_for_three(
    world: Any, sign_in: Any, api: Any, name: str
) -> None:
    dora = world.actor("dora")
    client = api(world.dora, world.acme) if name.startswith("api") else sign_in(world.dora)
    address = dict(
        zip(
            TREES,
            (
                "/acme/products",
                "/api/v1/portfolio/tree/",
                "/acme/roadmap?lanes=line",
                "/acme/settings/tree",
            ),
            strict=True,
        )
    )[name]
    day, found = timezone.localdate(), []
    for more in (3, 9):
        for n in range(more):
            line = make.make_group(dora, world.acme, f"Line {more}.{n}")
            component = make.make_component(dora, world.atlas, f"Part {more}.{n}")
            item = make.make_item(dora, world.atlas, component=component)
            make.make_placement(dora, item, starts_on=day, ends_on=day)
        product_place(actor=dora, product=world.atlas, group=line, reason="Sold together")
        found.append(counted(client, address))
    assert found[0] == found[1]
    checked(name, found[0])


@pytest.mark.parametrize("name", ["page analytics/tree", "api metric-tree"])
def test_the_metric_tree_takes_as_many_statements_for_twelve_metrics_as_for_three(
    world: Any, sign_in: Any, api: Any, name: str
) -> None:
    alice = world.actor("alice")
    star = make.make_metric(alice, world.atlas, "Star", north_star=True)
    client = api(world.alice, world.acme) if name.startswith("api") else sign_in(world.alice)
    address = "/api/v1/products/ATL/metric-tree/" if name.startswith("api") else "/acme/ATL/analytics/tree"  # fmt: skip
    found = []
    for more in (3, 9):
        for n in range(more):
            result = make.make_key_result(alice, make.make_objective(alice, world.atlas))
            item = make.make_item(alice, world.atlas)
            make.make_metric(
                alice, world.atlas, f"Input {more}.{n}", parent=star, key_result=result, item=item
            )
        found.append(counted(client, address))
    assert found[0] == found[1]
    checked(name, found[0])


@pytest.mark.parametrize("name", ["page decisions", "api decisions"])
def test_decisions_take_as_many_statements_for_twelve_as_for_three(
    world: Any, sign_in: Any, api: Any, name: str
) -> None:
    alice = world.actor("alice")
    client = api(world.alice, world.acme) if name.startswith("api") else sign_in(world.alice)
    address = "/api/v1/products/ATL/decisions/" if name.startswith("api") else "/acme/ATL/decisions"
    found = []
    for more in (3, 9):
        for _ in range(more):
            record_move(make.make_item(alice, world.atlas), actor=alice, state="todo")
        found.append(counted(client, f"{address}?q=bookings&reason=none"))
    assert found[0] == found[1]
    checked(name, found[0])
