"""Lists, item pages, board and sprints in the browser, and items over the API."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backlog.models import BacklogItem, Sprint, WipLimit
from backlog.services.items import item_move
from backlog.services.sprints import sprint_move
from plm.runner import run_due_jobs
from tests.make import make_idea, make_item, make_spec, make_sprint


@pytest.fixture
def bob(world):
    return world.actor("bob")


def test_an_item_is_made_in_the_browser_and_broken_down(world, bob, sign_in):
    browser = sign_in(world.bob)
    sprint = make_sprint(bob, world.atlas)
    sent = {"title": "Split payments", "type": "feature", "priority": "high", "estimate": "8", "sprint": str(sprint.uuid)}  # fmt: skip
    answer = browser.post("/acme/ATL/backlog/new", sent)
    assert answer.status_code == 302, answer.content
    item = BacklogItem.objects.get()
    assert (item.priority, item.sprint_id) == ("high", sprint.pk)
    made = browser.post(f"{answer['Location']}/children", {"title": "In parts", "type": "story"})
    assert made.status_code == 302
    run_due_jobs()
    page = browser.get(answer["Location"])
    assert b"In parts" in page.content
    assert b"Specify it" in page.content
    bad = browser.post(f"{answer['Location']}/children", {"title": "x", "type": "epic"})
    assert bad.status_code == 422
    edit = browser.get(f"{answer['Location']}/edit")
    assert str(sprint.uuid).encode() in edit.content
    listed = browser.get(f"/acme/ATL/backlog/?parent={item.reference}&type=story")
    assert b"In parts" in listed.content
    assert browser.get("/acme/ATL/backlog/?parent=rubbish").status_code == 400


def test_a_parent_of_the_wrong_type_keeps_what_was_typed(world, bob, sign_in):
    task = make_item(bob, world.atlas, type="task")
    sent = {"title": "Kept", "type": "story", "priority": "none", "parent": task.reference}
    answer = sign_in(world.bob).post("/acme/ATL/backlog/new", sent)
    assert answer.status_code == 422
    assert b"Kept" in answer.content
    assert BacklogItem.objects.count() == 1


def test_the_board_shows_cards_by_state_and_takes_drops(world, bob, sign_in):
    browser = sign_in(world.bob)
    epic = make_item(bob, world.atlas, "Payments epic", type="epic")
    feature = make_item(bob, world.atlas, "Has stories", parent=epic)
    story = make_item(bob, world.atlas, "A card", type="story", parent=feature)
    run_due_jobs()
    page = browser.get("/acme/ATL/delivery/board")
    assert page.status_code == 200
    assert f'data-card="{story.reference}"'.encode() in page.content
    assert f'data-card="{feature.reference}"'.encode() not in page.content
    moved = browser.post(
        "/acme/ATL/delivery/board/move",
        {"card": story.reference, "to": "in_progress", "after": ""},
        headers={"HX-Request": "true"},
    )
    assert moved.json() == {"why": f"{story.get_absolute_url()}/why"}
    story.refresh_from_db()
    assert story.state == "in_progress"
    assert browser.post("/acme/ATL/delivery/board/move", {"card": "ATL-99", "to": "done"}).status_code == 404  # fmt: skip
    wrong = browser.post("/acme/ATL/delivery/board/move", {"card": story.reference, "to": "mars"})
    assert wrong.status_code == 409
    assert browser.get("/acme/ATL/delivery/board?colour=red").status_code == 400
    carol = sign_in(world.carol)
    assert b"data-move-url" not in carol.get("/acme/ATL/delivery/board").content
    refused = carol.post("/acme/ATL/delivery/board/move", {"card": story.reference, "to": "done"})
    assert refused.status_code == 403


def test_a_limit_is_set_shown_and_held(world, bob, sign_in):
    manager, browser = sign_in(world.alice), sign_in(world.bob)
    sent = {"in_progress": "1", "in_progress.hard": "on", "todo": "", "in_review": ""}
    assert manager.post("/acme/ATL/delivery/board/limits", sent).status_code == 302
    assert WipLimit.objects.get().limit == 1
    assert manager.post("/acme/ATL/delivery/board/limits", {**sent, "todo": "0"}).status_code == 422
    assert browser.get("/acme/ATL/delivery/board/limits").status_code == 403
    one, two = (make_item(bob, world.atlas, n, type="task") for n in ("one", "two"))
    item_move(one, actor=bob, state="in_progress")
    full = browser.post(
        "/acme/ATL/delivery/board/move",
        {"card": two.reference, "to": "in_progress", "after": one.reference},
        headers={"HX-Request": "true"},
    )
    assert full.status_code == 409
    assert b"In progress is full" in full.content
    assert b"<small>limit 1</small>" in browser.get("/acme/ATL/delivery/board").content


def test_the_board_asks_the_same_number_of_statements_for_few_and_many(world, bob, sign_in):
    browser = sign_in(world.bob)
    spent = []
    for extra in (3, 30):
        for n in range(extra):
            make_item(bob, world.atlas, f"Card {n}", type="story", owner=world.bob)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/acme/ATL/delivery/board").status_code == 200
        spent.append(len(seen))
    assert spent[0] == spent[1]
    assert spent[0] <= 20


def test_a_long_column_shows_its_first_cards_and_leads_through_all_the_others(world, bob, sign_in):
    for n in range(123):
        make_item(bob, world.atlas, f"Card {n}", type="task")
    browser = sign_in(world.bob)
    page = browser.get("/acme/ATL/delivery/board").content.decode()
    shown = re.findall(r'data-card="([^"]+)"', page)
    assert len(shown) == 15
    assert '<span class="pill">123</span>' in page
    while more := re.search(r'href="(\?column=backlog[^"]+)"', page):
        address = f"/acme/ATL/delivery/board{unescape(more[1])}"
        page = browser.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in page
        shown += re.findall(r'data-card="([^"]+)"', page)
        assert "Card" in browser.get(address).content.decode()
    assert len(shown) == len(set(shown)) == 123
    assert browser.get("/acme/ATL/delivery/board?column=mars").status_code == 400


def test_of_what_is_done_the_last_stands_first(world, bob, sign_in):
    items = [make_item(bob, world.atlas, f"Card {n}", type="task") for n in range(3)]
    for item in (items[1], items[0], items[2]):
        item_move(item, actor=bob, state="done")
    page = sign_in(world.bob).get("/acme/ATL/delivery/board").content.decode()
    shown = re.findall(r'data-card="([^"]+)"', page)
    assert shown == [items[n].reference for n in (2, 0, 1)]


def test_a_sprint_is_planned_run_and_completed_in_the_browser(world, bob, sign_in):
    browser = sign_in(world.bob)
    today = timezone.localdate()
    sent = {
        "title": "Sprint 1",
        "starts_on": str(today),
        "ends_on": str(today + timedelta(days=13)),
    }
    answer = browser.post("/acme/ATL/delivery/sprints/new", sent)
    assert answer.status_code == 302, answer.content
    bad = browser.post("/acme/ATL/delivery/sprints/new", {**sent, "ends_on": "2020-01-01"})
    assert bad.status_code == 422
    url = answer["Location"]
    items = [make_item(bob, world.atlas, n, type="story", estimate=3) for n in ("a", "b")]
    refs = " ".join(i.reference for i in items)
    assert browser.post(f"{url}/items", {"add": refs}).status_code == 302
    sprint_move(Sprint.objects.get(), actor=bob, state="active")
    item_move(items[0], actor=bob, state="done")
    page = browser.get(url)
    assert b"3 of 6 points" in page.content
    assert b"Complete the sprint" in page.content
    landing = browser.get("/acme/ATL/delivery/")
    assert b"Sprint 1" in landing.content
    assert browser.post(f"{url}/items", {"remove": items[0].reference}).status_code == 302
    assert browser.post(f"{url}/complete", {"carry": "backlog"}).status_code == 302
    assert BacklogItem.objects.filter(sprint=None).count() == 2
    assert b"No sprint" in browser.get("/acme/ATL/delivery/").content


def test_late_and_blocked_items_are_on_the_overview(world, bob, sign_in):
    from plm.models import Relation

    late = make_item(bob, world.atlas, "Overdue", due_on=timezone.localdate() - timedelta(days=2))
    stuck = make_item(bob, world.atlas, "Stuck")
    Relation.objects.create(
        workspace=world.acme, source_id=late.pk, target_id=stuck.pk, type="blocks"
    )
    page = sign_in(world.carol).get("/acme/ATL/delivery/").content.decode()
    assert "Overdue" in page
    assert f"by {late.reference}" in page


def test_every_list_and_the_product_home_open_empty_and_filled(world, bob, sign_in):
    browser = sign_in(world.alice)
    places = ["", "backlog/", "specs/", "delivery/", "delivery/board", "delivery/sprints/", "backlog/new", "specs/new", "delivery/sprints/new"]  # fmt: skip
    for _ in range(2):
        for place in places:
            assert browser.get(f"/acme/ATL/{place}").status_code == 200, place
        spec = make_spec(bob, world.atlas)
        make_sprint(bob, world.atlas)
        for kind in (spec, spec.item):
            assert browser.get(kind.get_absolute_url()).status_code == 200


def test_items_over_the_api_carry_parent_sprint_ideas_and_progress(world, bob, api):
    client = api(world.bob, world.acme)
    idea, sprint = make_idea(bob, world.atlas), make_sprint(bob, world.atlas)

    def post(url, body, **headers):
        return client.post(url, json.dumps(body), content_type="application/json", headers=headers)

    epic = post("/api/v1/items/", {"product": "ATL", "title": "Payments", "type": "epic"}).json()
    body = {
        "product": "ATL", "title": "Split", "parent": epic["reference"], "sprint": sprint.reference,
        "ideas": [idea.reference], "estimate": 2.5, "due_on": "2030-01-31",
    }  # fmt: skip
    made = post("/api/v1/items/", body)
    assert made.status_code == 201, made.content
    item = made.json()
    for name in ("parent", "sprint", "ideas", "estimate", "due_on"):
        assert item[name] == body[name], name
    assert (item["type"], item["state"], item["score"]) == ("feature", "backlog", None)
    listed = client.get(f"/api/v1/items/?parent={epic['reference']}&scored=false").json()["results"]
    assert [row["reference"] for row in listed] == [item["reference"]]
    assert "ideas" not in listed[0]
    asked = client.get("/api/v1/items/?fields=reference,ideas&sprint=none").json()["results"]
    assert asked == [{"reference": epic["reference"], "ideas": []}]
    moved = post(f"{made['Location']}move/", {"state": "done"}, **{"If-Match": made["ETag"]})
    assert moved.status_code == 200, moved.content
    assert moved.json()["done_at"]
    assert post(f"{made['Location']}move/", {"state": "todo", "after": "ATL-99"}).status_code == 422
    run_due_jobs()
    assert client.get(f"/api/v1/items/{epic['reference']}/").json()["progress_done"] == 1
    bad = post(
        "/api/v1/items/",
        {"product": "ATL", "title": "x", "type": "epic", "parent": epic["reference"]},
    )
    assert bad.status_code == 422
    assert "parent" in bad.json()["errors"]
    assert post("/api/v1/items/", {"product": "ATL", "title": "x", "score": 3}).status_code == 422


def test_a_page_of_items_over_the_api_takes_a_bounded_number_of_statements(world, bob, api):
    sprint = make_sprint(bob, world.atlas)
    for n in range(20):
        make_item(bob, world.atlas, f"Item {n}", sprint=sprint)
    client = api(world.bob, world.acme)
    client.get("/api/v1/items/?product=ATL")
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/api/v1/items/?product=ATL&order=-rank").status_code == 200
    assert len(seen) <= 5
