"""What items do for goals, and whether the work serves the goals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.services.assessments import assessment_set
from plm.errors import Conflict, Invalid, NotAllowed
from plm.models import Event
from plm.runner import run_due_jobs
from plm.scoring.shares import Portioned, about, portions
from plm.services.records import record_archive
from roadmap.contributions import left_over, parts_of
from roadmap.models import Contribution, Placement
from roadmap.selectors.contributions import goals_served, parts_served
from roadmap.services.contributions import contribution_set, objective_assign, objective_unassign
from tests.backlog.test_priority_services import use_rice
from tests.make import make_item, make_objective, make_placement
from tests.roadmap.test_api import send

PAGE, API = "/acme/ATL/plan/alignment", "/api/v1/products/ATL/alignment/"


@pytest.fixture
def goals(world):
    alice = world.actor("alice")
    shares = {"Cut no-shows": 50, "Open the north": 25, "Stay compliant": None}
    return {
        title: make_objective(alice, world.atlas, title, target_share=share)
        for title, share in shares.items()
    }


@pytest.fixture
def work(world, goals):
    """Three planned features of 6, 2 and 2 person-months: the first serves two goals, the second one, the third none."""
    use_rice(world)
    alice = world.actor("alice")
    made = {}
    for title, effort in (("Search", 6), ("Deposits", 2), ("Clean up", 2)):
        item = make_item(alice, world.atlas, title, type="feature", state="todo")
        values = {"reach": 900, "impact": 1, "confidence": 1, "effort": effort}
        assessment_set(actor=alice, item=item, values=values)
        made[title] = item
    for title in ("Search", "Deposits"):
        make_placement(alice, made[title], objective=goals["Cut no-shows"])
    contribution_set(
        actor=alice, item=made["Search"], objective=goals["Open the north"], percent=50
    )
    run_due_jobs()
    return made


@given(st.dictionaries(st.integers(1, 6), st.integers(1, 20)), st.integers(1, 6))
def test_the_goal_of_the_place_has_what_the_others_leave(others, main):
    parts = parts_of(main, others)
    assert sum(parts.values()) == pytest.approx(1)
    assert all(0 <= part <= 1 for part in parts.values())
    assert parts_of(None, others) == {key: percent / 100 for key, percent in others.items()}
    assert left_over(others, main) == round(100 * parts[main])


def test_a_divided_item_counts_in_each_group_by_its_part():
    rows = [
        Portioned(1, 6, frozenset("ab"), True, {"a": 0.5, "b": 0.5}),
        Portioned(2, 2, frozenset("a"), True),
        Portioned(3, 4, frozenset("b"), False, {"b": 0.25}),
    ]
    found = {p.group: p for p in portions(rows, {"b": about(0.5)})}
    assert found["a"].amount == 5
    assert found["b"].share == 3 / 8
    assert (found["b"].add, found["b"].closable) == ((), False)  # 4 of 12 is less than 3 of 8.


def test_a_contribution_is_set_changed_and_taken_back_with_its_history(world, goals):
    alice, north = world.actor("alice"), goals["Open the north"]
    item = make_item(alice, world.atlas)
    contribution_set(actor=alice, item=item, objective=north, percent=30, reason="Half the sites")
    contribution_set(actor=alice, item=item, objective=north, percent=40)
    contribution_set(actor=alice, item=item, objective=north, percent=40)
    contribution_set(actor=alice, item=item, objective=north, percent=0)
    told = Event.objects.filter(verb="contribution.set").order_by("sequence")
    said = [event.changes["contributions"] for event in told]
    ref = north.reference
    assert said == [["", f"{ref} 30%"], [f"{ref} 30%", f"{ref} 40%"], [f"{ref} 40%", ""]]
    assert not Contribution.objects.exists()


def test_what_makes_no_sense_is_refused_with_what_would(world, goals):
    alice = world.actor("alice")
    main, north, safe = goals.values()
    item = make_item(alice, world.atlas)
    make_placement(alice, item, objective=main)
    contribution_set(actor=alice, item=item, objective=north, percent=70)
    with pytest.raises(Invalid) as refused:
        contribution_set(actor=alice, item=item, objective=safe, percent=40)
    assert refused.value.fields == {"percent": "The other goals have 70%. Give 30% or less."}
    with pytest.raises(Invalid) as refused:
        contribution_set(actor=alice, item=item, objective=main, percent=10)
    assert "has the 30% that the others leave" in refused.value.fields["objective"]
    elsewhere = make_objective(alice, world.boreas)
    with pytest.raises(Invalid):
        contribution_set(actor=alice, item=item, objective=elsewhere, percent=10)
    record_archive(safe, actor=alice)
    safe.refresh_from_db()
    with pytest.raises(Conflict):
        contribution_set(actor=alice, item=item, objective=safe, percent=10)
    with pytest.raises(NotAllowed):
        contribution_set(actor=world.actor("bob"), item=item, objective=north, percent=10)


def test_a_goal_that_becomes_that_of_the_place_is_counted_once(world, goals):
    alice, north = world.actor("alice"), goals["Open the north"]
    item = make_item(alice, world.atlas)
    contribution_set(actor=alice, item=item, objective=north, percent=30)
    make_placement(alice, item, objective=north)
    assert [(s.objective, s.percent, s.main) for s in goals_served(alice, item)] == [(north, 100, True)]  # fmt: skip
    event = Event.objects.filter(verb="placement.made").get()
    assert event.changes["contributions"] == [f"{north.reference} 30%", ""]


def test_assigning_goes_by_the_place_or_by_a_contribution_and_back(world, goals):
    alice, north = world.actor("alice"), goals["Open the north"]
    placed, loose = make_item(alice, world.atlas), make_item(alice, world.atlas)
    make_placement(alice, placed, bucket="next")
    for item in (placed, loose):
        objective_assign(actor=alice, item=item, objective=north)
        assert [(s.objective, s.percent) for s in goals_served(alice, item)] == [(north, 100)]
        with pytest.raises(Invalid):
            objective_assign(actor=alice, item=item, objective=goals["Cut no-shows"])
    assert Placement.objects.get(item=placed).objective == north
    for item in (placed, loose):
        objective_unassign(actor=alice, item=item, objective=north)
        assert goals_served(alice, item) == []


def test_the_api_tells_shares_points_and_what_serves_nothing(world, work, goals, api):
    body = api(world.carol, world.acme).get(API).json()
    found = {row["title"]: row for row in body["goals"]}
    assert (body["effort"], body["unit"]) == (10, "person-months")
    assert (found["Cut no-shows"]["share"], found["Cut no-shows"]["points"]) == (0.5, 0)
    assert (found["Open the north"]["share"], found["Open the north"]["points"]) == (0.3, 5)
    assert found["Open the north"]["on_target"] is True
    assert found["Stay compliant"]["points"] is None
    assert body["idle"] == [goals["Stay compliant"].reference]
    assert body["unserved"] == [
        {"reference": work["Clean up"].reference, "title": "Clean up", "served": 0}
    ]
    assert body["unserved_share"] == 0.2
    assert api(world.alice, world.acme).get(f"{API}?scope=nonsense").status_code == 422
    assert api(world.mallory, world.rival).get(API).status_code == 404


def test_the_api_sets_what_an_item_does_for_a_goal(world, work, goals, api):
    client = api(world.alice, world.acme)
    at = f"/api/v1/contributions/{work['Deposits'].reference}/"
    north = goals["Open the north"].reference
    put = send("put", client, at, {"objective": north, "percent": 25})
    assert put.status_code == 200, put.content
    assert [(g["percent"], g["main"]) for g in put.json()["goals"]] == [(75, True), (25, False)]
    assert client.get(at).json() == put.json()
    refused = send("put", client, at, {"objective": work["Search"].reference, "percent": 5})
    assert refused.status_code == 422
    assert send("put", client, at, {"objective": north, "percent": 101}).status_code == 422


def test_the_page_mends_in_place_and_takes_it_back(world, work, goals, sign_in):
    client, safe = sign_in(world.alice), goals["Stay compliant"]
    page = client.get(PAGE).content.decode()
    assert "Items that serve no goal" in page
    assert "Clean up" in page
    given = {"item": work["Clean up"].reference, "objective": str(safe.uuid)}
    answer = client.post(f"{PAGE}/assign", given, follow=True)
    assert f"{work['Clean up'].reference} serves Stay compliant." in answer.content.decode()
    assert "Every goal that is pursued has work in this choice." in answer.content.decode()
    client.post(f"{PAGE}/assign", {**given, "back": "1"})
    assert not Contribution.objects.filter(objective=safe).exists()
    unknown = client.post(f"{PAGE}/assign", {"item": "ATL-9999", "objective": str(safe.uuid)}, follow=True)  # fmt: skip
    assert "There is no backlog item ATL-9999" in unknown.content.decode()
    assert sign_in(world.bob).post(f"{PAGE}/assign", given).status_code == 403
    assert "Assign" not in sign_in(world.carol).get(PAGE).content.decode()


def test_the_page_of_an_item_shows_and_sets_its_shares(world, work, goals, sign_in):
    client, item = sign_in(world.alice), work["Deposits"]
    at = f"{item.get_absolute_url()}/serves"
    assert "It has what the others leave" in client.get(at).content.decode().replace("it has", "It has")  # fmt: skip
    wrong = client.post(at, {"objective": str(goals["Cut no-shows"].uuid), "percent": "10"})
    assert wrong.status_code == 422
    assert "is the goal of the item" in wrong.content.decode()
    client.post(at, {"objective": str(goals["Open the north"].uuid), "percent": "10"})
    page = client.get(item.get_absolute_url()).content.decode()
    assert "90%" in page
    goal = client.get(goals["Open the north"].get_absolute_url()).content.decode()
    assert "10% of it" in goal
    assert "50% of it" in goal


def test_parts_serve_the_goal_of_what_is_above_them(world, work, goals, api):
    alice = world.actor("alice")
    make_item(alice, world.atlas, "A story", type="story", parent=work["Search"], state="todo")
    body = api(world.carol, world.acme).get(API).json()
    assert [row["title"] for row in body["unserved"]] == ["Clean up"]


def test_an_item_that_names_no_goal_says_from_where_it_has_those_it_counts_for(
    world, work, goals, api, sign_in
):
    alice = world.actor("alice")
    story = make_item(alice, world.atlas, "Story", type="story", state="todo", parent=work["Search"])  # fmt: skip
    contribution_set(actor=alice, item=work["Clean up"], objective=goals["Open the north"], percent=30)  # fmt: skip
    told = api(world.carol, world.acme).get(f"/api/v1/contributions/{story.reference}/").json()
    assert (told["goals"], told["unserved"]) == ([], 0)
    assert told["inherited_from"] == work["Search"].reference
    assert [(one["title"], one["percent"]) for one in told["inherited"]] == [("Cut no-shows", 50), ("Open the north", 50)]  # fmt: skip
    own = api(world.carol, world.acme).get(f"/api/v1/contributions/{work['Search'].reference}/")
    assert (own.json()["inherited_from"], own.json()["inherited"]) == (None, [])
    client = sign_in(world.alice)
    page = client.get(f"/acme/{story.reference}/serves").content.decode()
    assert "It names no goal, so it is counted for those of" in page
    assert work["Search"].title in client.get(f"/acme/{story.reference}").content.decode()
    part = make_item(alice, world.atlas, "Part", type="story", state="todo", parent=work["Clean up"])  # fmt: skip
    chains = {part.pk: [part.pk, work["Clean up"].pk], story.pk: [story.pk]}
    north = goals["Open the north"].number
    assert parts_served(alice, world.atlas, chains) == {part.pk: {north: 0.3}}
