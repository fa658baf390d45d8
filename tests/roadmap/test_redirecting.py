"""The open ideas of a product that ends: shown first, then redirected or closed by one confirmation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ideas.models import Idea, IdeaFollow, Vote
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.lineage import trace
from plm.models import Event, Job
from plm.runner import run_due_jobs
from plm.services.records import record_archive, record_move
from roadmap.models import Sunset
from tests.make import make_idea
from tests.roadmap.endings import API, PAGE, WHY, WORD, planned, redirect, seen


def test_ideas_go_on_in_the_product_that_follows_with_votes_and_lineage(world, ending):
    wanted, inside, closed = ending
    planned(world, world.boreas)
    found = seen(world)
    assert (found.target, found.count, found.votes, found.published, found.told) == (
        world.boreas, 2, 1, 1, 1,
    )  # fmt: skip
    redirect(world)
    run_due_jobs()
    states = dict(Idea.objects.filter(product=world.atlas).values_list("title", "state"))
    assert states == {"Deposits": "redirected", "Fax": "redirected", "Telex": "declined"}
    made = Idea.objects.get(product=world.boreas, title="Deposits")
    assert (made.state, made.public, made.description, made.votes_count, made.demand_people) == (
        "open", False, "Half of it", 1, 1,
    )  # fmt: skip
    vote, old = Vote.objects.get(idea=made), Vote.objects.get(idea=wanted)
    assert (vote.person, vote.importance, vote.created_at) == (old.person, 3, old.created_at)
    before, _ = trace(world.actor("alice"), made.pk)
    assert [one.record.pk for one in before] == [wanted.pk]
    wanted.refresh_from_db()
    inside.refresh_from_db()
    assert (wanted.response, inside.response) == (WORD, "")
    told = Event.objects.get(verb="sunset.ideas_redirected")
    assert (told.reason, told.data["ideas"], told.data["target"]) == (WHY, 2, "BOR")


def test_followers_are_told_once_and_with_the_word(world, ending):
    planned(world, world.boreas)
    redirect(world)
    run_due_jobs()
    Job.objects.filter(kind="ideas.status").update(run_after=timezone.now() - timedelta(seconds=1))
    run_due_jobs()
    assert [(m.to, WORD in m.body) for m in mail.outbox] == [(["eve@example.com"], True)]
    made = Idea.objects.get(product=world.boreas, title="Deposits")
    assert IdeaFollow.objects.filter(idea=made).count() == 1
    redirect_again = seen(world)
    assert redirect_again.count == 0
    with pytest.raises(Conflict, match="no open idea"):
        redirect(world)


def test_without_a_product_that_follows_they_are_closed_with_the_word(world, ending):
    wanted, _, _ = ending
    planned(world, None)
    redirect(world, word="Atlas ends, and nothing follows.")
    run_due_jobs()
    wanted.refresh_from_db()
    assert (wanted.state, wanted.response) == ("declined", "Atlas ends, and nothing follows.")
    assert not Idea.objects.filter(product=world.boreas).exists()


def test_nothing_is_done_unless_it_was_shown_and_a_decision_since_stands(world, ending):
    wanted, inside, _ = ending
    with pytest.raises(Conflict, match="Plan the end first"):
        redirect(world)
    planned(world, world.boreas)
    shown = seen(world).seen
    make_idea(world.actor("alice"), world.atlas, "Late")
    with pytest.raises(Stale):
        redirect(world, seen=shown)
    planned(world, None)
    with pytest.raises(Stale):
        redirect(world, seen=seen(world).seen[::-1])
    for wrong in ({"word": " "}, {"reason": ""}):
        with pytest.raises(Invalid):
            redirect(world, **wrong)
    with pytest.raises(NotAllowed):
        redirect(world, "bob")
    redirect(world)
    with pytest.raises(Conflict, match="already"):
        redirect(world)
    record_move(wanted, actor=world.actor("alice"), state="planned")
    record_archive(inside, actor=world.actor("alice"))
    run_due_jobs()
    inside.refresh_from_db()
    assert inside.state == "open"


def test_new_ideas_go_to_the_product_that_follows_once_it_has_ended(world, ending, sign_in):
    planned(world, world.boreas)
    client, at = sign_in(world.eve), "/portal/acme/atl/submit"
    given = {"title": "Deposits by card", "description": ""}
    assert 'name="title"' in client.get(at).content.decode()
    Sunset.objects.update(notice_on=date(2025, 1, 1), final_on=timezone.localdate() - timedelta(1))
    page = client.get(f"{at}?title=Pay+later").content.decode()
    assert "Atlas has ended and takes no new ideas." in page
    assert 'name="title"' not in page
    assert "Boreas" not in page, "whose portal is closed"
    assert client.post(at, given).status_code == 422
    assert not Idea.objects.filter(title=given["title"]).exists()
    type(world.boreas).objects.filter(pk=world.boreas.pk).update(portal_open=True)
    page = client.get(f"{at}?title=Pay+later").content.decode()
    assert 'href="/portal/acme/bor/submit?title=Pay%20later"' in page
    Sunset.objects.all().delete()
    assert 'name="title"' in client.get(at).content.decode()
    type(world.atlas).objects.filter(pk=world.atlas.pk).update(phase="retired")
    assert "has ended" in client.get(at).content.decode()


def test_who_may_not_add_to_the_product_that_follows_is_told_so(world, ending, sign_in):
    planned(world, world.boreas)
    world.boreas.archived_at = timezone.now()
    world.boreas.save(update_fields=["archived_at"])
    assert "archived" in seen(world).missing
    with pytest.raises(Conflict, match="archived"):
        redirect(world)
    assert "archived" in sign_in(world.alice).get(PAGE).content.decode()


def test_the_page_and_the_api_show_first_and_do_after_one_confirmation(world, ending, sign_in, api):
    planned(world, world.boreas)
    client = sign_in(world.alice)
    page = client.get(PAGE).content.decode()
    assert "2 open ideas go on in" in page
    assert "wants mails gets one: 1 mail." in page
    assert PAGE in client.get("/acme/ATL/plan/sunset").content.decode()
    assert client.post(PAGE, {"seen": "x", "word": WORD, "reason": WHY}).status_code == 412
    assert client.post(PAGE, {"seen": "x", "word": "", "reason": ""}).status_code == 422
    for who, status in (("carol", 403), ("mallory", 404)):
        assert sign_in(getattr(world, who)).get(PAGE).status_code == status
    caller = api(world.alice, world.acme)
    shown = caller.get(API).json()
    assert (shown["target"], shown["count"], shown["job"]) == ("BOR", 2, None)
    body = {"seen": shown["seen"], "word": WORD, "reason": WHY}
    answer = caller.post(API, body, content_type="application/json")
    assert (answer.status_code, answer.json()["job"]["state"]) == (202, "queued"), answer.content
    run_due_jobs()
    after = caller.get(API).json()
    assert (after["count"], after["job"]["result"]) == (0, {"ideas": 2})
    done = client.get(PAGE).content.decode()
    assert "2 ideas redirected" in done
    assert "No idea is open" in done
    made = Idea.objects.get(product=world.boreas, title="Fax")
    assert "a product that ends" in client.get(made.get_absolute_url()).content.decode()
    old = Idea.objects.get(product=world.atlas, title="Fax")
    assert "It goes on as" in client.get(old.get_absolute_url()).content.decode()


def test_where_no_product_follows_the_page_says_declined(world, ending, sign_in):
    planned(world, None)
    client = sign_in(world.alice)
    body = {"seen": seen(world).seen, "word": WORD, "reason": WHY}
    page = client.post(PAGE, body, follow=True).content.decode()
    assert "The ideas are being declined." in page
    run_due_jobs()
    after = client.get(PAGE).content.decode()
    assert "2 ideas declined" in after
    assert "redirected" not in after.partition("Open ideas</h1>")[2].partition("No idea is open")[0]
