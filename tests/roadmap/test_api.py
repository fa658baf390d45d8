"""The roadmap over the API."""

from __future__ import annotations

import json
from datetime import date

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadmap.models import Placement
from tests.make import (
    make_item,
    make_key_result,
    make_milestone,
    make_objective,
    make_placement,
    make_release,
)


def send(method, client, url, body, **headers):
    call = getattr(client, method)
    return call(url, json.dumps(body), content_type="application/json", headers=headers)


def test_goals_key_results_releases_and_milestones_are_made_and_read(world, api):
    client = api(world.alice, world.acme)
    goal = send(
        "post", client, "/api/v1/objectives/",
        {"product": "ATL", "title": "Grow", "starts_on": "2026-01-01", "ends_on": "2026-12-31"},
    )  # fmt: skip
    assert goal.status_code == 201, goal.content
    reference = goal.json()["reference"]
    result = send(
        "post", client, "/api/v1/key-results/",
        {"product": "ATL", "title": "Churn", "objective": reference, "start": 8, "target": 4},
    )  # fmt: skip
    assert result.status_code == 201, result.content
    assert result.json()["direction"] == "down"
    assert result.json()["progress"] == 0
    release = send(
        "post", client, "/api/v1/releases/",
        {"product": "ATL", "title": "2.0", "release_on": "2026-06-01"},
    )  # fmt: skip
    stone = send(
        "post", client, "/api/v1/milestones/",
        {"product": "ATL", "title": "Beta", "on": "2026-05-01", "release": release.json()["reference"]},
    )  # fmt: skip
    assert stone.status_code == 201, stone.content
    for kind in ("objectives", "key-results", "releases", "milestones"):
        found = client.get(f"/api/v1/{kind}/?product=ATL").json()["results"]
        assert len(found) == 1
    filtered = client.get(f"/api/v1/key-results/?objective={reference}").json()["results"]
    assert [row["title"] for row in filtered] == ["Churn"]
    assert client.get("/api/v1/key-results/?objective=ATL-999").status_code == 400
    missing = send("post", client, "/api/v1/key-results/", {"product": "ATL", "title": "x"})
    assert missing.status_code == 422
    assert "objective" in missing.json()["errors"]
    for name in ("start", "target"):
        nan = {"product": "ATL", "title": "x", "objective": reference, "start": 1, "target": 2}
        bad = send("post", client, "/api/v1/key-results/", {**nan, name: "NaN"})
        assert bad.status_code == 422, bad.content


def test_a_reading_is_posted_and_moves_the_progress(world, api):
    alice = world.actor("alice")
    result = make_key_result(alice, make_objective(alice, world.atlas), start=8, target=4)
    client = api(world.bob, world.acme)
    url = f"/api/v1/key-results/{result.reference}/check-ins/"
    made = send("post", client, url, {"value": 6, "confidence": 70, "note": "Better"})
    assert made.status_code == 201, made.content
    read = client.get(f"/api/v1/key-results/{result.reference}/").json()
    assert (read["current"], read["progress"], read["confidence"]) == (6, 0.5, 70)
    assert read["due_on"] is None
    assert [row["note"] for row in client.get(url).json()["results"]] == ["Better"]
    assert send("post", client, url, {"value": "x"}).status_code == 422
    assert send("post", api(world.carol, world.acme), url, {"value": 1}).status_code == 403


def test_an_item_is_placed_changed_and_taken_off(world, api):
    alice = world.actor("alice")
    item, goal = make_item(alice, world.atlas), make_objective(alice, world.atlas)
    client = api(world.alice, world.acme)
    url = f"/api/v1/placements/{item.reference}/"
    assert client.get(url).status_code == 404
    body = {
        "bucket": "now", "starts_on": "2026-03-01", "ends_on": "2026-05-31",
        "objective": goal.reference,
    }  # fmt: skip
    made = send("put", client, url, body)
    assert made.status_code == 201, made.content
    assert made.json()["objective"] == goal.reference
    assert send("put", client, url, body).status_code == 428
    early = {**body, "ends_on": "2026-02-01"}
    refused = send("put", client, url, early, **{"If-Match": made["ETag"]})
    assert refused.status_code == 422
    assert "ends_on" in refused.json()["errors"]
    changed = send(
        "put", client, url, {**body, "ends_on": "2026-06-30", "reason": "Scope grew"},
        **{"If-Match": made["ETag"]},
    )  # fmt: skip
    assert changed.status_code == 200, changed.content
    assert changed.json()["ends_on"] == "2026-06-30"
    stale = send("put", client, url, {**body, "bucket": "later"}, **{"If-Match": made["ETag"]})
    assert stale.status_code == 412
    history = client.get(f"/api/v1/records/{item.reference}/history/").json()["results"]
    assert (history[0]["verb"], history[0]["reason"]) == ("placement.moved", "Scope grew")
    assert [
        row["item"] for row in client.get("/api/v1/placements/?product=ATL").json()["results"]
    ] == [item.reference]
    assert send("put", api(world.bob, world.acme), url, body).status_code == 403
    assert client.get(f"/api/v1/placements/{goal.reference}/").status_code == 404
    assert client.delete(url).status_code == 204
    assert not Placement.objects.exists()
    assert client.delete(url).status_code == 404


def test_a_link_over_the_api_shows_its_address_once(world, api):
    client = api(world.alice, world.acme)
    made = send("post", client, "/api/v1/shares/", {"product": "ATL", "name": "Partners"})
    assert made.status_code == 201, made.content
    url = made.json()["url"]
    assert Client().get(url).status_code == 200
    listed = client.get("/api/v1/shares/?product=ATL")
    assert url not in listed.content.decode()
    row = listed.json()["results"][0]
    assert row["open"] is True
    foreign = api(world.mallory, world.rival)
    assert foreign.delete(f"/api/v1/shares/{row['id']}/").status_code == 404
    assert api(world.bob, world.acme).get("/api/v1/shares/?product=ATL").json() == {"results": []}
    assert client.delete(f"/api/v1/shares/{row['id']}/").status_code == 204
    assert Client().get(url).status_code == 404
    assert (
        send("post", client, "/api/v1/shares/", {"product": "ROC", "name": "x"}).status_code == 422
    )
    assert client.get("/api/v1/shares/").status_code == 400


def test_the_whole_roadmap_is_one_document_at_a_bounded_price(world, api):
    alice = world.actor("alice")
    client = api(world.carol, world.acme)

    def read():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/api/v1/roadmap/?product=ATL")
        assert answer.status_code == 200, answer.content
        return answer.json(), len(queries)

    for n in range(3):
        goal = make_objective(alice, world.atlas, f"Goal {n}")
        make_key_result(alice, goal)
        release = make_release(alice, world.atlas, f"Release {n}")
        make_milestone(alice, world.atlas, on=date(2026, 5, n + 1))
        make_placement(alice, make_item(alice, world.atlas), objective=goal, release=release)
        found, queries = read()
    assert [len(found[part]) for part in ("objectives", "releases", "milestones", "placements")] == [
        3, 3, 3, 3,
    ]  # fmt: skip
    assert found["objectives"][0]["key_results"][0]["metric"] == "No-show rate"
    assert queries <= 12
    assert client.get("/api/v1/roadmap/?product=ROC").status_code == 404
    assert client.get("/api/v1/roadmap/").status_code == 400
