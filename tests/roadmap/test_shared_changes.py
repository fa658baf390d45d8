"""What an audience is told of what changed: against what it was shown, and no more than it may know now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from roadmap.models.share import every_field
from roadmap.selectors.shared import shared_view
from roadmap.selectors.shared_changes import shared_changes
from roadmap.services.ledger import shown_note
from roadmap.services.placements import placement_set
from roadmap.services.shares import share_create, share_update
from tests.make import make_item, make_placement

YEAR = timezone.localdate().year + 1
ENDS = {"starts_on": date(YEAR, 1, 1), "ends_on": date(YEAR, 3, 31)}
WHY = "The vendor is late"


@pytest.fixture
def told(world):
    """Four items that were shown forty days ago: one has slipped since, one went into hiding, one was put off and back."""
    alice = world.actor("alice")
    items = [make_item(alice, world.atlas, f"Feature {n}") for n in range(4)]
    for item in items:
        make_placement(alice, item, **ENDS)
    share, secret = share_create(
        actor=alice, product=world.atlas, name="Partners", show=[*every_field(), "reasons"]
    )  # fmt: skip
    shown_note(share=share, view=shared_view(share), at=timezone.now() - timedelta(days=40))
    placement_set(actor=alice, item=items[0], values={"ends_on": date(YEAR, 4, 14)}, reason=WHY)
    placement_set(actor=alice, item=items[1], values={"hidden": True})
    placement_set(actor=alice, item=items[2], values={"ends_on": date(YEAR, 9, 1)})
    placement_set(actor=alice, item=items[2], values={"ends_on": ENDS["ends_on"]})
    make_placement(alice, make_item(alice, world.atlas, "Feature 4"), **ENDS)
    return share, secret


def said(share):
    found = shared_changes(share, shared_view(share))
    return [(one.title, one.what, one.reasons) for one in found.changes], found.gone


def test_the_page_says_what_slipped_what_is_new_and_why(told):
    share, secret = told
    assert said(share) == (
        [("Feature 4", "new", ()), ("Feature 0", "14 days later", (WHY,))],
        1,
    )
    page = Client().get(f"/share/{secret}/?year={YEAR}").content.decode()
    assert "What changed since" in page
    assert "14 days later" in page
    assert f"Why: {WHY}" in page
    assert "1 item is not shown any more" in page
    assert "Feature 1" not in page
    assert "Feature 3" not in page.partition("What changed since")[2].partition("As a list")[0]


def test_reasons_are_told_only_where_somebody_chose_so(world, told):
    share, secret = told
    share = share_update(
        actor=world.actor("alice"), share=share, version=share.version, settings={"show": every_field()}
    )  # fmt: skip
    assert said(share)[0][1] == ("Feature 0", "14 days later", ())
    assert WHY not in Client().get(f"/share/{secret}/?year={YEAR}").content.decode()


def test_what_is_told_more_coarsely_now_is_so_of_the_past_too(world, told):
    share, secret = told
    share = share_update(
        actor=world.actor("alice"), share=share, version=share.version, settings={"grain": "half"}
    )
    assert said(share)[0] == [("Feature 4", "new", ())]
    assert "31 Mar" not in Client().get(f"/share/{secret}/?year={YEAR}").content.decode()


def test_a_view_that_nobody_saw_before_today_tells_no_changes(world):
    alice = world.actor("alice")
    make_placement(alice, make_item(alice, world.atlas), **ENDS)
    share, secret = share_create(actor=alice, product=world.atlas, name="Partners")
    page = Client().get(f"/share/{secret}/?year={YEAR}").content.decode()
    assert "What changed since" not in page
    assert shared_changes(share, shared_view(share)) is None


def test_a_view_that_does_not_tell_changes_does_not(world, told):
    share, _ = told
    show = [name for name in every_field() if name != "changes"]
    share = share_update(
        actor=world.actor("alice"), share=share, version=share.version, settings={"show": show}
    )
    assert shared_changes(share, shared_view(share)) is None
