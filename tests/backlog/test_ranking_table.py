"""The ranked list as a table: one factor of many items at once, and the columns a person sees."""

from __future__ import annotations

import re

import pytest

from backlog.models import Assessment, RankingColumns
from backlog.services.assessments import assessment_set
from backlog.services.factor_changes import factor_change
from plm.errors import Invalid, NotAllowed
from plm.models import Event, Team
from plm.runner import run_due_jobs
from tests import make
from tests.backlog.test_priority_services import (
    RICE,
    assert_every_score_comes_from_its_inputs,
    make_items,
    use_rice,
)

PAGE = "/acme/ATL/prioritize/"
CHANGE = f"{PAGE}factor"


@pytest.fixture
def items(world):
    found = make_items(world)
    use_rice(world)
    run_due_jobs()
    return found


def judged(item):
    return Assessment.objects.get(item=item, scoring_model__method="rice")


def reach(item):
    kept = Assessment.objects.filter(item=item, scoring_model__method="rice").first()
    return kept.v1 if kept else None


def change(world, items, key, how, value=None, who="bob"):
    return factor_change(
        actor=world.actor(who), product=world.atlas, items=items, key=key, how=how, value=value
    )


# --- The service ----------------------------------------------------------------------------------
def test_a_factor_is_set_in_all_chosen_items_and_scores_follow(world, items):
    for item in items:
        assessment_set(actor=world.actor("bob"), item=item, values=RICE)
    changes = change(world, items[:2], "reach", "set", 500)
    assert [(c.changed, c.before, c.after) for c in changes] == [(True, 2000.0, 500.0)] * 2
    assert [reach(item) for item in items] == [500, 500, 2000]
    assert_every_score_comes_from_its_inputs(world.atlas)
    assert Event.objects.filter(verb="item.assessed").count() == 5


def test_every_point_of_a_range_is_multiplied_and_what_does_not_fit_is_left(world, items):
    bob = world.actor("bob")
    assessment_set(actor=bob, item=items[0], values={"effort": {"low": 2, "likely": 3, "high": 5}})
    assessment_set(actor=bob, item=items[1], values={"confidence": 0.8})
    one, two, three = change(world, items, "effort", "times", 2)
    assert (one.after["low"], one.after["likely"], one.after["high"]) == (4, 6, 10)
    assert (two.error, three.error) == ("Effort is not judged yet.",) * 2
    assert judged(items[0]).inputs["effort"]["high"] == 10
    (_, over, _) = change(world, items, "confidence", "plus", 0.5)
    assert "outside" in over.error
    assert judged(items[1]).v3 == 0.8
    (emptied, *_) = change(world, items, "effort", "empty")
    assert emptied.changed
    assert judged(items[0]).v4 is None


def test_what_no_item_could_take_is_refused_and_nothing_is_written(world, items):
    for key, how, value, field in (
        ("nonsense", "set", 1, "factor"),
        ("reach", "shout", 1, "how"),
        ("reach", "set", "", "value"),
        ("reach", "set", -5, "value"),
        ("reach", "times", "much", "value"),
        ("reach", "times", -1, "value"),
        ("reach", "plus", float("inf"), "value"),
        ("impact", "times", 2, "how"),
    ):
        with pytest.raises(Invalid) as refused:
            change(world, items, key, how, value)
        assert field in refused.value.fields
    with pytest.raises(NotAllowed):
        change(world, items, "reach", "set", 5, who="carol")
    assert not Assessment.objects.exists()


# --- The page -------------------------------------------------------------------------------------
def test_the_bulk_bar_changes_the_selection_says_what_was_left_and_takes_it_back(
    world, sign_in, items
):
    for item, value in zip(items[:2], (100, 900), strict=True):
        assessment_set(actor=world.actor("bob"), item=item, values={"reach": value})
    browser = sign_in(world.bob)
    page = browser.get(PAGE).content.decode()
    assert page.count("data-pick") == 3
    answer = browser.post(
        CHANGE,
        {"ref": ["ATL-1", "ATL-2", "ATL-3"], "factor": "reach", "how": "times", "value": "2", "next": f"{PAGE}?view=mine"},
    )  # fmt: skip
    assert answer["Location"] == f"{PAGE}?view=mine"
    assert [reach(item) for item in items] == [200, 1800, None]
    page = browser.get(PAGE).content.decode()
    assert "Reach of 2 items changed." in page
    assert "ATL-3: Reach is not judged yet." in page
    token = re.search(r'name="back" value="([^"]+)"', page)[1]
    assessment_set(actor=world.actor("alice"), item=items[1], values={"reach": 7})
    browser.post(CHANGE, {"back": token})
    assert [reach(item) for item in items] == [100, 7, None]
    page = browser.get(PAGE).content.decode()
    assert "Taken back for 1 item." in page
    assert "ATL-2: Reach was changed meanwhile." in page
    assert browser.post(CHANGE, {"back": token[:-3] + "abc"}).status_code == 422
    assert sign_in(world.carol).post(CHANGE, {"back": token}).status_code == 403


def test_levels_are_named_percent_are_shares_and_ranges_are_read(world, sign_in, items):
    browser = sign_in(world.bob)
    for factor, value in (("impact", "high"), ("confidence", "80 %"), ("effort", "2 / 3 / 5")):
        browser.post(CHANGE, {"ref": "ATL-1", "factor": factor, "how": "set", "value": ["", value]})
    kept = judged(items[0])
    assert (kept.v2, kept.v3, kept.v4, kept.inputs["effort"]["low"]) == (2, 0.8, 3, 2)
    browser.post(CHANGE, {"ref": "ATL-1", "factor": "confidence", "how": "plus", "value": "-30 %"})
    assert judged(items[0]).v3 == 0.5
    browser.post(CHANGE, {"ref": ["ATL-1", "ATL-99"], "factor": "reach", "value": "many"})
    assert "Reach is a number" in browser.get(PAGE).content.decode()
    assert browser.post(CHANGE, {"factor": "reach", "value": "1"}).status_code == 422


def test_over_the_api_the_same_change_reports_row_by_row(world, api, items):
    client = api(world.bob, world.acme)
    assessment_set(actor=world.actor("bob"), item=items[0], values={"reach": 10})
    body = {"product": "ATL", "items": ["ATL-1", "atl-2", "ROC-1"], "factor": "reach", "how": "plus", "value": 5}  # fmt: skip
    answer = client.post("/api/v1/assessments/change/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    rows = answer.json()["rows"]
    assert [row["status"] for row in rows] == ["changed", "error", "error"]
    assert (rows[0]["before"], rows[0]["after"]) == (10, 15)
    assert rows[1]["detail"] == "Reach is not judged yet."
    assert answer.json()["failed"] == 2
    wrong = client.post(
        "/api/v1/assessments/change/", {**body, "factor": "nonsense"}, content_type="application/json"
    )  # fmt: skip
    assert wrong.status_code == 422


# --- Columns --------------------------------------------------------------------------------------
def heads(page):
    found = re.search(r"<thead>(.*?)</thead>", page, re.DOTALL)[1]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th.*?</th>", found)][3:-1]  # fmt: skip


def test_columns_are_chosen_ordered_and_remembered_for_a_person_in_a_product(world, sign_in, items):
    team = Team.objects.create(workspace=world.acme, name="Payments")
    type(items[0]).objects.filter(pk=items[0].pk).update(team=team, estimate=5)
    goal = make.make_objective(world.actor("alice"), world.atlas, "Fewer no-shows")
    make.make_placement(world.actor("alice"), items[1], objective=goal)
    browser = sign_in(world.bob)
    usual = heads(browser.get(PAGE).content.decode())
    assert usual == ["Score", "Reach", "Impact", "Confidence", "Effort", "State", "Owner"]
    wanted = ["f.effort", "score", "team", "objective", "points"]
    answer = browser.post(f"{PAGE}columns", {"column": wanted, "next": f"{PAGE}?view=mine"})
    assert answer["Location"] == f"{PAGE}?view=mine&columns=f.effort,score,team,objective,points"
    page = browser.get(PAGE).content.decode()
    assert heads(page) == ["Effort", "Score", "Team", "Objective", "Estimate, points"]
    assert "Payments" in page
    assert f'<a href="{goal.get_absolute_url()}">Fewer no-shows</a>' in page
    assert heads(sign_in(world.alice).get(PAGE).content.decode()) == usual
    browser = sign_in(world.bob)
    browser.post(f"{PAGE}columns", {"usual": "1"})
    assert heads(browser.get(PAGE).content.decode()) == usual


def test_a_button_moves_a_column_without_script_and_a_view_has_its_own(world, sign_in, items):
    browser = sign_in(world.bob)
    body = {"column": ["score", "f.reach", "state"], "up": "f.reach"}
    answer = browser.post(f"{PAGE}columns", body)
    assert answer["Location"] == f"{PAGE}?columns=f.reach,score,state&menu=columns"
    page = browser.get(answer["Location"]).content.decode()
    assert heads(page) == ["Reach", "Score", "State"]
    assert '<details class="menu" open>' in page
    query = re.search(r'name="query" value="([^"]+)"', page)[1]
    browser.post(f"{PAGE}views", {"name": "Reach first", "query": query})
    browser.post(f"{PAGE}columns", {"column": ["owner"]})
    assert heads(browser.get(PAGE).content.decode()) == ["Owner"]
    assert heads(browser.get(f"{PAGE}?{query}").content.decode()) == ["Reach", "Score", "State"]
    assert 'class="on" aria-current="page">Reach first' in browser.get(f"{PAGE}?{query}").content.decode()  # fmt: skip
    row = browser.post(
        f"/acme/ATL-1/assess?{query}", {"reach": "5"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert re.findall(r'data-label="([^"]+)"', row) == ["Reach", "State"]
    assert "/assess?columns=f.reach,score,state" in row


def test_a_column_that_is_gone_is_passed_over_and_none_at_all_is_refused(world, sign_in, items):
    RankingColumns.objects.create(
        workspace=world.acme, product=world.atlas, user=world.bob, columns=["f.gone", "score"]
    )
    browser = sign_in(world.bob)
    assert heads(browser.get(PAGE).content.decode()) == ["Score"]
    browser.post(f"{PAGE}columns", {})
    assert "Choose at least one column." in browser.get(PAGE).content.decode()


def test_columns_over_the_api_are_the_callers_own(world, api, items):
    client, address = api(world.bob, world.acme), "/api/v1/products/ATL/ranking/columns/"
    assert client.get(address).json()["remembered"] is False
    body = {"columns": ["state", "nonsense", "f.reach"]}
    answer = client.put(address, body, content_type="application/json").json()
    assert [column["name"] for column in answer["shown"]] == ["state", "f.reach"]
    assert answer["remembered"] is True
    assert api(world.alice, world.acme).get(address).json()["remembered"] is False
    client.put(address, {"columns": []}, content_type="application/json")
    assert not RankingColumns.objects.exists()
