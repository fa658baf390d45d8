"""How effort and value divide among goals, segments and kinds, against the shares that were wanted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backlog.models import Requirement, ShareTargets
from backlog.services.assessments import assessment_set
from backlog.services.items import item_update
from backlog.services.share_targets import share_targets_set
from ideas.services.segments import segment_create
from plm.errors import Invalid, NotAllowed, Stale
from plm.models import Event
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import use_rice
from tests.bad_input import refusal, send
from tests.make import make_item, make_objective, make_placement, make_release, make_spec

PAGE, TARGETS = "/acme/ATL/prioritize/balance", "/acme/ATL/prioritize/balance/targets"
API, API_TARGETS = "/api/v1/products/ATL/balance/", "/api/v1/products/ATL/balance-targets/"


@pytest.fixture
def world_of_work(world):
    """Ranked by RICE: a feature of 6 and a bug of 2 person-months are planned; a task of 4 is not; one feature has no effort.

    Values (score × effort) are 600, 1000 and 400.
    """
    use_rice(world)
    bob = world.actor("bob")
    rows = [
        ("Search", "feature", "todo", 600, 6),
        ("Lost mail", "bug", "in_progress", 1000, 2),
        ("Clean up", "task", "backlog", 400, 4),
        ("Open question", "feature", "todo", 100, None),
    ]
    made = {}
    for title, kind, state, reach, effort in rows:
        item = make_item(bob, world.atlas, title, type=kind, state=state)
        values = {"reach": reach, "impact": 1, "confidence": 1, "effort": effort}
        assessment_set(actor=bob, item=item, values=values)
        made[title] = item
    run_due_jobs()
    return made


def groups(body, name):
    found = next(one for one in body["groupings"] if one["name"] == name)
    return {row["group"]: row for row in found["rows"]}


def test_effort_and_value_divide_by_kind_and_what_is_not_known_is_said(world, world_of_work, api):
    body = api(world.carol, world.acme).get(API).json()
    assert body["scope"] == "planned"
    assert (body["effort"]["total"], body["effort"]["unit"]) == (8, "person-months")
    assert (body["effort"]["known"], body["effort"]["unknown"]) == (2, 1)
    assert (body["value"]["total"], body["value"]["unit"]) == (1600, "impact-people")
    kinds = groups(body, "type")
    assert (kinds["feature"]["share"], kinds["bug"]["share"]) == (0.75, 0.25)
    assert kinds["bug"]["other_share"] == 0.625
    assert kinds["feature"]["items"] == 2
    assert "task" not in kinds
    assert groups(body, "goal")[""]["share"] == 1
    assert groups(body, "goal")[""]["label"] == "No goal"


def test_a_target_says_how_far_off_and_what_would_close_the_gap(world, world_of_work, api, sign_in):
    share_targets_set(
        actor=world.actor("alice"), product=world.atlas, version=None,
        targets={"type": {"task": 20, "bug": 26, "epic": 10}},
    )  # fmt: skip
    kinds = groups(api(world.carol, world.acme).get(API).json(), "type")
    assert (kinds["task"]["points"], kinds["task"]["add"]) == (-20, [world_of_work["Clean up"].reference])  # fmt: skip
    assert kinds["bug"]["points"] == -1
    assert kinds["bug"]["on_target"] is True
    assert (kinds["epic"]["points"], kinds["epic"]["closable"]) == (-10, False)
    page = sign_in(world.carol).get(PAGE).content.decode()
    assert "20 points short. Next in rank that would close the gap: ATL-3." in page
    assert "10 points short, and there is no ranked item outside to take in" in page
    assert "On target." in page
    assert 'x1="20.0"' in page


def test_what_else_an_epic_holds_can_close_a_gap(world, world_of_work, api):
    alice = world.actor("alice")
    epic = make_item(alice, world.atlas, "All of mail", type="epic", state="in_progress")
    for title in ("Lost mail", "Clean up"):
        item_update(actor=alice, record=world_of_work[title], version=None, values={"parent": epic})
    share_targets_set(
        actor=alice, product=world.atlas, version=None, targets={"type": {"task": 30}}
    )
    body = api(world.carol, world.acme).get(API).json()
    assert groups(body, "type")["task"]["add"] == [world_of_work["Clean up"].reference]
    assert (body["effort"]["total"], body["effort"]["with_others"]) == (8, 1)


def test_the_goal_of_an_item_is_that_of_its_place_or_of_what_is_above_it(world, world_of_work, api):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, target_share=90, state="active")
    make_placement(alice, world_of_work["Search"], bucket="now", objective=goal)
    make_item(alice, world.atlas, "A part of it", type="story", state="todo", parent=world_of_work["Search"])  # fmt: skip
    client = api(world.carol, world.acme)
    body = client.get(API).json()
    row = groups(body, "goal")[goal.reference]
    assert (row["share"], row["target"], row["points"]) == (0.75, 0.9, -15)
    assert body["effort"]["with_others"] == 1
    assert body["effort"]["unknown"] == 1
    placed = client.get(API, {"scope": "roadmap"}).json()
    assert placed["items"] == 1
    assert groups(placed, "goal")[goal.reference]["points"] == 10
    assert groups(placed, "goal")[goal.reference]["on_target"] is False


def test_the_next_release_and_the_first_places_can_be_looked_at(world, world_of_work, api):
    alice, client = world.actor("alice"), api(world.carol, world.acme)
    none = client.get(API, {"scope": "release"}).json()
    assert (none["items"], "no open release" in none["says"]) == (0, True)
    later = make_release(alice, world.atlas, "Autumn", release_on="2026-10-01")
    soon = make_release(alice, world.atlas, "Spring", release_on="2026-04-01")
    make_placement(alice, world_of_work["Search"], bucket="now", release=later)
    make_placement(alice, world_of_work["Clean up"], bucket="now", release=soon)
    body = client.get(API, {"scope": "release"}).json()
    assert soon.reference in body["says"]
    assert list(groups(body, "type")) == ["task"]
    top = client.get(API, {"scope": "top", "top": 1}).json()
    assert (top["items"], top["says"]) == (1, "The first 1 places of the ranked list.")
    assert list(groups(top, "type")) == ["bug"]  # 1000 / 2 ranks first


def test_an_item_for_two_segments_counts_in_both(world, world_of_work, api):
    alice = world.actor("alice")
    both = [
        segment_create(actor=alice, workspace=world.acme, values={"name": name, "rules": [{"field": "plan", "test": "is", "value": name}]})
        for name in ("Shops", "Chains")
    ]  # fmt: skip
    make_spec(alice, world.atlas, world_of_work["Search"], segments=both)
    rows = groups(api(world.carol, world.acme).get(API).json(), "segment")
    assert [rows[str(one.uuid)]["share"] for one in both] == [0.75, 0.75]
    assert rows[""]["share"] == 0.25


def test_requirements_are_held_against_the_rule_of_dsdm(world, world_of_work, api, sign_in):
    spec = make_spec(world.actor("alice"), world.atlas, world_of_work["Search"])
    rows = [("must", 8), ("should", 2), ("could", None), ("wont", 5)]
    for moscow, points in rows:
        Requirement.objects.create(
            workspace=world.acme, spec=spec, text=moscow, moscow=moscow, estimate=points and Decimal(points)
        )  # fmt: skip
    found = api(world.carol, world.acme).get(API).json()["moscow"]
    assert found["efforts"] == {"must": 8, "should": 2, "could": 0, "wont": 5}
    assert (found["shares"]["must"], found["unestimated"]) == (0.8, 1)
    assert "Musts take 80%" in found["problems"][0]
    page = sign_in(world.carol).get(PAGE).content.decode()
    assert "1 without an estimate" in page
    assert "Musts take 80%" in page


def test_targets_are_set_by_a_form_that_shows_both_when_it_is_stale(world, sign_in):
    assert sign_in(world.bob).get(TARGETS).status_code == 403
    browser = sign_in(world.alice)
    assert "Kinds: Bug" in browser.get(TARGETS).content.decode()
    assert browser.post(TARGETS, {"version": "0", "type.bug": "20"})["Location"] == PAGE
    assert ShareTargets.objects.get().targets == {"type": {"bug": 20}}
    assert Event.objects.filter(verb="ranking.targets_set").count() == 1
    stale = browser.post(TARGETS, {"version": "0", "type.bug": "30"})
    assert stale.status_code == 409
    assert "20" in stale.content.decode()
    over = browser.post(TARGETS, {"version": "1", "type.bug": "60", "type.task": "50"})
    assert over.status_code == 422
    assert "together have 110 %" in over.content.decode()
    assert browser.post(TARGETS, {"version": "1", "type.bug": "120"}).status_code == 422


def test_targets_over_the_api(world, api):
    client = api(world.alice, world.acme)
    read = client.get(API_TARGETS)
    kinds = next(one for one in read.json()["groupings"] if one["name"] == "type")["groups"]
    assert {"key": "bug", "label": "Bug", "target": None} in kinds
    body = {"targets": {"type": {"bug": 20}}}
    put = send(client, "PUT", API_TARGETS, body, **{"If-Match": read["ETag"]})
    assert put.status_code == 200
    refusal(send(client, "PUT", API_TARGETS, body, **{"If-Match": read["ETag"]}), 412)
    now = {"If-Match": put["ETag"]}
    wrong = {"targets": {"type": {"nothing": 20}, "goal": {"x": 1}}}
    assert refusal(send(client, "PUT", API_TARGETS, wrong, **now), 422)["errors"].keys() == {"type.nothing", "goal"}  # fmt: skip
    refusal(send(api(world.bob, world.acme), "PUT", API_TARGETS, body, **now), 403)
    assert api(world.mallory, world.rival).get(API_TARGETS).status_code == 404


def test_who_may_not_sets_no_targets_and_a_stale_set_is_refused(world):
    with pytest.raises(NotAllowed):
        share_targets_set(actor=world.actor("bob"), product=world.atlas, version=None, targets={})
    alice = world.actor("alice")
    share_targets_set(actor=alice, product=world.atlas, version=0, targets={"type": {"bug": 5}})
    with pytest.raises(Stale):
        share_targets_set(actor=alice, product=world.atlas, version=0, targets={})
    with pytest.raises(Invalid):
        share_targets_set(actor=alice, product=world.atlas, version=1, targets={"type": {"bug": float("nan")}})  # fmt: skip


def test_an_empty_product_says_what_to_do(world, sign_in):
    page = sign_in(world.carol).get(PAGE).content.decode()
    assert "Nothing to divide" in page
    assert sign_in(world.carol).get(PAGE, {"scope": "nothing"}).status_code == 200
    assert sign_in(world.carol).get(PAGE, {"nothing": "1"}).status_code == 400
