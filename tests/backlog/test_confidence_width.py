"""RICE's confidence as a width: the score without it, the ranks drawn with it, and every page saying so."""

from __future__ import annotations

import pytest

from backlog.models import BacklogItem, Standing, StandingBasis
from backlog.services.assessments import assessment_set
from backlog.services.scoring_models import scoring_model_update, scoring_models_ensure
from plm.errors import Invalid
from plm.models import Event
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import make_items, use_rice
from tests.bad_input import refusal, send

MODELS = "/api/v1/scoring-models/"


@pytest.fixture
def judged(world):
    """Two items with the same reach; the second is less sure and has a little more impact per effort."""
    items = make_items(world, 2)
    use_rice(world)
    for item, values in zip(items, [(1, 1, 2), (1, 0.5, 1.5)], strict=True):
        impact, confidence, effort = values
        assessment_set(
            actor=world.actor("bob"), item=item,
            values={"reach": 300, "impact": impact, "confidence": confidence, "effort": effort},
        )  # fmt: skip
    run_due_jobs()
    return items


def widen(world, confidence="width"):
    model = scoring_models_ensure(product=world.atlas)
    model.product = world.atlas
    changed = scoring_model_update(
        actor=world.actor("alice"), model=model, version=None, confidence=confidence, reason="Count doubt once"
    )  # fmt: skip
    run_due_jobs()
    return changed


def scores():
    return dict(BacklogItem.objects.filter(score__isnull=False).values_list("number", "score"))


def test_as_width_the_score_leaves_confidence_out_and_the_draws_take_it_in(world, judged):
    assert scores() == {1: 150.0, 2: 100.0}
    assert StandingBasis.objects.get().draws == 1
    before = StandingBasis.objects.get().mark
    widen(world)
    assert scores() == {1: 150.0, 2: 200.0}
    basis = StandingBasis.objects.get()
    assert (basis.uncertain, basis.draws) == (1, 10_000)
    assert basis.mark != before
    assert Standing.objects.get(item__number=2).low < Standing.objects.get(item__number=2).high
    fact = Event.objects.filter(verb="scoring_model.updated").latest("pk")
    assert fact.changes["confidence"] == ["multiplier", "width"]
    widen(world, "multiplier")
    assert scores() == {1: 150.0, 2: 100.0}
    assert StandingBasis.objects.get().draws == 1


def test_the_score_needs_no_confidence_then(world, judged):
    widen(world)
    assessment_set(actor=world.actor("bob"), item=judged[1], values={"confidence": None})
    run_due_jobs()
    assert scores() == {1: 150.0, 2: 200.0}
    assert StandingBasis.objects.get().uncertain == 0


def test_the_pages_explain_what_confidence_does(world, judged, sign_in):
    browser = sign_in(world.alice)
    assert (
        "is no factor" not in browser.get(f"{judged[1].get_absolute_url()}/score").content.decode()
    )
    widen(world)
    page = browser.get(f"{judged[1].get_absolute_url()}/score").content.decode()
    assert "50 % lets the impact lie between 0.5 and 2 in 80 of 100 draws" in page
    assert "reach × impact / effort" in page
    assert "equal to the last bit" in page
    page = browser.get("/acme/ATL/prioritize/model").content.decode()
    assert "How confidence counts" in page
    assert "Confidence is no factor of it" in page


def test_the_model_page_changes_it(world, judged, sign_in):
    model = scoring_models_ensure(product=world.atlas)
    url = f"/acme/ATL/prioritize/model/{model.uuid}/edit"
    sent = {"name": "RICE", "version": "1", "reason": "", "confidence": "width"}
    assert sign_in(world.alice).post(url, sent).status_code == 302
    assert model.versions.get(version=2).formula.confidence == "width"
    assert "confidence" not in model.versions.get(version=1).definition


def test_the_api_reads_and_sets_it_of_rice_alone(world, judged, api):
    client = api(world.alice, world.acme)
    rows = {row["method"]: row for row in client.get(f"{MODELS}?product=ATL").json()["results"]}
    assert (rows["rice"]["confidence"], rows["weighted"]["confidence"]) == ("multiplier", None)
    url = f"{MODELS}{rows['rice']['id']}/"
    changed = send(client, "PATCH", url, {"confidence": "width"}, **{"If-Match": '"1"'}).json()
    assert changed["confidence"] == "width"
    assert changed["formula"] == "reach * impact / effort"
    url = f"{MODELS}{rows['weighted']['id']}/"
    wrong = send(client, "PATCH", url, {"confidence": "width"}, **{"If-Match": '"1"'})
    assert "does not have RICE's confidence" in refusal(wrong, 422)["errors"]["confidence"]
    run_due_jobs()
    why = client.get("/api/v1/items/ATL-2/assessment/").json()["explanation"]["parts"]
    assert {part["key"]: part["counted"] for part in why}["confidence"] is None


def test_it_counts_one_of_two_ways(world, judged):
    with pytest.raises(Invalid, match="another look"):
        widen(world, "both")
