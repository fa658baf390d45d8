"""What a shift would do is said before it is done, and only that is done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plm.errors import Stale
from plm.models import Event
from plm.runner import run_due_jobs
from plm.services.notes import relation_add
from plm.services.workspaces import team_create
from roadmap.models import Placement, Shown
from roadmap.selectors.shift_plan import shift_plan
from roadmap.services.placements import placement_dates_set, placement_set
from roadmap.services.shares import share_create
from roadmap.services.shifting import placements_shift
from tests.backlog.test_priority_services import use_rice
from tests.make import make_item, make_milestone, make_placement, make_release
from tests.roadmap.planning import allow, scored
from tests.roadmap.test_dependency_pages import seen_in, text_of
from tests.roadmap.test_shifting import chain, day, days_of

URL = "/acme/ATL/roadmap/shift"
API = "/api/v1/products/ATL/roadmap/shift/"


def planned(world, items, behind=1):
    return shift_plan(world.actor("alice"), world.atlas, [item.pk for item in items[:behind]])


def test_it_says_what_would_move_and_moves_nothing(world):
    items = chain(world, (0, 20), (10, 14), (15, 16), (40, 44))
    before = Event.objects.count()
    found = planned(world, items)
    assert [(s.tied.reference, s.days, s.was, s.becomes) for s in found.steps] == [
        (items[1].reference, 11, "11 Mar to 15 Mar 2027", "22 Mar to 26 Mar 2027"),
        (items[2].reference, 11, "16 Mar to 17 Mar 2027", "27 Mar to 28 Mar 2027"),
    ]
    assert days_of(items) == [(0, 20), (10, 14), (15, 16), (40, 44)]
    assert Event.objects.count() == before


def test_days_that_would_be_passed_are_named(world):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14))
    release = make_release(alice, world.atlas, "Spring", release_on=day(18))
    placement_set(actor=alice, item=items[1], values={"release": release})
    make_milestone(alice, world.atlas, "Fair", on=day(20))
    make_milestone(alice, world.atlas, "Before", on=day(13))
    make_milestone(alice, world.atlas, "After", on=day(25))
    share = share_create(actor=alice, product=world.atlas, name="The board")[0]
    for end in (day(16), day(17)):
        Shown.objects.create(
            workspace=world.acme, product=world.atlas, share=share, item=items[1], at=timezone.now(),
            starts_on=day(10), ends_on=end,
        )  # fmt: skip
    (step,) = planned(world, items).steps
    assert [(one.kind, one.name, one.on) for one in step.passed] == [
        ("release", "Spring", day(18)), ("promise", "The board", day(17)), ("milestone", "Fair", day(20)),
    ]  # fmt: skip
    assert planned(world, items).passed("promise") == 1
    Shown.objects.create(
        workspace=world.acme, product=world.atlas, share=share, item=items[1], at=timezone.now(), gone=True
    )  # fmt: skip
    assert planned(world, items).passed("promise") == 0


def test_a_team_that_would_have_too_much_in_the_next_release_is_named(world):
    alice = world.actor("alice")
    use_rice(world)
    team = team_create(actor=world.actor("dora"), workspace=world.acme, name="Platform")
    spring = make_release(alice, world.atlas, "Spring", release_on=day(18))
    summer = make_release(alice, world.atlas, "Summer", release_on=day(90))
    first = make_item(alice, world.atlas, "First")
    late = scored(world, "Late", 900, 2, team=team)
    for item, days in ((first, (0, 20)), (late, (10, 14))):
        make_placement(alice, item, starts_on=day(days[0]), ends_on=day(days[1]))
    placement_set(actor=alice, item=late, values={"release": spring})
    relation_add(actor=alice, source=first, target=late, type="blocks")
    allow(world, team, [spring, summer], (3, 1))
    run_due_jobs()
    (over,) = planned(world, [first]).overloads
    assert (over.team, over.release.title, over.load, over.limit) == (
        "Platform",
        "Summer",
        2.0,
        1.0,
    )
    allow(world, team, [spring, summer], (3, 2))
    assert planned(world, [first]).overloads == []


def test_only_what_was_seen_is_done(world):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14), (15, 16))
    seen = planned(world, items).moves
    placement_dates_set(actor=alice, item=items[2], starts_on=day(17), ends_on=day(18))
    with pytest.raises(Stale) as refused:
        placements_shift(actor=alice, product=world.atlas, behind=items[:1], seen=seen)
    assert f"{items[2].reference} was moved meanwhile: it begins on 18 Mar 2027." in refused.value.message  # fmt: skip
    assert days_of(items) == [(0, 20), (10, 14), (17, 18)]
    more = make_item(alice, world.atlas, "More")
    make_placement(alice, more, starts_on=day(12), ends_on=day(13))
    relation_add(actor=alice, source=items[0], target=more, type="blocks")
    placement_dates_set(actor=alice, item=items[1], starts_on=day(30), ends_on=day(31))
    with pytest.raises(Stale) as refused:
        placements_shift(actor=alice, product=world.atlas, behind=items[:1], seen=seen)
    assert f"{items[1].reference} would not move any more." in refused.value.message
    assert f"{more.reference} would move as well" in refused.value.message
    now = planned(world, items).moves
    report = placements_shift(actor=alice, product=world.atlas, behind=items[:1], seen=now)
    assert {one.item.reference: (one.before, one.after) for one in report} == now


def test_the_page_shows_it_and_what_changed_meanwhile(world, sign_in):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14))
    client = sign_in(world.alice)
    page = client.get(URL, {"behind": items[0].reference, "query": "year=2027"})
    assert "11 Mar to 15 Mar 2027" in text_of(page)
    assert "22 Mar to 26 Mar 2027" in text_of(page)
    given = {"behind": items[0].reference, "seen": seen_in(page), "reason": "Vendor is late"}
    placement_dates_set(actor=alice, item=items[0], starts_on=day(0), ends_on=day(21))
    refused = client.post(URL, given)
    assert refused.status_code == 409
    assert f"{items[1].reference} would begin on 23 Mar 2027 now." in text_of(refused)
    assert days_of(items) == [(0, 21), (10, 14)]
    done = client.post(URL, {**given, "seen": seen_in(refused)})
    assert done.status_code == 302
    assert days_of(items) == [(0, 21), (22, 26)]
    assert Event.objects.filter(verb="placement.moved").latest("pk").reason == "Vendor is late"
    assert sign_in(world.bob).get(URL, {"behind": items[0].reference}).status_code == 403


def test_a_dry_run_over_the_api(world, api):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14))
    other = chain(world, (5, 6), product=world.boreas)[0]
    relation_add(actor=alice, source=items[1], target=other, type="blocks")
    client = api(world.alice, world.acme)
    found = client.get(API, {"behind": items[0].reference}).json()
    assert found["moves"] == [
        {
            "item": items[1].reference, "title": "Step 1", "starts_on": "2027-03-11", "ends_on": "2027-03-15",
            "would_start_on": "2027-03-22", "would_end_on": "2027-03-26", "days": 11, "passes": [],
        }
    ]  # fmt: skip
    assert found["stays"] == [other.reference]
    assert days_of(items[:2]) == [(0, 20), (10, 14)]
    placement_dates_set(actor=alice, item=items[1], starts_on=date(2027, 3, 9), ends_on=date(2027, 3, 13))  # fmt: skip
    body = {"behind": [items[0].reference], "seen": found["seen"]}
    assert client.post(API, body, content_type="application/json").status_code == 412
    body["seen"] = client.get(API, {"behind": items[0].reference}).json()["seen"]
    done = client.post(API, body, content_type="application/json").json()
    assert [row["days"] for row in done["moved"]] == [13]
    for wrong in ({"behind": ""}, {"behind": "ATL-9999"}, {"behind": "BOR-1"}):
        assert client.get(API, wrong).status_code == 422
    assert api(world.bob, world.acme).get(API, {"behind": items[0].reference}).status_code == 403


def test_the_statements_do_not_grow_with_what_would_move(world):
    def counted(items):
        with CaptureQueriesContext(connection) as seen:
            planned(world, items)
        return len(seen)

    few = counted(chain(world, (0, 20), (10, 14)))
    many = counted(chain(world, *[(n, 20 + n) for n in range(25)]))
    assert many <= few


def test_a_day_is_passed_only_by_what_ended_before(world):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14))
    make_milestone(alice, world.atlas, "On the new last day", on=day(25))
    make_milestone(alice, world.atlas, "On the old last day", on=day(14))
    (step,) = planned(world, items).steps
    assert step.after[1] == day(25)
    assert [one.name for one in step.passed] == ["On the old last day"]
    assert Placement.objects.get(item=items[1]).ends_on == day(0) + timedelta(days=14)
