"""Why an item stands where it stands: the page of its score."""

from __future__ import annotations

import pytest

from backlog.models import Assessment, BacklogItem
from backlog.selectors.explain import explained
from backlog.services.assessments import assessment_set
from backlog.services.scoring_models import scoring_model_update, scoring_models_ensure
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import make_items
from tests.backlog.test_standings import judged, line, spread


def look(world, number, **more):
    item = BacklogItem.objects.select_related("product__workspace").get(number=number)
    return explained(world.actor("bob"), item, **more)


def test_a_score_is_computed_again_from_its_inputs_and_shared_out(world):
    judged(world, 400, 200, 100)
    found = look(world, 2)
    assert found.equal
    assert found.again == 200
    above = found.differences[-1]
    assert above.score == 400
    reach = next(p for p in above.parts if p["factor"].key == "reach")
    assert (reach["times"], reach["share"]) == (0.5, pytest.approx(1))
    need = {n["factor"].key: n for n in found.needed}
    assert (need["reach"]["value"], need["reach"]["lawful"]) == (400, True)
    assert need["effort"]["value"] == 0.5
    assert not need["effort"]["lawful"]
    assert look(world, 1).first is None


def test_chances_against_neighbours_and_any_other(world):
    judged(world, 250, spread(100, 200, 300), 30, 20, 10)
    found = look(world, 2)
    assert [b.other.number for b in found.beats] == [1, 3, 4]
    assert found.beats[0].chance == pytest.approx(1 / 8, abs=0.01)
    assert found.beats[1].chance == 1
    other = BacklogItem.objects.select_related("product__workspace").get(number=5)
    assert look(world, 2, against=other).beats[-1].other.number == 5


def test_inputs_say_who_gave_them_and_old_ones_are_marked(world):
    judged(world, 250)
    kept = Assessment.objects.get()
    kept.inputs["reach"]["at"] = "2020-01-01T00:00:00+00:00"
    kept.save()
    first, second = look(world, 1).inputs[:2]
    assert (first.who, first.stale) == ("Bob", "older than 90 days")
    assert (second.who, second.stale) == ("Bob", "")


def test_the_history_holds_each_score_with_the_version_it_came_from(world):
    (item,) = make_items(world, 1)
    model = scoring_models_ensure(product=world.atlas)
    bob, values = world.actor("bob"), {"customer_need": 5, "market_demand": 1, "ease": 3}
    assessment_set(actor=bob, item=item, values=values, reason="First look")
    rows = [{"key": "customer_need", "weight": 3}, {"key": "market_demand"}, {"key": "ease"}]
    model.product = world.atlas
    scoring_model_update(actor=world.actor("alice"), model=model, version=1, criteria=rows, reason="Need counts")  # fmt: skip
    run_due_jobs()
    history = look(world, 1).history
    assert [(m.score, m.version, m.reason) for m in history] == [
        (pytest.approx(19 / 5), 2, "Need counts"),
        (3.0, 1, "First look"),
    ]


def test_weights_may_move_so_far(world):
    items = make_items(world, 2)
    run_due_jobs()
    for item, need, ease in zip(items, (5, 2), (1, 3), strict=True):
        values = {"customer_need": need, "market_demand": 3, "ease": ease}
        assessment_set(actor=world.actor("bob"), item=item, values=values)
    line(world, top=1)
    swings = {s["factor"].key: s for s in look(world, 1).swings}
    # With ease at share e and need and demand halving the rest: 5(1-e)/2 + e = 2(1-e)/2 + 3e at e = 3/7.
    assert swings["ease"]["to"] == pytest.approx(3 / 7)
    assert swings["market_demand"]["to"] is None


def test_the_page_says_all_of_it_and_a_guest_of_another_product_sees_nothing(world, sign_in):
    judged(world, 250, spread(100, 200, 300), 30)
    browser = sign_in(world.bob)
    page = browser.get("/acme/ATL-2/score").content.decode()
    for words in ("equal to the last bit", "by hand: Bob", "What would give it", "Against others", "History of the score", "100 / 200 / 300"):  # fmt: skip
        assert words in page
    assert "There is no other item ATL-99" in browser.get("/acme/ATL-2/score?against=ATL-99").content.decode()  # fmt: skip
    assert "12." in browser.get("/acme/ATL-2/score?against=atl-1").content.decode()
    short = browser.get("/acme/ATL-2/score", headers={"HX-Request": "true"}).content.decode()
    assert "Against others" not in short
    assert sign_in(world.mallory).get("/acme/ATL-2/score").status_code == 404


def test_the_api_gives_the_same(world, api):
    judged(world, 250, spread(100, 200, 300), 30)
    client = api(world.bob, world.acme)
    body = client.get("/api/v1/items/ATL-2/explanation/?against=ATL-3").json()
    assert body["score"] == body["recomputed"] == 200
    assert [row["item"] for row in body["against"]] == ["ATL-1", "ATL-3"]
    assert body["inputs"][0]["value"] == "100 / 200 / 300 triangular ends"
    assert client.get("/api/v1/items/ATL-2/explanation/?against=ATL-9").status_code == 422
