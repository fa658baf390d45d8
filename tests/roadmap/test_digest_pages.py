"""Digests on pages, by the link in a mail, and over the API."""

from __future__ import annotations

import pytest
from django.core import mail

from roadmap.models import DigestSubscription
from roadmap.services.placements import placement_set
from tests.make import make_objective
from tests.roadmap.telling import placed, slip, subscribe, time_comes


def test_asked_for_looked_at_and_stopped_on_pages(world, sign_in):
    item = placed(world)
    browser, url = sign_in(world.carol), f"{world.atlas.get_absolute_url()}roadmap/digests"
    assert (
        f'href="{url}"' in browser.get(world.atlas.get_absolute_url() + "roadmap/").content.decode()
    )
    form = {
        "cadence": "weekly",
        "weekday": "4",
        "day": "1",
        "hour": "7",
        "time_zone": "Europe/Berlin",
    }
    assert browser.post(url, form).status_code == 302
    row = DigestSubscription.objects.get()
    assert (row.user, row.weekday, row.hour) == (world.carol, 4, 7)
    assert browser.post(url, {**form, "cadence": "monthly", "day": "31"}).status_code == 302
    assert DigestSubscription.objects.get().cadence == "monthly"
    slip(world, item)
    page = browser.get(f"{url}/{row.uuid}").content.decode()
    assert "14 days later" in page
    assert "Vendor is late" in page
    assert sign_in(world.alice).get(f"{url}/{row.uuid}").status_code == 404
    assert "whole roadmap" not in sign_in(world.alice).get(url).content.decode()
    assert sign_in(world.mallory).get(url).status_code == 404
    assert browser.get(f"{url}/{row.uuid}?digest=nonsense").status_code == 404
    assert sign_in(world.alice).post(f"{url}/{row.uuid}/stop").status_code == 404
    assert browser.post(f"{url}/{row.uuid}/stop").status_code == 302
    assert not DigestSubscription.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("hour", "24"), ("day", "32"), ("day", "0"), ("time_zone", "Mars/Base"), ("cadence", "hourly"), ("weekday", "7")],
)  # fmt: skip
def test_a_time_that_is_none_is_refused_by_its_field(world, sign_in, api, field, value):
    url = f"{world.atlas.get_absolute_url()}roadmap/digests"
    form = {"cadence": "weekly", "weekday": "4", "day": "1", "hour": "7", "time_zone": "UTC"}
    assert sign_in(world.carol).post(url, {**form, field: value}).status_code == 422
    client = api(world.carol, world.acme)
    body = {field: int(value) if value.isdigit() else value}
    answer = client.post("/api/v1/products/ATL/digests/", body, content_type="application/json")
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not DigestSubscription.objects.exists()


def test_the_link_in_a_mail_stops_it_without_signing_in(world, client):
    item = placed(world)
    subscribe(world)
    slip(world, item)
    time_comes()
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    path = link.removeprefix("http://127.0.0.1:8000")
    assert "Stop these mails?" in client.get(path).content.decode()
    assert DigestSubscription.objects.count() == 1, "looking changes nothing"
    assert client.post(path).status_code == 200
    assert "No more mails" in client.post(path).content.decode()
    assert not DigestSubscription.objects.exists()
    assert client.get(path.replace(":", "x")).status_code == 404


def test_over_the_api(world, api):
    item = placed(world)
    goal = make_objective(world.actor("alice"), world.atlas, "More groups")
    client, url = api(world.carol, world.acme), "/api/v1/products/ATL/digests/"
    made = client.post(
        url, {"objective": goal.reference, "cadence": "daily"}, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    assert made.json()["part"] == "goal More groups"
    placement_set(actor=world.actor("alice"), item=item, values={"objective": goal}, reason="Fits")
    [row] = client.get(url).json()["results"]
    found = client.get(f"/api/v1/digests/{row['id']}/").json()
    assert [(c["reference"], c["reasons"]) for c in found["changes"]] == [
        (item.reference, ["Fits"])
    ]
    other = api(world.alice, world.acme)
    assert other.get(url).json()["results"] == []
    assert other.get(f"/api/v1/digests/{row['id']}/").status_code == 404
    assert other.delete(f"/api/v1/digests/{row['id']}/").status_code == 404
    wrong = client.post(url, {"objective": item.reference}, content_type="application/json")
    assert wrong.status_code == 422
    assert "objective" in wrong.json()["errors"]
    assert client.delete(f"/api/v1/digests/{row['id']}/").status_code == 204
