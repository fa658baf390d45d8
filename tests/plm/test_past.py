"""A record as of any moment: what stands now, with every later change taken back."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from backlog.models import BacklogItem
from backlog.services.items import item_update
from ideas.services.ideas import idea_create
from plm import past as pasts
from plm.errors import InvalidQuery
from plm.models import Event, Job
from plm.models.event import FOUND_FIRST
from plm.past import moment_asked, record_at
from plm.querysets import keys_given
from plm.services.past import change_told
from plm.services.records import record_archive, record_move, record_restore
from plm.services.workspaces import team_create
from tests.make import make_idea, make_item

SEED = 20260529
WORDS = (
    "Deposits",
    "Group bookings",
    "Waiting list",
    "Ferry timetable",
    "Überfahrt",
    '"quoted", 50 %',
)


def change_at_random(dice, world, item, teams):
    """One change of the item by its services, or none where the draw asks for what stands."""
    alice = world.actor("alice")
    now = BacklogItem.objects.with_people().get(pk=item.pk)
    draw = dice.randrange(6)
    if draw == 0:
        record_move(now, actor=alice, state=dice.choice(now.workflow.next_states(now.state)).name)
    elif draw == 1:
        (record_restore if now.archived_at else record_archive)(now, actor=alice)
    elif draw == 2:
        tags = dice.sample(["sea", "land", "air"], dice.randrange(3))
        item_update(record=now, actor=alice, version=now.version, values={}, tags=tags)
    else:
        values = {
            "title": dice.choice(WORDS),
            "description": dice.choice(["", "Two\nlines", "*One*"]),
            "due_on": dice.choice([None, date(2027, 3, 1), date(9999, 12, 31)]),
            "team": dice.choice([None, *teams]),
            "estimate": dice.choice([None, 1, 5]),
        }
        chosen = dict(dice.sample(sorted(values.items(), key=lambda pair: pair[0]), 2))
        item_update(record=now, actor=alice, version=now.version, values=chosen)


def copy_of(item):
    """All that the record says now."""
    now = BacklogItem.objects.with_people().get(pk=item.pk)
    return record_at(now, timezone.now()).values


def test_the_state_of_a_thousand_random_moments_is_the_copy_that_was_taken_then(world):
    dice = random.Random(SEED)
    dora = world.actor("dora")
    teams = [team_create(actor=dora, workspace=world.acme, name=name) for name in ("Sea", "Land")]
    item = make_item(world.actor("alice"), world.atlas)
    copies = [(timezone.now(), copy_of(item))]
    for _ in range(120):
        change_at_random(dice, world, item, teams)
        copies.append((timezone.now(), copy_of(item)))
    assert len({str(copy) for _, copy in copies}) > 60
    record = BacklogItem.objects.with_people().get(pk=item.pk)
    span = copies[-1][0] - copies[0][0]
    for _ in range(1000):
        moment = copies[0][0] + span * dice.random()
        taken = max((c for c in copies if c[0] <= moment), key=lambda c: c[0])
        following = next((c for c in copies if c[0] > moment), taken)
        # Between two copies lies the instant of the change itself: either side of it is lawful.
        assert record_at(record, moment).values in (taken[1], following[1])
    for moment, copy in copies:
        assert record_at(record, moment).values == copy


def test_before_it_was_made_there_is_no_record(world):
    idea = make_idea(world.actor("alice"), world.atlas)
    assert record_at(idea, idea.created_at - timedelta(seconds=1)) is None


def test_many_records_are_read_in_one_statement(world, django_assert_num_queries):
    alice = world.actor("alice")
    ideas = [make_idea(alice, world.atlas, f"Idea {n}") for n in range(5)]
    before = timezone.now()
    for idea in ideas:
        record_move(idea, actor=alice, state="under_review")
    with django_assert_num_queries(1):
        found = pasts.values_before([idea.pk for idea in ideas], before)
    assert found == {idea.pk: {"state": "open"} for idea in ideas}


def test_a_day_means_its_end_and_today_means_now(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    assert moment_asked("2026-03-28") == datetime(2026, 3, 28, 22, 59, 59, 999999, tzinfo=UTC)
    # The night clocks go forward, and the one they go back.
    assert moment_asked("2026-03-29") == datetime(2026, 3, 29, 21, 59, 59, 999999, tzinfo=UTC)
    assert moment_asked("2025-10-26") == datetime(2025, 10, 26, 22, 59, 59, 999999, tzinfo=UTC)
    assert timezone.now() - moment_asked(timezone.localdate().isoformat()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2027-02-29",
        "9999-12-31",
        "2026-13-01",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_past_moment_is_refused(text):
    with pytest.raises(InvalidQuery) as refused:
        moment_asked(text)
    assert refused.value.fields["at"]


def test_the_page_shows_what_it_was_and_what_is_different_now(world, sign_in):
    alice = world.actor("alice")
    values = {"title": "Split payments"}
    idea = idea_create(actor=alice, product=world.atlas, values=values, tags=["sea", "sun"])
    then = timezone.now()
    record_move(idea, actor=alice, state="under_review")
    browser = sign_in(world.carol)
    url = f"{idea.get_absolute_url()}/as-of"
    page = browser.get(url, {"at": then.isoformat()}).content.decode()
    assert "Split payments" in page
    assert "<del>Open</del>" in page
    assert "sea, sun" in page
    refused = browser.get(url, {"at": "2027-02-29"})
    assert refused.status_code == 422
    assert 'value="2027-02-29"' in refused.content.decode()
    early = browser.get(url, {"at": "2001-01-01"}).content.decode()
    assert "did not exist yet" in early
    assert sign_in(world.mallory).get(url).status_code == 404


def test_the_api_gives_the_same(world, api):
    alice = world.actor("alice")
    idea = make_idea(alice, world.atlas, "Split payments")
    then = timezone.now()
    record_move(idea, actor=alice, state="under_review")
    client = api(world.carol, world.acme, scopes=["read"])
    url = f"/api/v1/records/{idea.reference}/as-of/"
    found = client.get(url, {"at": then.isoformat()}).json()
    assert found["existed"] is True
    assert (found["values"]["state"], found["changed"]) == ("open", ["state"])
    early = client.get(url, {"at": "2001-01-01"}).json()
    assert (early["existed"], early["values"]) == (False, {})
    for at in ("", "2027-02-29", "9999-12-31"):
        refused = client.get(url, {"at": at})
        assert refused.status_code == 400
        assert "at" in refused.content.decode()


def test_what_is_told_later_bears_its_own_date_and_says_when_it_was_recorded(world, sign_in):
    item = make_item(world.actor("alice"), world.atlas, "Deposits")
    BacklogItem.objects.filter(pk=item.pk).update(created_at=datetime(2024, 1, 1, tzinfo=UTC))
    item.refresh_from_db()
    at = datetime(2025, 3, 1, 9, tzinfo=UTC)
    before = Event.objects.latest("sequence").sequence
    change_told(
        actor=world.actor("alice"), record=item, at=at, changes={"title": ("Down payments", "Deposits")}
    )  # fmt: skip
    event = Event.objects.latest("sequence")
    assert (event.sequence, event.verb, event.created_at) == (before + 1, "item.updated", at)
    recorded = datetime.fromisoformat(event.data["recorded_at"])
    assert abs(recorded - timezone.now()) < timedelta(minutes=1)
    assert not Job.objects.filter(created_at__gte=recorded).exists()

    asked = {
        day: record_at(item, moment_asked(day)).values["title"]
        for day in ("2025-02-28", "2025-03-01")
    }
    assert asked == {"2025-02-28": "Down payments", "2025-03-01": "Deposits"}
    page = sign_in(world.alice).get(f"{item.get_absolute_url()}/history").content.decode()
    assert "recorded" in page
    with pytest.raises(ValueError, match="still to come"):
        change_told(
            actor=world.actor("alice"), record=item, at=timezone.now() + timedelta(days=1), changes={}
        )  # fmt: skip


def test_the_first_change_of_a_field_is_the_same_by_its_index_as_among_all_events(world):
    dice = random.Random(SEED)
    teams = [team_create(actor=world.actor("dora"), workspace=world.acme, name="Sea")]
    items = [make_item(world.actor("alice"), world.atlas, f"Item {n}") for n in range(3)]
    moments = [timezone.now()]
    for _ in range(60):
        change_at_random(dice, world, dice.choice(items), teams)
        moments.append(timezone.now())
    keys = [item.pk for item in items]
    some = 0
    for moment in moments:
        among_all = pasts.values_before(keys, moment)
        wanted = {
            key: {name: value for name, value in values.items() if name in FOUND_FIRST}
            for key, values in among_all.items()
        }
        found = pasts.values_before(keys, moment, FOUND_FIRST)
        assert found == {key: values for key, values in wanted.items() if values}
        some += len(found)
    assert some > 60


def test_a_field_without_an_index_is_refused_rather_than_read_slowly(world):
    with pytest.raises(ValueError, match="description"):
        pasts.values_before([1], timezone.now(), ["title", "description"])


@pytest.mark.parametrize("name", FOUND_FIRST)
def test_the_database_finds_it_by_that_index(world, name):
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    statement = f"{explain} {pasts.first_statement((name,)).sql}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # So few rows as a test has are read faster without any index.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        at = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(statement, [keys_given([1]), at])
        assert f"event_first_{name}" in str(cursor.fetchall())
