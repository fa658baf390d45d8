"""The ranked list and its model, in a browser without and with htmx."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.models import BacklogItem, ScoringModel
from backlog.services.assessments import assessment_set
from backlog.services.scoring_models import scoring_models_ensure
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import RICE, make_items, use_rice

PAGE = "/acme/ATL/prioritize/"
HX = {"HX-Request": "true"}


def order_of(page):
    return re.findall(r'<tr id="([^"]+)"', page)


def test_the_list_shows_items_by_rank_with_a_cell_per_factor(world, sign_in):
    one, two, _ = make_items(world)
    use_rice(world)
    run_due_jobs()
    assessment_set(actor=world.actor("bob"), item=two, values=RICE)
    run_due_jobs()
    page = sign_in(world.bob).get(PAGE).content.decode()
    assert order_of(page) == ["ATL-2", "ATL-1", "ATL-3"]
    assert 'value="2000"' in page
    assert 'value="80"' in page
    assert '<option value="2" selected>High' in page
    assert "data-grip" not in page
    assert "data-grip" in sign_in(world.alice).get(PAGE).content.decode()
    look = sign_in(world.carol).get(PAGE).content.decode()
    assert "hx-post" not in look


def test_a_new_product_says_what_to_do(world, sign_in):
    page = sign_in(world.bob).get(PAGE)
    assert page.status_code == 200
    assert "Nothing to rank yet" in page.content.decode()


def test_one_cell_is_saved_and_the_row_comes_back_with_what_changed(world, sign_in):
    (item,) = make_items(world, 1)
    use_rice(world)
    run_due_jobs()
    assessment_set(actor=world.actor("bob"), item=item, values=RICE)
    browser = sign_in(world.bob)
    answer = browser.post("/acme/ATL-1/assess", {"confidence": "100"}, headers=HX)
    assert answer.status_code == 200
    body = answer.content.decode()
    assert body.lstrip().startswith('<tr id="ATL-1"')
    assert "Score 800 → <b>1,000</b>" in body
    item.refresh_from_db()
    assert item.score == 1000
    wrong = browser.post("/acme/ATL-1/assess", {"confidence": "900"}, headers=HX)
    assert wrong.status_code == 422
    assert 'value="900"' in wrong.content.decode()
    assert "900 % is outside" in wrong.content.decode()
    item.refresh_from_db()
    assert item.score == 1000


def test_without_script_a_form_edits_all_factors(world, sign_in):
    make_items(world, 1)
    use_rice(world)
    run_due_jobs()
    browser = sign_in(world.bob)
    page = browser.get("/acme/ATL-1/assess")
    assert "person-months" in page.content.decode()
    body = {"reach": "2,000", "impact": "2", "confidence": "80 %", "effort": "0"}
    refused = browser.post("/acme/ATL-1/assess", body)
    assert refused.status_code == 422
    assert 'value="2,000"' in refused.content.decode()
    saved = browser.post("/acme/ATL-1/assess", {**body, "effort": "4"})
    assert saved.status_code == 302
    assert saved["Location"] == PAGE
    assert BacklogItem.objects.get().score == 800
    why = browser.get("/acme/ATL-1/score").content.decode()
    assert "80%" in why
    assert "version 1" in why
    elsewhere = browser.post(
        "/acme/ATL-1/assess", {**body, "effort": "5", "next": "https://evil.example/"}
    )
    assert elsewhere["Location"] == PAGE


def test_a_place_is_fixed_with_a_reason_shown_and_freed(world, sign_in):
    make_items(world)
    run_due_jobs()
    browser = sign_in(world.alice)
    assert browser.get("/acme/ATL-3/rank").status_code == 200
    assert browser.post("/acme/ATL-3/rank", {"rank": "1", "reason": ""}).status_code == 422
    browser.post("/acme/ATL-3/rank", {"rank": "1", "reason": "Promised for May"})
    assert "being brought up to date" in browser.get(PAGE).content.decode()
    assert browser.get(f"{PAGE}state").status_code == 200
    run_due_jobs()
    page = browser.get(PAGE).content.decode()
    assert order_of(page) == ["ATL-3", "ATL-1", "ATL-2"]
    assert "Fixed by hand" in page
    assert "Promised for May" in browser.get("/acme/ATL-3/score").content.decode()
    assert order_of(browser.get(f"{PAGE}?view=fixed").content.decode()) == ["ATL-3"]
    browser.post("/acme/ATL-3/unrank")
    run_due_jobs()
    assert BacklogItem.objects.get(number=3).rank == 3
    assert sign_in(world.bob).post("/acme/ATL-1/rank", {"rank": 1}).status_code == 403


def test_the_state_of_an_item_changes_in_its_row(world, sign_in):
    make_items(world, 1)
    run_due_jobs()
    answer = sign_in(world.bob).post("/acme/ATL-1/state", {"state": "in_progress"}, headers=HX)
    assert answer.status_code == 200
    assert "is now in progress" in answer.content.decode()


def test_the_model_page_explains_and_changes_the_weights(world, sign_in):
    browser = sign_in(world.alice)
    page = browser.get(f"{PAGE}model").content.decode()
    assert "not a finding" in page
    assert "33.3%" in page
    model = ScoringModel.objects.get(product=world.atlas, active=True)
    url = f"{PAGE}model/{model.uuid}"
    body = {
        "name": "Ours", "scale": "1-5", "version": 1, "label-0": "Customer need", "weight-0": "3",
        "label-1": "Market demand", "weight-1": "1", "label-2": "", "weight-2": "", "label-3": "Cost",
        "weight-3": "1", "reversed-3": "on",
    }  # fmt: skip
    assert browser.post(f"{url}/edit", {**body, "weight-0": "-1"}).status_code == 422
    assert browser.post(f"{url}/edit", body).status_code == 302
    model.refresh_from_db()
    assert (model.name, model.version) == ("Ours", 2)
    kept = list(model.criteria.filter(removed=False).values_list("key", "weight", "backward"))
    assert kept == [("customer_need", 3, False), ("market_demand", 1, False), ("cost", 1, True)]
    assert browser.post(f"{url}/edit", body).status_code in {409, 412}
    made = browser.post(f"{PAGE}model/new", {"name": "Mine", "method": "rice"})
    assert made.status_code == 302
    assert browser.post(f"{PAGE}model/new", {"name": "Mine", "method": "rice"}).status_code == 422
    used = browser.post(
        f"{PAGE}model/use", {"model": str(ScoringModel.objects.get(name="Mine").uuid)}
    )
    assert used["Location"] == PAGE
    assert browser.post(f"{PAGE}model/use", {"model": "nonsense"}).status_code == 404


def test_pages_follow_each_other_and_cost_the_same_for_three_and_thirty_rows(world, sign_in):
    browser = sign_in(world.alice)
    scoring_models_ensure(product=world.atlas)
    counts = []
    for size in (3, 57):
        make_items(world, size)
        run_due_jobs()
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            page = browser.get(PAGE).content.decode()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert page.count("<tr id=") == 25
    shown = 25
    while 'hx-get="?cursor=' in page:
        following = page.split('hx-get="?cursor=')[1].split('"')[0]
        page = browser.get(f"{PAGE}?cursor={following}", headers=HX).content.decode()
        shown += page.count("<tr id=")
    assert shown == 60


@pytest.mark.parametrize("query", ["colour=red", "order=title", "cursor=x"])
def test_unknown_questions_are_refused(world, sign_in, query):
    assert sign_in(world.bob).get(f"{PAGE}?{query}").status_code == 400


def test_the_overview_shows_the_ranking_and_the_best_unplanned(world, sign_in):
    (item,) = make_items(world, 1)
    use_rice(world)
    run_due_jobs()
    assessment_set(actor=world.actor("bob"), item=item, values=RICE)
    page = sign_in(world.bob).get("/acme/ATL/").content.decode()
    assert "Highest scores not yet planned" in page
    assert "Why this score" in sign_in(world.bob).get("/acme/ATL-1").content.decode()


def test_a_view_of_the_ranking_is_kept_and_stands_among_its_tabs(world, sign_in):
    client = sign_in(world.alice)
    here = "/acme/ATL/prioritize/"
    page = client.get(f"{here}?type=bug").content.decode()
    assert 'action="/acme/ATL/prioritize/views"' in page
    kept = client.post(f"{here}views", {"name": "Bugs by rank", "query": "type=bug"})
    assert kept["Location"] == f"{here}?type=bug"
    assert "Bugs by rank" in client.get(here).content.decode()
    assert "Bugs by rank" not in client.get("/acme/ATL/backlog/").content.decode()
