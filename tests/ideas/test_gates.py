"""Stage gates: criteria written beforehand, a decision with its reason and the evidence as it stood."""

from __future__ import annotations

import json

import pytest
import time_machine

from ideas.finance.gate import verdict
from ideas.models import Gate
from ideas.services.cases import case_update
from ideas.services.gates import gate_decide, gate_update
from plm.errors import Conflict, Invalid, NotAllowed
from tests.make import make_case, make_gate, make_idea

MUST = [{"text": "Legal", "met": True}]
SHOULD = [{"text": "Fits the strategy", "weight": 2, "score": 8}, {"text": "Margin", "weight": 1, "score": 5}]  # fmt: skip
KILL = {"metric": "Sign-ups a week", "when": "below", "threshold": 50, "by": "2026-03-01"}


@pytest.mark.parametrize(
    ("must", "should", "kills", "advice"),
    [
        ([], [], [], ""), ([True], [], [], "go"), ([None], [], [], ""), ([False, None], [], [], "kill"),
        ([True], [(1, None)], [], ""), ([True], [(2, 8), (1, 5)], [], "go"), ([True], [(2, 5), (1, 5)], [], "recycle"),
        ([True], [(2, 9)], [True], "kill"), ([True], [(2, 9)], [None, False], "go"),
    ],
)  # fmt: skip
def test_every_must_and_the_weighted_score_decide_the_advice(must, should, kills, advice):
    assert verdict(must, should, kills, 6.0).advice == advice


def test_the_score_is_the_weighted_mean():
    assert verdict([], [(2, 8), (1, 5)], [], 6.0).score == pytest.approx(7.0)


@pytest.fixture
def gate(world):
    manager = world.actor("alice")
    idea = make_idea(manager, world.atlas)
    case = make_case(manager, world.atlas, idea=idea, lines=[{"name": "Build", "type": "cost", "last": 0, "amount": [1, 2, 3]}])  # fmt: skip
    return make_gate(
        manager, world.atlas, idea=idea, case=case, must=MUST, should=SHOULD, kills=[KILL]
    )


def test_a_decision_keeps_its_evidence_whatever_happens_later(world, gate):
    manager = world.actor("alice")
    decided = gate_decide(
        actor=manager, gate=gate, version=gate.version, decision="go", reason="Margin"
    )
    case_update(actor=manager, record=gate.case, version=None, values={"lines": []})
    (made,) = Gate.objects.get(pk=gate.pk).decisions
    assert decided.state == "go"
    assert made["advice"] == "go"
    assert made["evidence"]["case"]["npv"] == -2
    assert made["evidence"]["idea"]["votes"] == 0
    assert made["evidence"]["must"] == Gate.objects.get(pk=gate.pk).must


def test_after_the_decision_criteria_stay_as_they_were(world, gate):
    manager = world.actor("alice")
    decided = gate_decide(
        actor=manager, gate=gate, version=None, decision="kill", reason="No market"
    )
    with pytest.raises(Conflict):
        gate_update(actor=manager, record=decided, version=None, values={"must": []})
    with pytest.raises(Conflict):
        gate_decide(actor=manager, gate=decided, version=None, decision="go", reason="After all")
    assert gate_update(actor=manager, record=decided, version=None, values={"title": "Renamed"})


def test_a_decision_needs_its_reason_and_a_manager(world, gate):
    with pytest.raises(Invalid) as refused:
        gate_decide(actor=world.actor("alice"), gate=gate, version=None, decision="go", reason="  ")
    assert "reason" in refused.value.fields
    with pytest.raises(NotAllowed):
        gate_decide(
            actor=world.actor("bob"), gate=gate, version=None, decision="go", reason="Because"
        )
    assert Gate.objects.get(pk=gate.pk).decisions == []


def test_a_kill_criterion_keeps_the_day_it_was_written_and_cannot_be_bent_once_its_day_has_passed(
    world,
):
    manager = world.actor("alice")
    with time_machine.travel("2026-01-10", tick=False):
        gate = make_gate(manager, world.atlas, kills=[{**KILL, "written_on": "2020-01-01"}])
    assert gate.kills[0]["written_on"] == "2026-01-10"
    with time_machine.travel("2026-03-05", tick=False):
        for bent in ([], [{**KILL, "threshold": 20}]):
            with pytest.raises(Conflict):
                gate_update(actor=manager, record=gate, version=None, values={"kills": bent})
        answered = gate_update(
            actor=manager, record=gate, version=None, values={"kills": [{**KILL, "true": True}]}
        )
    assert answered.kills[0]["written_on"] == "2026-01-10"
    assert answered.verdict.advice == "kill"


def test_a_gate_on_hold_is_opened_again_and_keeps_both_decisions(world, gate, sign_in):
    browser = sign_in(world.alice)
    url = gate.get_absolute_url()
    refused = browser.post(
        f"{url}/decide", {"decision": "hold", "reason": "", "version": gate.version}
    )
    assert refused.status_code == 422
    assert browser.post(f"{url}/decide", {"decision": "hold", "reason": "Wait for the survey", "version": gate.version}).status_code == 302  # fmt: skip
    page = browser.get(url).content.decode()
    assert "Wait for the survey" in page
    assert "against the criteria" in page
    assert browser.post(f"{url}/move", {"state": "open"}).status_code == 302
    gate.refresh_from_db()
    assert gate.state == "open"
    gate_decide(
        actor=world.actor("alice"), gate=gate, version=None, decision="go", reason="It came"
    )
    assert [made["decision"] for made in Gate.objects.get(pk=gate.pk).decisions] == ["hold", "go"]


def test_a_state_alone_decides_nothing(world, gate, sign_in, api):
    sign_in(world.alice).post(f"{gate.get_absolute_url()}/move", {"state": "go"})
    client = api(world.alice, world.acme)
    url = f"/api/v1/gates/{gate.reference}/"
    answer = client.patch(url, json.dumps({"state": "kill"}), content_type="application/json", headers={"If-Match": f'"{gate.version}"'})  # fmt: skip
    assert answer.status_code == 422
    assert Gate.objects.get(pk=gate.pk).state == "open"
    made = client.post(
        f"{url}decide/",
        json.dumps({"decision": "go", "reason": "Yes"}),
        content_type="application/json",
    )
    assert made.status_code == 200, made.content
    assert made.json()["evidence"]["verdict"]["score"] == 7
