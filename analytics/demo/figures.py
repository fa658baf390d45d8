"""Metrics that move for two years: a trend, the seasons, chance, and what a feature did after it shipped."""

from __future__ import annotations

import math
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from analytics.demo.roadmap import cycle_of
from analytics.demo.telling import Telling, exact, story
from analytics.models import Metric
from analytics.services.intake import events_ingest
from analytics.services.metrics import metric_create, metric_update
from analytics.services.readings import NewReading, readings_put
from analytics.stats.intake import MAX_EVENTS
from analytics.stats.periods import local_midnight

WEEKS = 104
HANDED_IN = (-40, -27, -14, 0)
"""The weeks, counted from now, in which somebody brought the readings up to date."""
RAMP = 6
"""Weeks it takes until a feature that shipped has its whole effect."""


def plan_figures(telling: Telling) -> None:
    begin = cycle_of(telling.today, 0)[0]
    offset = (begin - telling.today).days - 2
    for row in story("plan")["metric"]:
        _plan_metric(telling, row, offset)
    telling.plan(telling.moment(-1), lambda: _tree(telling))
    telling.plan(telling.now - timedelta(minutes=5), lambda: _events(telling))


def _tree(telling: Telling) -> None:
    """The North Star, and what each metric drives."""
    metrics = {m.key: m for m in Metric.objects.filter(product=telling.product)}
    for row in story("plan")["metric"]:
        metric = metrics[row["key"]]
        values: dict[str, Any] = {}
        if row.get("north_star"):
            values = {"north_star": True}
        elif "drives" in row:
            values = {"parent": metrics[row["drives"]]}
        if values:
            metric_update(
                actor=telling.actors["maren"], record=metric, version=None, values=values, reason=row.get("why", "")
            )  # fmt: skip


def _plan_metric(telling: Telling, row: dict[str, Any], offset: float) -> None:
    found: list[Metric] = []
    born = (
        max(offset, telling.features[row["feature"]]["created"] + 8) if "feature" in row else offset
    )

    def define() -> None:
        end = cycle_of(telling.today, 0)[1]
        values: dict[str, Any] = {
            "title": row["title"], "description": row["text"], "key": row["key"], "owner": telling.users["luca"],
            "item": telling.items[row["feature"]] if "feature" in row else None,
            "baseline": exact(row.get("baseline")), "target_value": exact(row.get("target")), "target_date": end if "target" in row else None,
            "state": row.get("state", "tracked"),
            **{
                name: row[name]
                for name in (
                    "unit", "direction", "format", "period", "source", "event_name", "aggregation", "currency", "featured",
                )
                if name in row
            },
        }  # fmt: skip
        found.append(
            metric_create(actor=telling.actors["maren"], product=telling.product, values=values)
        )

    when, *later = telling.chain(born, *(max(week * 7.0, born + 1) for week in HANDED_IN))
    telling.plan(when, define)
    if "from" not in row:
        return
    course, after = _course(telling, row), -9999
    for moment, week in zip(later, HANDED_IN, strict=True):
        part = [reading for day, reading in course if after < day <= week * 7]
        after = week * 7
        telling.plan(
            moment,
            lambda part=part: readings_put(  # type: ignore[misc]
                actor=telling.actors["luca"], metric=telling.current(found[0]), readings=part, source="csv"
            ),
        )  # fmt: skip


def _course(telling: Telling, row: dict[str, Any]) -> list[tuple[int, NewReading]]:
    """(day, counted from today, and its reading) for the Sunday of every week that is over, the oldest first.

    What chance did to the metric named in `echo` moves this one too, by a share of it.
    """
    shipped = telling.features.get(row.get("feature", ""), {}).get("to")
    sunday = telling.today - timedelta(days=telling.today.weekday() + 1)
    figures = []
    shocks = telling.shocks.setdefault(row["key"], [])
    echoed, share = row.get("echo", ("", 0.0))
    for week in range(WEEKS - 1, -1, -1):
        day = sunday - timedelta(weeks=week)
        ago = (telling.today - day).days
        value = row["from"] + (row["to"] - row["from"]) * (1 - week / WEEKS)
        if shipped is not None and -ago > shipped:
            value += row["step"] * min(1.0, (-ago - shipped) / 7 / RAMP)
        value += row["season"] * math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / 365)
        shocks.append(telling.dice.gauss(0, row["noise"]))
        value += shocks[-1]
        if echoed:
            value += share * telling.shocks[echoed][len(shocks) - 1]
        digits = 0 if row.get("unit") in {"sites", "min"} else 1
        at = local_midnight(day, telling.zone) + timedelta(hours=20)
        figures.append((-ago, NewReading(at=at, value=Decimal(str(round(value, digits))))))
    return figures


# --- Product events ------------------------------------------------------------------------------
def _events(telling: Telling) -> None:
    rows = [*_visits(telling), *_reports(telling), *_invoices(telling)]
    for first in range(0, len(rows), MAX_EVENTS):
        events_ingest(
            actor=telling.actors["jonas"], product=telling.product, rows=rows[first : first + MAX_EVENTS]
        )  # fmt: skip


def _event(telling: Telling, name: str, at: datetime, actor: str, **more: Any) -> dict[str, Any]:
    made = uuid.UUID(int=telling.dice.getrandbits(128), version=4)
    return {"id": str(made), "name": name, "at": at.isoformat(), "actor": actor, **more}


def _visits(telling: Telling) -> list[dict[str, Any]]:
    """Each week some of the people who have an account look at a site, mostly early on a working day."""
    found = []
    for week in range(WEEKS, -1, -1):
        known = int(95 + 3.4 * (WEEKS - week))
        summer = 0.93 if _month(telling, week) in {7, 8, 12} else 1.0
        active = int(known * (0.66 + telling.dice.uniform(-0.03, 0.03)) * summer)
        for person in telling.dice.sample(range(known), active):
            day = telling.dice.choices(range(7), (10, 9, 9, 8, 8, 5, 3))[0]
            at = telling.now - timedelta(
                days=telling.today.weekday() - day, weeks=week, hours=telling.dice.uniform(0, 9)
            )
            if at < telling.now - timedelta(minutes=6):
                found.append(
                    _event(telling, "site_viewed", at, f"person-{person:04d}", company=f"customer-{person // 4:03d}")
                )  # fmt: skip
    return found


def _month(telling: Telling, weeks_ago: int) -> int:
    return (telling.today - timedelta(weeks=weeks_ago)).month


def _months(telling: Telling) -> list[datetime]:
    """The first of each of the last 24 months, at noon."""
    month = telling.today.year * 12 + telling.today.month - 1
    return [
        telling.now.replace(year=at // 12, month=at % 12 + 1, day=1, hour=12, minute=0, second=0)
        for at in range(month - 23, month + 1)
    ]


def _reports(telling: Telling) -> list[dict[str, Any]]:
    found = []
    for place, first in enumerate(_months(telling)):
        count = int(38 + 7.2 * place + telling.dice.uniform(-9, 9))
        for reader in telling.dice.sample(range(95 + 14 * place), count):
            at = first + timedelta(days=min(25.0, telling.dice.expovariate(0.4)) + 1)
            if at < telling.now - timedelta(minutes=6):
                found.append(_event(telling, "report_opened", at, f"person-{reader:04d}"))
    return found


def _invoices(telling: Telling) -> list[dict[str, Any]]:
    """Customers pay a few days after the first; there are more of them each month, and few leave."""
    fees = [round(telling.dice.lognormvariate(6.05, 0.75)) for _ in range(110)]
    found = []
    for place, first in enumerate(_months(telling)):
        for customer in range(34 + 3 * place):
            if telling.dice.random() < 0.03:
                continue
            at = first + timedelta(days=telling.dice.uniform(1, 8))
            if at < telling.now - timedelta(minutes=6):
                fee = round(fees[customer] * (1 + 0.004 * place), 2)
                found.append(
                    _event(
                        telling, "invoice_paid", at, f"customer-{customer:03d}", value=fee, currency="EUR"
                    )
                )  # fmt: skip
    return found
