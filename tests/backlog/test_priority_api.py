"""Prioritization over the API."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.models import BacklogItem, ScoringModel
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from plm.models import Event
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import RICE, make_items, use_rice


def send(client, method, url, body, **headers):
    return client.generic(
        method, url, json.dumps(body), content_type="application/json", headers=headers
    )


def test_an_item_is_judged_and_its_score_explained(world, api):
    make_items(world, 2)
    use_rice(world)
    run_due_jobs()
    client = api(world.bob, world.acme)
    url = "/api/v1/items/ATL-2/assessment/"
    assert client.get(url).json()["missing"] == ["reach", "impact", "confidence", "effort"]
    done = send(client, "PUT", url, {"values": RICE})
    assert done.status_code == 200, done.content
    assert done.json()["score"] == done.json()["item_score"] == 800
    assert done.json()["explanation"]["formula"].startswith("reach")
    assert done.json()["assessed_by"]["name"] == "Bob"
    part = send(client, "PATCH", url, {"values": {"reach": 1000}})
    assert part.json()["score"] == 400
    whole = send(client, "PUT", url, {"values": {"reach": 1000}})
    assert whole.json()["score"] is None
    assert whole.json()["missing"] == ["impact", "confidence", "effort"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"values": {"effort": 0}}, "effort"),
        ({"values": {"reach": -2}}, "reach"),
        ({"values": {"confidence": 9}}, "confidence"),
        ({"values": {"impact": 2.5}}, "impact"),
        ({"values": {"size": 2}}, "size"),
        ({"values": {}, "model": "00000000-0000-4000-8000-000000000000"}, "model"),
    ],
)
def test_bad_values_are_named_and_nothing_is_written(world, api, body, field):
    make_items(world, 1)
    use_rice(world)
    client = api(world.bob, world.acme)
    events = Event.objects.count()
    answer = send(client, "PATCH", "/api/v1/items/ATL-1/assessment/", body)
    assert answer.status_code == 422, answer.content
    assert field in answer.json()["errors"]
    assert Event.objects.count() == events


def test_many_items_are_judged_at_once_with_a_report_per_row(world, api):
    make_items(world, 3)
    use_rice(world)
    client = api(world.bob, world.acme)
    rows = [
        {"item": "ATL-1", "values": RICE},
        {"item": "ATL-2", "values": {"effort": 0}},
        {"item": "ATL-99", "values": RICE},
        "nonsense",
        {"item": "atl-3", "values": {**RICE, "reach": 9000}},
    ]
    answer = send(client, "POST", "/api/v1/assessments/bulk/", {"product": "ATL", "items": rows})
    assert answer.status_code == 200, answer.content
    assert [r["status"] for r in answer.json()["rows"]] == [
        "saved",
        "error",
        "error",
        "error",
        "saved",
    ]
    assert answer.json()["failed"] == 3
    run_due_jobs()
    listed = client.get("/api/v1/items/?product=ATL&order=rank").json()["results"]
    assert [(r["reference"], r["rank"], r["score"]) for r in listed] == [
        ("ATL-3", 1, 3600.0),
        ("ATL-1", 2, 800.0),
        ("ATL-2", 3, None),
    ]
    assert send(client, "POST", "/api/v1/assessments/bulk/", {"product": "ATL"}).status_code == 422


def test_a_model_is_made_changed_and_activated(world, api):
    client = api(world.alice, world.acme)
    models = client.get("/api/v1/scoring-models/?product=ATL").json()["results"]
    assert [(m["name"], m["active"]) for m in models] == [
        ("RICE", False),
        ("Weighted scoring", True),
    ]
    assert [round(c["share"], 3) for c in models[1]["criteria"]] == [0.333] * 3
    made = send(
        client,
        "POST",
        "/api/v1/scoring-models/",
        {"product": "ATL", "name": "Fit", "method": "weighted", "criteria": [{"label": "Fit"}]},
    )
    assert made.status_code == 201, made.content
    url = f"/api/v1/scoring-models/{made.json()['id']}/"
    body = {"criteria": [{"key": "fit", "weight": 2}, {"label": "Cost", "reversed": True}]}
    assert send(client, "PATCH", url, body).status_code == 428
    changed = send(client, "PATCH", url, body, **{"If-Match": made["ETag"]})
    assert changed.status_code == 200, changed.content
    assert [c["key"] for c in changed.json()["criteria"]] == ["fit", "cost"]
    assert changed.json()["version"] == 2
    assert send(client, "PATCH", url, body, **{"If-Match": made["ETag"]}).status_code == 412
    assert send(client, "POST", f"{url}activate/", {}).json()["active"] is True
    assert ScoringModel.objects.filter(product=world.atlas, active=True).count() == 1
    bad = send(client, "PATCH", url, {"criteria": []}, **{"If-Match": changed["ETag"]})
    assert bad.status_code == 422
    reader = api(world.bob, world.acme)
    assert send(reader, "POST", f"{url}activate/", {}).status_code == 403


def test_foreign_models_and_items_answer_like_missing_ones(world, api):
    theirs = scoring_models_ensure(product=world.rocket)
    client = api(world.alice, world.acme)
    assert client.get(f"/api/v1/scoring-models/{theirs.uuid}/").status_code == 404
    assert client.get("/api/v1/scoring-models/?product=ROC").status_code == 404
    assert client.get("/api/v1/items/ROC-1/assessment/").status_code == 404
    make_items(world, 1)
    body = {"values": {}, "model": str(theirs.uuid)}
    assert send(client, "PATCH", "/api/v1/items/ATL-1/assessment/", body).status_code == 422


def test_a_place_is_fixed_and_freed(world, api):
    make_items(world, 3)
    run_due_jobs()
    client = api(world.alice, world.acme)
    done = send(
        client, "POST", "/api/v1/items/ATL-3/pin/", {"rank": 1, "reason": "Promised for May"}
    )
    assert done.status_code == 200, done.content
    assert done.json() == {"reference": "ATL-3", "rank": 1, "rank_pinned": 1}
    behind = send(
        client, "POST", "/api/v1/items/ATL-2/pin/", {"after": "ATL-3", "reason": "Goes with it"}
    )
    assert behind.json()["rank_pinned"] == 2
    run_due_jobs()
    listed = client.get("/api/v1/items/?product=ATL&order=rank").json()["results"]
    assert [r["reference"] for r in listed] == ["ATL-3", "ATL-2", "ATL-1"]
    for body in ({"rank": 1}, {"rank": 0, "reason": "Because"}, {"reason": "Because"}):
        assert send(client, "POST", "/api/v1/items/ATL-3/pin/", body).status_code == 422
    freed = send(client, "POST", "/api/v1/items/ATL-3/unpin/", {})
    assert freed.json()["rank_pinned"] is None
    bob = api(world.bob, world.acme)
    assert (
        send(bob, "POST", "/api/v1/items/ATL-1/pin/", {"rank": 1, "reason": "x y z"}).status_code
        == 403
    )


@pytest.mark.parametrize("order", ["-score", "rank"])
def test_a_page_of_items_by_score_takes_at_most_four_statements(world, api, order):
    make_items(world, 6)
    run_due_jobs()
    BacklogItem.objects.update(score=5)
    client = api(world.bob, world.acme)
    url = f"/api/v1/items/?product=ATL&order={order}&size=5"
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(url)
    assert len(page.json()["results"]) == 5
    assert len(captured) <= 4, [q["sql"] for q in captured]


def test_a_new_model_can_rank_before_anything_was_judged(world, api):
    make_items(world, 1)
    model = use_rice(world)
    scoring_model_activate(actor=world.actor("alice"), model=model)
    run_due_jobs()
    answer = api(world.bob, world.acme).get("/api/v1/items/ATL-1/").json()
    assert (answer["score"], answer["rank"]) == (None, 1)
