"""A batch checked a column at a time comes out as its events do one by one, or is left to that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.intake import MAX_PROPERTIES, Refused, take, take_all

NOW = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def row(number: int = 0, **given: Any) -> dict[str, Any]:
    good = {
        "id": f"0b6f1a52-7c1e-4a57-9d0e-{number:012d}", "name": "opened", "actor": f"user-{number}",
        "at": "2026-05-04T12:30:00Z",
    }  # fmt: skip
    return good | given


def one_by_one(rows: list[Any]) -> list[Any] | None:
    """What `take` gives for each; None where it refuses one or remarks on it."""
    try:
        taken = [take(one, now=NOW, zone=ZONE) for one in rows]
    except Refused:
        return None
    return None if any(event.remarks for event in taken) else taken


WRONG: list[Any] = [
    None, 7, 1.5, True, [], {}, ["a"], {"a": 1}, "", " ", "\u00a0", "\x00", "a\nb", "x" * 200, "x" * 201, "é", "漢",
    "\u200b", "NaN", "1e5", "12.5", "-0", "1234567890123", "EUR", "eur", "EURO", "0B6F1A527C1E4A579D0E2F6F0F6C1A11",
    "0B6F1A52-7C1E-4A57-9D0E-2F6F0F6C1A11", "0b6f1a52-7c1e-4a57-9d0e-2f6f0f6c1a1 ", "0b6f1a5 -7c1e-4a57-9d0e-2f6f0f6c1a11",
    "0b6f1a52+7c1e-4a57-9d0e-2f6f0f6c1a11", "g" * 36, "-" * 36, "2026-05-04", "2026-05-04T23:30:00", "2026-05-05T00:30:00+02:00",
    "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-05-06T00:00:00Z", "2026-05-05T21:00:00Z", "20260504T123000Z",
    "9999-12-31T23:59:59-23:59", 10**30, -5, {"__proto__": 1}, {"a": "x" * 9000}, {str(n): n for n in range(MAX_PROPERTIES + 1)},
]  # fmt: skip


@pytest.mark.parametrize(
    "field", ["id", "name", "at", "actor", "company", "value", "currency", "properties", "other"]
)
@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:30])
@pytest.mark.parametrize("beside", [0, 2])
def test_one_odd_value_decides_as_it_does_alone(field, value, beside):
    rows = [row(n) for n in range(beside)] + [row(beside, **{field: value})]
    alone, together = one_by_one(rows), take_all(rows, now=NOW, zone=ZONE)
    assert together is None or together == alone


@pytest.mark.parametrize("field", ["id", "name", "at", "actor"])
def test_an_event_that_lacks_a_field_leaves_the_batch_to_the_other_way(field):
    lacking = {name: value for name, value in row(1).items() if name != field}
    assert take_all([row(0), lacking], now=NOW, zone=ZONE) is None


@pytest.mark.parametrize("odd", [None, 7, "text", [row(1)], [["id", "x"]]])
def test_what_is_no_object_leaves_the_batch_to_the_other_way(odd):
    assert take_all([row(0), odd], now=NOW, zone=ZONE) is None


def test_a_batch_as_most_send_it_takes_the_short_way():
    rows = [
        row(0), row(1, company="acme", value=12.5, currency="EUR", properties={"plan": "team", "seats": [1, 2]}),
        row(2, company=None, value=None, currency="", properties=None, at="2026-05-04T23:30:00+00:00"),
        row(3, id="0B6F1A52-7C1E-4A57-9D0E-2F6F0F6C1A11", value="7", name="ünïcode 漢"),
    ]  # fmt: skip
    found = take_all(rows, now=NOW, zone=ZONE)
    assert found is not None
    assert found == one_by_one(rows)
    assert [event.day.isoformat() for event in found] == [
        "2026-05-04",
        "2026-05-04",
        "2026-05-05",
        "2026-05-04",
    ]


texts = st.text(max_size=6) | st.sampled_from(["opened", "x" * 200, " "])
moments = st.integers(-90_000, 2_000_000_000).map(
    lambda seconds: (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat()
) | st.just("soon")
figures = st.none() | st.integers() | st.floats() | st.decimals(allow_nan=True).map(str)
properties = st.none() | st.dictionaries(
    st.text(max_size=4), st.none() | st.integers(-9, 9) | st.text(max_size=3), max_size=3
)
batches = st.lists(
    st.fixed_dictionaries(
        {"id": st.uuids().map(str) | st.uuids().map(lambda one: one.hex), "name": texts, "actor": texts, "at": moments},
        optional={"company": st.none() | texts, "value": figures, "currency": st.sampled_from(["", "EUR", "eur", None]), "properties": properties},
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@given(batches)
def test_any_batch_comes_out_the_same_both_ways(rows):
    together = take_all(rows, now=NOW, zone=ZONE)
    assert together is None or together == one_by_one(rows)


def test_the_clock_is_that_of_the_batch():
    late = row(0, at=(NOW + timedelta(hours=23, seconds=1)).isoformat())
    assert take_all([late], now=NOW, zone=ZONE) is None
    assert take_all([late], now=NOW + timedelta(seconds=1), zone=ZONE) is not None
