"""Inputs that are ranges: how they are typed, what is kept of them, what is refused."""

from __future__ import annotations

import json

import pytest

from backlog.models import Assessment, BacklogItem
from backlog.services.assessments import assessment_set, assessments_set
from plm.errors import Invalid
from plm.models import Event
from plm.runner import run_due_jobs
from plm.scoring.range_text import range_read, range_written
from plm.scoring.ranges import Estimate, Range
from tests.backlog.test_priority_services import RICE, make_items, use_rice

USUAL = {"shape": "pert", "meaning": "p10_p90"}
HX = {"HX-Request": "true"}
URL = "/api/v1/items/ATL-1/assessment/"


def patch(client, values):
    body = json.dumps({"values": values})
    return client.patch(URL, body, content_type="application/json")


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("3-5", (3, 4, 5)),
        ("3 – 5", (3, 4, 5)),
        ("3 to 5", (3, 4, 5)),
        ("2 / 3 / 5", (2, 3, 5)),
        ("1,000-2,000", (1000, 1500, 2000)),
        ("50 % / 80 % / 90 %", (50, 80, 90)),
        (".5/1/1.5", (0.5, 1, 1.5)),
    ],
)
def test_a_range_is_read_as_it_is_typed(text, points):
    assert range_read(text) == {"low": points[0], "likely": points[1], "high": points[2], **USUAL}


@pytest.mark.parametrize("text", ["", "5", "-5", "1e3", "2 / 3", "2 / 3 / 5 / 7", "a - b", "2024-11-28"])  # fmt: skip
def test_what_is_no_range_is_none(text):
    assert range_read(text) is None


@pytest.mark.parametrize("form", [("pert", "ends"), ("triangular", "p10_p90"), ("lognormal", "p10_p90")])  # fmt: skip
def test_another_shape_is_written_and_read_back(form):
    read = range_read(range_written("2", "3", "5", *form))
    assert (read["shape"], read["meaning"]) == form


def test_a_range_is_kept_beside_the_likely_value_and_says_who_and_when(world):
    (item,) = make_items(world, 1)
    model = use_rice(world)
    run_due_jobs()
    ranged = {**RICE, "effort": {"low": 3, "likely": 4, "high": 8, "meaning": "ends"}}
    done = assessment_set(actor=world.actor("bob"), item=item, values=ranged)
    assert done.score == 800
    kept = Assessment.objects.get()
    effort = kept.inputs["effort"]
    assert (effort["source"], effort["by"]) == ("hand", world.bob.pk)
    assert effort["at"] == kept.assessed_at.isoformat()
    definition = model.versions.get().formula
    assert kept.estimates(definition)["effort"] == Estimate(Range(3, 4, 8), "pert", "ends")
    assert kept.estimates(definition)["reach"] == Estimate.exactly(2000)
    again = assessment_set(actor=world.actor("bob"), item=item, values=ranged)
    assert not again.changed
    event = Event.objects.filter(verb="item.assessed").get()
    assert event.changes["effort"] == [None, "3 / 4 / 8 ends"]
    assert event.data["values"] == {k: float(v) for k, v in RICE.items()}
    assessment_set(actor=world.actor("bob"), item=item, values={"effort": 4})
    assert "low" not in Assessment.objects.get().inputs["effort"]
    assessment_set(actor=world.actor("bob"), item=item, values={"effort": None})
    assert "effort" not in Assessment.objects.get().inputs


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"low": 5, "likely": 4, "high": 8}, "In rising order: 4 / 5 / 8"),
        ({"low": 1, "likely": 4, "high": 5000}, "High: Effort goes from 0.5 to 1,000"),
        ({"low": 0, "likely": 4, "high": 5}, "Low: Effort goes from 0.5"),
        ({"low": -1, "likely": 4, "high": 5}, "Low: Effort goes from 0.5"),
        ({"low": 1, "likely": 2}, "A range is {low, likely, high}"),
        ({"low": 1, "likely": 2, "high": 3, "shape": "flat"}, "The shape is one of"),
        ({"low": 1, "likely": 2, "high": 3, "shape": "lognormal", "meaning": "ends"}, "no ends"),
        ({"low": 1, "likely": "x", "high": 3}, "Likely: Effort is a number"),
        ("2 / 3", "such as 2 / 3 / 5"),
        (0, "Effort goes from 0.5"),
        ([1], "Effort is a number"),
    ],
)
def test_a_bad_range_names_the_field_says_what_is_right_and_writes_nothing(world, api, value, words):  # fmt: skip
    (item,) = make_items(world, 1)
    use_rice(world)
    answer = patch(api(world.bob, world.acme), {**RICE, "effort": value})
    assert answer.status_code == 422, answer.content
    assert words in answer.json()["errors"]["effort"]
    report = assessments_set(
        actor=world.actor("bob"), product=world.atlas, rows=[(item, {"effort": value})]
    )
    assert isinstance(report[0], Invalid)
    assert not Assessment.objects.exists()


def test_nine_hundred_percent_is_refused_in_a_range_too(world, sign_in):
    make_items(world, 1)
    use_rice(world)
    run_due_jobs()
    answer = sign_in(world.bob).post(
        "/acme/ATL-1/assess", {"confidence": "50 / 80 / 900 %"}, headers=HX
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "900 % is outside" in page
    assert 'value="50 / 80 / 900 %"' in page
    assert not Assessment.objects.exists()


def test_a_range_goes_in_and_out_over_the_api(world, api):
    make_items(world, 1)
    use_rice(world)
    run_due_jobs()
    client = api(world.bob, world.acme)
    body = patch(client, {**RICE, "reach": {"low": 500, "likely": 2000, "high": 9000}}).json()
    assert body["score"] == 800
    kept = body["inputs"]["reach"]
    assert (kept["low"], kept["high"], kept["shape"], kept["source"]) == (500, 9000, "pert", "hand")
    assert "low" not in body["inputs"]["effort"]


def test_a_cell_of_the_list_takes_a_range_and_shows_it_again(world, sign_in):
    make_items(world, 1)
    use_rice(world)
    run_due_jobs()
    browser = sign_in(world.bob)
    browser.post("/acme/ATL-1/assess", {"reach": "2000", "impact": "2", "effort": "4"}, headers=HX)
    row = browser.post("/acme/ATL-1/assess", {"confidence": "50-90"}, headers=HX).content.decode()
    assert 'value="50 / 70 / 90"' in row
    run_due_jobs()
    assert BacklogItem.objects.get().score == 2000 * 2 * 0.7 / 4


def test_the_page_of_an_item_has_low_likely_and_high(world, sign_in):
    make_items(world, 1)
    use_rice(world)
    run_due_jobs()
    browser = sign_in(world.bob)
    body = {
        "reach": "2000", "reach.low": "500", "reach.high": "9,000", "reach.form": "lognormal p10_p90",
        "impact": "2", "impact.low": "1", "impact.high": "3", "impact.form": "pert p10_p90",
        "confidence": "80", "effort": "", "effort.low": "3", "effort.high": "5",
    }  # fmt: skip
    wrong = browser.post("/acme/ATL-1/assess", {**body, "effort.low": "9"})
    assert wrong.status_code == 422
    assert "In rising order" in wrong.content.decode()
    assert 'value="9"' in wrong.content.decode()
    assert browser.post("/acme/ATL-1/assess", body).status_code == 302
    kept = Assessment.objects.get()
    assert kept.inputs["reach"]["shape"] == "lognormal"
    assert (kept.v1, kept.v2, kept.v4) == (2000, 2, 4)
    page = browser.get("/acme/ATL-1/assess").content.decode()
    assert 'name="was.reach" value="500 / 2000 / 9000 lognormal"' in page
    same = {**body, "effort": "4", "was.reach": "500 / 2000 / 9000 lognormal"}
    assert browser.post("/acme/ATL-1/assess", same).status_code == 302
    assert Event.objects.filter(verb="item.assessed").count() == 1
