"""The tree of products in figures, and the roadmap of all products by its levels."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from plm.models import Membership, Team
from plm.permissions import Role
from plm.services.hierarchy import product_place
from plm.services.members import product_role_set
from plm.services.records import record_move
from tests.make import make_component, make_group, make_item, make_placement, make_release

TODAY = timezone.localdate()
COMING = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=3)}


@pytest.fixture
def tree(world):
    """Travel > Bookings > Atlas with Search (one done, one at risk) and one item in no component; Weather > Boreas."""
    dora = world.actor("dora")
    travel = make_group(dora, world.acme, "Travel", level="portfolio")
    bookings = make_group(dora, world.acme, "Bookings", parent=travel)
    weather = make_group(dora, world.acme, "Weather", parent=travel)
    product_place(actor=dora, product=world.atlas, group=bookings)
    product_place(actor=dora, product=world.boreas, group=weather)
    search = make_component(dora, world.atlas, "Search")
    done = make_item(dora, world.atlas, "Deposits", component=search)
    make_placement(dora, done, **COMING)
    record_move(done, actor=dora, state="done")
    risky = make_item(dora, world.atlas, "Groups", component=search, state="in_progress")
    make_placement(dora, risky, **COMING, health="at_risk", health_note="Nobody has time")
    make_placement(dora, make_item(dora, world.atlas, "Notes"), **COMING)
    night = make_item(
        dora,
        world.boreas,
        "Night mode",
        team=Team.objects.create(workspace=world.acme, name="Owls"),
    )
    make_placement(dora, night, **COMING)
    make_release(dora, world.boreas, "Soon", release_on=TODAY + timedelta(days=5))
    make_release(dora, world.atlas, "Later", release_on=TODAY + timedelta(days=50))
    return {"travel": travel, "bookings": bookings, "weather": weather}


def figures(client):
    rows = client.get("/api/v1/portfolio/tree/").json()["results"]
    keys = ("placed", "planned", "building", "done", "at_risk", "products")
    return {row["name"]: tuple(row[key] for key in keys) for row in rows}, rows


def test_each_node_adds_up_what_stands_below_it(world, tree, api):
    found, rows = figures(api(world.dora, world.acme, ["read"]))
    assert found == {
        "Travel": (4, 2, 1, 1, 1, 2),
        "Bookings": (3, 1, 1, 1, 1, 1),
        "Atlas": (3, 1, 1, 1, 1, 1),
        "Search": (2, 0, 1, 1, 1, 0),
        "Weather": (1, 1, 0, 0, 0, 1),
        "Boreas": (1, 1, 0, 0, 0, 1),
    }
    travel = rows[0]
    assert (travel["percent"], travel["next_release"]["title"]) == (25, "Soon")
    assert travel["phases"] == {"concept": 2}
    assert [row["depth"] for row in rows] == [0, 1, 2, 3, 1, 2]


def test_figures_are_those_of_products_their_reader_may_see(world, tree, api, sign_in):
    member = Membership.objects.get(user=world.carol, workspace=world.acme)
    product_role_set(actor=world.actor("dora"), membership=member, product=world.boreas, role=Role.NONE)  # fmt: skip
    found, rows = figures(api(world.carol, world.acme, ["read"]))
    assert found["Travel"] == (3, 1, 1, 1, 1, 1)
    assert not {"Weather", "Boreas"} & set(found)
    assert rows[0]["next_release"]["title"] == "Later"
    page = sign_in(world.carol).get("/acme/products").content.decode()
    assert "Travel" in page
    assert "Weather" not in page
    assert "Boreas" not in page
    hidden = sign_in(world.carol).get("/acme/roadmap?product=BOR")
    assert hidden.status_code == 400
    assert sign_in(world.mallory).get("/acme/products").status_code == 404


def test_the_page_shows_the_tree_and_who_keeps_it_gets_to_its_settings(world, tree, sign_in):
    page = sign_in(world.dora).get("/acme/products").content.decode()
    for words in (
        "Travel",
        "Portfolio, 2 products",
        "Bookings",
        "Search",
        "1 at risk",
        "Soon",
        "2 concept",
    ):
        assert words in page, words
    assert "/acme/settings/tree" in page
    assert "/acme/settings/tree" not in sign_in(world.alice).get("/acme/products").content.decode()


def test_without_groups_the_page_says_what_to_do(world, sign_in):
    page = sign_in(world.dora).get("/acme/products").content.decode()
    assert "All products stand side by side" in page
    type(world.atlas).objects.filter(workspace=world.acme).update(archived_at=timezone.now())
    assert "Nothing in the tree yet" in sign_in(world.dora).get("/acme/products").content.decode()
    assert "No products for you yet" in sign_in(world.bob).get("/acme/products").content.decode()


def test_the_page_takes_as_many_statements_for_many_nodes_as_for_few(world, tree, sign_in, django_assert_max_num_queries):  # fmt: skip
    dora = world.actor("dora")
    browser = sign_in(world.dora)
    browser.get("/acme/products")
    with django_assert_max_num_queries(12):
        browser.get("/acme/products")
    for n in range(8):
        make_group(dora, world.acme, f"Line {n}", parent=tree["travel"])
        component = make_component(dora, world.atlas, f"Part {n}")
        make_placement(
            dora, make_item(dora, world.atlas, f"Item {n}", component=component), **COMING
        )
    with django_assert_max_num_queries(12):
        browser.get("/acme/products")


@pytest.mark.parametrize(
    ("lanes", "words"),
    [("line", ("Bookings", "1 of 3 done")), ("portfolio", ("Travel", "1 of 4 done")), ("product", ("Atlas",))],
)  # fmt: skip
def test_lanes_of_the_roadmap_of_all_follow_the_tree(world, tree, sign_in, lanes, words):
    page = sign_in(world.dora).get(f"/acme/roadmap?lanes={lanes}").content.decode()
    for text in (*words, "Night mode"):
        assert text in page, text


def test_the_roadmap_of_all_is_narrowed_by_line_product_and_team(world, tree, sign_in, api):
    browser = sign_in(world.dora)
    team = Team.objects.get(name="Owls")
    for query, there, gone in (
        (f"group={tree['bookings'].uuid}", "Deposits", "Night mode"),
        (f"group={tree['travel'].uuid}", "Night mode", "Owls left"),
        ("product=BOR", "Night mode", "Deposits"),
        (f"team={team.uuid}", "Night mode", "Deposits"),
    ):
        page = browser.get(f"/acme/roadmap?{query}").content.decode()
        assert there in page, query
        assert gone not in page, query
    rows = api(world.dora, world.acme).get(
        f"/api/v1/portfolio/roadmap/?group={tree['bookings'].uuid}"
    )
    assert [row["product"] for row in rows.json()["results"]] == ["ATL"]
    assert rows.json()["results"][0]["group"] == str(tree["bookings"].uuid)
    for wrong in ("group=x", "product=NONE", "team=00000000-0000-4000-8000-000000000000"):
        assert browser.get(f"/acme/roadmap?{wrong}").status_code == 400
        assert (
            api(world.dora, world.acme).get(f"/api/v1/portfolio/roadmap/?{wrong}").status_code
            == 400
        )


def test_the_timeline_of_a_product_has_lanes_of_its_components_now_and_then(world, tree, sign_in):
    browser = sign_in(world.dora)
    for query in (
        "lanes=component",
        f"lanes=component&{urlencode({'at': timezone.now().isoformat()})}",
    ):
        page = browser.get(f"/acme/ATL/roadmap/?{query}").content.decode()
        for text in ("Search", "No component", "Deposits", "Notes"):
            assert text in page, (query, text)
