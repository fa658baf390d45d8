"""When something is due next: clock changes, short months, zones that leave a day out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.cadence import next_due, overdue, zones

pytestmark = pytest.mark.once


def at(text):
    return datetime.fromisoformat(text)


def days_of(first, count, zone, cadence="daily", **when):
    """The local days and hours of the next `count` moments."""
    found, moment = [], at(first)
    for _ in range(count):
        moment = next_due(moment, cadence, zone=zone, **when)
        found.append(moment.astimezone(ZoneInfo(zone)))
    return found


@pytest.mark.parametrize(
    ("after", "due"),
    [
        # Clocks in Berlin go from 02:00 to 03:00 on 28 March 2027: two o'clock is due when it would have been two.
        ("2027-03-26T12:00+00:00", "2027-03-27T02:00+01:00"),
        ("2027-03-27T12:00+00:00", "2027-03-28T03:00+02:00"),
        ("2027-03-28T12:00+00:00", "2027-03-29T02:00+02:00"),
        # They go from 03:00 back to 02:00 on 31 October 2027: two o'clock comes twice and is due the first time.
        ("2027-10-30T12:00+00:00", "2027-10-31T02:00+02:00"),
        ("2027-10-31T02:00+02:00", "2027-11-01T02:00+01:00"),
        ("2027-10-31T02:30+01:00", "2027-11-01T02:00+01:00"),
    ],
)
def test_an_hour_that_is_left_out_or_comes_twice_is_due_once(after, due):
    assert next_due(at(after), "daily", hour=2, zone="Europe/Berlin") == at(due)


def test_nine_o_clock_stays_nine_o_clock_over_both_changes_of_a_year():
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"):
        found = days_of("2027-01-01T00:00+00:00", 365, zone, hour=9)
        assert {moment.hour for moment in found} == {9}
        days = [moment.date() for moment in found]
        assert days == [days[0] + timedelta(days=n) for n in range(365)]


def test_a_day_that_a_zone_left_out_is_none_and_the_next_one_comes_once():
    found = days_of("2011-12-28T12:00-10:00", 3, "Pacific/Apia", hour=9)
    assert [moment.date() for moment in found] == [
        date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1)
    ]  # fmt: skip


def test_the_31st_of_a_short_month_is_its_last_day():
    found = days_of("2027-12-31T12:00+00:00", 5, "UTC", "monthly", hour=8, day=31)
    assert [f"{moment:%m-%d}" for moment in found] == ["01-31", "02-29", "03-31", "04-30", "05-31"]
    assert next_due(at("2027-02-28T08:00+00:00"), "monthly", hour=8, zone="UTC", day=30) == at(
        "2027-03-30T08:00+00:00"
    )


def test_a_week_is_a_week_on_the_wall_over_a_clock_change():
    found = days_of("2027-03-20T00:00+00:00", 3, "Europe/Berlin", "weekly", hour=9, weekday=0)
    assert [moment.isoformat() for moment in found] == [
        "2027-03-22T09:00:00+01:00", "2027-03-29T09:00:00+02:00", "2027-04-05T09:00:00+02:00"
    ]  # fmt: skip


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.sampled_from(zones()),  # noqa: DTZ001 - made aware below
    st.sampled_from(["daily", "weekly", "monthly"]), st.integers(0, 23), st.integers(0, 6), st.integers(1, 31),
)  # fmt: skip
def test_the_next_moment_is_later_and_none_lies_between(naive, zone, cadence, hour, weekday, day):
    after = naive.replace(tzinfo=UTC)
    when = {"hour": hour, "zone": zone, "weekday": weekday, "day": day}
    due = next_due(after, cadence, **when)
    most = {"daily": 3, "weekly": 9, "monthly": 33}[cadence]
    assert after < due <= after + timedelta(days=most)
    assert next_due(due - timedelta(microseconds=1), cadence, **when) == due
    assert next_due(after + (due - after) / 2, cadence, **when) == due


def test_what_was_never_done_is_late_from_the_first_moment_on():
    when = {"cadence": "weekly", "hour": 9, "zone": "UTC", "weekday": 0}
    made = at("2027-03-24T12:00+00:00")
    assert overdue(None, at("2027-03-29T08:59+00:00"), made, **when) is None
    assert overdue(None, at("2027-03-29T09:00+00:00"), made, **when) == at("2027-03-29T09:00+00:00")
    sent = at("2027-03-29T10:00+00:00")
    assert overdue(sent, at("2027-04-04T00:00+00:00"), made, **when) is None
    assert overdue(sent, at("2027-04-06T00:00+00:00"), made, **when) == at("2027-04-05T09:00+00:00")


def test_unknown_words_are_refused():
    with pytest.raises(ValueError):
        next_due(at("2027-01-01T00:00+00:00"), "hourly", hour=1, zone="UTC")
    with pytest.raises(KeyError):
        next_due(at("2027-01-01T00:00+00:00"), "daily", hour=1, zone="Europe/Atlantis")
