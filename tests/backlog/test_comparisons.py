"""Criteria compared in pairs: one's own judgements, the group's, and the weights that a model takes from them."""

from __future__ import annotations

import pytest

from backlog.models import BacklogItem, CriteriaComparison
from backlog.selectors.comparisons import comparison_of
from backlog.services.comparisons import comparison_set, comparison_use
from backlog.services.scoring_models import scoring_model_update, scoring_models_ensure
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.models import Event
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import make_items, use_rice
from tests.bad_input import refusal, send
from tests.permissions import digest

NEED, MARKET, EASE = "customer_need", "market_demand", "ease"
AGREES = {(NEED, MARKET): 3.0, (NEED, EASE): 6.0, (MARKET, EASE): 2.0}
CONTRADICTS = {(NEED, MARKET): 3.0, (NEED, EASE): 1 / 3, (MARKET, EASE): 2.0}


@pytest.fixture
def model(world):
    found = scoring_models_ensure(product=world.atlas)
    found.product = world.atlas
    return found


def judge(world, model, who="bob", judgements=AGREES, version=None):
    return comparison_set(
        actor=world.actor(who), model=model, version=version, judgements=judgements
    )


def read(world, model, who="bob"):
    return comparison_of(world.actor(who), model)


def page_of(model):
    return f"/acme/ATL/prioritize/model/{model.uuid}/compare"


def api_of(model):
    return f"/api/v1/scoring-models/{model.uuid}/comparison/"


def test_judgements_that_agree_give_the_weights_they_say(world, model):
    judge(world, model)
    found = read(world, model).mine
    assert [(f.key, share) for f, share in found.shares] == [
        (NEED, pytest.approx(6 / 9)), (MARKET, pytest.approx(2 / 9)), (EASE, pytest.approx(1 / 9)),
    ]  # fmt: skip
    assert found.weights.cr == pytest.approx(0, abs=1e-9)
    assert Event.objects.get(verb="scoring_model.compared").changes["Customer need over Market demand"] == [None, "3"]  # fmt: skip


def test_a_contradiction_is_named_with_what_would_fit(world, model):
    judge(world, model, judgements=CONTRADICTS)
    found = read(world, model).mine
    assert found.weights.acceptable is False
    worst = found.contradiction
    assert worst.fits.value != worst.pair.value
    assert worst.cr < 0.1


def test_a_missing_pair_follows_from_the_others_and_too_few_say_so(world, model):
    judge(world, model, judgements={(NEED, MARKET): 3.0, (MARKET, EASE): 2.0})
    found = read(world, model).mine
    assert found.missing == 1
    assert found.weights.weights == pytest.approx([6 / 9, 2 / 9, 1 / 9])
    judge(world, model, judgements={(NEED, MARKET): 3.0})
    found = read(world, model).mine
    assert found.weights is None
    assert "2 of 3 pairs are open" in found.problem


def test_the_group_is_the_geometric_mean_and_each_keeps_an_own_ratio(world, model):
    judge(world, model, "bob", {(NEED, MARKET): 9.0, (MARKET, EASE): 1.0, (NEED, EASE): 9.0})
    judge(world, model, "alice", CONTRADICTS)
    found = read(world, model, "carol")
    assert [one.name for one in found.people] == ["Bob", "Alice"]
    assert [one.weights.acceptable for one in found.people] == [True, False]
    assert [p.value for p in found.group.pairs] == pytest.approx([27**0.5, 3**0.5, 2**0.5])
    assert found.mine.judged == 0


def test_the_weights_become_a_version_whose_reason_names_the_method(world, model):
    items = make_items(world)
    judge(world, model)
    with pytest.raises(NotAllowed):
        comparison_use(actor=world.actor("bob"), model=model, whose="group", version=1)
    used = comparison_use(
        actor=world.actor("alice"), model=model, whose="group", version=1, reason="Spring"
    )
    kept = used.versions.get(version=2)
    assert [f.weight for f in kept.formula.factors] == [66.6667, 22.2222, 11.1111]
    assert kept.reason == (
        "Weights by AHP: judgements of Bob, CR 0.000 by the random index of Saaty 2008. Spring"
    )
    run_due_jobs()
    assert BacklogItem.objects.filter(pk__in=[i.pk for i in items]).exists()
    with pytest.raises(Stale):
        comparison_use(actor=world.actor("alice"), model=model, whose="group", version=1)


def test_weights_of_judgements_that_contradict_each_other_are_not_used(world, model):
    judge(world, model, "alice", CONTRADICTS)
    with pytest.raises(Conflict, match=r"at most 0\.10 is accepted\. Look at"):
        comparison_use(actor=world.actor("alice"), model=model, whose="mine", version=1)
    assert scoring_models_ensure(product=world.atlas).version == 1


def test_what_was_said_of_a_removed_criterion_is_kept_and_comes_back(world, model, sign_in):
    judge(world, model)
    two = [{"key": NEED}, {"key": MARKET}]
    model = scoring_model_update(actor=world.actor("alice"), model=model, version=1, criteria=two)
    model.product = world.atlas
    found = read(world, model)
    assert [p.value for p in found.mine.pairs] == [3.0]
    assert {u.removed for u in found.unused} == {"Ease of implementation"}
    assert "No longer counted" in sign_in(world.bob).get(page_of(model)).content.decode()
    judge(world, model, judgements={(NEED, MARKET): 5.0})
    three = [*two, {"key": EASE}]
    model = scoring_model_update(actor=world.actor("alice"), model=model, version=2, criteria=three)
    found = read(world, model)
    assert [p.value for p in found.mine.pairs] == [5.0, 6.0, 2.0]
    assert found.unused == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({(NEED, MARKET): 10.0}, "10 is outside"),
        ({(NEED, "looks"): 2.0}, "Name two criteria of the model"),
        ({(NEED, NEED): 1.0}, "Name two criteria"),
        ({(NEED, MARKET): 2.0, (MARKET, NEED): 3.0}, "judge each pair once"),
        ({(NEED, MARKET): float("nan")}, "outside"),
    ],
)
def test_a_judgement_that_is_none_is_refused_by_its_pair(world, model, given, said):
    with pytest.raises(Invalid) as caught:
        judge(world, model, judgements=given)
    assert said in " ".join(caught.value.fields.values())
    assert not CriteriaComparison.objects.exists()


def test_the_page_works_without_script_and_keeps_what_was_judged(world, model, sign_in):
    browser = sign_in(world.bob)
    page = browser.get(page_of(model)).content.decode()
    assert "is strongly more important than (5)" in page
    assert "No pair is judged yet" in page
    sent = {f"pair.{a}.{b}": "3" for a, b in AGREES} | {"version": "0"}
    assert browser.post(page_of(model), sent).status_code == 302
    page = browser.get(page_of(model)).content.decode()
    assert "random index of Saaty 2008, 0.52 for 3 criteria" in page
    assert "Use these weights" not in page
    assert "Use these weights" in sign_in(world.alice).get(page_of(model)).content.decode()
    assert sign_in(world.carol).post(page_of(model), sent).status_code == 403
    wrong = browser.post(page_of(model), sent | {f"pair.{NEED}.{EASE}": "77", "version": "1"})
    assert wrong.status_code == 422


def test_a_second_window_sees_both_judgements(world, model, sign_in):
    browser = sign_in(world.bob)
    judge(world, model)
    sent = {f"pair.{NEED}.{MARKET}": "1/5", "version": "0"}
    page = browser.post(page_of(model), sent)
    assert page.status_code == 409
    assert "is moderately more important than (3)" in page.content.decode()
    assert read(world, model).mine.pairs[0].value == 3.0


def test_the_preview_shows_the_weights_and_writes_nothing(world, model, sign_in):
    judge(world, model, "alice", AGREES)
    browser, before = sign_in(world.bob), digest()
    sent = {f"pair.{a}.{b}": "9" for a, b in AGREES} | {"version": "0"}
    part = browser.post(f"{page_of(model)}/preview", sent).content.decode()
    assert "<html" not in part
    assert "the judgements contradict each other" in part
    assert "geometric mean of the judgements of 2 people" in part
    assert digest() == before


def test_the_page_uses_the_weights_or_says_why_not(world, model, sign_in):
    judge(world, model, "alice", CONTRADICTS)
    browser = sign_in(world.alice)
    url = f"{page_of(model)}/use"
    refused = browser.post(url, {"whose": "mine", "version": "1"})
    assert refused.status_code == 422
    assert "contradict each other" in refused.content.decode()
    judge(world, model, "alice", AGREES)
    assert browser.post(url, {"whose": "mine", "version": "1"}).status_code == 302
    assert scoring_models_ensure(product=world.atlas).version == 2


def test_a_method_without_weights_has_nothing_to_compare(world, model, sign_in, api):
    rice = use_rice(world)
    assert "has no weights" in sign_in(world.alice).get(page_of(rice)).content.decode()
    client = api(world.alice, world.acme)
    body = {"judgements": [{"criterion": "reach", "over": "effort", "value": 2}]}
    refused = send(client, "PUT", api_of(rice), body, **{"If-Match": '"0"'})
    assert "nothing to compare" in refusal(refused, 409)["detail"]


def test_the_api_takes_a_matrix_and_names_the_pair_that_is_not_reciprocal(world, model, api):
    client = api(world.bob, world.acme)
    read_first = client.get(api_of(model))
    assert read_first.json()["criteria"] == [NEED, MARKET, EASE]
    etag = {"If-Match": read_first["ETag"]}
    wrong = {"matrix": [[1, 3, 6], [0.5, 1, 2], [1 / 6, 0.5, 1]]}
    text = refusal(send(client, "PUT", api_of(model), wrong, **etag), 422)["errors"]["matrix"]
    assert "Row Customer need, column Market demand is 3" in text
    assert "should be 0.333333 (the reciprocal); it is 0.5" in text
    right = {"matrix": [[1, 3, 6], [0.333, 1, 2], [0.167, 0.5, 1]]}
    kept = send(client, "PUT", api_of(model), right, **etag)
    assert kept.status_code == 200
    assert kept["ETag"] == '"1"'
    body = kept.json()
    assert body["mine"]["weights"] == {NEED: pytest.approx(6 / 9), MARKET: pytest.approx(2 / 9), EASE: pytest.approx(1 / 9)}  # fmt: skip
    assert body["random_index"] == "saaty_2008"
    assert body["group"]["accepted"]
    refusal(send(client, "PUT", api_of(model), right, **etag), 412)
    both = {"matrix": right["matrix"], "judgements": []}
    refusal(send(client, "PUT", api_of(model), both, **{"If-Match": '"1"'}), 400, 422)


def test_the_api_uses_the_weights(world, model, api):
    judge(world, model)
    url = f"{api_of(model)}use/"
    refusal(send(api(world.bob, world.acme), "POST", url, {}), 403)
    answer = send(api(world.alice, world.acme), "POST", url, {"version": 1}).json()
    assert answer["version"] == 2
    assert [round(c["share"], 3) for c in answer["criteria"]] == [0.667, 0.222, 0.111]


def test_reading_takes_as_many_statements_for_a_group_as_for_one(world, model, django_assert_num_queries):  # fmt: skip
    for who in ("alice", "bob", "dora"):
        judge(world, model, who)
    actor = world.actor("bob")
    with django_assert_num_queries(2):
        assert len(comparison_of(actor, model).people) == 3
