"""What the tests of scenarios move: a small plan, and a way to move an item of it in a scenario."""

from __future__ import annotations

from datetime import date, timedelta

from plm.services.notes import relation_add
from roadmap.models import Placement
from roadmap.services.scenario_changes import scenario_dates_set
from tests.make import make_item, make_placement


def three_items_and_a_wish(world, alice):
    """Three items with places, the second waits for the first, and one without a place."""
    made = [make_item(alice, world.atlas, title) for title in ("Login", "Search", "Export", "Wish")]
    days = (
        (date(2027, 3, 1), date(2027, 3, 31)),
        (date(2027, 4, 1), date(2027, 4, 30)),
        (None, None),
    )
    for item, (start, end) in zip(made, days, strict=False):
        make_placement(alice, item, starts_on=start, ends_on=end, bucket="next")
    relation_add(actor=alice, source=made[0], target=made[1], type="blocks")
    return made


def moved(alice, scenario, item, days=14, **more):
    place = Placement.objects.get(item=item)
    way = timedelta(days=days)
    return scenario_dates_set(
        actor=alice,
        scenario=scenario,
        item=item,
        starts_on=place.starts_on + way,
        ends_on=place.ends_on + way,
        **more,
    )
