"""Metrics over the API: definition, readings, figures."""

from __future__ import annotations

import json

import pytest

from analytics.models import Metric, Reading
from analytics.services.intake import events_ingest
from tests.make import event, make_metric


def post(client, url, body):
    return client.post(url, json.dumps(body), content_type="application/json")


def test_a_metric_is_made_read_and_refused_when_it_does_not_fit(world, api):
    client = api(world.alice, world.acme)
    body = {
        "product": "ATL", "title": "Revenue", "source": "events", "event_name": "order", "aggregation": "sum",
        "format": "money", "currency": "EUR", "period": "month", "target_value": 1000, "target_date": "2027-01-01",
    }  # fmt: skip
    made = post(client, "/api/v1/metrics/", body)
    assert made.status_code == 201, made.content
    assert made.json()["key"] == "revenue"
    assert made.json()["target_value"] == 1000
    assert client.get("/api/v1/metrics/?key=revenue").json()["results"][0] == made.json()
    for wrong in (
        {"aggregation": "last"}, {"direction": "sideways"}, {"currency": "euro"}, {"key": "Not A Key"},
        {"target_value": None}, {"target_value": "x"}, {"source": "thin air"}, {"key": "revenue"},
    ):  # fmt: skip
        answer = post(client, "/api/v1/metrics/", {**body, **wrong})
        assert answer.status_code == 422, wrong
        assert next(iter(wrong)) in answer.json()["errors"], answer.json()
    assert Metric.objects.count() == 1


def test_readings_are_sent_one_or_many_and_replaced(world, api):
    metric = make_metric(world.actor("alice"), world.atlas, "NPS")
    client = api(world.bob, world.acme)
    url = f"/api/v1/metrics/{metric.reference}/readings/"
    assert post(client, url, {"at": "2026-03-01", "value": 40}).json() == {
        "added": 1,
        "replaced": 0,
    }
    many = {
        "readings": [
            {"at": "2026-03-01", "value": 41},
            {"at": "2026-03-08T10:00:00Z", "value": "42.5"},
        ]
    }
    assert post(client, url, many).json() == {"added": 1, "replaced": 1}
    rows = client.get(url).json()["results"]
    assert [row["value"] for row in rows] == [42.5, 41]


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"readings": []}, {"readings": [1]}, {"readings": {}}, {"at": "x", "value": 1}, {"at": "2026-03-01"},
        {"readings": [{"at": "2026-03-01", "value": 1}, {"at": "2026-03-02", "value": "x"}]},
        {"at": "2026-03-01", "value": 1e30}, {"at": "9999-99-99T00:00", "value": 1},
    ],
)  # fmt: skip
def test_wrong_readings_are_refused_whole(world, api, body):
    metric = make_metric(world.actor("alice"), world.atlas, "NPS")
    answer = post(api(world.bob, world.acme), f"/api/v1/metrics/{metric.reference}/readings/", body)
    assert answer.status_code == 422, answer.content
    assert Reading.objects.count() == 0


def test_figures_by_period_between_dates(world, api, work):
    metric = make_metric(
        world.actor("alice"), world.atlas, "Orders", source="events", event_name="order"
    )
    events_ingest(
        actor=world.actor("bob"), product=world.atlas,
        rows=[event(at=f"2026-{month:02}-05T00:00:00Z") for month in (1, 2, 3, 3)],
    )  # fmt: skip
    work()
    client = api(world.carol, world.acme, ["read"])
    url = f"/api/v1/metrics/{metric.reference}/rollups/"
    found = client.get(f"{url}?period=month").json()
    assert [(row["start"], row["value"]) for row in found["results"]] == [
        ("2026-01-01", 1), ("2026-02-01", 1), ("2026-03-01", 2),
    ]  # fmt: skip
    found = client.get(f"{url}?period=month&from=2026-02-01&to=2026-02-28").json()
    assert [row["start"] for row in found["results"]] == ["2026-02-01"]
    first = client.get(f"{url}?period=day&size=2").json()
    assert len(first["results"]) == 2
    assert len(client.get(first["next"]).json()["results"]) == 1
    for query in ("period=year", "from=yesterday", "colour=red", "size=0"):
        assert client.get(f"{url}?{query}").status_code == 400, query


def test_readings_and_figures_of_foreign_metrics_are_not_found(world, api):
    metric = make_metric(world.actor("alice"), world.atlas, "NPS")
    client = api(world.mallory, world.rival)
    for what in ("readings", "rollups"):
        assert client.get(f"/api/v1/metrics/{metric.reference}/{what}/").status_code == 404
    assert api(world.carol, world.acme).post(
        f"/api/v1/metrics/{metric.reference}/readings/", "{}", content_type="application/json"
    ).status_code in (403, 422)
