"""Weights tried before anything is saved; scenarios kept, compared, applied."""

from __future__ import annotations

import pytest

from backlog.models import BacklogItem, Scenario
from backlog.services.assessments import assessment_set
from backlog.services.ranks import item_rank_pin
from backlog.services.scenarios import scenario_apply, scenario_create
from backlog.services.scoring_models import scoring_model_update, scoring_models_ensure
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.models import Event
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import make_items, use_rice
from tests.bad_input import refusal, send
from tests.permissions import digest

PAGE, KEPT = "/acme/ATL/prioritize/what-if", "/acme/ATL/prioritize/scenarios"
API = "/api/v1/products/ATL/"
EASE = {"customer_need": 1, "market_demand": 1, "ease": 8}
HX = {"HX-Request": "true"}


@pytest.fixture
def judged(world):
    """Scores (5+5+1)/3, (3+3+4)/3, (1+1+5)/3: with ease at 8 of 10 they are 1.8, 3.8, 4.2."""
    items = make_items(world)
    for item, values in zip(items, [(5, 5, 1), (3, 3, 4), (1, 1, 5)], strict=True):
        keys = ("customer_need", "market_demand", "ease")
        assessment_set(
            actor=world.actor("bob"), item=item, values=dict(zip(keys, values, strict=True))
        )
    run_due_jobs()
    return items


def keep(world, name="Easy first", weights=EASE, actor="alice"):
    model = scoring_models_ensure(product=world.atlas)
    return scenario_create(
        actor=world.actor(actor), product=world.atlas, model=model, name=name, why="To see what is quick",
        weights=weights,
    )  # fmt: skip


def test_other_weights_show_another_order_and_write_nothing(world, judged, api):
    client = api(world.carol, world.acme)
    before = digest()
    answer = send(client, "POST", f"{API}what-if/", {"weights": EASE, "top": 1}).json()
    assert [(r["item"], r["old"], r["new"]) for r in answer["rows"]] == [
        ("ATL-3", 3, 1), ("ATL-2", 2, 2), ("ATL-1", 1, 3),
    ]  # fmt: skip
    assert [r["score"] for r in answer["rows"]] == pytest.approx([4.2, 3.8, 1.8])
    assert [r["item"] for r in answer["enters"]] == ["ATL-3"]
    assert [r["item"] for r in answer["leaves"]] == ["ATL-1"]
    assert answer["moved"] == 2
    assert digest() == before


def test_the_weights_that_stand_change_no_place_and_fixed_places_stay(world, judged, api):
    client = api(world.carol, world.acme)
    assert send(client, "POST", f"{API}what-if/", {}).json()["moved"] == 0
    item_rank_pin(
        actor=world.actor("alice"), item=judged[0], rank=2, reason="Promised to a customer"
    )
    run_due_jobs()
    rows = send(client, "POST", f"{API}what-if/", {"weights": EASE}).json()["rows"]
    assert [(r["item"], r["pinned"]) for r in rows] == [("ATL-3", False), ("ATL-1", True), ("ATL-2", False)]  # fmt: skip


def test_a_method_without_weights_says_so(world, judged, api, sign_in):
    use_rice(world)
    run_due_jobs()
    refused = send(api(world.carol, world.acme), "POST", f"{API}what-if/", {"weights": EASE})
    assert "RICE has no weights" in refusal(refused, 422)["errors"]["weights"]
    page = sign_in(world.carol).get(PAGE).content.decode()
    assert "it has no weights to move" in page


def test_the_page_moves_by_its_sliders_and_keeps_a_scenario(world, judged, sign_in):
    browser = sign_in(world.bob)
    page = browser.get(PAGE, {"w.ease": "8", "top": "1"})
    assert "2 of 3 items change their place" in page.content.decode()
    part = browser.get(PAGE, {"w.ease": "8"}, headers=HX).content.decode()
    assert "<html" not in part
    assert "up 2" in part
    wrong = browser.get(PAGE, {"w.ease": "-1"}).content.decode()
    assert "a weight is above 0" in wrong
    sent = {"w.ease": "8", "name": "Easy first", "why": "To see what is quick"}
    assert browser.post(PAGE, sent)["Location"] == KEPT
    assert Scenario.objects.get().weights == EASE
    again = browser.post(PAGE, sent)
    assert again.status_code == 422
    assert "of that name already" in again.content.decode()
    assert BacklogItem.objects.get(number=1).rank == 1
    assert sign_in(world.carol).post(PAGE, sent).status_code == 403


def test_applying_is_a_new_version_with_its_reason(world, judged, sign_in):
    kept = keep(world)
    url = f"{KEPT}/{kept.uuid}/apply"
    assert sign_in(world.bob).get(url).status_code == 403
    browser = sign_in(world.alice)
    assert browser.post(url, {"version": "1", "reason": ""}).status_code == 422
    assert browser.post(url, {"version": "1", "reason": "Quick wins first"}).status_code == 302
    run_due_jobs()
    assert BacklogItem.objects.get(number=3).rank == 1
    model = scoring_models_ensure(product=world.atlas)
    assert model.version == 2
    assert model.versions.get(version=2).reason == "Quick wins first"
    assert Event.objects.filter(verb="scenario.applied", reason="Quick wins first").exists()
    assert "is at version 2 now" in browser.get(KEPT).content.decode()


def test_a_scenario_does_not_overwrite_a_model_that_moved(world, judged):
    kept, model = keep(world), scoring_models_ensure(product=world.atlas)
    alice = world.actor("alice")
    two = [{"key": "customer_need"}, {"key": "ease"}]
    scoring_model_update(actor=alice, model=model, version=1, criteria=two)
    with pytest.raises(Conflict):
        scenario_apply(actor=alice, scenario=kept, reason="Quick wins first")
    scoring_model_update(
        actor=alice, model=model, version=2, criteria=[*two, {"key": "market_demand", "label": "Demand"}]
    )  # fmt: skip
    with pytest.raises(Stale):
        scenario_apply(actor=alice, scenario=kept, reason="Quick wins first", version=1)


def test_two_scenarios_stand_beside_each_other(world, judged, sign_in):
    one, other = keep(world), keep(world, "As it is", {})
    browser = sign_in(world.carol)
    page = browser.get(KEPT, {"a": one.uuid, "b": other.uuid}).content.decode()
    row = page.split("<tbody>")[1].split("</tr>")[0]
    assert "ATL-3" in row
    assert [cell.partition("<")[0] for cell in row.split('">')[-4:]] == ["3", "1", "3", "2"]
    assert browser.post(f"{KEPT}/{one.uuid}/remove").status_code == 403
    assert sign_in(world.bob).post(f"{KEPT}/{one.uuid}/remove").status_code == 302
    assert [row.name for row in Scenario.objects.all()] == ["As it is"]


def test_scenarios_over_the_api(world, judged, api):
    client = api(world.alice, world.acme)
    made = send(
        client, "POST", f"{API}scenarios/", {"name": "Easy", "why": "Quick ones", "weights": EASE}
    )
    assert made.status_code == 201
    url = f"{API}scenarios/{made.json()['id']}/"
    assert client.get(url).json()["weights"] == EASE
    assert [row["name"] for row in client.get(f"{API}scenarios/").json()["results"]] == ["Easy"]
    applied = send(client, "POST", f"{url}apply/", {"reason": "Quick wins", "version": 1})
    assert applied.json()["stale"] is True
    refusal(send(client, "POST", f"{url}apply/", {"reason": "Again", "version": 1}), 412)
    assert api(world.mallory, world.rival).get(url).status_code == 404
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("weights", [{"ease": 0}, {"ease": 1001}, {"nothing": 1}, {"ease": "1_0"}])
def test_lawless_weights_are_refused(world, judged, weights):
    with pytest.raises(Invalid):
        keep(world, weights=weights)
    with pytest.raises(NotAllowed):
        keep(world, actor="carol")
