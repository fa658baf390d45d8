"""Ideas over the API."""

from __future__ import annotations

import json

from tests.make import make_idea


def post(client, url, body, **headers):
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def patch(client, url, body, **headers):
    return client.patch(url, json.dumps(body), content_type="application/json", headers=headers)


def test_an_idea_is_made_read_and_changed(world, api):
    client = api(world.bob, world.acme)
    made = post(client, "/api/v1/ideas/", {"product": "ATL", "title": "Dark mode", "tags": ["ui"]})
    assert made.status_code == 201, made.content
    assert made.json()["reference"] == "ATL-1"
    assert made.json()["tags"] == ["ui"]
    url = made["Location"]
    read = client.get(url)
    links = {
        "links": {"before": [], "after": []}
    }  # what one record is read with, beyond what it is
    assert read.json() == made.json() | links
    assert client.get(url, headers={"If-None-Match": read["ETag"]}).status_code == 304
    changed = patch(client, url, {"title": "Dark theme"}, **{"If-Match": read["ETag"]})
    assert changed.status_code == 200, changed.content
    assert changed.json()["version"] == 2
    stale = patch(client, url, {"title": "Night mode"}, **{"If-Match": read["ETag"]})
    assert stale.status_code == 412
    assert stale.json()["current_version"] == 2
    assert patch(client, url, {"title": "x"}).status_code == 428


def test_pages_follow_each_other_without_gap_or_repetition(world, api):
    actor = world.actor("bob")
    for n in range(7):
        make_idea(actor, world.atlas, f"Idea {n}")
    client = api(world.bob, world.acme)
    seen, url = [], "/api/v1/ideas/?product=ATL&size=3&order=title"
    while url:
        page = client.get(url)
        assert page.status_code == 200, page.content
        seen += [row["title"] for row in page.json()["results"]]
        url = page.json()["next"]
    assert seen == [f"Idea {n}" for n in range(7)]


def test_a_foreign_idea_answers_like_a_missing_one(world, api):
    theirs = make_idea(world.actor("mallory"), world.rocket)
    client = api(world.bob, world.acme)
    foreign = client.get(f"/api/v1/ideas/{theirs.uuid}/")
    missing = client.get("/api/v1/ideas/00000000-0000-4000-8000-000000000000/")
    assert foreign.status_code == missing.status_code == 404
    drop = {"request_id"}
    assert {k: v for k, v in foreign.json().items() if k not in drop} == {
        k: v for k, v in missing.json().items() if k not in drop
    }


def test_the_same_idempotency_key_gives_the_same_answer_once(world, api):
    client = api(world.bob, world.acme)
    body = {"product": "ATL", "title": "Once"}
    first = post(client, "/api/v1/ideas/", body, **{"Idempotency-Key": "k1"})
    again = post(client, "/api/v1/ideas/", body, **{"Idempotency-Key": "k1"})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    other = post(client, "/api/v1/ideas/", {**body, "title": "Other"}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert other.json()["errors"] == {"Idempotency-Key": "Used for another request."}
    assert len(client.get("/api/v1/ideas/").json()["results"]) == 1


def test_unknown_filters_fields_and_orderings_are_refused_with_what_there_is(world, api):
    client = api(world.bob, world.acme)
    for query in (
        "colour=red",
        "order=owner__password",
        "fields=secret",
        "size=0",
        "cursor=garbage",
    ):
        answer = client.get(f"/api/v1/ideas/?{query}")
        assert answer.status_code == 400, query
        assert answer["Content-Type"] == "application/problem+json"
    assert "votes" in client.get("/api/v1/ideas/?order=bogus").json()["detail"]


def test_bad_rows_of_a_bulk_write_are_reported_and_good_ones_are_in(world, api):
    client = api(world.bob, world.acme)
    answer = post(
        client,
        "/api/v1/ideas/bulk/",
        {
            "items": [
                {"product": "ATL", "title": "Good"},
                {"product": "ATL"},
                {"product": "NOPE", "title": "x"},
            ]
        },
    )
    assert answer.status_code == 200, answer.content
    assert [row["status"] for row in answer.json()["rows"]] == ["created", "error", "error"]
    assert "title" in answer.json()["rows"][1]["errors"]


def test_a_read_token_cannot_write_and_a_product_token_sees_one_product(world, api):
    make_idea(world.actor("bob"), world.boreas, "Elsewhere")
    reader = api(world.bob, world.acme, ["read"])
    assert post(reader, "/api/v1/ideas/", {"product": "ATL", "title": "x"}).status_code == 403
    bound = api(world.bob, world.acme, product=world.atlas)
    assert bound.get("/api/v1/ideas/").json()["results"] == []
    assert post(bound, "/api/v1/ideas/", {"product": "BOR", "title": "x"}).status_code == 422


def test_an_etag_changes_with_computed_values_and_still_serves_as_if_match(world, api):
    idea = make_idea(world.actor("bob"), world.atlas)
    client = api(world.bob, world.acme)
    url = f"/api/v1/ideas/{idea.reference}/"
    before = client.get(url)["ETag"]
    client.post(f"{url}vote/")
    after = client.get(url, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.json()["votes_count"] == 1
    assert (
        patch(client, url, {"title": "Still version 1"}, **{"If-Match": before}).status_code == 200
    )
