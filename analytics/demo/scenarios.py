"""A scenario beside the roadmap: what if two more people worked on the battery?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from analytics.demo.telling import Telling
from backlog.models import BacklogItem
from plm.models import Product
from plm.permissions import Actor
from roadmap.models import Placement
from roadmap.services.scenario_changes import scenario_place_set, scenario_take_out
from roadmap.services.scenarios import scenario_create

NAME = "Battery sooner"
QUESTION = "What if two people of the portal worked on the battery until spring?"
DAYS = {"battery": (0, -28), "flex": (-28, -28), "offline": (21, 21), "budgets": (14, 14)}
"""By how many days what has dates begins and ends otherwise."""


def plan_scenario(telling: Telling) -> None:
    telling.plan(
        telling.moment(-3, hour=11),
        lambda: battery_sooner(
            telling.actors["luca"], telling.product,
            lambda key: telling.current(telling.items[key]), telling.today,
        ),
    )  # fmt: skip


def battery_sooner(
    actor: Actor, product: Product, item_of: Callable[[str], BacklogItem], today: date
) -> None:
    """The scenario, with something moved, something later, something out and something in."""
    made = scenario_create(actor=actor, product=product, name=NAME, question=QUESTION)

    def change(key: str, values: Mapping[str, Any]) -> None:
        scenario_place_set(actor=actor, scenario=made, item=item_of(key), values=values)

    for key, (begin, end) in DAYS.items():
        place = Placement.objects.get(item=item_of(key))
        if place.starts_on and place.ends_on:
            first, last = place.starts_on + timedelta(begin), place.ends_on + timedelta(end)
            change(key, {"starts_on": first, "ends_on": last})
    change("carbon", {"bucket": "later", "release": None, "commitment": "exploring"})
    scenario_take_out(actor=actor, scenario=made, item=item_of("quotes"))
    summer = {"starts_on": today + timedelta(130), "ends_on": today + timedelta(200)}
    change("heatpump", {**summer, "bucket": "later"})
