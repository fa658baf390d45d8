"""Pages of metrics: dashboard, course, readings, warnings, and the overview."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from analytics.models import Metric, Reading, Rollup
from analytics.services.intake import events_ingest
from tests.make import event, make_key_result, make_metric, make_objective

HOME = "/acme/ATL/"


def weeks_ago(weeks):
    day = timezone.now().date() - timedelta(days=timezone.now().weekday() + 7 * weeks)
    return f"{day.isoformat()}T12:00:00Z"


def events_over_weeks(world, counts):
    """So many orders in each week, the last complete one last."""
    rows = [
        event(at=weeks_ago(len(counts) - place), actor=f"u{n}")
        for place, count in enumerate(counts)
        for n in range(count)
    ]
    events_ingest(actor=world.actor("bob"), product=world.atlas, rows=rows)


def test_without_metrics_the_dashboard_offers_one_thing(world, sign_in):
    page = sign_in(world.alice).get(f"{HOME}analytics/").content.decode()
    assert "Define the first metric" in page
    assert (
        "Define the first metric"
        not in sign_in(world.carol).get(f"{HOME}analytics/").content.decode()
    )


def test_a_metric_is_defined_in_the_browser(world, sign_in):
    browser = sign_in(world.alice)
    url = f"{HOME}analytics/metrics/new"
    assert browser.get(url).status_code == 200
    good = {
        "title": "Orders a week", "source": "events", "event_name": "order", "aggregation": "count",
        "format": "number", "direction": "up", "period": "week", "target_value": "100",
    }  # fmt: skip
    wrong = browser.post(url, {**good, "aggregation": "last", "target_date": "x"})
    assert wrong.status_code == 422
    assert "Orders a week" in wrong.content.decode()
    wrong = browser.post(url, {**good, "aggregation": "last"})
    assert wrong.status_code == 422
    assert "A metric from events can be" in wrong.content.decode()
    assert Metric.objects.count() == 0
    made = browser.post(url, good)
    assert made.status_code == 302, made.content
    metric = Metric.objects.get()
    assert metric.key == "orders-a-week"
    again = browser.post(url, {**good, "key": "orders-a-week"})
    assert again.status_code == 422
    assert "has the key" in again.content.decode()
    assert browser.get(made["Location"]).status_code == 200


def test_tiles_show_the_last_complete_week_its_change_and_the_target(world, sign_in, work):
    make_metric(
        world.actor("alice"), world.atlas, "Orders", source="events", event_name="order",
        target_value=10, unit="orders",
    )  # fmt: skip
    events_over_weeks(world, [2, 4, 6])
    work()
    for url in (f"{HOME}analytics/", HOME):
        page = sign_in(world.carol).get(url).content.decode()
        assert '<span class="kpi-v">6</span>' in page
        assert "+50%" in page
        assert "target 10 orders" in page
    assert "1 off target" in page


def test_less_is_better_colours_a_fall_green(world, sign_in, work):
    make_metric(
        world.actor("alice"), world.atlas, "No-shows", source="events", event_name="order", direction="down"
    )  # fmt: skip
    events_over_weeks(world, [6, 3])
    work()
    page = sign_in(world.carol).get(f"{HOME}analytics/").content.decode()
    assert "kpi-d h-green" in page
    assert "−50%" in page


def test_a_metric_without_figures_says_why(world, sign_in, work):
    make_metric(world.actor("alice"), world.atlas, "Silent", source="events", event_name="never")
    running = make_metric(
        world.actor("alice"), world.atlas, "Young", source="events", event_name="order"
    )
    events_ingest(
        actor=world.actor("bob"), product=world.atlas, rows=[event(at=timezone.now().isoformat())]
    )
    work()
    browser = sign_in(world.carol)
    page = browser.get(f"{HOME}analytics/").content.decode()
    assert "No data yet" in page
    assert "The first week still runs" in page
    assert "still running" in browser.get(running.get_absolute_url()).content.decode()


def test_the_course_switches_between_day_week_and_month(world, sign_in, work):
    metric = make_metric(
        world.actor("alice"), world.atlas, "Orders", source="events", event_name="order"
    )
    events_over_weeks(world, [2, 0, 6])
    work()
    browser = sign_in(world.carol)
    url = f"{metric.get_absolute_url()}/values"
    for period in ("day", "week", "month"):
        page = browser.get(f"{url}?period={period}")
        assert page.status_code == 200
        assert "<html" in page.content.decode()
        part = browser.get(
            f"{url}?period={period}", headers={"HX-Request": "true"}
        ).content.decode()
        assert "<html" not in part
        assert 'id="course"' in part
    assert browser.get(f"{url}?period=year").status_code == 400
    assert "Target" in browser.get(metric.get_absolute_url()).content.decode()


def test_readings_come_by_form_and_show(world, sign_in, work):
    metric = make_metric(world.actor("alice"), world.atlas, "NPS", period="month")
    browser = sign_in(world.bob)
    url = f"{metric.get_absolute_url()}/readings"
    wrong = browser.post(url, {"at": "2026-03-02", "value": "many", "note": "kept"})
    assert wrong.status_code == 422
    assert "kept" in wrong.content.decode()
    assert (
        browser.post(url, {"at": "2026-03-02", "value": "41.5", "note": "survey"}).status_code
        == 302
    )
    assert browser.post(url, {"at": "2026-03-02", "value": "42"}).status_code == 302
    assert [float(r.value) for r in Reading.objects.all()] == [42]
    work()
    assert Rollup.objects.filter(metric=metric).count() == 3
    page = browser.get(url).content.decode()
    assert "42" in page
    gone = browser.post(f"{url}/remove", {"at": Reading.objects.get().at.isoformat()})
    assert gone.status_code == 302
    work()
    assert Rollup.objects.count() == 0


@pytest.mark.parametrize("text", [
    "date,value\n2026-03-01,1\n2026-03-02,2,note, with comma\n",
    "2026-03-01;1\n2026-03-02;2\n\n",
    "2026-03-01\t1\n2026-03-02T10:00Z\t2\n",
])  # fmt: skip
def test_readings_are_pasted_or_uploaded(world, sign_in, text):
    metric = make_metric(world.actor("alice"), world.atlas, "NPS")
    browser = sign_in(world.bob)
    url = f"{metric.get_absolute_url()}/readings/import"
    assert browser.post(url, {"text": text}).status_code == 302
    assert Reading.objects.count() == 2
    file = SimpleUploadedFile("r.csv", b"\xef\xbb\xbf" + text.encode())
    assert browser.post(url, {"file": file}).status_code == 302
    assert Reading.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-03-01,1\n2026-13-01,2", "Line 2"),
        ("2026-03-01,one", "is no number"),
        ("2026-03-01", "a date and a value"),
        ("", "Paste some lines"),
        ("2026-03-01,1e99", "Line 1"),
    ],
)
def test_a_wrong_line_keeps_all_lines_out_and_the_text_in(world, sign_in, text, says):
    metric = make_metric(world.actor("alice"), world.atlas, "NPS")
    answer = sign_in(world.bob).post(f"{metric.get_absolute_url()}/readings/import", {"text": text})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert text in answer.content.decode()
    assert Reading.objects.count() == 0


def test_a_stakeholder_adds_no_reading_and_a_stranger_sees_nothing(world, sign_in):
    metric = make_metric(world.actor("alice"), world.atlas, "NPS")
    url = f"{metric.get_absolute_url()}/readings"
    assert sign_in(world.carol).post(url, {"at": "2026-03-02", "value": "1"}).status_code == 403
    assert sign_in(world.mallory).post(url, {"at": "2026-03-02", "value": "1"}).status_code == 404
    assert sign_in(world.mallory).get(f"{HOME}analytics/").status_code == 404
    assert (
        sign_in(world.bob).post(f"{HOME}analytics/metrics/new", {"title": "x"}).status_code == 403
    )
    assert Reading.objects.count() == 0


def test_a_metric_of_events_takes_no_readings(world, sign_in):
    metric = make_metric(world.actor("alice"), world.atlas, "Orders", source="events")
    url = f"{metric.get_absolute_url()}/readings"
    assert sign_in(world.bob).post(url, {"at": "2026-03-02", "value": "1"}).status_code == 409
    assert "takes no readings" in sign_in(world.bob).get(url).content.decode()


def test_what_was_refused_is_visible(world, sign_in):
    events_ingest(
        actor=world.actor("bob"),
        product=world.atlas,
        rows=[event(at="2099-01-01T00:00:00Z"), event(at="2026-01-01T00:00:00")],
    )
    browser = sign_in(world.carol)
    page = browser.get(f"{HOME}analytics/intake").content.decode()
    assert "23 hours ahead" in page
    assert "read as UTC" in page
    assert "Some product events were refused" in browser.get(f"{HOME}analytics/").content.decode()
    assert "Nothing odd" in browser.get("/acme/BOR/analytics/intake").content.decode()


def test_the_dashboard_costs_the_same_with_more_metrics(
    world, sign_in, work, django_assert_max_num_queries
):
    for n in range(12):
        make_metric(world.actor("alice"), world.atlas, f"M{n}", source="events", event_name="order")
    events_over_weeks(world, [2, 4])
    work()
    browser = sign_in(world.carol)
    with django_assert_max_num_queries(14):
        assert browser.get(f"{HOME}analytics/").status_code == 200


def test_a_metric_measures_a_key_result_and_stands_on_its_page(world, sign_in):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas)
    result = make_key_result(alice, goal)
    client = sign_in(world.alice)
    made = client.post(
        "/acme/ATL/analytics/metrics/new",
        {
            "title": "Pages read", "source": "readings", "aggregation": "last", "format": "number",
            "direction": "up", "period": "week", "key_result": result.reference,
        },
    )  # fmt: skip
    assert made.status_code == 302, made.content
    metric = Metric.objects.get()
    assert metric.key_result == result
    assert result.get_absolute_url() in client.get(made["Location"]).content.decode()
    page = client.get(result.get_absolute_url()).content.decode()
    assert "Measured by" in page
    assert "Pages read" in page
    wrong = client.post(
        f"{metric.get_absolute_url()}/edit", {"title": "Pages read", "key_result": goal.reference}
    )
    assert wrong.status_code == 422
