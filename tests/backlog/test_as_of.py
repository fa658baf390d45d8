"""The backlog as of a moment: what stood then, by the rank of then."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from backlog.models import BacklogItem
from backlog.models.item import FINISHED_STATES
from backlog.selectors.backlog_past import FIELDS, backlog_as_of, ranks_of_then
from backlog.selectors.backlog_past_wanted import Link, Wanted
from backlog.services.assessments import assessment_set
from backlog.services.items import item_update
from backlog.services.ranks import item_rank_pin, item_rank_unpin
from plm.events import plain
from plm.runner import run_due_jobs
from plm.scoring.pins import pins_of
from plm.services.records import record_archive, record_move, record_restore
from plm.services.workspaces import team_create
from roadmap.services.placements import placement_remove, placement_set
from tests.make import make_item, make_placement, make_release

SEED = 73
PAGE = "/acme/ATL/backlog/as-of"
API = "/api/v1/products/ATL/backlog/as-of/"
FACTORS = ("customer_need", "market_demand", "ease")


def fresh(item):
    return BacklogItem.objects.with_people().get(pk=item.pk)


def one_change(dice, world, item, teams, parents):
    """One change by the services: of the text, the state, the estimates or the place; sometimes none."""
    alice, item = world.actor("alice"), fresh(item)
    draw = dice.randrange(8)
    if item.archived_at is not None:
        record_restore(item, actor=alice)
    elif draw == 0:
        record_archive(item, actor=alice)
    elif draw == 1:
        record_move(
            item, actor=alice, state=dice.choice(item.workflow.next_states(item.state)).name
        )
    elif draw == 2 and item.state not in FINISHED_STATES:
        item_rank_pin(actor=alice, item=item, rank=dice.randrange(1, 5), reason="Promised")
    elif draw == 3 and item.rank_pinned is not None:
        item_rank_unpin(actor=alice, item=item)
    elif draw < 6:
        values = dict.fromkeys(FACTORS, dice.randrange(1, 6))
        assessment_set(actor=world.actor("bob"), item=item, values=values)
    else:
        values = {
            "title": f"Title {dice.randrange(9)}", "estimate": dice.choice([None, 1, 5]),
            "team": dice.choice([None, *teams]), "type": "story", "parent": dice.choice([None, *parents]),
        }  # fmt: skip
        item_update(record=item, actor=alice, version=item.version, values=values)
    run_due_jobs()


def copied(world):
    """The backlog as the tables have it now."""
    rows = BacklogItem.objects.filter(product=world.atlas, archived_at=None)
    rows = rows.select_related("owner", "team", "parent__product", "sprint__product")
    return {
        row.reference: ({name: plain(getattr(row, name)) for name in FIELDS}, row.score, row.rank)
        for row in rows
    }


def then(world, moment):
    found = backlog_as_of(world.actor("carol"), world.atlas, moment)
    return {item.reference: (item.values, item.score, item.rank) for item in found.items}


def test_the_backlog_of_any_moment_is_the_copy_that_was_taken_then(world):
    dice = random.Random(SEED)
    teams = [team_create(actor=world.actor("dora"), workspace=world.acme, name="Sea")]
    parents = [make_item(world.actor("alice"), world.atlas, "Epic", type="epic")]
    items = [make_item(world.actor("alice"), world.atlas, f"Item {n}") for n in range(6)]
    run_due_jobs()
    copies = []
    for _ in range(110):
        one_change(dice, world, dice.choice(items), teams, parents)
        copies.append((timezone.now(), copied(world)))
    assert len({str(copy) for _, copy in copies}) > 60
    assert any(rank != 0 for _, _, rank in copies[-1][1].values())
    for moment, copy in copies:
        assert then(world, moment) == copy
    span = copies[-1][0] - copies[0][0]
    for _ in range(100):
        moment = copies[0][0] + span * dice.random()
        taken = max((c for c in copies if c[0] <= moment), key=lambda c: c[0])[1]
        following = next((c for c in copies if c[0] > moment), (None, taken))[1]
        found = then(world, moment)
        # Between two copies the facts are those of either side; places follow by a job and may be between the two.
        for reference, (values, _, _) in found.items():
            sides = [side[reference][0] for side in (taken, following) if reference in side]
            assert values in sides


@pytest.mark.once
def test_fixed_places_make_room_as_the_service_does():
    done = [(1, 11, 3), (2, 12, 3), (3, 13, 4), (4, 12, None), (5, 14, 1)]
    assert pins_of(done[:1]) == {11: 3}
    assert pins_of(done[:2]) == {12: 3, 11: 4}
    assert pins_of(done[:3]) == {12: 3, 13: 4, 11: 5}
    assert pins_of(done) == {13: 4, 11: 5, 14: 1}


def test_the_statements_do_not_grow_with_the_items(world, django_assert_max_num_queries):
    alice = world.actor("alice")
    for count in (2, 12):
        for n in range(count):
            make_item(alice, world.atlas, f"Item {n}")
        run_due_jobs()
        with django_assert_max_num_queries(14):
            backlog_as_of(alice, world.atlas, timezone.now())


def test_the_page_says_the_day_keeps_it_and_leads_to_the_records_of_then(world, sign_in):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, "Deposits")
    run_due_jobs()
    moment = timezone.now()
    item_update(record=fresh(item), actor=alice, version=None, values={"title": "Down payments"})
    client = sign_in(world.carol)
    page = client.get(PAGE, {"at": moment.isoformat()}).content.decode()
    assert "Deposits" in page
    assert "Down payments" not in page
    assert f"{item.reference}/as-of?at=" in page
    assert "As it was at the end of" in page
    assert "Down payments" in client.get(PAGE).content.decode()
    assert (
        "Nothing was in the backlog then" in client.get(PAGE, {"at": "2020-01-01"}).content.decode()
    )
    assert client.get(PAGE, {"at": "2027-02-29"}).status_code == 400
    assert PAGE in client.get("/acme/ATL/backlog/").content.decode()
    assert sign_in(world.mallory).get(PAGE, {"at": moment.isoformat()}).status_code == 404


def test_a_long_backlog_comes_in_parts(world, sign_in, api, monkeypatch):
    monkeypatch.setattr("backlog.api.backlog_past.MOST_ROWS", 2)
    for n in range(3):
        make_item(world.actor("alice"), world.atlas, f"Item {n}")
    run_due_jobs()
    client = api(world.carol, world.acme, scopes=["read"])
    today = timezone.localdate().isoformat()
    first = client.get(API, {"at": today}).json()
    assert (first["total"], first["next_part"], len(first["results"])) == (3, 2, 2)
    second = client.get(API, {"at": today, "part": 2}).json()
    assert (second["next_part"], len(second["results"])) == (None, 1)
    ranks = [row["rank"] for row in (*first["results"], *second["results"])]
    assert ranks == sorted(ranks) == [1, 2, 3]
    for wrong in ("0", "x", "-1"):
        assert client.get(API, {"at": today, "part": wrong}).status_code == 400
    assert "at" in client.get(API, {"at": "soon"}).json()["errors"]
    stranger = api(world.mallory, world.rival, scopes=["read"])
    assert stranger.get(API, {"at": today}).status_code == 404


def test_before_any_score_nothing_has_a_place(world):
    item = make_item(world.actor("alice"), world.atlas)
    moment = timezone.now()
    ranks = ranks_of_then(world.atlas, moment)
    assert (ranks.model, ranks.places) == ("", {})
    assert backlog_as_of(world.actor("carol"), world.atlas, moment).items[0].rank == 0
    run_due_jobs()
    later = ranks_of_then(world.atlas, timezone.now() + timedelta(seconds=1))
    assert later.places == {item.pk: 1}


def narrow(world, moment, **asked):
    found = backlog_as_of(world.actor("carol"), world.atlas, moment, wanted=Wanted(**asked))
    return [item.reference for item in found.items]


def test_filters_look_at_what_stood_then_and_leave_the_places_of_the_whole_list(world):
    alice = world.actor("alice")
    sea, air = (
        team_create(actor=world.actor("dora"), workspace=world.acme, name=n) for n in ("Sea", "Air")
    )
    other = make_item(alice, world.atlas, "Groups", team=air)
    item = make_item(alice, world.atlas, "Deposits", team=sea, owner=world.bob, type="feature")
    assessment_set(actor=world.actor("bob"), item=other, values=dict.fromkeys(FACTORS, 5))
    run_due_jobs()
    moment = timezone.now()
    changed = {"title": "Down payments", "team": air, "owner": None, "type": "story"}
    item_update(record=fresh(item), actor=alice, version=None, values=changed)
    record_move(fresh(item), actor=alice, state=item.workflow.next_states(item.state)[0].name)
    now = timezone.now()
    held, bob = item.state, Link(world.bob.pk, str(world.bob))
    for asked in (
        {"text": "dePosit"}, {"types": frozenset({"feature", "bug"}), "text": "dep"},
        {"links": {"team": Link(sea.pk, "Sea")}}, {"links": {"owner": bob}}, {"scored": False},
        {"states": frozenset({held}), "text": "Deposits"},
    ):  # fmt: skip
        assert narrow(world, moment, **asked) == [item.reference]
    assert narrow(world, moment, links={"owner": Link(None, None)}) == [other.reference]
    assert narrow(world, now, links={"owner": bob}) == []
    assert narrow(world, now, links={"team": Link(air.pk, "Air")}) == [other.reference, item.reference]  # fmt: skip
    assert narrow(world, now, types=frozenset({"story"})) == [item.reference]
    only = backlog_as_of(world.actor("carol"), world.atlas, moment, wanted=Wanted("Deposits"))
    assert (only.total, only.items[0].rank) == (1, 2)


def test_the_page_and_the_api_take_the_filters_and_tell_the_release_of_then(world, sign_in, api):
    alice = world.actor("alice")
    first, second = (make_release(alice, world.atlas, title) for title in ("Spring", "Autumn"))
    item = make_item(alice, world.atlas, "Deposits", owner=world.bob)
    make_item(alice, world.atlas, "Groups")
    make_placement(alice, item, release=first)
    run_due_jobs()
    moment = timezone.now().isoformat()
    placement_set(actor=alice, item=item, values={"release": second})
    client, caller = sign_in(world.carol), api(world.carol, world.acme, scopes=["read"])
    page = client.get(PAGE, {"at": moment, "owner": str(world.bob.uuid), "scored": ""}).content.decode()  # fmt: skip
    assert "Spring" in page
    assert "Groups" not in page
    assert "Filters look at what stood then" in page
    assert "Autumn" in client.get(PAGE, {"q": "deposits"}).content.decode()
    assert "No items matched then" in client.get(PAGE, {"q": "nothing"}).content.decode()
    rows = caller.get(API, {"at": moment, "owner": str(world.bob.uuid)}).json()["results"]
    assert [(row["reference"], row["planned"]) for row in rows] == [
        (item.reference, {"release": first.reference})
    ]
    assert [row["planned"] for row in caller.get(API, {"at": moment, "q": "Groups"}).json()["results"]] == [{"release": None}]  # fmt: skip
    for wrong in ({"owner": "bob"}, {"state": "lost"}, {"scored": "perhaps"}, {"sprint": "soon"}, {"team": "x"}):  # fmt: skip
        assert caller.get(API, {"at": moment, **wrong}).status_code == 400
    placement_remove(actor=alice, item=item)
    rows = caller.get(API, {"at": moment, "owner": str(world.bob.uuid)}).json()["results"]
    assert rows[0]["planned"] == {"release": first.reference}
