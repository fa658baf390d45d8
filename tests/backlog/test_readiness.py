"""The definition of ready: judged from the data, shown with where to mend it, and a gate where the product says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from backlog.models import BacklogItem
from backlog.readiness import CONDITIONS, Facts, missing
from backlog.services.items import item_move, item_update
from backlog.services.readiness import spec_policy_update
from backlog.services.reviews import review_answer, review_ask, spec_sign_off
from backlog.services.specs import spec_update
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.models import Event
from tests.make import make_item, make_spec

ALL = [condition.name for condition in CONDITIONS]
READY = Facts(
    problem="Groups pay apart.", goals=1, non_goals=1, metric="Split bills", has_baseline=True,
    has_target=True, has_due=True, signed_off=True, estimated=True, owned=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("problem", replace(READY, problem="  ")),
        ("goals", replace(READY, goals=0)),
        ("non_goals", replace(READY, non_goals=0)),
        ("metric", replace(READY, has_target=False)),
        ("acceptance", replace(READY, bare_musts=("Pay in parts",))),
        ("questions", replace(READY, open_questions=2)),
        ("signed_off", replace(READY, signed_off=False)),
        ("estimate", replace(READY, estimated=False)),
        ("owner", replace(READY, owned=False)),
    ],
)
def test_each_condition_is_judged_by_itself_and_only_where_it_is_asked_for(name, facts):
    assert missing(READY, ALL) == ()
    assert [part.condition.name for part in missing(facts, ALL)] == [name]
    assert missing(facts, [c for c in ALL if c != name]) == ()


def test_what_is_missing_is_named_in_words():
    texts = [part.text for part in missing(Facts(bare_musts=("Pay", "Split")), ALL)]
    assert texts[3] == "The success metric lacks the metric, its baseline, its target, the day."
    assert texts[4] == "“Pay” and 1 more must be, without acceptance criteria."


@pytest.fixture
def spec(world):
    return make_spec(
        world.actor("bob"), world.atlas, problem="Groups pay apart.", goals=["One bill"]
    )


@pytest.fixture
def gated(world):
    return spec_policy_update(
        actor=world.actor("alice"), product=world.atlas, version=0, values={"gates": True}
    )


def move(world, spec, state, name="bob", **kwargs):
    item = BacklogItem.objects.select_related("product__workspace").get(pk=spec.item_id)
    return item_move(item, actor=world.actor(name), state=state, **kwargs)


def test_the_gate_keeps_an_item_out_of_delivery_and_names_what_is_missing(world, spec, gated):
    with pytest.raises(Conflict) as refused:
        move(world, spec, "todo")
    for words in ("no non-goal", "not approved by review", "no estimate", "no owner"):
        assert words in refused.value.message
    with pytest.raises(Conflict):
        item_update(
            actor=world.actor("bob"),
            record=spec.item,
            version=None,
            values={"state": "in_progress"},
        )
    assert move(world, spec, "cancelled").state == "cancelled"
    other = make_item(world.actor("bob"), world.atlas)
    assert item_move(other, actor=world.actor("bob"), state="todo").state == "todo"


def test_a_ready_item_goes_through_and_what_is_under_way_is_not_stopped(world, spec, gated):
    bob, carol = world.actor("bob"), world.actor("carol")
    ready = {
        "non_goals": ["Currencies"], "success_metric": "Split bills", "success_baseline": 3,
        "success_target": 9, "success_due": date(2027, 1, 1),
        "requirements": [{"text": "Parts", "acceptance": [{"text": "Sum"}]}],
    }  # fmt: skip
    spec_update(actor=bob, record=spec, version=None, values=ready)
    review_ask(actor=bob, spec=spec, reviewers=[world.carol])
    review_answer(actor=carol, spec=spec, verdict="approved", number=2)
    spec_sign_off(actor=bob, spec=spec)
    item_update(
        actor=bob, record=spec.item, version=None, values={"estimate": 5, "owner": world.bob}
    )
    assert move(world, spec, "todo").state == "todo"
    item_update(actor=bob, record=spec.item, version=None, values={"estimate": None})
    assert move(world, spec, "in_progress").state == "in_progress"


def test_a_manager_overrides_it_with_a_reason_that_stays_in_the_history(
    world, spec, gated, sign_in
):
    with pytest.raises(NotAllowed):
        move(world, spec, "todo", overriding=True, reason="Now!")
    with pytest.raises(Invalid):
        move(world, spec, "todo", "alice", overriding=True)
    url = spec.item.get_absolute_url()
    browser = sign_in(world.alice)
    assert b"Begin before it is ready" in browser.get(url).content
    assert b"Begin before it is ready" not in sign_in(world.bob).get(url).content
    sent = {"state": "todo", "reason": "The fair opens on Monday."}
    assert sign_in(world.bob).post(f"{url}/override", sent).status_code == 403
    assert browser.post(f"{url}/override", sent).status_code == 302
    event = Event.objects.get(verb="item.overridden")
    assert event.reason == "The fair opens on Monday."
    page = browser.get(url).content
    assert b"sent it into delivery before it was ready" in page
    assert b"The fair opens on Monday." in page


def test_without_a_gate_it_only_tells(world, spec, sign_in):
    assert move(world, spec, "in_progress").state == "in_progress"
    for record in (spec, spec.item):
        page = sign_in(world.bob).get(record.get_absolute_url()).content.decode()
        assert "Not ready" in page
        assert f"{spec.get_absolute_url()}/edit#id_non_goals" in page
        assert f"{spec.item.get_absolute_url()}/edit#id_estimate" in page


def test_the_settings_choose_conditions_and_two_tabs_do_not_overwrite_each_other(
    world, spec, sign_in
):
    browser, url = sign_in(world.alice), "/acme/ATL/settings/specifications"
    assert b"Ready means" in browser.get(url).content
    sent = {"version": "0", "approvals_needed": "2", "remind_after_days": "5", "gates": "on",
            "conditions": ["problem", "goals"]}  # fmt: skip
    assert browser.post(url, sent).status_code == 302
    assert browser.post(url, {**sent, "approvals_needed": "3"}).status_code == 409
    assert browser.post(url, {**sent, "version": "1", "approvals_needed": "99"}).status_code == 422
    assert sign_in(world.bob).get(url).status_code == 403
    assert move(world, spec, "todo").state == "todo"
    with pytest.raises(Stale):
        spec_policy_update(
            actor=world.actor("alice"), product=world.atlas, version=0, values={"gates": False}
        )


def test_the_api_reads_and_sets_it_and_overrides(world, spec, api):
    alice, bob = api(world.alice, world.acme), api(world.bob, world.acme)
    url = "/api/v1/products/ATL/spec-policy/"
    read = bob.get(url)
    assert (read.json()["approvals_needed"], read.json()["conditions"]) == (1, ALL)
    body = {**read.json(), "gates": True}
    del body["product"]

    def send(client, method, path, given, **headers):
        return getattr(client, method)(
            path, json.dumps(given), content_type="application/json", headers=headers
        )

    assert send(alice, "put", url, body).status_code == 428
    saved = send(alice, "put", url, body, **{"If-Match": read["ETag"]})
    assert saved.status_code == 200, saved.content
    assert send(alice, "put", url, body, **{"If-Match": read["ETag"]}).status_code == 412
    assert send(bob, "put", url, body, **{"If-Match": saved["ETag"]}).status_code == 403
    for kind, record in (("specs", spec), ("items", spec.item)):
        found = bob.get(f"/api/v1/{kind}/{record.reference}/readiness/").json()
        assert (found["specification"], found["ready"]) == (spec.reference, False)
        assert {row["name"]: row["met"] for row in found["conditions"]}["problem"]
    card = f"/api/v1/items/{spec.item.reference}/move/"
    refused = send(alice, "post", card, {"state": "todo"})
    assert refused.status_code == 409
    assert "no non-goal" in refused.json()["detail"]
    forced = {"state": "todo", "override": True, "reason": "The fair"}
    assert send(bob, "post", card, forced).status_code == 403
    assert send(alice, "post", card, forced).status_code == 200
