"""The life of the product: why it entered its phases, what is planned next, and a feature that is little used by now."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from analytics.demo.telling import Telling
from analytics.models import Metric
from analytics.services.metrics import metric_create
from analytics.services.readings import NewReading, readings_put
from ideas.services.gates import gate_create
from roadmap.services.lifecycle import phase_plan_set, sunset_update

LITTLE_USED = "bill"
USES = (610, 640, 590, 520, 430, 390, 310, 240, 190, 130, 96, 71)
"""Uses of it in the last twelve complete months."""


MEASURED = "Security reviews passed"
REVIEWS = (2, 2, 3, 3, 3, 4, 4, 5)


def plan_life(telling: Telling) -> None:
    telling.plan(telling.moment(-45), lambda: _phases(telling))
    telling.plan(telling.moment(-4), lambda: _uses(telling))
    telling.plan(telling.moment(-3), lambda: _measured(telling))
    telling.plan(telling.moment(-3), lambda: _end(telling))


def _phases(telling: Telling) -> None:
    actor, product = telling.actors["maren"], telling.product
    must = [
        {"text": "Two years of growth below a tenth", "met": None, "note": ""},
        {"text": "Every larger chain in the country has been asked once", "met": False, "note": ""},
    ]
    gate = gate_create(
        actor=actor,
        product=product,
        values={"title": "Do we stop paying for growth?", "must": must},
    )
    phase_plan_set(
        actor=actor, product=product, phase="maturity", planned_on=telling.day(420), gate=gate
    )


def _uses(telling: Telling) -> None:
    actor, item = telling.actors["maren"], telling.current(telling.items[LITTLE_USED])
    metric: Metric = metric_create(
        actor=actor, product=telling.product,
        values={
            "title": "Bills compared by hand", "item": item, "aggregation": "sum", "period": "month", "unit": "bills",
            "featured": False, "owner": telling.users["luca"],
            "description": "How often somebody types a bill in. Since most grid operators send it, few have to.",
        },
    )  # fmt: skip
    first = telling.today.year * 12 + telling.today.month - 1 - len(USES)
    days = [date(at // 12, at % 12 + 1, 15) for at in range(first, first + len(USES))]
    rows = [
        NewReading(at=datetime.combine(day, time(12), tzinfo=telling.zone), value=Decimal(value))
        for day, value in zip(days, USES, strict=True)
    ]
    readings_put(actor=telling.actors["luca"], metric=metric, readings=rows, source="csv")


def _measured(telling: Telling) -> None:
    """A metric that a key result follows."""
    goal = telling.current(telling.goals["chains"])
    result = goal.key_results.filter(metric=MEASURED).first()
    values = {
        "title": "Security reviews passed so far", "key_result": result, "aggregation": "last", "period": "month",
        "unit": "reviews", "featured": False, "owner": telling.users["luca"],
        "description": "Counted by sales when a chain signs its review off.",
    }  # fmt: skip
    metric = metric_create(actor=telling.actors["maren"], product=telling.product, values=values)
    rows = [
        NewReading(at=telling.moment(-30.0 * (len(REVIEWS) - n)), value=Decimal(value))
        for n, value in enumerate(REVIEWS)
    ]
    readings_put(actor=telling.actors["luca"], metric=metric, readings=rows, source="csv")


def _end(telling: Telling) -> None:
    values = {
        "reason": "Most grid operators send us the bill by now. Typing it in costs more questions than it answers.",
        "notice_on": telling.day(28), "read_only_on": telling.day(118), "final_on": telling.day(210),
        "instead": "The comparison stays and fills itself. Sites whose grid operator sends nothing hand the bill in as a photo.",
        "successor": None,
    }  # fmt: skip
    sunset_update(
        actor=telling.actors["maren"], product=telling.product, item=telling.current(telling.items[LITTLE_USED]),
        version=None, values=values,
    )  # fmt: skip
