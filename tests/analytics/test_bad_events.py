"""Events no program should send: accepted and flagged, or refused by name; never a 500."""

from __future__ import annotations

import uuid

import pytest

from tests.bad_input import refusal, send


@pytest.fixture
def client(world, api):
    return api(world.alice, world.acme)


@pytest.mark.parametrize(
    "event",
    [
        {"at": "2099-01-01T00:00:00Z"}, {"at": "1970-01-01T00:00:00Z"}, {"at": "2026-03-02T10:00:00"},
        {"properties": {"__proto__": {"admin": True}}}, {"properties": {f"p{n}": n for n in range(10_000)}},
        {"properties": "text"}, {"id": "nonsense"}, {"id": None}, {"value": "NaN"}, {"value": 10**30}, {"name": ""},
        {"name": "x" * 10_000}, {"actor": {"a": 1}}, {"currency": "€"}, {"at": None}, {"company": ["x"]}, {"at": 10**30},
        {"surprise": 1}, {"at": "9999-12-31T23:59:59-14:00"}, {"at": "0001-01-01T00:00:00+14:00"},
    ],
)  # fmt: skip
def test_a_strange_event_is_accepted_flagged_or_refused_by_name(event, client):
    lawful = {"id": str(uuid.uuid4()), "name": "order", "at": "2026-03-02T10:00:00Z", "actor": "u1"}
    answer = send(
        client, "POST", "/api/v1/events/", {"product": "ATL", "events": [{**lawful, **event}]}
    )
    assert answer.status_code in {202, 422}, answer.content
    if answer.status_code == 202:
        found = answer.json()
        assert found["accepted"] + len(found["refused"]) == 1
        if "2099" in str(event) or "1970" in str(event):
            assert found["flagged"] or found["refused"]


def test_the_same_event_id_twice_counts_once(client):
    lawful = {"id": str(uuid.uuid4()), "name": "order", "at": "2026-03-02T10:00:00Z", "actor": "u1"}
    send(client, "POST", "/api/v1/events/", {"product": "ATL", "events": [lawful]})
    again = send(
        client,
        "POST",
        "/api/v1/events/",
        {"product": "ATL", "events": [{**lawful, "name": "other"}]},
    )
    assert again.json()["accepted"] == 0
    assert again.json()["duplicates"] == 1


def test_more_than_a_megabyte_of_events_is_413(client):
    lawful = {"id": str(uuid.uuid4()), "name": "order", "at": "2026-03-02T10:00:00Z", "actor": "u1"}
    lawful["properties"] = {"text": "x" * 1_100_000}
    refusal(send(client, "POST", "/api/v1/events/", {"product": "ATL", "events": [lawful]}), 413)
