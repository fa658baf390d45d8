"""What the template tags make of values, also of odd ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import timezone

from analytics.stats import words
from plm.kinds import Money
from plm.scoring.axes import ticks
from plm.templatetags import dates, rows, ui

EVIL = "<b onclick='x'>&"
NOTHING = '<span class="nil">\N{EN DASH}</span>'


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\N{EN DASH}"),
        (0, "0"),
        (1234, "1,234"),
        (-1234.5, "-1,234.5"),
        (Decimal("0.10"), "0.1"),
        (99_999, "99,999"),
        (123_400, "123.4k"),
        (2_000_000, "2M"),
    ],
)
def test_figures_are_short(value: float | None, text: str) -> None:
    assert ui.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(4.5, "€4.50"), (4800, "€4,800"), (-3, "\N{MINUS SIGN}€3"), (None, "\N{EN DASH}")],
)
def test_money(value: float, text: str) -> None:
    assert ui.money(value) == text


def test_money_has_one_form_everywhere() -> None:
    assert ui.money(1234.6, "USD") == "$1,235"
    assert ui.money(1234.6, "CHF") == "CHF\N{NO-BREAK SPACE}1,235"
    assert ui.SIGNS == words.SIGNS
    assert ui.shown(Money(1200, "GBP")) == "£1,200"


@pytest.mark.parametrize(
    ("back", "text"),
    [
        (timedelta(seconds=5), "now"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=30), "1 d"),
        (timedelta(days=13, hours=1), "13 d"),
    ],
)
def test_ages_are_short(back: timedelta, text: str) -> None:
    assert dates.ago(timezone.now() - back) == text


def test_an_old_moment_is_a_date() -> None:
    assert dates.ago(datetime(2020, 3, 3, tzinfo=UTC)) == "3 Mar 2020"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Ruiz", "AR"),
        ("Ana", "A"),
        ("ana@x.example", "A"),
        ("", ""),
        (None, ""),
        ("Ana de la O", "AO"),
    ],
)
def test_initials(name: str | None, letters: str) -> None:
    assert ui.initials(name) == letters


def test_a_difference_is_marked_and_escaped() -> None:
    made = ui.word_diff(f"one {EVIL} three", "one two three")
    assert "<ins>two</ins>" in made
    assert "<b" not in made
    assert "&lt;b" in made
    assert rendered("{% word_diff old new %}", old=None, new=None) == ""
    assert ui.word_diff("11 Feb 2027", "11 Sep 2027") == (
        "<del>11 Feb 2027</del> <ins>11 Sep 2027</ins>"
    )


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (None, NOTHING),
        ("", NOTHING),
        (True, "Yes"),
        (0, "0"),
        (EVIL, "&lt;b"),
        ([EVIL], "&lt;b"),
        (SimpleNamespace(name=EVIL, email="a@b.example"), "&lt;b"),
    ],
)
def test_a_cell_shows_any_value_and_trusts_none(value: object, part: str) -> None:
    made = rows.cell(SimpleNamespace(thing=value), "thing")
    assert part in made
    assert "<b " not in made


def test_a_cell_of_an_unknown_name_is_empty() -> None:
    assert rows.cell(SimpleNamespace(), "nothing") == NOTHING


@pytest.mark.parametrize("value", [-5, 0, 3, 99.9, 100, 250, None])
def test_the_width_of_a_bar_is_a_class_that_exists(value: float | None) -> None:
    assert ui.width(value) in {f"w-{step}" for step in range(0, 101, 5)}


@pytest.mark.parametrize("values", [[], [1], [2, 2], [1, None, 3], [-1, 0, 1e9]])
def test_a_spark_draws_any_number_of_values(values: list[float | None]) -> None:
    assert rendered("{% spark values label='x' %}", values=values).count("<svg") == bool(values)


def test_a_chart_leaves_a_gap_for_what_is_not_known() -> None:
    made = rendered("{% line_chart v l 'Rate' target=5 %}", v=[1, None, 3, 4], l="abcd")
    assert made.count('class="spark-l"') == 2
    assert 'class="chart-t"' in made
    assert "No values yet" in rendered("{% line_chart v l 'Rate' %}", v=[None], l="a")


@pytest.mark.parametrize(
    ("low", "top"), [(0, 1), (0, 0), (5, 5), (-3, 7), (0.001, 0.002), (0, 123456)]
)
def test_axis_figures_span_the_values(low: float, top: float) -> None:
    marks = ticks(low, top)
    assert 2 <= len(marks) <= 8
    assert marks[0] <= low
    assert marks[-1] >= top


def test_an_unknown_icon_is_a_dot() -> None:
    assert "<svg" in ui.icon("no-such-icon")
