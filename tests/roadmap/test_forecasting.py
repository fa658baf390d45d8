"""When planned things come: the arithmetic against figures by hand, published ones, and histories made up for it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from roadmap.forecasting.courses import Course, Stand, case_of, firsts
from roadmap.forecasting.coverage import coverage
from roadmap.forecasting.curves import LAST, NEVER, OPEN, REACHED, curve_of
from roadmap.forecasting.measuring import brier, calibration_error, chance_error, groups
from roadmap.forecasting.reference import Case, Reference, path_of
from tests.gold import gold_cases

DAY = date(2026, 1, 1)


def days(count):
    return DAY + timedelta(days=count)


def curve(*rows):
    table = np.array(rows, dtype=np.int64)
    return curve_of(table[:, 0], table[:, 1])


@pytest.mark.parametrize("case", gold_cases({"kaplan_meier"}))
def test_the_published_survival_is_met(case):
    given = zip(case["inputs"]["times"], case["inputs"]["observed"], strict=True)
    found = curve(*given)
    for day, left in case["expected"].items():
        assert 1 - found.at(int(day)) == pytest.approx(left, abs=case["tolerance"])


@pytest.mark.parametrize("case", gold_cases({"brier_score"}))
def test_the_published_brier_score_is_met(case):
    given = case["inputs"]
    found = brier(given["forecasts"], given["outcomes"])
    assert found == pytest.approx(case["expected"], abs=case["tolerance"])


def test_what_is_open_counts_until_it_was_last_seen_and_what_was_given_up_no_longer_comes():
    # Of four, one comes on day 1; one is given up on day 2 (1 of 3); one is last seen on day 3; the last comes on 4.
    found = curve((1, REACHED), (2, NEVER), (3, OPEN), (4, REACHED))
    assert [found.at(day) for day in (0, 1, 2, 3)] == [0, 0.25, 0.25, 0.25]
    assert found.at(4) == pytest.approx(0.25 + 0.5)
    assert found.gone[-1] == pytest.approx(0.75 / 3)
    assert found.day_of(0.25) == 1
    assert found.day_of(0.75) == 4
    assert found.day_of(0.76) is None
    assert found.never() == pytest.approx(0.25)


def test_what_comes_after_three_years_counts_as_open_until_then():
    found = curve((0, REACHED), (LAST + 5, REACHED))
    assert found.at(LAST) == 0.5


def test_a_curve_of_what_is_still_open_forgets_what_came_before():
    found = curve((1, REACHED), (5, REACHED), (9, REACHED), (9, NEVER)).given(1)
    assert found.at(1) == 0
    assert found.at(5) == pytest.approx(1 / 3)
    assert found.at(9) == pytest.approx(2 / 3)
    same = curve((1, REACHED))
    assert same.given(1) is same


def case(number, *, on=0, planned=30, ended=30, how=REACHED, traits=("begun",)):
    return Case(number, days(on), days(planned), traits, days(ended), how)


def test_fewer_than_ten_plans_are_too_few():
    cases = [case(number) for number in range(9)]
    assert Reference(cases).forecast(days(100), days(130), ("begun",)) is None
    cases.append(case(0, on=1))
    assert Reference(cases).forecast(days(100), days(130), ("begun",)) is None
    cases.append(case(9))
    found = Reference(cases).forecast(days(100), days(130), ("begun",))
    assert found is not None
    assert found.plans == tuple(range(10))
    assert (found.p50, found.p85) == (days(130), days(130))
    assert found.may_never == pytest.approx(0)


def test_a_class_that_is_too_small_gives_way_to_the_wider_one():
    begun = [case(n, ended=30 + n) for n in range(12)]
    other = [case(100 + n, ended=60, traits=("not begun",)) for n in range(5)]
    found = Reference([*begun, *other]).forecast(days(100), days(130), ("not begun",))
    assert found is not None
    assert found.path == ("ahead", "0 to 60 days")
    assert len(found.plans) == 17
    own = Reference([*begun, *other]).forecast(days(100), days(130), ("begun",))
    assert own is not None
    assert own.path == ("ahead", "0 to 60 days", "begun")
    # The class has 6 of 12 by its sixth day, the wider one 6 of 17; they weigh 12 and 15.
    assert own.by(days(135)) == pytest.approx((12 * 6 / 12 + 15 * 6 / 17) / 27)


def test_what_a_small_class_was_not_watched_for_is_told_by_the_wider_one():
    # Of the class half came on the day; the rest was last seen open the day before the others of the wider class came.
    young = [case(n, ended=30 if n < 5 else 31, how=REACHED if n < 5 else OPEN) for n in range(10)]
    old = [case(50 + n, ended=40, traits=("not begun",)) for n in range(20)]
    found = Reference([*young, *old]).forecast(days(100), days(130), ("begun",))
    assert found is not None
    # 15 plans of the wider class weigh beside 10 of the class: 5 of 30 of them came on the day.
    assert found.by(days(130)) == pytest.approx((5 + 15 * 5 / 30) / 25)
    assert found.by(days(140)) == pytest.approx(1)
    assert found.p85 == days(140)
    assert found.may_never == pytest.approx(0)


def test_the_clock_of_a_plan_whose_day_has_passed_runs_from_the_day_of_the_forecast():
    late = [case(n, on=90, planned=30, ended=90 + n) for n in range(10)]
    found = Reference(late).forecast(days(200), days(150), ("begun",))
    assert found is not None
    assert found.clock == days(200)
    assert found.by(days(204)) == pytest.approx(0.5)
    assert Reference(late).forecast(days(100), days(150), ("begun",)) is None


def test_classes_are_cut_by_the_days_to_the_plan_and_since_it():
    assert path_of(DAY, days(60), ("a",)) == ("ahead", "0 to 60 days", "a")
    assert path_of(DAY, days(61), ()) == ("ahead", "60 to 120 days")
    assert path_of(DAY, days(500), ()) == ("ahead", "more than 240 days")
    assert path_of(DAY, days(-1), ()) == ("overdue", "0 to 120 days")


def test_a_forecast_of_a_plan_whose_class_mostly_ended_says_that_it_may_never_come():
    cases = [case(n, how=NEVER) for n in range(4)] + [case(10 + n) for n in range(6)]
    found = Reference(cases).forecast(days(100), days(130), ("begun",))
    assert found is not None
    assert found.p50 == days(130)
    assert found.p85 is None
    assert found.may_never == pytest.approx(0.4)


def test_a_course_is_looked_at_on_firsts_and_where_its_plan_moves():
    course = Course(
        7,
        (
            Stand(date(2026, 1, 10), None),
            Stand(date(2026, 1, 20), date(2026, 3, 31)),
            Stand(date(2026, 3, 10), date(2026, 4, 30), begun=True),
            Stand(date(2026, 4, 25), date(2026, 4, 30), begun=True, how=REACHED),
        ),
    )
    seen = list(course.looks(firsts(date(2026, 1, 1), date(2026, 5, 1)), date(2026, 5, 1)))
    assert [look.on.isoformat() for look in seen] == [
        "2026-01-20", "2026-02-01", "2026-03-01", "2026-03-10", "2026-04-01",
    ]  # fmt: skip
    assert seen[0].traits == ("alive", "not begun")
    assert seen[2].traits == ("silent", "not begun")
    assert seen[3].traits == ("alive", "begun")
    assert case_of(course, seen[0], date(2026, 4, 24)).how == OPEN
    done = case_of(course, seen[0], date(2026, 6, 1))
    assert (done.how, done.ended) == (REACHED, date(2026, 4, 25))


def test_the_end_of_a_course_is_the_day_since_which_it_stands():
    stands = [Stand(days(n), None, how=how) for n, how in enumerate((1, 0, 1, 1))]
    assert Course(1, tuple(stands)).ended(days(9)) == (days(2), REACHED)
    assert Course(1, tuple(stands)).ended(days(1)) == (days(1), OPEN)


def test_equally_many_forecasts_are_in_each_group():
    chances, came = [0.1, 0.2, 0.8, 0.9], [0, 1, 1, 1]
    low, high = groups(chances, came, 2)
    assert (low.count, low.came) == (2, 0.5)
    assert low.chance == pytest.approx(0.15)
    assert (high.count, high.came) == (2, 1)
    assert calibration_error(chances, came, 2) == pytest.approx((0.35 + 0.15) / 2)
    assert chance_error([1.0] * 20) == 0


def history(random, count=900, never=0.05):
    """Plans made over four years: a lognormal time after the plan, and a share that silently never comes."""
    courses = []
    for number in range(count):
        made = days(int(random.integers(0, 1460)))
        planned = made + timedelta(days=int(random.integers(30, 200)))
        late = int(np.exp(random.normal(3.6, 1.0))) - 10
        stands = [Stand(made, planned)]
        if random.random() > never:
            came = max(planned + timedelta(days=late), made + timedelta(days=1))
            stands.append(Stand(came, planned, how=REACHED))
        courses.append(Course(number, tuple(stands)))
    return courses


def kept(courses, *, with_open):
    """The share of P85 windows that were kept, forecast on the first of each month from the second year on."""
    hits = []
    looks = [
        (course, look) for course in courses for look in course.looks(firsts(DAY, days(1460)), days(1460))
    ]  # fmt: skip
    for on in firsts(days(420), days(1400))[::3]:
        cases = [case_of(course, look, on) for course, look in looks if look.on < on]
        reference = Reference(c for c in cases if with_open or c.how != OPEN)
        for course in courses:
            look = course.look(on)
            found = look and reference.forecast(on, look.planned, look.traits)
            if found and found.p85:
                ended, how = course.ended(days(4000))
                hits.append(how == REACHED and ended <= found.p85)
    return len(hits), sum(hits) / len(hits)


def test_windows_of_made_up_histories_cover_what_they_promise_and_not_without_the_open_plans():
    courses = [history(np.random.default_rng(seed)) for seed in (1, 2, 3)]
    shares = [kept(each, with_open=True) for each in courses]
    assert min(count for count, _ in shares) > 500
    assert np.mean([share for _, share in shares]) == pytest.approx(0.85, abs=0.03)
    assert kept(courses[0], with_open=False)[1] < 0.82


def test_a_team_that_plans_too_early_keeps_far_fewer_planned_days_than_forecasts():
    random = np.random.default_rng(4)
    courses = []
    for number in range(400):
        made = days(int(random.integers(0, 900)))
        planned = made + timedelta(days=40)
        came = planned + timedelta(days=int(random.exponential(40)) - 8)
        courses.append(Course(number, (Stand(made, planned), Stand(came, planned, how=REACHED))))
    found = coverage(courses, days(1000))
    half, most = found.kept
    assert found.as_planned.percent < 35
    assert most.percent == pytest.approx(85, abs=6)
    assert half.percent == pytest.approx(50, abs=8)
    assert abs(found.as_planned.percent - found.as_planned.promised_percent) < 10
