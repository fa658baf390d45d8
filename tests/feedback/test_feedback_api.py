"""Feedback, quotes, companies and people over the API."""

from __future__ import annotations

import json

import pytest

from ideas.models import Company
from tests.make import make_company, make_feedback, make_idea, make_person


def send(client, method, url, body=None, **headers):
    return getattr(client, method)(
        url, json.dumps(body), content_type="application/json", headers=headers
    )


def test_feedback_is_made_read_and_changed(world, api):
    person = make_person(
        world.actor("bob"), world.acme, company=make_company(world.actor("bob"), world.acme)
    )
    client = api(world.bob, world.acme)
    made = send(client, "post", "/api/v1/feedback/", {
        "product": "ATL", "description": "It logs me out.", "source": "call", "person": str(person.uuid),
        "sentiment": "negative",
    })  # fmt: skip
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["title"] == "It logs me out."
    assert body["company"]["name"] == "Harbour Clinic"
    assert body["item"] is None
    changed = send(
        client, "patch", made["Location"], {"state": "processed"}, **{"If-Match": made["ETag"]}
    )
    assert changed.json()["state"] == "processed"
    found = client.get("/api/v1/feedback/?company=harbour&source=call&state=processed")
    assert [row["reference"] for row in found.json()["results"]] == ["ATL-1"]
    assert client.get("/api/v1/feedback/?linked=true").json()["results"] == []


def test_bad_feedback_names_its_fields(world, api):
    theirs = make_company(world.actor("mallory"), world.rival)
    client = api(world.bob, world.acme)
    answer = send(client, "post", "/api/v1/feedback/", {
        "product": "ATL", "source": "telepathy", "company": str(theirs.uuid), "sentiment": "angry",
    })  # fmt: skip
    assert answer.status_code == 422
    assert {"source", "company", "sentiment"} <= set(answer.json()["errors"])
    empty = send(client, "post", "/api/v1/feedback/", {"product": "ATL"})
    assert empty.status_code == 422
    assert "description" in empty.json()["errors"]


def test_quotes_are_linked_listed_and_taken_back(world, api):
    said = make_feedback(world.actor("bob"), world.atlas)
    idea = make_idea(world.actor("bob"), world.atlas)
    client = api(world.bob, world.acme)
    url = f"/api/v1/feedback/{said.reference}/quotes/"
    made = send(
        client, "post", url, {"target": idea.reference, "excerpt": "by hand", "importance": 2}
    )
    assert made.status_code == 201, made.content
    assert made.json()["target"] == idea.reference
    fresh = send(client, "post", url, {"new_idea": "Split for us"})
    assert fresh.status_code == 201, fresh.content
    listed = client.get(url).json()["results"]
    assert [row["importance"] for row in listed] == [2, 1]
    assert client.delete(f"{url}{made.json()['id']}/").status_code == 204
    assert client.delete(f"{url}{made.json()['id']}/").status_code == 404
    assert len(client.get(url).json()["results"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"target": "ATL-999"}, "target"),
        ({}, "target"),
        ({"target": "ATL-2", "new_idea": "x"}, "target"),
        ({"target": "ATL-2", "excerpt": "not in there"}, "excerpt"),
        ({"target": "ATL-2", "importance": 9}, "importance"),
        ({"target": "ATL-1"}, "target"),
    ],
)
def test_a_bad_quote_says_what_is_wrong(world, api, body, field):
    make_feedback(world.actor("bob"), world.atlas)
    make_idea(world.actor("bob"), world.atlas)
    answer = send(api(world.bob, world.acme), "post", "/api/v1/feedback/ATL-1/quotes/", body)
    assert answer.status_code == 422, answer.content
    assert field in answer.json()["errors"]


def test_a_stakeholder_reads_quotes_and_links_none(world, api):
    make_feedback(world.actor("bob"), world.atlas)
    make_idea(world.actor("bob"), world.atlas)
    client = api(world.carol, world.acme)
    assert client.get("/api/v1/feedback/ATL-1/quotes/").status_code == 200
    refused = send(client, "post", "/api/v1/feedback/ATL-1/quotes/", {"target": "ATL-2"})
    assert refused.status_code == 403
    other = api(world.mallory, world.rival)
    assert other.get("/api/v1/feedback/ATL-1/quotes/").status_code == 404


def test_a_company_is_made_once_by_its_external_id(world, api):
    client = api(world.bob, world.acme)
    url = "/api/v1/companies/external/"
    first = send(client, "put", url, {"external_id": "crm-7", "name": "Seven", "mrr": "120.00"})
    assert first.status_code == 201, first.content
    again = send(client, "put", url, {"external_id": "crm-7", "name": "Seven", "mrr": "120.00"})
    assert again.status_code == 200
    assert again.json() == first.json()
    more = send(client, "put", url, {"external_id": "crm-7", "name": "Seven Ltd", "mrr": "150.00"})
    assert (more.json()["name"], more.json()["version"]) == ("Seven Ltd", 2)
    assert Company.objects.count() == 1
    nameless = send(client, "put", url, {"name": "x"})
    assert nameless.status_code == 422
    assert "external_id" in nameless.json()["errors"]


def test_customers_page_through_search_and_change_with_if_match(world, api):
    bob = world.actor("bob")
    for n in range(5):
        make_company(bob, world.acme, f"Clinic {n}", mrr=None if n == 2 else n * 10)
    make_company(world.actor("mallory"), world.rival, "Clinic rival")
    client = api(world.bob, world.acme)
    seen, url = [], "/api/v1/companies/?order=-mrr&size=2&q=clinic"
    while url:
        page = client.get(url)
        assert page.status_code == 200, page.content
        seen += [row["name"] for row in page.json()["results"]]
        url = page.json()["next"]
    assert seen == ["Clinic 4", "Clinic 3", "Clinic 1", "Clinic 0", "Clinic 2"]
    assert client.get("/api/v1/companies/?colour=red").status_code == 400
    one = client.get("/api/v1/companies/?q=Clinic 1").json()["results"][0]
    here = f"/api/v1/companies/{one['id']}/"
    assert send(client, "patch", here, {"plan": "Team"}).status_code == 428
    changed = send(client, "patch", here, {"plan": "Team"}, **{"If-Match": '"1"'})
    assert changed.json()["plan"] == "Team"
    assert send(client, "patch", here, {"plan": "x"}, **{"If-Match": '"1"'}).status_code == 412
    assert send(client, "patch", here, {"user": 1}, **{"If-Match": '"2"'}).status_code == 422


def test_a_person_has_a_company_of_the_same_workspace(world, api):
    ours = make_company(world.actor("bob"), world.acme)
    theirs = make_company(world.actor("mallory"), world.rival)
    client = api(world.bob, world.acme)
    made = send(client, "post", "/api/v1/persons/", {"name": "Ana", "company": str(ours.uuid)})
    assert made.status_code == 201, made.content
    assert made.json()["company"] == str(ours.uuid)
    foreign = send(client, "post", "/api/v1/persons/", {"name": "Ben", "company": str(theirs.uuid)})
    missing = send(client, "post", "/api/v1/persons/",
                   {"name": "Ben", "company": "00000000-0000-4000-8000-000000000000"})  # fmt: skip
    assert foreign.status_code == missing.status_code == 422
    assert foreign.json()["errors"] == missing.json()["errors"]
    loose = send(client, "post", "/api/v1/persons/", {"name": "Cleo"})
    assert loose.json()["company"] is None
    assert client.get(f"/api/v1/companies/{theirs.uuid}/").status_code == 404
