"""Rollups: whatever comes in whatever order, they equal a computation from zero."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from analytics.models import DirtyDay, EventName, Metric, ProductEvent, Rollup
from analytics.services.intake import events_ingest
from analytics.services.metrics import metric_update
from analytics.services.readings import NewReading, reading_delete, readings_put
from analytics.services.rollups import metric_mark, rollups_catch_up
from plm.events import unit_of_work
from tests.make import event, make_metric


def digest(product):
    return sorted(
        Rollup.objects.filter(metric__product=product).values_list(
            "metric__key", "period", "start", "value", "count"
        )
    )


def values(metric, period):
    return {
        start: (float(value), count)
        for start, value, count in Rollup.objects.filter(metric=metric, period=period).values_list(
            "start", "value", "count"
        )
    }


def events_metrics(world):
    alice = world.actor("alice")
    common = {"source": "events"}
    return [
        make_metric(alice, world.atlas, "Orders", event_name="order", aggregation="count", **common),
        make_metric(alice, world.atlas, "Buyers", event_name="order", aggregation="actors", **common),
        make_metric(alice, world.atlas, "Revenue", event_name="order", aggregation="sum", **common),
        make_metric(
            alice, world.atlas, "Revenue in euro", event_name="order", aggregation="sum", currency="EUR", **common
        ),
        make_metric(alice, world.atlas, "Active", aggregation="actors", **common),
    ]  # fmt: skip


def ingest(world, rows):
    return events_ingest(actor=world.actor("bob"), product=world.atlas, rows=rows)


def test_days_weeks_and_months_are_counted_and_people_are_not_added_up(world, work):
    orders, buyers, revenue, _, active = events_metrics(world)
    ingest(
        world,
        [
            event(at="2026-02-27T09:00:00Z", actor="a", value=10),
            event(at="2026-03-02T09:00:00Z", actor="a", value="2.50"),
            event(at="2026-03-03T09:00:00Z", actor="a", value=1),
            event(at="2026-03-03T10:00:00Z", actor="b"),
            event(at="2026-03-03T11:00:00Z", actor="c", name="login"),
        ],
    )
    work()
    assert values(orders, "day") == {
        date(2026, 2, 27): (1, 1),
        date(2026, 3, 2): (1, 1),
        date(2026, 3, 3): (2, 2),
    }
    assert values(buyers, "week") == {date(2026, 2, 23): (1, 1), date(2026, 3, 2): (2, 3)}
    assert values(buyers, "month") == {date(2026, 2, 1): (1, 1), date(2026, 3, 1): (2, 3)}
    assert values(revenue, "month") == {date(2026, 2, 1): (10, 1), date(2026, 3, 1): (3.5, 3)}
    assert values(active, "month")[date(2026, 3, 1)] == (3, 4)
    assert DirtyDay.objects.count() == 0
    assert EventName.objects.get(name="order").last_day == date(2026, 3, 3)


def test_a_late_event_changes_only_its_own_periods(world, work):
    events_metrics(world)
    ingest(world, [event(at="2026-03-02T09:00:00Z"), event(at="2026-05-05T09:00:00Z")])
    work()
    before = dict(Rollup.objects.values_list("pk", "version"))
    ingest(world, [event(at="2026-03-02T23:00:00Z", actor="late")])
    work()
    changed = {
        pk for pk, version in Rollup.objects.values_list("pk", "version") if version != before[pk]
    }
    assert {r.start.month for r in Rollup.objects.filter(pk__in=changed)} == {3}


def test_nothing_is_written_when_nothing_changed(world, work):
    metric = events_metrics(world)[0]
    ingest(world, [event()])
    work()
    before = list(Rollup.objects.order_by("pk").values())
    metric_mark(metric=metric)
    work()
    assert list(Rollup.objects.order_by("pk").values()) == before


def test_days_begin_where_the_workspace_is(world, work):
    world.acme.time_zone = "Pacific/Auckland"
    world.acme.save()
    world.atlas.refresh_from_db()
    orders = events_metrics(world)[0]
    ingest(world, [event(at="2026-03-31T11:30:00Z")])
    work()
    assert values(orders, "month") == {date(2026, 4, 1): (1, 1)}
    assert values(orders, "day") == {date(2026, 4, 1): (1, 1)}


def test_another_definition_computes_everything_anew(world, work):
    orders = events_metrics(world)[0]
    ingest(world, [event(), event(name="refund", at="2026-04-01T00:00:00Z")])
    work()
    orders = metric_update(
        actor=world.actor("alice"), record=orders, version=orders.version, values={"event_name": "refund"}
    )  # fmt: skip
    work()
    assert values(orders, "month") == {date(2026, 4, 1): (1, 1)}


def test_a_metric_defined_later_counts_what_came_before(world, work):
    ingest(world, [event()])
    work()
    orders = events_metrics(world)[0]
    work()
    assert values(orders, "day") == {date(2026, 3, 2): (1, 1)}


def test_events_of_other_products_are_not_counted(world, work):
    orders = events_metrics(world)[0]
    events_ingest(actor=world.actor("bob"), product=world.boreas, rows=[event()])
    work()
    assert values(orders, "day") == {}


def test_readings_roll_up_to_the_last_the_sum_or_the_mean(world, work):
    alice = world.actor("alice")
    made = {
        how: make_metric(alice, world.atlas, f"By {how}", aggregation=how)
        for how in ("last", "sum", "mean")
    }
    for metric in made.values():
        readings_put(
            actor=world.actor("bob"),
            metric=metric,
            source="form",
            readings=[
                NewReading(datetime(2026, 3, 2, tzinfo=UTC), Decimal(10)),
                NewReading(datetime(2026, 3, 4, tzinfo=UTC), Decimal(40)),
                NewReading(datetime(2026, 3, 2, tzinfo=UTC), Decimal(20), source_key="second"),
            ],
        )
    work()
    month = date(2026, 3, 1)
    assert values(made["last"], "month")[month] == (40, 3)
    assert values(made["sum"], "month")[month] == (70, 3)
    assert values(made["mean"], "month")[month][0] == pytest.approx(70 / 3, abs=1e-6)
    reading_delete(
        actor=alice, metric=made["last"], at=datetime(2026, 3, 4, tzinfo=UTC), source_key=""
    )
    work()
    assert values(made["last"], "month")[month] == (20, 2)
    assert date(2026, 3, 4) not in values(made["last"], "day")


class Killed(Exception):
    pass


def random_batch(rng, sent):
    batch = []
    for _ in range(rng.randint(1, 12)):
        if sent and rng.random() < 0.2:
            batch.append(rng.choice(sent))  # the same event again
            continue
        day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=rng.randint(0, 24 * 90))
        batch.append(
            event(
                rng.choice(["order", "login"]), day.isoformat(), actor=f"u{rng.randint(1, 6)}",
                value=round(rng.uniform(0, 50), 2), currency=rng.choice(["EUR", "USD"]),
            )
        )  # fmt: skip
    rng.shuffle(batch)
    sent += batch
    return batch


def catch_up_perhaps_killed(product, rng):
    """A step of the job that may die before its commit."""
    try:
        with transaction.atomic(), unit_of_work():
            rollups_catch_up(product_id=product.pk)
            if rng.random() < 0.4:
                raise Killed
    except Killed:
        pass


@pytest.mark.parametrize("seed", range(12))
def test_incremental_equals_from_zero(world, seed, monkeypatch):
    rng = random.Random(seed)
    monkeypatch.setattr("analytics.services.rollups.NOTES_AT_ONCE", rng.choice([1, 3, 5000]))
    monkeypatch.setattr("analytics.services.rollups.STARTS_AT_ONCE", rng.choice([2, 7, 300]))
    events_metrics(world)
    sent: list = []
    for _ in range(15):
        ingest(world, random_batch(rng, sent))
        if rng.random() < 0.5:
            catch_up_perhaps_killed(world.atlas, rng)
    while rollups_catch_up(product_id=world.atlas.pk):
        pass
    incremental = digest(world.atlas)
    assert ProductEvent.objects.count() == len({row["id"] for row in sent})
    Rollup.objects.all().delete()
    for metric in Metric.objects.filter(product=world.atlas):
        metric_mark(metric=metric)
    while rollups_catch_up(product_id=world.atlas.pk):
        pass
    assert incremental == digest(world.atlas)
    total = Rollup.objects.filter(metric__key="orders", period="day")
    assert sum(row.count for row in total) == ProductEvent.objects.filter(name="order").count()


def test_the_sweep_finds_marks_that_no_job_waits_for(world, work):
    from plm.events import enqueue
    from plm.jobs import JobRequest
    from plm.models import Job

    orders = events_metrics(world)[0]
    work()
    ingest(world, [event()])
    Job.objects.all().delete()
    with unit_of_work():
        enqueue(
            JobRequest(kind="analytics.sweep", key="analytics.sweep:t", workspace_id=world.acme.pk)
        )
    work()
    assert values(orders, "day") == {date(2026, 3, 2): (1, 1)}
