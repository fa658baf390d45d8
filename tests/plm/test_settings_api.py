"""Custom fields and saved views over the API."""

from __future__ import annotations

import json

import pytest

from tests.make import make_idea


def post(client, url, body):
    return client.post(url, json.dumps(body), content_type="application/json")


def test_a_custom_field_is_added_filled_checked_and_taken_off(world, api):
    client = api(world.alice, world.acme)
    made = post(
        client,
        "/api/v1/custom-fields/",
        {
            "product": "ATL",
            "kind": "idea",
            "label": "Region",
            "type": "choice",
            "choices": ["North", "South"],
            "required": True,
        },
    )
    assert made.status_code == 201, made.content
    idea = {"product": "ATL", "title": "Somewhere"}
    missing = post(client, "/api/v1/ideas/", idea)
    assert missing.status_code == 422
    assert missing.json()["errors"] == {"custom.region": "Region is required."}
    wrong = post(client, "/api/v1/ideas/", {**idea, "custom": {"region": "East"}})
    assert wrong.json()["errors"] == {"custom.region": "Choose one of: North, South."}
    right = post(client, "/api/v1/ideas/", {**idea, "custom": {"region": "South"}})
    assert right.json()["custom"] == {"region": "South"}
    listed = client.get("/api/v1/custom-fields/?product=ATL&kind=idea").json()["results"]
    assert [row["name"] for row in listed] == ["region"]
    assert client.delete(f"/api/v1/custom-fields/{made.json()['id']}/").status_code == 204
    assert post(client, "/api/v1/ideas/", idea).status_code == 201


def test_contributors_cannot_add_fields(world, api):
    body = {"product": "ATL", "kind": "idea", "label": "Region", "type": "text"}
    assert post(api(world.bob, world.acme), "/api/v1/custom-fields/", body).status_code == 403


def test_a_saved_view_is_seen_by_its_owner_and_by_others_only_when_shared(world, api):
    make_idea(world.actor("bob"), world.atlas)
    bob, carol = api(world.bob, world.acme), api(world.carol, world.acme)
    for name, shared in (("Mine", False), ("Ours", True)):
        body = {
            "product": "ATL",
            "kind": "idea",
            "name": name,
            "query": "state=open",
            "shared": shared,
        }
        assert post(bob, "/api/v1/saved-views/", body).status_code == 201
    url = "/api/v1/saved-views/?product=ATL&kind=idea"
    assert {row["name"] for row in bob.get(url).json()["results"]} == {"Mine", "Ours"}
    seen = carol.get(url).json()["results"]
    assert [(row["name"], row["mine"]) for row in seen] == [("Ours", False)]
    assert carol.delete(f"/api/v1/saved-views/{seen[0]['id']}/").status_code == 403
    assert bob.delete(f"/api/v1/saved-views/{seen[0]['id']}/").status_code == 204


def test_what_does_not_exist_is_named(world, api):
    client = api(world.alice, world.acme)
    assert client.get("/api/v1/custom-fields/?product=NOPE").json()["errors"]["product"]
    assert client.get("/api/v1/saved-views/?product=ATL&kind=dragon").json()["errors"]["kind"]


@pytest.mark.parametrize("days", ["1_0", "\u0663\u0660", True, "ten"])
def test_a_number_in_another_spelling_is_refused_where_it_stands(days, world, api):
    body = {"product": "ATL", "name": "Partners", "days": days}
    answer = api(world.alice, world.acme).post(
        "/api/v1/shares/", body, content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer.json()["errors"]["days"] == "Give a number, such as 12 or 12.5."


def test_a_number_is_no_text_and_a_bucket_nobody_has_is_no_empty_list(world, api):
    client = api(world.alice, world.acme)
    body = {"product": "ATL", "kind": "idea", "name": 5}
    answer = client.post("/api/v1/saved-views/", body, content_type="application/json")
    assert answer.json()["errors"]["name"] == "Give text, in quotation marks."
    assert client.get("/api/v1/placements/?product=ATL&bucket=soon").status_code == 400
