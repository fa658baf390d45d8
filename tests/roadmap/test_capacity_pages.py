"""Planning to capacity through the pages."""

from __future__ import annotations

import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext

from plm.models import Event
from roadmap.models import Placement, PlanSettings, TeamCapacity
from roadmap.selectors.proposal import proposal_page
from tests.roadmap.planning import allow, blocks, proposal, scored


def page_of(world):
    return f"{world.atlas.get_absolute_url()}prioritize/plan"


def test_an_empty_product_is_told_what_to_do(world, sign_in):
    page = sign_in(world.carol).get(page_of(world)).content.decode()
    assert "Nothing has a score yet" in page


def test_capacities_are_entered_and_stale_ones_shown_side_by_side(
    world, sign_in, team, releases, items
):
    client, at = sign_in(world.alice), page_of(world)
    given = {"scope": 50, "tolerance": 10, "version": 0, f"c.{team.pk}.{releases[0].number}": "3"}
    assert client.post(f"{at}/capacities", given).status_code == 302
    assert TeamCapacity.objects.get().amount == 3
    assert PlanSettings.objects.get().unit == "person-months"
    assert client.post(f"{at}/capacities", {**given, "scope": 60}).status_code == 409
    assert PlanSettings.objects.get().scope == 50


def test_the_plan_is_applied_once_however_often_it_is_sent(world, sign_in, team, releases, items):
    allow(world, team, releases)
    found = proposal(world)
    client, at = sign_in(world.alice), page_of(world)
    shown = proposal_page(world.actor("alice"), world.atlas)
    page = client.get(at).content.decode()
    assert "Proved" in page
    assert "comes in" in page
    given = {
        "number": found.number, "seen": shown.hand_mark, "reason": "Quarter planning", "form_key": uuid.uuid4().hex,
        "item": [m.item.number for m in shown.changing],
    }  # fmt: skip
    for _ in range(2):
        assert client.post(f"{at}/apply", given).status_code == 302
    assert Event.objects.filter(verb="plan.applied").count() == 1
    assert Placement.objects.exclude(release=None).count() == len(found.result["items"])
    assert "The roadmap is this plan" in client.get(at).content.decode()
    assert client.post(f"{at}/apply", {**given, "form_key": uuid.uuid4().hex}).status_code == 409


def test_a_ring_is_shown_item_by_item(world, sign_in, team, releases, items):
    blocks(world, items[0], items[1])
    blocks(world, items[1], items[0])
    allow(world, team, releases)
    proposal(world)
    page = sign_in(world.carol).get(page_of(world)).content.decode()
    assert "need one another in a ring" in page
    assert f'href="{items[0].get_absolute_url()}"' in page


def test_the_page_takes_the_same_statements_for_more_items(world, sign_in, team, releases, items):
    client, at = sign_in(world.alice), page_of(world)
    allow(world, team, releases)
    proposal(world)

    def statements():
        client.get(at)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(at).status_code == 200
        return len(seen)

    few = statements()
    for n in range(9):
        scored(world, f"More {n}", 100 + n, 0.5, team=team)
    allow(world, team, releases, (9, 9))
    proposal(world)
    assert statements() <= few
