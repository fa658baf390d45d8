"""Research, trends and feasibility: rows inside records, on pages and over the API."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from ideas.models import Feasibility, Research, Trend
from ideas.rowsets import Column, RowProblem, RowSet, cleaned
from tests.make import make_evidence, make_idea

ROWS = RowSet(
    "rows", "Rows", "row",
    (
        Column("text", "Text", required=True), Column("link", "Link", "url"), Column("on", "On", "day"),
        Column("size", "Size", "number", least=0, most=10), Column("kind", "Kind", "choice", choices=(("a", "A"),)),
        Column("fine", "Fine", "yes_no"),
    ),
    "Nothing yet.", once="text",
)  # fmt: skip


def test_a_row_is_stored_with_every_column_and_plain_values():
    (row,) = cleaned(ROWS, [{"text": "  two   words ", "on": date(2026, 3, 31), "fine": False}])
    assert row == {"text": "two words", "link": None, "on": "2026-03-31", "size": None, "kind": None, "fine": False}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({}, "text"), ({"text": 5}, "text"), ({"text": "x" * 251}, "text"), ({"text": "a\x00b"}, "text"), ({"text": "  "}, "text"),
        ({"link": "javascript:alert(1)"}, "link"), ({"link": "https://"}, "link"), ({"link": "http://[::1"}, "link"),
        ({"on": "31.3.2026"}, "on"), ({"on": 7}, "on"), ({"size": 11}, "size"), ({"size": True}, "size"),
        ({"size": float("nan")}, "size"), ({"size": 10**400}, "size"), ({"kind": "b"}, "kind"), ({"kind": []}, "kind"), ({"fine": "yes"}, "fine"),
        ({"other": 1}, "other"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_row_and_column(row, field):
    with pytest.raises(RowProblem) as refused:
        cleaned(ROWS, [{"text": "fine"}, {"text": "ok", **row} if row else {}])
    assert f"rows.1.{field}" in refused.value.fields


@pytest.mark.parametrize("rows", [None, "text", [1], {"text": "x"}, [{"text": "x"}] * 101])
def test_what_is_no_short_list_of_objects_is_refused(rows):
    with pytest.raises(RowProblem):
        cleaned(ROWS, rows)


def test_a_value_that_may_stand_once_is_refused_twice():
    with pytest.raises(RowProblem) as refused:
        cleaned(ROWS, [{"text": "same"}, {"text": "same"}])
    assert "rows.1.text" in refused.value.fields


def test_a_finding_is_added_changed_and_taken_out_on_the_page(world, sign_in):
    browser = sign_in(world.bob)
    research = make_evidence(
        Research, world.actor("bob"), world.atlas, question="Why do they wait?"
    )
    url = research.get_absolute_url()
    assert "Why do they wait?" in browser.get(url).content.decode()
    assert browser.get(f"{url}/rows/findings/new").status_code == 200
    typed = {
        "text": "They fear the queue",
        "quote": "I stopped coming",
        "who": "A regular",
        "version": 1,
    }
    assert browser.post(f"{url}/rows/findings/new", typed).status_code == 302
    page = browser.get(url).content.decode()
    assert "They fear the queue" in page
    assert "I stopped coming" in page
    stale = browser.post(f"{url}/rows/findings/0", {**typed, "text": "Mine"})
    assert stale.status_code == 409
    assert (
        browser.post(f"{url}/rows/findings/0", {**typed, "text": "New", "version": 2}).status_code
        == 302
    )
    assert browser.post(f"{url}/rows/findings/0/remove", {"version": 3}).status_code == 302
    assert Research.objects.get().findings == []
    assert browser.get(f"{url}/rows/nothing/new").status_code == 404
    assert browser.get(f"{url}/rows/findings/7").status_code == 404


def test_research_past_its_day_is_shown_as_stale_and_found_as_such(world, sign_in, api):
    yesterday = timezone.localdate() - timedelta(days=1)
    old = make_evidence(Research, world.actor("bob"), world.atlas, valid_until=yesterday)
    make_evidence(Research, world.actor("bob"), world.atlas, "Still good")
    assert "Stale since" in sign_in(world.bob).get(old.get_absolute_url()).content.decode()
    client = api(world.alice, world.acme)
    found = client.get("/api/v1/research/?product=ATL&stale=true").json()["results"]
    assert [row["reference"] for row in found] == [old.reference]


def test_rows_come_and_go_over_the_api_with_their_shape(world, api):
    client = api(world.alice, world.acme)
    body = {
        "product": "ATL", "title": "Card terminals everywhere", "direction": "rising", "segments": ["Cafés"],
        "evidence": [{"text": "Half of our customers have one", "url": "https://example.com/a", "on": "2026-02-01"}],
    }  # fmt: skip
    made = client.post("/api/v1/trends/", json.dumps(body), content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["evidence"] == body["evidence"]
    assert Trend.objects.get().segments == ["Cafés"]
    refused = client.post(
        "/api/v1/trends/", json.dumps({**body, "evidence": [{"url": "nonsense"}]}), content_type="application/json"
    )  # fmt: skip
    assert refused.status_code == 422
    assert Trend.objects.count() == 1


def test_the_weakest_aspect_decides_and_a_missing_one_leaves_it_open(world):
    rated = [
        {"aspect": name, "rating": rating, "reason": "Tried"}
        for name, rating in (("technical", "feasible"), ("operational", "doubtful"), ("legal", "feasible"))
    ]  # fmt: skip
    idea = make_idea(world.actor("bob"), world.atlas)
    found = make_evidence(Feasibility, world.actor("bob"), world.atlas, idea=idea, aspects=rated)
    assert found.verdict == "unknown"
    whole = [*rated, {"aspect": "financial", "rating": "feasible", "reason": "Paid for"}]
    found = make_evidence(Feasibility, world.actor("bob"), world.atlas, aspects=whole)
    assert found.verdict == "doubtful"
