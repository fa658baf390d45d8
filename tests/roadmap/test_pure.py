"""The arithmetic of the roadmap: grades of goals, places on the grid, order in a column."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.ordering import between
from roadmap.progress import elapsed_share, is_at_risk, key_result_progress, objective_progress
from roadmap.timeline import (
    Bar,
    Mark,
    bar_places,
    has_figure,
    mark_places,
    months,
    quarters,
    window,
)

GOLD = Path(__file__).resolve().parents[3] / "shared" / "gold" / "cases.json"


def test_the_published_grade_of_a_key_result_is_met():
    if not GOLD.exists():
        pytest.skip("the gold cases are not here")
    case = next(c for c in json.loads(GOLD.read_text()) if c["id"] == "okr-001")
    given_ = case["inputs"]
    grade = key_result_progress(0, given_["target"], given_["achieved"])
    assert grade == pytest.approx(case["expected"], abs=case["tolerance"])


def test_a_figure_that_shall_fall_is_graded_like_one_that_shall_rise():
    assert key_result_progress(10, 6, 8) == pytest.approx(0.5)
    assert key_result_progress(10, 6, 11) == 0
    assert key_result_progress(10, 6, 2) == 1


def test_an_objective_is_the_weighted_mean_of_its_key_results():
    assert objective_progress([(1.0, 3), (0.0, 1)]) == pytest.approx(0.75)
    assert objective_progress([]) is None
    assert objective_progress([(1.0, 0)]) is None


def test_a_goal_is_at_risk_when_it_is_clearly_behind_its_time():
    assert is_at_risk(0.3, 0.5)
    assert not is_at_risk(0.4, 0.5)
    assert not is_at_risk(None, 0.9)
    begin, end = date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
    assert elapsed_share(begin, end, date(2027, 5, 1).toordinal()) == 1
    assert elapsed_share(begin, end, date(2025, 5, 1).toordinal()) == 0


def test_a_window_begins_on_a_monday_and_a_move_by_seven_days_is_one_column():
    shown = window(2026, 52)
    assert shown.first == date(2025, 12, 29)
    assert shown.column(date(2026, 1, 1)) == 1
    assert shown.column(date(2026, 1, 5)) == 2
    assert shown.column(date(2026, 12, 31)) == 52
    assert window(2026, 26, 2).begin == date(2026, 7, 1)
    assert window(2026, 13, 4).begin == date(2026, 10, 1)
    assert window(2026, 13, 4).last == date(2026, 12, 31)
    for year, span, half in ((2026, 14, 1), (2026, 13, 5), (2026, 52, 3), (1, 52, 1)):
        with pytest.raises(ValueError, match="window"):
            window(year, span, half)


@pytest.mark.parametrize("year", [2020, 2024, 2026, 2028, 2032])
@pytest.mark.parametrize("span", [13, 26, 52, 104])
def test_months_and_quarters_cover_the_grid_without_gap_or_overlap(year, span):
    shown = window(year, span)
    for heads in (months(shown), quarters(shown)):
        column = 1
        for head in heads:
            assert head.column == column
            column += head.span
        assert column == span + 1
    assert len(quarters(shown)) == span // 13


def test_five_years_are_sixty_months_under_their_years():
    shown = window(2026, 260)
    assert shown.weeks == 60
    assert shown.column(date(2028, 2, 29)) == 26
    assert [head.label for head in quarters(shown)] == ["2026", "2027", "2028", "2029", "2030"]
    assert [head.column for head in quarters(shown)] == [1, 13, 25, 37, 49]
    assert len(months(shown)) == 20
    assert shown.label == "2026 to 2030"


days = st.dates(min_value=date(2025, 6, 1), max_value=date(2027, 6, 1))
bars = st.lists(st.tuples(days, days, st.text(max_size=60), st.booleans()), max_size=40)


@given(bars, st.sampled_from([13, 26, 52, 104, 260]))
def test_no_two_bars_of_a_row_overlap_and_all_lie_on_the_grid(found, span):
    shown = window(2026, span)
    wanted = [
        Bar(n, min(a, b), max(a, b), label, percent)
        for n, (a, b, label, percent) in enumerate(found)
    ]
    places, more = bar_places(shown, wanted, max_rows=8)
    assert len(places) + more == sum(shown.holds(bar.start, bar.end) for bar in wanted)
    taken: set[tuple[int, int]] = set()
    for place in places:
        cells = {(place.row, place.column + n) for n in range(place.span)}
        assert place.column >= 1
        assert place.column + place.span <= shown.weeks + 1
        assert 1 <= place.row <= 8
        assert not cells & taken
        taken |= cells


def test_bars_fill_the_first_row_that_is_free():
    shown = window(2026, 52)
    places, _ = bar_places(
        shown,
        [
            Bar(1, date(2026, 1, 5), date(2026, 6, 28), "Long"),
            Bar(2, date(2026, 2, 2), date(2026, 6, 28), "Beside it"),
            Bar(3, date(2026, 7, 6), date(2026, 12, 20), "After it"),
        ],
        max_rows=4,
    )
    assert {p.key: p.row for p in places} == {1: 1, 2: 2, 3: 1}


def test_the_label_of_a_short_bar_stands_beside_it_and_keeps_its_room():
    shown = window(2026, 52)
    short = Bar(1, date(2026, 3, 2), date(2026, 3, 15), "Split payments for group bookings")
    soon = Bar(2, date(2026, 3, 23), date(2026, 8, 30), "Next")
    places, _ = bar_places(shown, [short, soon], max_rows=4)
    by_key = {p.key: p for p in places}
    assert by_key[1].out
    assert by_key[2].row == 2


def test_where_the_year_ends_the_label_stands_before_the_bar():
    shown = window(2026, 52)
    before = Bar(1, date(2026, 10, 5), date(2026, 12, 6), "Autumn")
    late = Bar(2, date(2026, 12, 14), date(2026, 12, 20), "Split payments for group bookings")
    first, second = bar_places(shown, [before, late], max_rows=4)[0]
    assert second.out
    assert second.flip
    assert first.row != second.row
    endless = Bar(3, date(2026, 12, 14), date(2026, 12, 20), "x" * 400)
    assert not bar_places(shown, [endless], max_rows=4)[0][0].out


def test_bars_beyond_the_rows_are_counted():
    shown = window(2026, 52)
    same = [Bar(n, date(2026, 3, 2), date(2026, 9, 1), "x") for n in range(10)]
    places, more = bar_places(shown, same, max_rows=6)
    assert (len(places), more) == (6, 4)


def test_the_label_of_a_mark_at_the_end_stands_to_its_left():
    shown = window(2026, 52)
    places, _ = mark_places(
        shown,
        [Mark(1, date(2026, 3, 20), "Spring"), Mark(2, date(2026, 12, 18), "Plan review")],
        max_rows=3,
    )
    first, last = places
    assert not first.flip
    assert first.column == shown.column(date(2026, 3, 20))
    assert last.flip
    assert last.column + last.span - 1 == shown.column(date(2026, 12, 18))


def test_a_card_finds_a_place_between_two_until_there_is_none():
    assert between(None, None) == 0
    assert between(0, None) == 1024
    assert between(None, 0) == -1024
    assert between(0, 1024) == 512
    assert between(3, 4) is None


def test_a_bar_that_is_cut_off_at_the_edge_has_no_room_for_its_percent():
    shown = window(2026, 52)
    cut = Bar(1, date(2025, 6, 1), date(2026, 1, 15), "Reaches in from last year", percent=True)
    whole = Bar(2, date(2026, 2, 1), date(2026, 8, 1), "All of it is here", percent=True)
    places = {place.key: place for place in bar_places(shown, [cut, whole], max_rows=4)[0]}
    assert places[1].out
    assert not has_figure(shown, places[1])
    assert has_figure(shown, places[2])
