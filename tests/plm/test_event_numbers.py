"""Facts of one unit of work get their numbers in the order they were noted, however many they are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import timezone

from plm.events import AT_ONCE, emit, happened_at, unit_of_work
from plm.models import Event
from plm.permissions import Actor
from tests import make

pytestmark = pytest.mark.django_db


def test_more_facts_than_fit_in_one_statement_are_numbered_without_a_gap(world):
    actor, count = world.actor("alice"), AT_ONCE + 7
    workspace = world.atlas.workspace
    before = Event.objects.filter(workspace=workspace).order_by("-sequence").first()
    with unit_of_work():
        for place in range(count):
            emit("probe.told", actor=actor, workspace_id=workspace.pk, place=place)
    rows = list(Event.objects.filter(workspace=workspace, verb="probe.told").order_by("sequence"))
    assert [row.data["place"] for row in rows] == list(range(count))
    assert all(b.sequence == a.sequence + 1 for a, b in pairwise(rows))
    assert rows[0].sequence == (before.sequence if before else 0) + 1
    workspace.refresh_from_db()
    assert workspace.last_event == rows[-1].sequence
    assert len({row.uuid for row in rows}) == count


def test_an_event_keeps_what_was_said_of_it_to_the_letter(world):
    actor, item = (
        world.actor("alice"),
        make.make_item(world.actor("alice"), world.atlas, "Ein Stück"),
    )
    began = timezone.now()
    odd = "Quote \" ' \\ %s {0} \u2028 é 漢 🙂"
    with unit_of_work():
        emit(
            "item.probed", actor=actor, record=item, reason=odd,
            changes={"estimate": (None, Decimal("2.50")), "due_on": (None, date(2026, 5, 4)), "big": (0, 10**30)},
            words=[odd], none=None,
        )  # fmt: skip
    row = Event.objects.get(verb="item.probed")
    assert row.changes == {
        "estimate": [None, "2.5"],
        "due_on": [None, "2026-05-04"],
        "big": [0, 10**30],
    }
    assert row.data == {"words": [odd], "none": None}
    assert (row.reason, row.kind, row.record_id, row.product_id) == (
        odd,
        "item",
        item.pk,
        world.atlas.pk,
    )
    assert (row.actor_id, row.actor_name, row.token_id) == (actor.user_id, actor.name, None)
    assert began <= row.created_at <= timezone.now()


def test_what_is_told_after_the_fact_bears_its_own_day(world):
    moment = datetime(2024, 2, 29, 12, 30, 15, 250_000, tzinfo=UTC)
    with unit_of_work(), happened_at(moment):
        emit("probe.told", actor=world.actor("alice"), workspace_id=world.atlas.workspace_id)
    row = Event.objects.get(verb="probe.told")
    assert row.created_at == moment
    assert datetime.fromisoformat(row.data["recorded_at"]) > moment


def test_a_workspace_that_is_gone_takes_no_events(world):
    with pytest.raises((RuntimeError, TypeError)), unit_of_work():
        emit("probe.told", actor=Actor(name="Nobody"), workspace_id=2**40)
