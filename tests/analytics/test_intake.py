"""Product events over the API: what is taken, what is refused, and that nothing is silent."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.models import DirtyDay, IntakeWarning, ProductEvent
from plm.models import Job
from tests.make import event

URL = "/api/v1/events/"


def send(client, events, product="ATL", **more):
    body = {"product": product, "events": events, **more}
    return client.post(URL, json.dumps(body), content_type="application/json")


def test_a_batch_is_in_when_the_answer_comes(world, api):
    client = api(world.bob, world.acme, ["events"])
    answer = send(client, [event(value=12.5, currency="EUR", company="Northwind"), event(actor=7)])
    assert answer.status_code == 202, answer.content
    assert answer.json() == {"accepted": 2, "duplicates": 0, "refused": [], "flagged": []}
    rows = ProductEvent.objects.filter(product=world.atlas)
    assert {row.actor for row in rows} == {"u1", "7"}
    assert float(rows.get(actor="u1").value) == 12.5
    assert rows.get(actor="u1").company == "Northwind"
    assert Job.objects.filter(kind="analytics.rollups", product=world.atlas).count() == 1
    assert DirtyDay.objects.count() == 1


def test_the_same_batch_again_adds_nothing(world, api):
    client = api(world.bob, world.acme)
    batch = [event() for _ in range(5)]
    assert send(client, batch).json()["accepted"] == 5
    again = send(client, [*batch, event()]).json()
    assert (again["accepted"], again["duplicates"], again["flagged"]) == (1, 5, [])
    assert ProductEvent.objects.count() == 6


def test_the_first_body_of_an_id_stands_and_the_other_is_listed(world, api):
    client = api(world.bob, world.acme)
    first = event(name="order")
    send(client, [first])
    answer = send(client, [event(), {**first, "name": "refund"}]).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert answer["flagged"][0]["row"] == 1
    assert "first one stands" in answer["flagged"][0]["errors"]["id"]
    assert ProductEvent.objects.get(event_id=first["id"]).name == "order"
    assert IntakeWarning.objects.get().refused is False


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"at": "2099-01-01T00:00:00Z"}, "at"),
        ({"at": "1969-12-31T23:59:59Z"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": 12345}, "at"),
        ({"at": None}, "at"),
        ({"at": "0001-01-01T00:00:00+23:59"}, "at"),
        ({"at": "9999-12-31T23:59:59-23:59"}, "at"),
        ({"id": "not-a-uuid"}, "id"),
        ({"id": None}, "id"),
        ({"id": ["x"]}, "id"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"actor": None}, "actor"),
        ({"actor": {"id": 1}}, "actor"),
        ({"company": ""}, "company"),
        ({"value": "a lot"}, "value"),
        ({"value": True}, "value"),
        ({"value": 1e30}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": [1]}, "value"),
        ({"currency": "euro"}, "currency"),
        ({"currency": 5}, "currency"),
        ({"properties": [1]}, "properties"),
        ({"properties": {f"p{n}": 1 for n in range(10_000)}}, "properties"),
        ({"properties": {"long": "x" * 9000}}, "properties"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_event_is_refused_listed_and_kept_as_a_warning(world, api, wrong, field):
    client = api(world.bob, world.acme)
    answer = send(client, [event(), {**event(), **wrong}])
    assert answer.status_code == 202, answer.content
    assert answer.json()["accepted"] == 1
    (refused,) = answer.json()["refused"]
    assert refused["row"] == 1
    assert field in refused["errors"]
    warning = IntakeWarning.objects.get()
    assert (warning.refused, warning.row) == (True, 1)
    assert field in warning.errors


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"at": "1970-01-01T00:00:00Z"}, "at"),
        ({"at": "2026-03-02T10:00:00"}, "at"),
        ({"properties": {"__proto__": {"admin": True}}}, "properties"),
    ],
)
def test_an_odd_event_is_taken_and_flagged(world, api, odd, field):
    answer = send(api(world.bob, world.acme), [{**event(), **odd}]).json()
    assert answer["accepted"] == 1
    assert field in answer["flagged"][0]["errors"]
    assert IntakeWarning.objects.get().refused is False


def test_up_to_23_hours_ahead_a_clock_may_be_wrong(world, api):
    ahead = (timezone.now() + timedelta(hours=22)).isoformat()
    assert send(api(world.bob, world.acme), [event(at=ahead)]).json()["accepted"] == 1


def test_rows_that_are_no_objects_are_refused_one_by_one(world, api):
    answer = send(api(world.bob, world.acme), [1, None, "x", [], event()]).json()
    assert answer["accepted"] == 1
    assert [entry["row"] for entry in answer["refused"]] == [0, 1, 2, 3]


def test_more_than_a_megabyte_is_refused_and_noted(world, api):
    client = api(world.bob, world.acme)
    answer = send(client, [event(properties={"blob": "x" * 1100}) for _ in range(1000)])
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert ProductEvent.objects.count() == 0
    assert "1 MB" in IntakeWarning.objects.get().errors["batch"]


@pytest.mark.parametrize("events", [[], {}, None, "x", [1] * 1001])
def test_a_batch_that_is_no_batch_is_refused_and_noted(world, api, events):
    answer = send(api(world.bob, world.acme), events)
    assert answer.status_code == 422
    assert "events" in answer.json()["errors"]
    assert IntakeWarning.objects.count() == 1


def test_a_body_that_is_no_object_or_names_no_product_is_refused(world, api):
    client = api(world.bob, world.acme)
    assert client.post(URL, "[]", content_type="application/json").status_code == 422
    assert client.post(URL, "{", content_type="application/json").status_code == 400
    for product in ("NOPE", "ROC", "", None, 5, "X" * 40):
        assert send(client, [event()], product=product).status_code == 422
    assert send(client, [event()], extra=1).status_code == 422


def test_who_may_send_events(world, api, client):
    assert send(client, [event()]).status_code in (401, 403)
    assert send(api(world.carol, world.acme), [event()]).status_code == 403
    assert send(api(world.bob, world.acme, ["read"]), [event()]).status_code == 403
    assert send(api(world.mallory, world.rival), [event()]).status_code == 422
    bound = api(world.bob, world.acme, ["events"], world.boreas)
    assert send(bound, [event()]).status_code == 422
    assert send(bound, [event()], product="BOR").status_code == 202
    assert ProductEvent.objects.count() == 1


def test_an_events_token_reads_nothing(world, api):
    client = api(world.bob, world.acme, ["events"])
    assert client.get("/api/v1/metrics/").json().get("results", []) == []


def test_a_batch_takes_few_statements(world, api, django_assert_max_num_queries):
    client = api(world.bob, world.acme, ["events"])
    send(client, [event()])
    with django_assert_max_num_queries(8):
        send(client, [event() for _ in range(100)])


def test_ids_are_told_apart_by_value_not_by_spelling(world, api):
    client = api(world.bob, world.acme)
    number = uuid.uuid4()
    send(client, [{**event(), "id": str(number)}])
    answer = send(client, [{**event(), "id": number.hex.upper()}]).json()
    assert (answer["accepted"], answer["duplicates"]) == (0, 1)
