"""The promise ledger: what was shown to whom is kept, reproduced, and its moves are counted."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from roadmap.models import Shown
from roadmap.promises import Line, promise_of
from roadmap.selectors.ledger import promises_of, shown_at
from roadmap.selectors.shared import shared_view
from roadmap.services.ledger import shown_note
from roadmap.services.placements import placement_dates_set, placement_remove, placement_set
from roadmap.services.shares import share_create, share_update
from tests.make import make_item, make_placement

YEAR = timezone.localdate().year
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def line(end, at=0, grain="day", start=None, **rest):
    return Line(NOW + timedelta(days=at), "X", start or end, end, grain, **rest)


def test_moves_are_counted_by_the_days_between_the_ends_that_were_told():
    found = promise_of(
        [line(date(2026, 5, 1)), line(date(2026, 6, 1), 1), line(date(2026, 5, 25), 2)]
    )
    assert [(m.kind, m.days) for m in found.moves] == [("later", 31), ("earlier", -7)]
    assert (found.moved, found.days) == (2, 24)


def test_saying_it_more_exactly_is_no_move_and_saying_something_else_is():
    quarter = line(date(2026, 6, 30), 0, "quarter", date(2026, 4, 1))
    within = line(date(2026, 5, 9), 1, "day", date(2026, 5, 3))
    after = line(date(2026, 7, 9), 2, "day", date(2026, 7, 3))
    assert promise_of([quarter, within]).moves == ()
    assert promise_of([within, quarter]).moves == ()
    assert [m.days for m in promise_of([quarter, after]).moves] == [9]


def test_what_went_and_came_back_is_compared_with_what_was_told_before():
    gone = line(None, 1, gone=True)
    same = promise_of([line(date(2026, 5, 1)), gone, line(date(2026, 5, 1), 2)])
    assert [m.kind for m in same.moves] == ["gone", "back"]
    moved = promise_of([line(date(2026, 5, 1)), gone, line(date(2026, 5, 8), 2)])
    assert [(m.kind, m.days) for m in moved.moves] == [("gone", None), ("back", None), ("later", 7)]
    assert promise_of([line(date(2026, 5, 1)), gone]).last.gone


def test_columns_and_dates_that_come_and_go_have_kinds_of_their_own():
    def board(name, at):
        return Line(NOW + timedelta(days=at), "X", None, None, "day", name)

    kinds = [m.kind for m in promise_of([board("next", 0), board("later", 1), board("now", 2)]).moves]  # fmt: skip
    assert kinds == ["later", "earlier"]
    found = promise_of([line(None), line(date(2026, 5, 1), 1), line(None, 2)])
    assert [m.kind for m in found.moves] == ["dated", "undated"]
    with pytest.raises(ValueError, match="nothing"):
        promise_of([])


@given(st.lists(DAYS, min_size=1, max_size=12))
def test_in_one_grain_the_moves_add_up_to_the_way_from_first_to_last(ends):
    found = promise_of([line(end, at) for at, end in enumerate(ends)])
    assert found.days == (ends[-1] - ends[0]).days
    assert found.moved == sum(a != b for a, b in itertools.pairwise(ends))


@pytest.fixture
def shown(world):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, "Group bookings")
    make_placement(alice, item, starts_on=date(YEAR, 4, 3), ends_on=date(YEAR, 5, 9))
    other = make_item(alice, world.atlas, "Waiting list")
    make_placement(alice, other, starts_on=date(YEAR, 8, 3), ends_on=date(YEAR, 8, 9))
    share, secret = share_create(actor=alice, product=world.atlas, name="Partners")
    return share, secret, item, other


def look(secret):
    answer = Client().get(f"/share/{secret}/?year={YEAR}&span=52")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_line_is_kept_for_what_differs_from_the_last_look_alone(world, shown):
    _, secret, item, other = shown
    alice = world.actor("alice")
    look(secret)
    look(secret)
    assert Shown.objects.count() == 2
    placement_set(
        actor=alice, item=item, values={"health": "off_track", "health_note": "The vendor is late."}
    )
    look(secret)
    assert Shown.objects.count() == 2
    placement_dates_set(
        actor=alice, item=item, starts_on=date(YEAR, 4, 3), ends_on=date(YEAR, 6, 20)
    )
    look(secret)
    placement_set(actor=alice, item=other, values={"hidden": True})
    look(secret)
    look(secret)
    assert Shown.objects.count() == 4
    assert Shown.objects.get(gone=True).item_id == other.pk
    placement_remove(actor=alice, item=item)
    look(secret)
    assert Shown.objects.filter(gone=True).count() == 2


def test_the_ledger_reproduces_what_the_page_showed_at_each_moment(world, shown):
    share, secret, item, other = shown
    alice = world.actor("alice")
    seen = []
    steps = [
        lambda: None,
        lambda: placement_dates_set(actor=alice, item=item, starts_on=date(YEAR, 4, 3), ends_on=date(YEAR, 6, 20)),
        lambda: placement_set(actor=alice, item=other, values={"hidden": True}),
        lambda: placement_set(actor=alice, item=other, values={"hidden": False, "public_title": "A list"}),
        lambda: share_update(actor=alice, share=share, version=1, settings={"grain": "quarter"}),
    ]  # fmt: skip
    for step in steps:
        step()
        page = look(secret)
        bars = re.findall(r'class="rb [^>]*title="([^"]*)"', page)
        share.refresh_from_db()
        view = shared_view(share)
        seen.append((timezone.now(), sorted(bars), [(i.title, i.start, i.end) for i in view.items]))
    for moment, bars, rows in seen:
        lines = shown_at(share, moment)
        assert [(row.title, row.starts_on, row.ends_on) for row in lines] == rows
        assert len(lines) == len(bars)
        for row in lines:
            assert any(bar.startswith(f"{row.title}, ") for bar in bars)


def test_the_page_says_first_now_how_often_and_by_how_many_days(world, shown, sign_in):
    share, secret, item, _ = shown
    alice = world.actor("alice")
    look(secret)
    for month in (6, 7):
        placement_dates_set(
            actor=alice, item=item, starts_on=date(YEAR, 4, 3), ends_on=date(YEAR, month, 9)
        )
        look(secret)
    client = sign_in(world.alice)
    page = client.get("/acme/ATL/roadmap/promises").content.decode()
    for words in ("Partners", "Group bookings", f"3 Apr to 9 May {YEAR}", f"3 Apr to 9 Jul {YEAR}", "61 later"):  # fmt: skip
        assert words in page, words
    one = client.get(f"/acme/ATL/roadmap/promises?audience={share.uuid}")
    assert "What Partners was told" in one.content.decode()
    for strange in ("nobody", "00000000-0000-0000-0000-000000000000"):
        assert client.get(f"/acme/ATL/roadmap/promises?audience={strange}").status_code == 404
    panel = client.get(item.get_absolute_url()).content.decode()
    assert "moved 2 times, 61 days later in all" in panel
    assert "moved 2 times" not in sign_in(world.carol).get(item.get_absolute_url()).content.decode()
    assert sign_in(world.bob).get("/acme/ATL/roadmap/promises").status_code == 403


def test_the_ledger_is_read_over_the_api(world, shown, api):
    share, secret, item, _ = shown
    look(secret)
    between = timezone.now()
    placement_dates_set(
        actor=world.actor("alice"), item=item, starts_on=date(YEAR, 4, 3), ends_on=date(YEAR, 6, 9)
    )
    look(secret)
    client = api(world.alice, world.acme)
    rows = client.get(f"/api/v1/products/ATL/promises/?share={share.uuid}").json()["results"]
    assert rows[0]["item"] == item.reference
    assert (rows[0]["moved"], rows[0]["days"]) == (1, 31)
    assert (rows[0]["first"]["ends_on"], rows[0]["now"]["ends_on"]) == (f"{YEAR}-05-09", f"{YEAR}-06-09")  # fmt: skip
    at = f"/api/v1/shares/{share.uuid}/shown/"
    then = client.get(at, {"at": between.isoformat()}).json()["results"]
    assert [row["ends_on"] for row in then] == [f"{YEAR}-05-09", f"{YEAR}-08-09"]
    assert client.get("/api/v1/products/ATL/promises/?share=x").status_code == 400
    assert client.get(at).status_code == 400
    assert api(world.bob, world.acme).get("/api/v1/products/ATL/promises/").status_code == 403


def test_what_was_shown_cannot_be_rewritten_but_a_name_in_it_can_be_erased(world, shown):
    share, secret, *_ = shown
    look(secret)
    rows = Shown.objects.filter(share=share)
    for change in (
        {"ends_on": date(2030, 1, 1)},
        {"at": NOW},
        {"gone": True},
        {"state": "shipped"},
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**change)
    assert rows.update(title="[erased]") == 2


def test_a_manager_who_looks_promises_nothing(world, shown, sign_in):
    share, *_ = shown
    sign_in(world.alice).get(f"/acme/ATL/roadmap/shares/{share.uuid}/view")
    assert not Shown.objects.exists()
    assert promises_of(world.actor("alice"), world.atlas) == []
    assert shown_note(share=share, view=shared_view(share)) == 2
