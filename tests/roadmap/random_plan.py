"""A plan that changes at random."""

from __future__ import annotations

from datetime import date, timedelta

from backlog.services.items import item_update
from plm.services.records import record_archive, record_move, record_restore
from roadmap.models import Placement
from roadmap.services.placements import placement_remove, placement_set


def one_change(dice, alice, item, goals, releases, teams=(), people=()):
    """One change of an item or of its place, by the services; sometimes none."""
    item = type(item).objects.with_people().get(pk=item.pk)
    placed = Placement.objects.filter(item=item).exists()
    draw = dice.randrange(8)
    if item.archived_at is not None:
        record_restore(item, actor=alice)
    elif draw == 0 and placed:
        placement_remove(actor=alice, item=item)
    elif draw == 1:
        record_archive(item, actor=alice)
    elif draw == 2:
        record_move(
            item, actor=alice, state=dice.choice(item.workflow.next_states(item.state)).name
        )
    elif draw == 3:
        item_update(
            record=item,
            actor=alice,
            version=item.version,
            values={"title": f"Title {dice.randrange(9)}"},
        )
    elif draw == 4:
        values = {"owner": dice.choice([None, *people]), "team": dice.choice([None, *teams])}
        item_update(record=item, actor=alice, version=item.version, values=values)
    elif draw == 5:
        values = {"health": "at_risk", "health_note": f"Note {dice.randrange(9)}"}
        placement_set(actor=alice, item=item, values=dice.choice([values, {"health": "on_track"}]))
    else:
        first = date(2027, 1, 1) + timedelta(days=dice.randrange(300))
        days = {"starts_on": first, "ends_on": first + timedelta(days=dice.randrange(90))}
        links = {
            "objective": dice.choice([None, *goals]),
            "release": dice.choice([None, *releases]),
        }
        values = {**dice.choice([days, {}]), **dice.choice([links, {}])}
        placement_set(actor=alice, item=item, values=values)
