"""What a round of points, pairs, Kano or MaxDiff found becomes a factor of the ranking."""

from __future__ import annotations

import pytest

from backlog.models import Assessment, ScoringModel
from backlog.selectors.rounds import items_of, sets_of
from backlog.selectors.rounds_use import fitting_factors, mapping_of
from backlog.services.assessments import assessment_set
from backlog.services.rounds import round_move
from backlog.services.rounds_answers import round_answer
from backlog.services.rounds_people import round_guest_add
from backlog.services.rounds_use import round_use
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from backlog.services.sources import factor_sources_set, factors_fill
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.models import Event
from plm.permissions import Actor
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import assert_every_score_comes_from_its_inputs, use_rice
from tests.make import make_item, make_round

GUEST = Actor(name="Guest")


@pytest.fixture
def weighted(world):
    """Customer need, market demand, ease, each 1 to 5."""
    scoring_models_ensure(product=world.atlas)
    model = ScoringModel.objects.select_related("product").get(
        product=world.atlas, method="weighted"
    )
    return scoring_model_activate(actor=world.actor("alice"), model=model)


@pytest.fixture
def items(world, weighted):
    return [make_item(world.actor("bob"), world.atlas, f"Item {n}") for n in range(4)]


def begun(world, items, kind):
    return make_round(world.actor("alice"), world.atlas, items, kind, title="What matters")


def guest(world, row, name):
    person, _ = round_guest_add(actor=world.actor("alice"), row=row, name=name)
    return person


def revealed(world, row):
    return round_move(actor=world.actor("alice"), row=row, state="revealed")


@pytest.fixture
def points(world, items):
    """60 points for the first, 30 for the second, none for the others."""
    row = begun(world, items, "points")
    one, two, *_ = row.items.all()
    given = {"points": {one.uuid: 60, two.uuid: 30}}
    round_answer(actor=GUEST, participant=guest(world, row, "Ana"), given=given)
    return revealed(world, row)


def values(row, key):
    return {m.item.title: m.value for m in mapping_of(row, items_of(row), key).rows}


def test_points_become_a_factor_with_reason_and_source_and_the_ranks_follow(world, items, points):
    assert [f.key for f in fitting_factors(points)] == ["customer_need", "market_demand", "ease"]
    found = round_use(
        actor=world.actor("alice"), row=points, factor="customer_need", reason="Our guests said so"
    )
    assert [one.value for one in found.rows] == [5, 3, 1, 1]
    assert "most points counts as 100" in found.rule
    kept = Assessment.objects.get(item=items[1])
    assert kept.v1 == 3
    assert kept.inputs["customer_need"]["source"] == f"round:{points.uuid}"
    event = Event.objects.filter(verb="item.assessed", record_id=items[1].pk).get()
    assert event.reason == "Round “What matters”: Our guests said so"
    used = Event.objects.get(verb="round.used")
    assert used.data["values"]["ATL-1"] == 5
    said = points.items.get(item=items[0])
    assert said.decided == {"customer_need": 5}
    assert said.decided_reason == "Used as Customer need: 5. Our guests said so"
    run_due_jobs()
    assert_every_score_comes_from_its_inputs(world.atlas)


def test_pairs_maxdiff_and_kano_say_what_they_know_and_no_more(world, items):
    row = begun(world, items, "pairs")
    one, two, three, _ = row.items.all()
    ana = guest(world, row, "Ana")
    for pair in ((one, two), (two, three), (one, three)):
        given = {"pair": [i.uuid for i in pair], "winner": pair[0].uuid}
        round_answer(actor=GUEST, participant=ana, given=given)
    found = values(revealed(world, row), "ease")
    assert found["Item 0"] > found["Item 1"] > found["Item 2"]
    assert found["Item 3"] is None

    row = begun(world, items, "maxdiff")
    ana = guest(world, row, "Ana")
    shown = sets_of(ana, list(row.items.all()))[0]
    given = {"set": 0, "best": shown[0].uuid, "worst": shown[3].uuid}
    round_answer(actor=GUEST, participant=ana, given=given)
    found = values(revealed(world, row), "ease")
    assert found[shown[0].title] == 5
    assert found[shown[3].title] == min(found.values())

    row = begun(world, items[:2], "kano")
    first, second = row.items.all()
    for n in range(20):
        ana = guest(world, row, f"Guest {n}")
        answers = ("like", "dislike") if n < 15 else ("neutral", "neutral")
        given = {"item": first.uuid, "with": answers[0], "without": answers[1]}
        round_answer(actor=GUEST, participant=ana, given=given)
        if n < 5:
            round_answer(actor=GUEST, participant=ana, given={**given, "item": second.uuid})
    row = revealed(world, row)
    found = values(row, "ease")
    assert found == {"Item 0": 4, "Item 1": None}
    mapped = mapping_of(row, items_of(row), "ease")
    assert mapped.rows[1].why == "fewer than 20 answers"


def test_what_does_not_fit_is_refused_and_nothing_is_written(world, items, points):
    alice = world.actor("alice")
    with pytest.raises(NotAllowed):
        round_use(actor=world.actor("bob"), row=points, factor="ease", reason="Because")
    with pytest.raises(Invalid) as refused:
        round_use(actor=alice, row=points, factor="reach", reason="Because")
    assert "customer_need" in refused.value.fields["factor"]
    with pytest.raises(Invalid):
        round_use(actor=alice, row=points, factor="ease", reason=" ")
    with pytest.raises(Stale):
        round_use(actor=alice, row=points, factor="ease", reason="Because", seen="something else")
    scores = begun(world, items, "scores")
    assert fitting_factors(scores) == []
    blind = begun(world, items, "points")
    with pytest.raises(Conflict):
        round_use(actor=alice, row=blind, factor="ease", reason="Because")
    assert not Assessment.objects.exists()
    use_rice(world)
    assert [f.key for f in fitting_factors(points)] == ["impact"]
    assert values(points, "impact") == {"Item 0": 3, "Item 1": 2, "Item 2": 0.25, "Item 3": 0.25}


def test_data_do_not_overwrite_a_round_and_a_person_does(world, items, points, weighted):
    alice = world.actor("alice")
    factor_sources_set(
        actor=alice, model=weighted, seen=None, sources={"market_demand": ("points", 1.0)}
    )
    type(items[0]).objects.filter(pk=items[0].pk).update(estimate=2)
    round_use(actor=alice, row=points, factor="market_demand", reason="Because")
    run_due_jobs()
    factors_fill(product_id=world.atlas.pk)
    assert Assessment.objects.get(item=items[0]).v2 == 5
    assessment_set(actor=world.actor("bob"), item=items[0], values={"market_demand": 4})
    assert Assessment.objects.get(item=items[0]).inputs["market_demand"]["source"] == "hand"


def test_the_page_shows_the_mapping_first_and_the_score_names_the_round(
    world, items, points, sign_in
):
    browser, home = sign_in(world.alice), points.get_absolute_url()
    assert f"{home}/use" in browser.get(home).content.decode()
    page = browser.get(f"{home}/use?factor=ease").content.decode()
    assert "0 becomes 1 and 100 becomes 5; what lies between" in page
    assert not Assessment.objects.exists()
    mark = mapping_of(points, items_of(points), "ease").mark
    body = {"factor": "ease", "seen": mark, "reason": ""}
    refused = browser.post(f"{home}/use", body)
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    browser.post(f"{home}/use", {**body, "reason": "Our guests said so"})
    assert "of 4 items comes from this round now." in browser.get(home).content.decode()
    run_due_jobs()
    score = browser.get(f"{items[0].get_absolute_url()}/score").content.decode()
    assert f'round: <a class="lnk" href="{home}">What matters</a>, Alice' in score
    assert sign_in(world.bob).get(f"{home}/use").status_code == 403


def test_over_the_api_it_is_read_then_written(world, points, api):
    client, address = api(world.alice, world.acme), f"/api/v1/rounds/{points.uuid}/use/"
    told = client.get(f"{address}?factor=ease").json()
    assert [row["value"] for row in told["items"]] == [5, 3, 1, 1]
    assert client.get(f"{address}?factor=reach").status_code == 422
    body = {"factor": "ease", "reason": "Our guests said so", "seen": told["mark"]}
    answer = client.post(address, body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert Assessment.objects.filter(v3=5).count() == 1
    stale = client.post(address, {**body, "seen": "old"}, content_type="application/json")
    assert stale.status_code == 412
