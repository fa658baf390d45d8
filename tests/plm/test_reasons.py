"""A move by hand does not wait for a reason: it is asked for afterwards, and stands where reasons stand."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.models import Event
from plm.services.reasons import change_explain
from plm.web.history import history_lines
from roadmap.selectors.changes import roadmap_changes
from roadmap.services.placements import placement_dates_set
from tests.make import make_item, make_placement

pytestmark = pytest.mark.django_db
DAYS = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 31)}
LATER = {"starts_on": date(2027, 3, 8), "ends_on": date(2027, 4, 7)}
WHY = "The bank answers a week late"


def dragged(world):
    """An item with a place, when it stood there first, and a move of alice that says nothing of why."""
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, "Deposits")
    make_placement(alice, item, **DAYS)
    since = timezone.now()
    placement_dates_set(actor=alice, item=item, **LATER)
    return item, since


def test_the_reason_of_a_move_stands_in_what_changed_and_in_the_history(world):
    item, since = dragged(world)
    alice = world.actor("alice")
    change_explain(actor=alice, record=item, reason=f"  {WHY} ")
    (line,) = roadmap_changes(alice, world.atlas, since, timezone.now()).lines
    assert line.reasons == (WHY,)
    told = history_lines(Event.objects.of_record(item.pk))[0]
    assert (told.text, told.reason) == ("said why", WHY)


def test_only_who_moved_it_last_says_why_and_only_once(world):
    item, _ = dragged(world)
    bob, alice = world.actor("bob"), world.actor("alice")
    with pytest.raises(Conflict, match="Somebody else"):
        change_explain(actor=bob, record=item, reason=WHY)
    change_explain(actor=alice, record=item, reason=WHY)
    with pytest.raises(Conflict, match="already"):
        change_explain(actor=alice, record=item, reason="Another one")
    assert Event.objects.filter(verb="placement.explained").count() == 1


def test_a_change_that_came_with_its_reason_needs_none(world):
    item, _ = dragged(world)
    alice = world.actor("alice")
    placement_dates_set(actor=alice, item=item, **DAYS, reason="Undone")
    with pytest.raises(Conflict, match="already"):
        change_explain(actor=alice, record=item, reason=WHY)


@pytest.mark.parametrize("reason", ["", "  ", "no", "x" * 501])
def test_a_reason_is_a_line(world, reason):
    item, _ = dragged(world)
    with pytest.raises(Invalid) as refused:
        change_explain(actor=world.actor("alice"), record=item, reason=reason)
    assert "reason" in refused.value.fields
    assert not Event.objects.filter(verb="placement.explained").exists()


def test_who_may_not_see_it_says_nothing(world):
    item, _ = dragged(world)
    for name in ("mallory", "eve"):
        with pytest.raises((NotVisible, NotAllowed)):
            change_explain(actor=world.actor(name), record=item, reason=WHY)


def test_page_and_api_take_it(world, sign_in, api):
    item, _ = dragged(world)
    page = sign_in(world.alice)
    moved = page.post(
        f"/acme/{item.reference}/place/dates", {"start": "2027-03-15", "end": "2027-04-14"}
    ).json()
    assert page.post(moved["why"], {"reason": WHY}).status_code == 204
    placement_dates_set(actor=world.actor("alice"), item=item, **DAYS)
    address = f"/api/v1/records/{item.reference}/explain/"
    client = api(world.alice, world.acme)
    ask = {"data": {"reason": WHY}, "content_type": "application/json"}
    assert client.post(address, **ask).status_code == 204
    assert client.post(address, **ask).status_code == 409
    ask["data"] = {"reason": ""}
    answer = client.post(address, **ask)
    assert answer.status_code == 422
    assert "reason" in answer.json()["errors"]
