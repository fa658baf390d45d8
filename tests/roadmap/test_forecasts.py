"""Forecasts of the roadmap: what is read from events, who sees it, and what pages and API say."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from analytics.demo.telling import clock_at
from backlog.services.items import item_move
from plm.services.records import record_archive
from roadmap.forecasting.curves import NEVER, OPEN, REACHED
from roadmap.forecasting.reference import Case, Reference
from roadmap.forecasting.words import forecast_said, percent_said, window_said
from roadmap.models import Placement
from roadmap.selectors.forecasts import (
    forecast_of,
    forecasts_of,
    window_of,
)
from roadmap.selectors.pasts import past_of
from roadmap.services.placements import placement_remove, placement_set
from tests.make import make_item, make_placement
from tests.world import make_product

LATE = (0, 0, 10, 0, 20, 0, 0, 40, 0, 10, 0, 60)


def ago(days):
    return timezone.now() - timedelta(days=days)


def at(moment: datetime):
    return clock_at(moment)


def day(offset):
    return timezone.localdate() + timedelta(days=offset)


def planned(world, title, *, made, ends, done=None, product=None):
    """An item placed `made` days ago, planned to end `ends` days from now, and done `done` days ago."""
    alice = world.actor("alice")
    with at(ago(made)):
        item = make_item(alice, product or world.atlas, title)
        make_placement(alice, item, bucket="now", starts_on=day(0), ends_on=day(ends + made))
    if done is not None:
        with at(ago(done)):
            for state in ("todo", "in_progress", "done"):
                item = item_move(record=item, actor=alice, state=state)
    return item


@pytest.fixture
def history(world):
    """Twelve plans of forty days, each looked at on the day it was made; most came on time, some later."""
    return [
        planned(world, f"Old {n}", made=300 - n, ends=-(260 - n), done=260 - n - late)
        for n, late in enumerate(LATE)
    ]


@pytest.fixture
def coming(world):
    return planned(world, "Group bookings", made=3, ends=37)


def test_an_item_is_told_from_what_became_of_plans_like_it(world, history, coming):
    past, [row] = forecasts_of(world.actor("alice"), world.atlas)
    assert row.placement.item == coming
    found = row.forecast
    assert set(found.plans) == {item.pk for item in history}
    assert found.p50 == day(37)
    assert found.p85 == day(37 + 40)
    assert found.by(day(37)) == pytest.approx(7 / 12)
    assert found.may_never == pytest.approx(0)
    assert past.plans == 13


def test_nine_plans_are_said_to_be_too_few(world, coming):
    for n in range(9):
        planned(world, f"Old {n}", made=100, ends=-60, done=60)
    past, [row] = forecasts_of(world.actor("alice"), world.atlas)
    assert (past.plans, row.forecast) == (10, None)


def test_what_was_given_up_or_put_away_or_taken_off_counts(world, history):
    alice = world.actor("alice")
    gone = planned(world, "Gone", made=200, ends=-100)
    with at(ago(150)):
        record_archive(gone, actor=alice)
    off = planned(world, "Off", made=200, ends=-100)
    with at(ago(150)):
        placement_remove(actor=alice, item=off)
    past = past_of(world.atlas)
    assert past.courses[gone.pk].ended(past.today) == (day(-150), NEVER)
    assert past.courses[off.pk].ended(past.today)[1] == OPEN
    assert past.courses[history[0].pk].ended(past.today) == (day(-260), REACHED)
    assert {case.plan for cases in past.cases.values() for case in cases} >= {gone.pk, off.pk}


def test_a_process_that_knows_the_past_takes_in_what_came_since(
    world, history, coming, django_assert_max_num_queries
):
    first = past_of(world.atlas)
    with django_assert_max_num_queries(1):
        assert past_of(world.atlas) is first
    alice = world.actor("alice")
    placement_set(actor=alice, item=coming, values={"ends_on": day(90)})
    item_move(record=history[0], actor=alice, state="in_progress", reason="It came back")
    with django_assert_max_num_queries(4):
        second = past_of(world.atlas)
    assert second.courses[coming.pk].look(second.today).planned == day(90)
    assert second.courses[history[0].pk].ended(second.today)[1] == OPEN
    assert second.courses[history[1].pk] is first.courses[history[1].pk]
    new = planned(world, "New", made=1, ends=50)
    assert past_of(world.atlas).courses[new.pk].look(day(0)).planned == day(50)


def test_the_statements_do_not_grow_with_the_items(world, coming, django_assert_max_num_queries):
    alice = world.actor("alice")
    with django_assert_max_num_queries(7):
        forecasts_of(alice, world.atlas)
    for n in range(12):
        planned(world, f"Old {n}", made=100, ends=-60, done=60)
    other = make_product(world.acme, "OTH")
    planned(world, "Elsewhere", made=9, ends=20, product=other)
    with django_assert_max_num_queries(7):
        forecasts_of(alice, world.atlas)


def later(world):
    for n in range(12):
        planned(world, f"Later {n}", made=210 - n, ends=-(100 + n), done=100 + n)


def test_past_forecasts_are_held_against_what_came(world, history):
    later(world)
    found = past_of(world.atlas).coverage
    half, most = found.kept
    assert found.forecasts > 0
    assert (half.over, half.kept) == (found.forecasts, found.forecasts)
    assert most.over == most.kept
    assert found.as_planned.kept == found.as_planned.over


def forecast(delays, how=REACHED, planned_in=30):
    cases = [
        Case(n, day(-400), day(-370), (), day(-370 + late), how) for n, late in enumerate(delays)
    ]
    return Reference(cases).forecast(day(0), day(planned_in), ())


@pytest.mark.once
def test_a_stakeholder_is_told_a_window_and_never_a_day():
    near, far = forecast([0] * 6 + [20] * 6), forecast([0] * 6 + [200] * 6)
    assert window_said(near).split()[-1].isdecimal()
    assert not any(part.isdecimal() and int(part) < 1000 for part in window_said(near).split())
    assert window_said(far).startswith("Q")
    assert window_said(forecast([300] * 12, how=OPEN)).startswith("no date: ")


@pytest.mark.once
def test_words_never_say_none_or_all_where_it_is_neither():
    assert percent_said(0.003) == "less than 1 %"
    assert percent_said(0.997) == "more than 99 %"
    assert (percent_said(0), percent_said(1), percent_said(0.07)) == ("0 %", "100 %", "7 %")


@pytest.mark.once
def test_a_forecast_says_days_and_what_may_never_come():
    assert "85 % by the same day." in forecast_said(forecast([0] * 12))
    some = [Case(n, day(-900), day(-870), (), day(-870), REACHED) for n in range(9)]
    lost = [Case(90 + n, day(-900), day(-870), (), day(-400), NEVER) for n in range(3)]
    said = forecast_said(Reference([*some, *lost]).forecast(day(0), day(30), ()))
    assert said.startswith("Half of plans like this came by ")
    assert said.endswith("; 25 % may never come.")


def test_the_panel_of_the_item_says_it_and_leads_to_what_was_counted(
    world, sign_in, history, coming
):
    client = sign_in(world.carol)
    page = client.get(coming.get_absolute_url()).content.decode()
    assert "Half of plans like this came by" in page
    assert f"roadmap/forecasts?item={coming.reference}" in page
    listed = client.get(f"/acme/ATL/roadmap/forecasts?item={coming.reference}").content.decode()
    assert all(item.title in listed for item in history)
    assert "What was counted" in listed


def test_the_page_lists_forecasts_and_how_often_they_were_kept(world, sign_in, history, coming):
    client = sign_in(world.carol)
    page = client.get("/acme/ATL/roadmap/forecasts").content.decode()
    assert "told from what became of 13 plans" in page
    assert "Group bookings" in page
    assert "Nothing could have been forecast in the last two years yet" in page
    later(world)
    assert "The planned day itself" in client.get("/acme/ATL/roadmap/forecasts").content.decode()


def test_the_timeline_draws_the_forecast_of_what_is_unfinished(world, sign_in, history, coming):
    year = day(37).year
    page = sign_in(world.carol).get(f"/acme/ATL/roadmap/?year={year}&span=104").content.decode()
    assert page.count('class="tail c') == 1
    assert "Half of plans like this came by" in page
    assert "fading bar" in page


def test_a_thin_history_says_so(world, sign_in, coming):
    client = sign_in(world.alice)
    assert (
        "Too few plans for a forecast" in client.get("/acme/ATL/roadmap/forecasts").content.decode()
    )
    assert (
        "fewer than ten are like this one" in client.get(coming.get_absolute_url()).content.decode()
    )
    page = client.get(f"/acme/ATL/roadmap/forecasts?item={coming.reference}").content.decode()
    assert "There is no forecast" in page
    assert "fading bar" not in client.get("/acme/ATL/roadmap/").content.decode()


def test_a_reference_that_is_none_is_refused(world, sign_in):
    answer = sign_in(world.alice).get("/acme/ATL/roadmap/forecasts?item=ATL-99999")
    assert answer.status_code == 400
    assert sign_in(world.mallory).get("/acme/ATL/roadmap/forecasts").status_code == 404


def test_the_api_gives_days_shares_and_coverage(world, api, history, coming):
    answer = api(world.carol, world.acme).get("/api/v1/products/ATL/roadmap/forecasts/")
    assert answer.status_code == 200
    [row] = answer.json()["results"]
    assert (row["reference"], row["planned"]) == (coming.reference, day(37).isoformat())
    assert (row["p50"], row["counted"]) == (day(37).isoformat(), 12)
    assert row["on_time"] == pytest.approx(7 / 12, abs=1e-4)
    assert [kept["share"] for kept in answer.json()["coverage"]] == [0.5, 0.85, 1.0]
    assert (
        api(world.carol, world.acme)
        .get("/api/v1/products/ATL/roadmap/forecasts/?page=2")
        .status_code
        == 400
    )
    assert (
        api(world.mallory, world.rival).get("/api/v1/products/ATL/roadmap/forecasts/").status_code
        == 404
    )


def test_a_shared_view_may_tell_a_window(world, history, coming):
    place = Placement.objects.select_related("item").get(item=coming)
    past = past_of(world.atlas)
    assert window_of(past, place) == window_said(forecast_of(past, place))
    done = history[0]
    place = Placement.objects.select_related("item").get(item=done)
    assert window_of(past, place) == ""
