"""Each method scores on its own scales, and the database comes to the same as its formula."""

from __future__ import annotations

import random

import pytest

from backlog.models import BacklogItem, ScoringModel
from backlog.services.assessments import assessment_set, assessments_set
from backlog.services.items import item_create
from backlog.services.model_definitions import definition_begun
from backlog.services.scoring_models import scoring_model_activate, scoring_model_create
from plm.errors import Invalid
from plm.runner import run_due_jobs
from plm.scoring.definition import Definition
from plm.scoring.methods import METHODS, MULTIPLIER, method_of

NAMES = [name for name, _ in METHODS]


def use(world, method, **values):
    made = scoring_model_create(
        actor=world.actor("alice"),
        product=world.atlas,
        name=f"By {method}",
        method=method,
        **values,
    )
    return scoring_model_activate(actor=world.actor("alice"), model=made)


def make_items(world, count):
    actor = world.actor("bob")
    return [
        item_create(actor=actor, product=world.atlas, values={"title": f"Feature {n}"})
        for n in range(count)
    ]


def drawn(factor, draw):
    """A lawful value, or none."""
    if draw.random() < 0.1:
        return None
    if factor.choices:
        return draw.choice(factor.choices)[0]
    return round(draw.uniform(factor.low, min(factor.high, 1e5)), draw.choice([0, 1, 6]))


@pytest.mark.parametrize("method", [*NAMES, "rice width"])
def test_the_database_computes_what_the_formula_computes_to_the_last_bit(world, method):
    method, _, confidence = method.partition(" ")
    definition = Definition(method, method_of(method).factors, confidence=confidence or MULTIPLIER)
    draw = random.Random(method)
    items = make_items(world, 25)
    model = use(world, method, confidence=confidence or None)
    given = {item.pk: {f.key: drawn(f, draw) for f in definition.factors} for item in items}
    for values in given.values():
        for factor in definition.factors:
            if values[factor.key] is not None and factor.problem(values[factor.key]):
                values[factor.key] = factor.high
    rows = [(item, given[item.pk]) for item in items]
    assert assessments_set(
        actor=world.actor("bob"), product=world.atlas, rows=rows, model=model
    ) == [None] * len(items)
    run_due_jobs()
    stored = dict(BacklogItem.objects.filter(product=world.atlas).values_list("pk", "score"))
    assert stored == {pk: definition.score(values) for pk, values in given.items()}
    assert any(score is not None for score in stored.values())


def test_the_four_ways_of_ice_are_models_of_their_own():
    values = {"impact": 8.0, "confidence": 5.0, "ease": 4.0}
    share = {**values, "confidence": 0.5}
    found = {
        name: Definition(name, method_of(name).factors).score(share if "share" in name else values)
        for name in NAMES
        if name.startswith("ice")
    }
    assert found == {"ice": 160, "ice_tenth": 16, "ice_share": 16, "ice_mean": 17 / 3}


def test_a_job_size_that_is_no_fibonacci_number_is_told_which_are(world):
    (item,) = make_items(world, 1)
    use(world, "wsjf")
    with pytest.raises(Invalid) as refused:
        assessment_set(actor=world.actor("bob"), item=item, values={"job_size": 4})
    assert "1, 2, 3, 5, 8, 13, 20" in refused.value.fields["job_size"]


def test_the_factors_of_a_method_are_not_for_change_and_it_says_what_is(world):
    with pytest.raises(Invalid) as refused:
        scoring_model_create(
            actor=world.actor("alice"), product=world.atlas, name="Mine", method="wsjf",
            criteria=[{"label": "Fun", "weight": 1}],
        )  # fmt: skip
    assert "weighted model" in refused.value.fields["criteria"]
    assert not ScoringModel.objects.filter(name="Mine").exists()


def test_the_ranked_list_says_in_which_column_of_wsjf_the_smallest_item_is_missing(world, sign_in):
    one, two = make_items(world, 2)
    use(world, "wsjf")
    bob = world.actor("bob")
    ones = {"business_value": 1, "time_criticality": 3, "risk_opportunity": 1, "job_size": 1}
    assessment_set(actor=bob, item=one, values=ones)
    assessment_set(actor=bob, item=two, values={**ones, "time_criticality": 8})
    run_due_jobs()
    page = sign_in(world.bob).get(f"{world.atlas.get_absolute_url()}prioritize/")
    assert "None stands at 1 in: Time criticality." in page.content.decode()
    assessment_set(actor=bob, item=one, values={"time_criticality": 1})
    page = sign_in(world.bob).get(f"{world.atlas.get_absolute_url()}prioritize/")
    assert "None stands at 1" not in page.content.decode()


@pytest.mark.parametrize("method", NAMES)
def test_a_model_of_each_method_is_made_on_its_page_and_says_how_it_scores(world, sign_in, method):
    browser = sign_in(world.alice)
    base = f"{world.atlas.get_absolute_url()}prioritize/model"
    made = browser.post(f"{base}/new", {"name": "Another", "method": method}, follow=True)
    assert definition_begun(method).says in made.content.decode()
    assert method_of(method).factors[0].label in made.content.decode()


def test_a_model_is_made_over_the_api_with_the_factors_of_its_method(world, api):
    made = api(world.alice, world.acme).post(
        "/api/v1/scoring-models/", {"product": "ATL", "name": "Delay", "method": "cd3"},
        content_type="application/json",
    )  # fmt: skip
    assert made.status_code == 201
    assert [c["key"] for c in made.json()["criteria"]] == ["cost_per_week", "weeks"]
