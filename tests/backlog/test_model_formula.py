"""A formula of one's own: written with a preview, kept as a version, computed for a product to the last bit."""

from __future__ import annotations

import json
import random

import pytest

from backlog.models import BacklogItem, ScoringModel
from backlog.services import score_batches
from backlog.services.assessments import assessment_set, assessments_set
from backlog.services.scores import score_sql
from backlog.services.scoring_models import (
    scoring_model_activate,
    scoring_model_create,
    scoring_model_update,
)
from plm.errors import Conflict, Invalid
from plm.models import Event
from plm.runner import run_due_jobs
from tests.backlog.test_priority_api import send
from tests.backlog.test_priority_services import make_items

FACTORS = [
    {"key": "gain", "label": "Gain", "scale": "money", "unit": "€"},
    {"key": "risk", "label": "Risk", "scale": "t_shirt"},
    {"key": "days", "label": "Days", "scale": "linear", "scale_min": 0, "scale_max": 500},
]
FORMULAS = [
    ("gain / days", True),
    ("max(gain, 100) / days - risk * 2", True),
    ("if(risk > 3, -gain, coalesce(gain / days, gain / 7))", True),
    ("sqrt(gain) - abs(days - 20)", True),
    ("round(gain / days, 1)", False),
    ("ln(1 + gain) * 0.9 ^ days", False),
]


def own(world, formula="gain / days", name="Own"):
    made = scoring_model_create(
        actor=world.actor("alice"), product=world.atlas, name=name, method="formula",
        criteria=FACTORS, formula=formula,
    )  # fmt: skip
    return scoring_model_activate(actor=world.actor("alice"), model=made)


def judged(world, items, model, seed=1):
    draw = random.Random(seed)
    given = {}
    for item in items:
        values = {
            "gain": round(draw.uniform(0, 1e6), draw.choice([0, 6])),
            "risk": draw.choice([1, 2, 3, 5, 8]),
            "days": draw.choice([0, 1, 7.5, 20, 333.333333]),
        }
        given[item.pk] = {k: v for k, v in values.items() if draw.random() > 0.1}
    rows = [(item, given[item.pk]) for item in items]
    done = assessments_set(actor=world.actor("bob"), product=world.atlas, rows=rows, model=model)
    assert done == [None] * len(items)
    return given


def hexes(scores):
    return {pk: None if score is None else float(score).hex() for pk, score in scores.items()}


@pytest.mark.parametrize(("formula", "in_sql"), FORMULAS)
def test_database_and_batches_come_to_the_bits_of_the_formula(world, monkeypatch, formula, in_sql):
    monkeypatch.setattr(score_batches, "BATCH", 7)
    items = make_items(world, 30)
    model = own(world, formula)
    given = judged(world, items, model)
    definition = model.versions.get().formula
    assert (score_sql(definition) is not None) is in_sql
    run_due_jobs()
    expected = hexes({pk: definition.score(values) for pk, values in given.items()})
    rows = BacklogItem.objects.filter(product=world.atlas)
    assert hexes(dict(rows.values_list("pk", "score"))) == expected
    assert None in expected.values()
    ranked = list(rows.order_by("rank").values_list("score", flat=True))
    known = [score for score in ranked if score is not None]
    assert ranked == sorted(known, reverse=True) + [None] * (len(ranked) - len(known))
    rows.update(score=None)
    run_due_jobs()
    one = items[0]
    assessment_set(actor=world.actor("bob"), item=one, values={"gain": 5, "risk": 8, "days": 2})
    one.refresh_from_db()
    assert one.score == definition.score({"gain": 5, "risk": 8, "days": 2})


def test_why_an_item_has_no_score_is_said_where_it_is_read(world, api, sign_in):
    one, two = make_items(world, 2)
    model = own(world)
    bob = world.actor("bob")
    assessment_set(actor=bob, item=one, values={"gain": 5, "days": 0})
    assessment_set(actor=bob, item=two, values={"gain": 5})
    run_due_jobs()
    client = api(world.bob, world.acme)
    said = [
        client.get(f"/api/v1/items/{i.reference}/assessment/").json()["no_score"]
        for i in (one, two)
    ]
    assert said == ["gain / days divides by 0.", "Days has no value."]
    page = sign_in(world.bob).get(f"/acme/{one.reference}/score").content.decode()
    assert "No score: gain / days divides by 0." in page  # risk is not judged, nor read
    assert "divides by 0" in sign_in(world.bob).get("/acme/ATL/prioritize/").content.decode()
    assert model.method == "formula"


BAD = [
    ("gain / 0", "divides by 0"),
    ("(" * 990 + "gain" + ")" * 990, "nested more than 50"),
    ("gain / dais", "Did you mean days?"),
    ("x" * 1_000_000, "1,000,000 characters"),
    ("1 + 1", "reads no factor"),
    ("gain +", "ends too early"),
    ("gain > 3", "gives a number"),
    ("__import__('os')", "no sign of the language"),
]


@pytest.mark.parametrize(("formula", "says"), BAD)
def test_a_text_that_is_no_formula_is_refused_with_what_would_be_right(world, api, formula, says):
    client = api(world.alice, world.acme)
    model = own(world)
    events = Event.objects.count()
    body = {"product": "ATL", "name": "Bad", "method": "formula", "criteria": FACTORS}
    made = send(client, "POST", "/api/v1/scoring-models/", {**body, "formula": formula})
    assert made.status_code == 422, made.content
    assert says in made.json()["errors"]["formula"]
    url = f"/api/v1/scoring-models/{model.uuid}/"
    changed = send(client, "PATCH", url, {"formula": formula}, **{"If-Match": '"1"'})
    assert changed.status_code == 422
    assert Event.objects.count() == events
    assert not ScoringModel.objects.filter(name="Bad").exists()


def test_a_formula_is_changed_over_the_api_and_the_old_version_still_computes(world, api):
    (item,) = make_items(world, 1)
    model = own(world)
    assessment_set(actor=world.actor("bob"), item=item, values={"gain": 90, "risk": 2, "days": 3})
    client = api(world.alice, world.acme)
    url = f"/api/v1/scoring-models/{model.uuid}/"
    assert client.get(url).json()["formula_says"] == "gain ÷ days"
    body = {"formula": "gain - risk ^ 3"}
    done = send(client, "PATCH", url, body, **{"If-Match": '"1"'})
    assert (done.status_code, done.json()["version"]) == (200, 2), done.content
    run_due_jobs()
    item.refresh_from_db()
    assert item.score == 82
    values = {"gain": 90.0, "risk": 2.0, "days": 3.0}
    first, second = (v.formula.score(values) for v in model.versions.order_by("version"))
    assert (first, second) == (30, 82)
    fact = Event.objects.filter(verb="scoring_model.updated").latest("pk")
    assert fact.changes["formula"] == ["gain / days", "gain - risk ^ 3"]
    weights = send(client, "PATCH", url, {"criteria": FACTORS[:2]}, **{"If-Match": '"2"'})
    assert weights.status_code == 200
    refused = send(client, "PATCH", url, {"formula": "days"}, **{"If-Match": '"3"'})
    assert refused.status_code == 422


def test_names_that_a_formula_cannot_read_are_refused(world):
    for label in ("2nd wave", "Min", "if"):
        with pytest.raises(Invalid) as refused:
            scoring_model_create(
                actor=world.actor("alice"), product=world.atlas, name="X", method="formula",
                criteria=[{"label": label}], formula="1",
            )  # fmt: skip
        assert "criteria.0.label" in refused.value.fields


def test_the_page_shows_while_typing_what_is_wrong_and_what_the_items_would_score(world, sign_in):
    one, two = make_items(world, 2)
    model = own(world)
    assessment_set(actor=world.actor("bob"), item=one, values={"gain": 90, "risk": 2, "days": 3})
    run_due_jobs()
    browser = sign_in(world.alice)
    url = f"/acme/ATL/prioritize/model/{model.uuid}"
    page = browser.get(url).content.decode()
    assert "gain / days" in page
    form = {"name": "Own", "version": "1", "formula": "gain / days"}
    for n, factor in enumerate(FACTORS):
        form |= {f"label-{n}": factor["label"], f"scale-{n}": factor["scale"]}
    form |= {"low-0": "0", "high-0": "1000000", "unit-0": "€", "low-2": "0", "high-2": "500"}
    typed = browser.post(f"{url}/preview", {**form, "formula": "gain / dais"}).content.decode()
    assert "Character 8" in typed
    assert "Did you mean days?" in typed
    assert "<mark>dais</mark>" in typed
    shown = browser.post(f"{url}/preview", {**form, "formula": "gain * 2 / days"}).content.decode()
    assert "gain × 2 ÷ days" in shown
    assert "<b>60</b>" in shown
    assert two.reference in shown
    assert "1 of 2 open items have no score: Gain has no value." in shown
    assert model.versions.count() == 1
    levels = {"levels-1": "XS: A day\nxl: A year", "help-1": "How sure"}
    saved = browser.post(f"{url}/edit", {**form, **levels, "formula": "gain * 2 / days"})
    assert saved.status_code == 302, saved.content.decode()
    run_due_jobs()
    kept = model.versions.get(version=2).formula
    assert kept.formula == "gain * 2 / days"
    assert kept.factor("risk").levels == ((1.0, "A day"), (8.0, "A year"))
    assert kept.factor("gain").unit == "€"
    page = browser.get(f"/acme/{one.reference}/assess").content.decode()
    assert "<b>XL</b> A year" in page
    assert (
        "How sure XS: A day. XL: A year." in browser.get("/acme/ATL/prioritize/").content.decode()
    )
    wrong = browser.post(f"{url}/edit", {**form, "version": "2", "formula": "gain /"})
    assert wrong.status_code == 422
    assert "ends too early" in wrong.content.decode()
    assert sign_in(world.carol).post(f"{url}/preview", form).status_code == 403


def test_criteria_on_different_scales_count_as_shares_of_their_scales(world):
    (item,) = make_items(world, 1)
    rows = [
        {"label": "Fit", "weight": 3, "scale": "fibonacci"},
        {"label": "Cost", "weight": 1, "scale": "money", "scale_max": 1000, "reversed": True},
        {"label": "Must", "weight": 1, "scale": "yes_no"},
        {"label": "Sure", "weight": 1, "scale": "percent"},
    ]
    made = scoring_model_create(
        actor=world.actor("alice"),
        product=world.atlas,
        name="Mixed",
        method="weighted",
        criteria=rows,
    )
    scoring_model_activate(actor=world.actor("alice"), model=made)
    bob = world.actor("bob")
    assessment_set(actor=bob, item=item, values={"fit": 13, "cost": 250, "must": 0, "sure": 0.5})
    item.refresh_from_db()
    # 100 of 0..13, 75 of 1000..0, 0, 50: (300 + 75 + 0 + 50) / 6
    assert item.score == pytest.approx(425 / 6)
    run_due_jobs()
    stored = BacklogItem.objects.get(pk=item.pk).score
    definition = made.versions.get().formula
    values = {"fit": 13.0, "cost": 250.0, "must": 0.0, "sure": 0.5}
    assert stored.hex() == definition.score(values).hex()
    assert sum(p.adds for p in definition.parts(values)) == pytest.approx(stored)
    assert definition.ceiling == 100
    with pytest.raises(Invalid):
        assessment_set(actor=bob, item=item, values={"fit": 4})
    other = [dict(row, key=row["label"].lower()) for row in rows]
    other[0]["scale"] = "t_shirt"
    with pytest.raises(Conflict) as refused:
        scoring_model_update(actor=world.actor("alice"), model=made, version=1, criteria=other)
    assert "criteria.0.scale" in refused.value.fields
    del other[0]["scale"]
    other[0]["weight"] = 5
    again = scoring_model_update(actor=world.actor("alice"), model=made, version=1, criteria=other)
    assert again.versions.get(version=2).formula.factor("fit").scale == "fibonacci"


def test_a_version_kept_before_there_were_kinds_of_scales_computes_as_it_did(world):
    (item,) = make_items(world, 1)
    model = ScoringModel.objects.filter(product=world.atlas).first() or own(world)
    version = model.versions.get()
    old = {
        "method": "weighted",
        "factors": [
            {"key": "a", "label": "A", "slot": 1, "weight": 0.7, "low": 1.0, "high": 5.0, "backward": False},
            {"key": "b", "label": "B", "slot": 2, "weight": 0.1, "low": 1.0, "high": 5.0, "backward": True},
        ],
    }  # fmt: skip
    version.definition = json.loads(json.dumps(old))
    assert version.formula.score({"a": 3.3, "b": 1.7}) == (0.7 * 3.3 + 0.1 * (6.0 - 1.7)) / (
        0.7 + 0.1
    )
    assert item.pk
