"""The roadmaps of all products of a workspace, for each reader those they may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from plm.models import Membership
from plm.permissions import Role
from plm.services.members import product_role_set
from plm.services.records import record_move
from tests.make import make_item, make_placement, make_release

TODAY = timezone.localdate()
YEAR = TODAY.year


@pytest.fixture
def planned(world):
    """Three items on the roadmap of Atlas (one done, one late, one at risk), one on that of Boreas."""
    dora = world.actor("dora")
    late = {"starts_on": TODAY - timedelta(days=20), "ends_on": TODAY - timedelta(days=2)}
    coming = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=3)}
    items = [make_item(dora, world.atlas, title) for title in ("Deposits", "Groups", "Notes")]
    make_placement(dora, items[0], **late)
    make_placement(dora, items[1], **late)
    make_placement(dora, items[2], **coming, health="at_risk", health_note="Nobody has time")
    record_move(items[0], actor=dora, state="done")
    make_placement(dora, make_item(dora, world.boreas, "Night mode"), **coming)
    make_release(dora, world.atlas, "Later", release_on=TODAY + timedelta(days=40))
    make_release(dora, world.atlas, "Sooner", release_on=TODAY + timedelta(days=10))
    return items


def test_bars_of_all_products_stand_in_lanes_and_figures_below(world, sign_in, planned):
    page = sign_in(world.dora).get(f"/acme/roadmap?year={YEAR}").content.decode()
    for words in ("Deposits", "Night mode", "1 of 3 done, 1 late", "Sooner", planned[0].reference):
        assert words in page
    assert f'href="/acme/{planned[0].reference}"' in page
    by_team = sign_in(world.dora).get(f"/acme/roadmap?year={YEAR}&lanes=team").content.decode()
    assert "Everything" in by_team
    assert "Night mode" in by_team


def test_somebody_sees_the_products_that_are_theirs_alone(world, sign_in, planned, api):
    of_carol = Membership.objects.get(user=world.carol, workspace=world.acme)
    product_role_set(
        actor=world.actor("dora"), membership=of_carol, product=world.boreas, role=Role.NONE
    )
    seen = {}
    for who in ("dora", "alice", "bob", "carol"):
        page = sign_in(getattr(world, who)).get(f"/acme/roadmap?year={YEAR}").content.decode()
        seen[who] = ("Deposits" in page, "Night mode" in page)
        actor = world.actor(who)
        own = tuple(
            actor.may("placement.view", world.acme.pk, product.pk)
            for product in (world.atlas, world.boreas)
        )
        assert seen[who] == own, who
    assert seen["carol"] == (True, False)
    assert sign_in(world.mallory).get("/acme/roadmap").status_code == 404


def test_the_api_gives_the_figures(world, planned, api, django_assert_max_num_queries):
    client = api(world.dora, world.acme, scopes=["read"])
    with django_assert_max_num_queries(8):
        rows = client.get("/api/v1/portfolio/roadmap/").json()["results"]
    atlas = next(row for row in rows if row["product"] == "ATL")
    figures = {name: atlas[name] for name in ("placed", "done", "late", "risky")}
    assert figures == {"placed": 3, "done": 1, "late": 1, "risky": 1}
    assert atlas["next_release"]["title"] == "Sooner"
    assert atlas["next_release"]["day"] == (TODAY + timedelta(days=10)).isoformat()


def test_the_page_takes_as_many_statements_for_many_items_as_for_few(world, sign_in, planned, django_assert_max_num_queries):  # fmt: skip
    dora = world.actor("dora")
    for n in range(15):
        make_placement(
            dora, make_item(dora, world.atlas, f"Item {n}"), starts_on=TODAY, ends_on=TODAY
        )
    browser = sign_in(world.dora)
    browser.get("/acme/roadmap")
    with django_assert_max_num_queries(16):
        browser.get("/acme/roadmap")


@pytest.mark.parametrize("query", ["lanes=phase", "year=10000", "span=7", "year=soon"])
def test_what_is_not_there_is_refused(world, sign_in, query):
    assert sign_in(world.dora).get(f"/acme/roadmap?{query}").status_code == 400


def test_without_a_product_the_page_says_so(world, sign_in):
    for product in (world.atlas, world.boreas):
        type(product).objects.filter(pk=product.pk).update(archived_at=timezone.now())
    page = sign_in(world.dora).get("/acme/roadmap").content.decode()
    assert "No products for you yet" in page
