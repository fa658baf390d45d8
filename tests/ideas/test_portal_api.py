"""Portal and boards over the API."""

from __future__ import annotations

import uuid

import pytest

from ideas.models import Board, Portal
from plm.services.fields import custom_field_create
from tests.make import make_idea, make_person

JSON = "application/json"


@pytest.fixture
def client(world, api):
    return api(world.alice, world.acme)


def test_a_client_reads_and_changes_the_portal(world, client, api):
    read = client.get("/api/v1/portals/ATL/")
    assert read.json()["counts"] == "always"
    headers = {"If-Match": read["ETag"]}
    body = {"accent": "#0b6e4f", "vote_budget": 5, "allowed_origins": ["https://a.example/"]}
    saved = client.patch("/api/v1/portals/ATL/", body, content_type=JSON, headers=headers)
    assert saved.status_code == 200
    assert saved.json()["allowed_origins"] == ["https://a.example"]
    assert Portal.objects.get().vote_budget == 5
    stale = client.patch("/api/v1/portals/ATL/", body, content_type=JSON, headers=headers)
    assert stale.status_code == 412
    headers = {"If-Match": saved["ETag"]}
    wrong = client.patch(
        "/api/v1/portals/ATL/", {"accent": "#ffcc00"}, content_type=JSON, headers=headers
    )
    assert wrong.status_code == 422
    assert "nearest" in str(wrong.json())
    assert client.get("/api/v1/portals/ROC/").status_code == 404
    bob = api(world.bob, world.acme)
    refused = bob.patch("/api/v1/portals/ATL/", body, content_type=JSON, headers=headers)
    assert refused.status_code == 403


def test_a_client_makes_changes_and_removes_boards(world, client):
    custom_field_create(
        actor=world.actor("alice"), product=world.atlas, kind="idea", label="Device", type="text"
    )
    ana = make_person(world.actor("alice"), world.acme, "Ana Ruiz")
    body = {
        "product": "ATL", "name": "Partners", "privacy": "selected", "people": [str(ana.uuid)],
        "asks": [{"field": "device", "required": True}],
    }  # fmt: skip
    made = client.post("/api/v1/boards/", body, content_type=JSON)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["slug"], shown["people"], shown["asks"]) == (
        "partners",
        [str(ana.uuid)],
        [{"field": "device", "required": True}],
    )
    here = f"/api/v1/boards/{shown['id']}/"
    headers = {"If-Match": made["ETag"]}
    change = client.patch(here, {"people": [], "position": 3}, content_type=JSON, headers=headers)
    assert (change.json()["people"], change.json()["position"]) == ([], 3)
    assert change.json()["asks"] == shown["asks"]
    for wrong in (
        {"people": [str(uuid.uuid4())]},
        {"asks": [{"field": "nope"}]},
        {"segment": str(uuid.uuid4())},
        {"privacy": "nobody"},
        {"product": "BOR"},
    ):
        answer = client.patch(here, wrong, content_type=JSON, headers={"If-Match": change["ETag"]})
        assert answer.status_code == 422, wrong
    assert [row["name"] for row in client.get("/api/v1/boards/").json()["results"]] == ["Partners"]
    assert client.delete(here).status_code == 204
    assert not Board.objects.exists()


def test_a_link_is_made_and_taken_back(world, client, api):
    body = {"product": "ATL", "name": "Beta", "privacy": "link"}
    made = client.post("/api/v1/boards/", body, content_type=JSON).json()
    here = f"/api/v1/boards/{made['id']}/link/"
    secret = client.post(here).json()["secret"]
    world.atlas.portal_open = True
    world.atlas.save()
    assert api(world.bob, world.acme).post(here).status_code == 403
    assert client.get(f"/portal/acme/atl/with/{secret}").status_code == 302
    assert client.delete(here).status_code == 204
    assert client.get(f"/portal/acme/atl/with/{secret}").status_code == 404


def test_an_idea_is_put_on_a_board(world, client):
    made = client.post("/api/v1/boards/", {"product": "ATL", "name": "Apps"}, content_type=JSON)
    board = made.json()["id"]
    idea = make_idea(world.actor("bob"), world.atlas)
    headers = {"If-Match": '"1"'}
    put = client.patch(
        f"/api/v1/ideas/{idea.reference}/", {"board": board}, content_type=JSON, headers=headers
    )
    assert put.json()["board"] == board
    found = client.get(f"/api/v1/ideas/?board={board}").json()["results"]
    assert [row["reference"] for row in found] == [idea.reference]
    elsewhere = {"product": "BOR", "title": "x", "board": board}
    refused = client.post("/api/v1/ideas/", elsewhere, content_type=JSON)
    invented = client.post(
        "/api/v1/ideas/", {**elsewhere, "board": str(uuid.uuid4())}, content_type=JSON
    )
    assert refused.status_code == invented.status_code == 422
    assert client.delete(f"/api/v1/boards/{board}/").status_code == 409
