"""The roadmap as a table and as a calendar."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Placement
from roadmap.months import Month, month_of
from tests.make import make_item, make_milestone, make_placement, make_release

MARCH = date(2027, 3, 1)


def text_of(page):
    return html.unescape(re.sub(r"\s+", " ", page.content.decode()))


@pytest.fixture
def placed(world):
    alice = world.actor("alice")
    for number in range(60):
        item = make_item(alice, world.atlas, f"Item {number:02}")
        first = MARCH + timedelta(days=number)
        dates = {"starts_on": first, "ends_on": first + timedelta(days=9)} if number < 55 else {}
        make_placement(alice, item, bucket="now", **dates)
    return alice


def test_a_month_is_whole_weeks():
    march = Month(2027, 3)
    assert (march.first, march.last) == (MARCH, date(2027, 3, 31))
    assert [week[0].day for week in march.weeks()] == [1, 8, 15, 22, 29]
    assert (march.neighbour(-3), march.neighbour(10)) == ("2026-12", "2028-01")
    assert Month(2028, 2).last == date(2028, 2, 29)
    assert month_of("2027-03") == march
    assert Month(9000, 12).neighbour(1) == ""
    assert Month(1900, 1).neighbour(-1) == ""
    assert Month(9000, 12).weeks()[-1][-1] > Month(9000, 12).last
    for bad in ("2027-13", "9999-01", "1899-12", "2027", "2027-3", "soon", "\uff12027-03"):
        assert month_of(bad) is None


def test_the_table_is_ordered_and_leafed_through(world, sign_in, placed):
    client = sign_in(world.carol)
    for order in (
        "title",
        "starts",
        "-ends",
        "state",
        "column",
        "commitment",
        "health",
        "-updated",
    ):
        url, seen = f"/acme/ATL/roadmap/table?order={order}", []
        while url:
            page = client.get(url)
            assert page.status_code == 200
            found = page.content.decode()
            seen += re.findall(r">(Item \d\d)<", found)
            link = re.search(r'href="([^"]+)">Next page', found)
            url = html.unescape(link[1]) if link else ""
        assert len(seen) == len(set(seen)) == 60
        if order == "starts":
            assert seen == sorted(seen)
    head = client.get("/acme/ATL/roadmap/table?order=title").content.decode()
    assert 'aria-sort="ascending"' in head
    assert "order=-title" in head
    for bad in ("order=colour", "order=--title", "cursor=abc"):
        assert client.get(f"/acme/ATL/roadmap/table?{bad}").status_code == 400


def test_the_calendar_shows_begins_ends_milestones_and_releases(world, sign_in, placed):
    make_milestone(placed, world.atlas, "Partner beta", on=date(2027, 3, 17))
    make_release(placed, world.atlas, "Spring", release_on=date(2027, 3, 18))
    client = sign_in(world.carol)
    text = text_of(client.get("/acme/ATL/roadmap/calendar?month=2027-03"))
    assert "March 2027" in text
    assert text.count("<small>Begins</small>") == 31
    assert text.count("<small>Ends</small>") == 22
    assert "<small>Milestone</small> <span>Partner beta" in text
    assert "<small>Release</small> <span>Spring" in text
    empty = text_of(client.get("/acme/ATL/roadmap/calendar?month=2031-03"))
    assert "Nothing begins, ends or goes out" in empty
    for bad in ("2027-13", "9999-01", "x"):
        assert client.get(f"/acme/ATL/roadmap/calendar?month={bad}").status_code == 400
    assert client.get("/acme/ATL/roadmap/calendar").status_code == 200


def test_both_take_as_many_statements_for_few_as_for_many(world, sign_in, placed):
    client = sign_in(world.carol)

    def counted(path):
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            client.get(path)
        return len(seen)

    paths = ("/acme/ATL/roadmap/table?order=title", "/acme/ATL/roadmap/calendar?month=2027-03")
    many = [counted(path) for path in paths]
    Placement.objects.filter(pk__in=Placement.objects.values("pk")[3:]).delete()
    assert [counted(path) for path in paths] == many
    assert max(many) < 16
