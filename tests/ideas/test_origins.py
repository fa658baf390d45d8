"""What stage 1 makes of an idea stays in the idea's product: others of the product may not read that one."""

from __future__ import annotations

import json

import pytest

from ideas.models import BusinessCase, Feasibility, Gate
from ideas.services.cases import case_update
from ideas.services.evidence import evidence_update
from ideas.services.gates import gate_update
from plm.errors import Invalid
from tests.make import make_case, make_evidence, make_gate, make_idea


def feasibility(actor, product, **values):
    return make_evidence(Feasibility, actor, product, **values)


EACH = pytest.mark.parametrize(
    ("model", "make", "update"),
    [
        (BusinessCase, make_case, case_update),
        (Feasibility, feasibility, evidence_update),
        (Gate, make_gate, gate_update),
    ],
)


@EACH
def test_an_idea_of_another_product_is_refused_and_nothing_is_written(world, model, make, update):
    alice = world.actor("alice")
    foreign = make_idea(alice, world.boreas)
    with pytest.raises(Invalid) as refused:
        make(alice, world.atlas, idea=foreign)
    assert "idea" in refused.value.fields
    assert not model.objects.exists()
    record = make(alice, world.atlas, idea=make_idea(alice, world.atlas))
    with pytest.raises(Invalid):
        update(actor=alice, record=record, version=record.version, values={"idea": foreign})
    assert model.objects.get().idea_id == record.idea_id


def test_a_gate_takes_no_case_of_another_product(world, api):
    case = make_case(world.actor("alice"), world.boreas)
    body = {"product": "ATL", "title": "Go?", "case": case.reference}
    answer = api(world.alice, world.acme).post(
        "/api/v1/gates/", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 422
    assert "case" in answer.json()["errors"]
    assert not Gate.objects.exists()
