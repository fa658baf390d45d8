"""The matrix: items on two axes of the scoring model, as a chart, a table and over the API."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from backlog.models import Assessment, BacklogItem
from backlog.services.assessments import assessment_set
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import make_items, use_rice
from tests.make import make_item

PAGE, API = "/acme/ATL/prioritize/matrix/", "/api/v1/products/ATL/matrix/"
HX = {"HX-Request": "true"}
JUDGED = [
    {"reach": 1000, "impact": 1, "confidence": 0.8, "effort": 1},
    {"reach": 4000, "impact": 2, "confidence": 1, "effort": 4},
    {"reach": 9000, "impact": 3, "confidence": 0.5, "effort": {"low": 6, "likely": 8, "high": 10}},
]


@pytest.fixture
def judged(world):
    """Scores 800, 2000, 1687.5; values (score × effort) 800, 8000, 13500; a fourth item has no values."""
    use_rice(world)
    items = make_items(world, 4)
    for item, values in zip(items, JUDGED, strict=False):
        assessment_set(actor=world.actor("bob"), item=item, values=values)
    run_due_jobs()
    return items


def bubbles(page: str) -> dict[str, str]:
    """The markup of each bubble, by reference."""
    return dict(re.findall(r'<a class="mx-b[^"]*" id="b-([A-Z]+-\d+)"(.*?)</a>', page, re.DOTALL))


def data(markup: str, name: str) -> str:
    found = re.search(rf'data-{name}="([^"]*)"', markup)
    assert found is not None
    return unescape(found[1])


def test_the_usual_axes_are_effort_and_value_and_who_lacks_one_is_counted(world, judged, sign_in):
    page = sign_in(world.carol).get(PAGE).content.decode()
    drawn = bubbles(page)
    assert set(drawn) == {"ATL-1", "ATL-2", "ATL-3"}
    # Effort from 0 to 10 is a tenth each; value from 0 to 20,000.
    assert (data(drawn["ATL-2"], "left"), data(drawn["ATL-2"], "up")) == ("40.0", "40.0")
    assert "1 of them has no place here" in page
    assert "ATL-4" in page
    assert "impact-people" in page
    for name in ("Quick win", "Big bet", "Fill-in", "Money pit"):
        assert name in page


def test_lines_stand_at_the_median_or_where_they_are_put(world, judged, sign_in):
    browser = sign_in(world.carol)
    page = browser.get(PAGE, {"x": "effort", "y": "reach"}).content.decode()
    assert "stand at effort 4 (the median) and reach 4,000 (the median)" in page
    row = next(part for part in page.split("<tr>") if "ATL-3" in part)
    assert "+4" in row
    assert "+5,000" in row
    page = browser.get(PAGE, {"x": "confidence", "y": "reach", "xcut": "75"}).content.decode()
    assert "stand at confidence 75 % (fixed)" in page
    assert "+25 %" in page
    assert "close to a line" in browser.get(PAGE, {"x": "confidence", "y": "reach", "xcut": "81"}).content.decode()  # fmt: skip


def test_a_logarithmic_axis_leaves_out_what_is_not_above_zero(world, judged, sign_in):
    assessment_set(actor=world.actor("bob"), item=judged[0], values={"reach": 0})
    page = sign_in(world.carol).get(PAGE, {"y": "reach", "ylog": "on"}).content.decode()
    assert set(bubbles(page)) == {"ATL-2", "ATL-3"}
    assert "is missing or not above 0" in page


def test_who_may_assess_moves_along_factors_alone(world, judged, sign_in):
    page = sign_in(world.bob).get(PAGE).content.decode()
    figure = page.split('<figure class="mx"')[1].split(">")[0]
    assert data(figure, "stops-y") == "[]"
    assert "Value is computed" in data(figure, "fixed-y")
    assert json.loads(data(figure, "stops-x"))[0] == ["0.5", "0.5", 5.0]
    (move,) = json.loads(data(bubbles(page)["ATL-3"], "moves"))
    assert move == {
        "axis": "x", "key": "effort", "was": "6 / 8 / 10", "now": "8", "low": "6", "high": "10",
        "form": "pert p10_p90",
    }  # fmt: skip
    seen = sign_in(world.carol).get(PAGE).content.decode()
    assert "data-moves" not in seen
    assert "Edit the factors" not in seen


def test_a_move_is_the_cell_of_the_ranked_list_and_a_stale_one_is_refused(world, judged, sign_in):
    browser, url = sign_in(world.bob), f"{judged[0].get_absolute_url()}/assess"
    moved = browser.post(url, {"effort": "2", "was.effort": "1"}, headers=HX)
    assert "Score 800 → <b>400</b>" in moved.content.decode()
    assert browser.post(url, {"effort": "3", "was.effort": "1"}, headers=HX).status_code == 409
    run_due_jobs()
    part = browser.get(PAGE, headers=HX).content.decode()
    assert "<html" not in part
    assert data(bubbles(part)["ATL-1"], "left") == "20.0"


def test_the_likely_value_of_a_range_moves_inside_it_alone(world, judged, sign_in):
    browser, url = sign_in(world.bob), f"{judged[2].get_absolute_url()}/assess"
    assert browser.post(url, {"effort": "6 / 7 / 10", "was.effort": "6 / 8 / 10"}, headers=HX).status_code == 200  # fmt: skip
    kept = Assessment.objects.get(item=judged[2])
    assert (kept.v4, kept.inputs["effort"]["low"], kept.inputs["effort"]["high"]) == (7, 6, 10)
    beyond = browser.post(url, {"effort": "6 / 12 / 10", "was.effort": "6 / 7 / 10"}, headers=HX)
    assert beyond.status_code == 422
    assert "Low is at most likely" in beyond.content.decode()


def test_only_the_first_two_hundred_are_drawn_and_it_says_so(world, judged, sign_in):
    for n in range(5, 206):
        make_item(world.actor("bob"), world.atlas, f"More {n}")
    run_due_jobs()
    page = sign_in(world.carol).get(PAGE).content.decode()
    assert "The first 200 of 205 ranked items." in page
    assert page.count("<tr>") == 201


def test_a_factor_the_model_no_longer_has_is_said_and_another_shown(world, judged, sign_in):
    page = sign_in(world.carol).get(PAGE, {"x": "customer_need"}).content.decode()
    assert "has no customer_need any more" in page
    assert len(bubbles(page)) == 3
    assert sign_in(world.carol).get(PAGE, {"nothing": "1"}).status_code == 400


def test_an_empty_product_says_what_to_do(world, sign_in):
    page = sign_in(world.carol).get(PAGE).content.decode()
    assert "Nothing to rank yet" in page
    make_item(world.actor("bob"), world.atlas)
    run_due_jobs()
    assert "No item has both values yet" in sign_in(world.carol).get(PAGE).content.decode()


def test_a_view_of_the_matrix_is_kept(world, judged, sign_in):
    browser = sign_in(world.bob)
    kept = browser.post(f"{PAGE}views", {"name": "Reach first", "query": "x=effort&y=reach"})
    assert kept["Location"] == f"{PAGE}?x=effort&y=reach"
    page = browser.get(PAGE, {"x": "effort", "y": "reach"}).content.decode()
    assert "Reach first" in page
    assert BacklogItem.objects.get(number=1).rank == 3


def test_the_matrix_over_the_api(world, judged, api):
    client = api(world.carol, world.acme)
    body = client.get(API, {"x": "effort", "y": "item.value", "ycut": "1000"}).json()
    assert (body["x"]["cut"], body["x"]["cut_fixed"], body["x"]["movable"]) == (4, False, True)
    assert (body["y"]["cut"], body["y"]["unit"], body["y"]["movable"]) == (1000, "impact-people", False)  # fmt: skip
    assert (body["unplaced"], body["more"]) == (1, False)
    by = {row["item"]: row for row in body["results"]}
    assert [by[f"ATL-{n}"]["y"] for n in (1, 2, 3)] == [800, 8000, 13500]
    assert by["ATL-1"]["y_from_cut"] == -200
    assert by["ATL-1"]["quadrant"] == "Fill-in"
    assert by["ATL-2"]["quadrant"] == "Quick win"
    assert by["ATL-3"]["quadrant"] == "Big bet"
    assert by["ATL-4"]["quadrant"] == ""
    assert client.get(API, {"x": "nothing"}).status_code == 422
    assert client.get(API, {"x": "effort", "y": "effort"}).status_code == 422
    assert client.get(API, {"xcut": "1_0"}).status_code == 422
    assert client.get(API, {"xcut": "1e999"}).status_code == 422
    assert api(world.mallory, world.rival).get(API).status_code == 404
