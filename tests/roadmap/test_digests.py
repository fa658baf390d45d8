"""Digests of what changed: what is in them, for whom, and that each goes once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from backlog.models import IdeaLink
from ideas.services.votes import idea_vote_set
from plm.models import Job, Membership, Product, ProductRole, SavedView
from plm.permissions import Role
from plm.runner import run_due_jobs
from plm.services.clock import moment_settled, slots_open
from plm.services.records import record_move, record_update
from plm.services.workspaces import team_create
from roadmap.models import Digest, DigestSubscription
from roadmap.services.digests import digest_make, digest_subscribe, digests_give_up
from roadmap.services.placements import placement_remove, placement_set
from tests.make import make_idea, make_objective
from tests.roadmap.telling import placed, slip, subscribe, time_comes
from tests.words import says


def test_a_mail_says_what_moved_why_and_when_and_only_once(world):
    item, still = placed(world), placed(world, "Groups")
    subscribe(world)
    slip(world, item)
    slip(world, still, 20, reason="Too hasty")
    slip(world, still, 1, reason="")
    time_comes()
    [message] = mail.outbox
    assert message.to == ["Carol <carol@example.com>"]
    assert "1 change" in message.subject
    assert "14 days later: ends 15 Feb 2027, before 1 Feb 2027" in message.body
    assert "Why: Vendor is late (Alice)" in message.body
    assert "Groups" not in message.body, "what was moved and moved back is not told"
    assert f"/acme/{item.reference}" in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<digest-{Digest.objects.get().uuid}@")
    time_comes()
    assert len(mail.outbox) == 1, "nothing changed since: no mail"
    slip(world, item, 20, reason="")
    time_comes()
    assert "5 days later" in mail.outbox[1].body
    assert "No reason was given." in mail.outbox[1].body
    assert "Vendor is late" not in mail.outbox[1].body


def test_a_move_that_is_undone_over_two_digests_is_told_twice_and_within_one_not_at_all(world):
    item = placed(world)
    subscribe(world)
    slip(world, item)
    time_comes()
    slip(world, item, 1, reason="The vendor delivered")
    time_comes()
    assert "14 days earlier" in mail.outbox[1].body
    assert len(mail.outbox) == 2


def test_an_empty_digest_is_not_sent_and_the_next_one_begins_where_it_ended(world):
    placed(world)
    row = subscribe(world)
    time_comes()
    before = row.seen_at
    row.refresh_from_db()
    assert not mail.outbox
    assert not Digest.objects.exists()
    assert row.seen_at > before
    assert row.due_at > timezone.now()


def test_what_became_of_their_own_asks(world):
    alice, carol = world.actor("alice"), world.actor("carol")
    mine = make_idea(carol, world.atlas, "Pay in parts")
    voted = make_idea(alice, world.atlas, "Group prices")
    other = make_idea(alice, world.atlas, "Dark maps")
    idea_vote_set(actor=carol, idea=voted, voting=True)
    item = placed(world, "Instalments")
    IdeaLink.objects.create(workspace=world.acme, item=item, idea=voted)
    goal = make_objective(alice, world.atlas, "Elsewhere")
    subscribe(world, objective=goal)
    for idea in (mine, other):
        record_move(idea, actor=alice, state="declined", reason="Costs too much")
    slip(world, item)
    time_comes()
    [message] = mail.outbox
    assert "2 about what you asked for" in message.subject
    assert "Pay in parts" in message.body
    assert "you proposed it" in message.body
    assert "Now: Declined, before: Open" in message.body
    assert "Why: Costs too much" in message.body
    assert "Group prices" in message.body
    assert "you voted for it" in message.body
    assert "On the roadmap: Instalments: 14 days later" in message.body
    assert "Dark maps" not in message.body
    assert "LATER" not in message.body, "the item is not of the goal that was chosen"


def test_a_part_is_what_belongs_to_it_before_or_after(world):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, "More groups")
    team = team_create(actor=world.actor("dora"), workspace=world.acme, name="Maps")
    left, came, never = (
        placed(world, "Left", objective=goal),
        placed(world, "Came"),
        placed(world, "Never"),
    )
    subscribe(world, objective=goal)
    subscribe(world, "bob", team=team)
    placement_set(actor=alice, item=left, values={"objective": None})
    placement_set(actor=alice, item=came, values={"objective": goal})
    slip(world, never)
    time_comes()
    [message] = mail.outbox
    assert "goal More groups" in message.body
    assert "Goal: none, before: More groups" in message.body
    assert "Came" in message.body
    assert "Never" not in message.body


def test_a_saved_view_of_the_backlog(world):
    bug, feature = placed(world, "Crash"), placed(world, "Map")
    type(bug).objects.filter(pk=bug.pk).update(type="bug")
    view = SavedView.objects.create(
        workspace=world.acme, product=world.atlas, kind="item", name="Bugs", query="type=bug&order=title",
        owner=world.carol,
    )  # fmt: skip
    row = subscribe(world, view=view)
    for item in (bug, feature):
        slip(world, item)
    placement_remove(actor=world.actor("alice"), item=bug)
    time_comes()
    assert "Crash" in mail.outbox[0].body
    assert not says(mail.outbox[0].body, "Map")
    DigestSubscription.objects.filter(pk=row.pk).update(query="type=nonsense")
    slip(world, feature, 20)
    time_comes()
    row.refresh_from_db()
    assert len(mail.outbox) == 1
    assert "filters of the view fit no more" in row.problem


def bugs_view(world):
    return SavedView.objects.create(
        workspace=world.acme, product=world.atlas, kind="item", name="Bugs", query="type=bug&order=title",
        owner=world.carol,
    )  # fmt: skip


def typed(world, item, name, reason=""):
    item.refresh_from_db()
    record_update(
        item, actor=world.actor("alice"), version=None, values={"type": name}, reason=reason
    )


def test_an_item_that_left_the_view_is_told_once_with_what_became_of_it(world):
    crash, still = placed(world, "Crash"), placed(world, "Still a bug")
    for item in (crash, still):
        typed(world, item, "bug")
    subscribe(world, view=bugs_view(world))
    time_comes()
    assert not mail.outbox, "nothing left yet"
    slip(world, crash, reason="")
    typed(world, crash, "feature", reason="It never was one")
    time_comes()
    [message] = mail.outbox
    assert "1 change" in message.subject
    assert "LEFT THE VIEW" in message.body
    assert "Crash (ATL-1): does not fit the view any more" in message.body
    assert "14 days later: ends 15 Feb 2027, before 1 Feb 2027" in message.body
    assert "Why: It never was one (Alice)" in message.body
    assert "Still a bug" not in message.body
    slip(world, crash, 20)
    time_comes()
    assert len(mail.outbox) == 1, "what left is told once, and what becomes of it then not at all"
    typed(world, crash, "bug")
    time_comes()
    typed(world, crash, "feature")
    time_comes()
    assert len(mail.outbox) == 2, "it came back and left again"


def test_what_left_and_came_back_within_a_digest_is_not_told(world):
    crash = placed(world, "Crash")
    typed(world, crash, "bug")
    subscribe(world, view=bugs_view(world))
    typed(world, crash, "feature")
    typed(world, crash, "bug")
    time_comes()
    assert not mail.outbox
    typed(world, crash, "feature")
    until = moment_settled(world.acme.pk)
    DigestSubscription.objects.update(due_at=until)
    digest = digest_make(subscription_id=DigestSubscription.objects.get().pk, until=until)
    assert digest.left == [crash.pk]
    typed(world, crash, "bug")
    time_comes()
    assert "LEFT THE VIEW" not in mail.outbox[0].body, "it was back when the mail went"


def test_what_the_reader_may_not_see_any_more_did_not_leave_but_is_not_there(world):
    crash, other = placed(world, "Crash"), placed(world, "Other")
    for item in (crash, other):
        typed(world, item, "bug")
    row = subscribe(world, view=bugs_view(world))
    for item in (crash, other):
        typed(world, item, "feature")
    type(crash).objects.filter(pk=crash.pk).delete()
    time_comes()
    assert "Other" in mail.outbox[0].body
    assert "Crash" not in mail.outbox[0].body
    row.refresh_from_db()
    assert row.seen_items == []


def test_what_left_in_the_time_of_a_mail_that_did_not_go_is_told_with_the_next(world):
    crash = placed(world, "Crash")
    typed(world, crash, "bug")
    row = subscribe(world, view=bugs_view(world))
    typed(world, crash, "feature")
    until = moment_settled(world.acme.pk)
    DigestSubscription.objects.update(due_at=until)
    digest_make(subscription_id=row.pk, until=until)
    digests_give_up(subscription_id=row.pk, problem="The server is silent.")
    row.refresh_from_db()
    assert row.seen_items == [crash.pk]
    time_comes()
    assert mail.outbox[0].body.count("does not fit the view any more") == 1
    time_comes()
    assert len(mail.outbox) == 1


def test_a_digest_from_before_views_were_remembered_begins_to_remember(world):
    crash = placed(world, "Crash")
    typed(world, crash, "bug")
    row = subscribe(world, view=bugs_view(world))
    DigestSubscription.objects.update(seen_items=None)
    typed(world, crash, "feature")
    time_comes()
    assert not mail.outbox
    row.refresh_from_db()
    assert row.seen_items == []


@pytest.mark.parametrize("loss", ["hidden", "left", "inactive", "archived"])
def test_who_lost_access_a_second_ago_gets_nothing(world, loss):
    item = placed(world)
    row = subscribe(world)
    slip(world, item)
    until = moment_settled(world.acme.pk)
    DigestSubscription.objects.update(due_at=until)
    digest = digest_make(subscription_id=row.pk, until=until)
    assert digest is not None, "it was made while they had access"
    seat = Membership.objects.get(user=world.carol)
    if loss == "hidden":
        ProductRole.objects.create(
            workspace=world.acme, membership=seat, product=world.atlas, role=Role.NONE
        )
    elif loss == "left":
        seat.delete()
    elif loss == "inactive":
        type(world.carol).objects.filter(pk=world.carol.pk).update(is_active=False)
    else:
        Product.objects.filter(pk=world.atlas.pk).update(archived_at=timezone.now())
    time_comes()
    assert not mail.outbox
    digest.refresh_from_db()
    before, now = row.seen_at, DigestSubscription.objects.get()
    assert digest.state == "dropped"
    assert now.parked_at is not None
    assert now.seen_at == before, "what they missed is told when they start it again"
    time_comes()
    assert not mail.outbox
    assert Digest.objects.count() == 1


def test_who_comes_back_and_starts_again_is_told_what_they_missed(world):
    item = placed(world)
    subscribe(world)
    seat = Membership.objects.get(user=world.carol)
    Membership.objects.filter(pk=seat.pk).update(role=Role.NONE)
    slip(world, item)
    time_comes()
    assert not mail.outbox
    Membership.objects.filter(pk=seat.pk).update(role=Role.STAKEHOLDER)
    time_comes()
    assert not mail.outbox, "parked until they ask for it"
    subscribe(world)
    time_comes()
    assert "14 days later" in mail.outbox[0].body
    assert DigestSubscription.objects.count() == 1


def test_no_change_falls_between_two_digests(world):
    """Any walk of changes cut into digests at any places tells, put together, the difference of its ends."""
    items = [placed(world, f"Item {n}") for n in range(3)]
    subscribe(world)
    told = []
    for n, (item, day) in enumerate([(0, 5), (1, 9), (0, 12), (2, 3), (1, 1), (0, 2), (2, 8)]):
        slip(world, items[item], day, reason=f"Step {n}")
        if n % 2:
            time_comes()
    time_comes()
    moved = dict.fromkeys(("Item 0", "Item 1", "Item 2"), 0)
    for message in mail.outbox:
        for title, days, word in re.findall(r"(Item \d) \(.*?\): (\d+) days? (\w+)", message.body):
            moved[title] += int(days) * (1 if word == "later" else -1)
        told.append(message)
    assert moved == {"Item 0": 1, "Item 1": 0, "Item 2": 7}
    assert [(d.since, d.until) for d in Digest.objects.order_by("until")] == sorted(
        (d.since, d.until) for d in Digest.objects.all()
    )


def test_nine_o_clock_stays_nine_o_clock_over_a_clock_change_and_no_change_is_told_twice(world):
    """Berlin, 28 March 2027: the night is an hour shorter."""
    values = {"cadence": "daily", "hour": 9, "time_zone": "Europe/Berlin"}
    with time_machine.travel(datetime.fromisoformat("2027-03-26T12:00+00:00")) as clock:
        item = placed(world)
        digest_subscribe(actor=world.actor("carol"), product=world.atlas, values=values)
        sent = []
        for hour in range(4 * 24):
            clock.move_to(datetime.fromisoformat("2027-03-26T12:30+00:00") + timedelta(hours=hour))
            if hour % 24 == 0:
                slip(world, item, 2 + hour // 24, reason="")
            slots_open()
            for _ in range(2):  # Jobs are due by the clock of the database, which does not travel.
                Job.objects.filter(state="queued").update(run_after="2020-01-01T00:00Z")
                run_due_jobs()
            sent += [f"{timezone.now():%d %H}"] * (len(mail.outbox) - len(sent))
    assert sent == ["27 08", "28 07", "29 07", "30 07"]
    assert all("1 day later" in message.body for message in mail.outbox)


def test_a_digest_takes_as_many_statements_for_many_items_as_for_few(
    world, django_assert_max_num_queries
):
    items = [placed(world, f"Item {n}") for n in range(12)]
    row = subscribe(world)
    for item in items:
        slip(world, item)
    until = moment_settled(world.acme.pk)
    DigestSubscription.objects.update(due_at=until)
    with django_assert_max_num_queries(32):
        digest_make(subscription_id=row.pk, until=until)
