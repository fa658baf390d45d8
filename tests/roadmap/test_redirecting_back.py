"""A redirection is taken back as a whole: exactly what it did, and not what people did since."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from backlog.services.promotion import feature_from_ideas
from ideas.models import Idea, IdeaFollow, Redirect, Vote
from ideas.services.ideas import idea_move, idea_update
from ideas.services.votes import vote_add_for
from plm.errors import Conflict, NotAllowed, NotVisible
from plm.models import Event, Job, Membership, ProductRole
from plm.permissions import Role
from plm.runner import run_due_jobs
from plm.services.notes import comment_add
from roadmap.services.redirecting import ideas_take_back_ask, reversals_of
from tests.make import make_idea, make_person
from tests.roadmap.endings import API, PAGE, planned, redirect

BACK = f"{PAGE}/back"
STANDS = ("state", "response", "responded_at", "snoozed_until", "votes_count", "demand_people", "archived_at")  # fmt: skip


def done(world, successor=None):
    planned(world, successor)
    redirect(world)
    run_due_jobs()
    return Redirect.objects.values_list("redirection", flat=True).first()


def take_back(world, redirection, who="alice"):
    ideas_take_back_ask(actor=world.actor(who), product=world.atlas, redirection=redirection)
    run_due_jobs()
    return Job.objects.filter(kind="roadmap.ideas_take_back").latest("pk").result


def stands(product):
    return {idea.number: [getattr(idea, n) for n in STANDS] for idea in Idea.objects.filter(product=product)}  # fmt: skip


def test_all_is_as_it_was(world, ending):
    wanted, inside, _ = ending
    alice = world.actor("alice")
    idea_move(wanted, actor=alice, state="under_review", reason="We look")
    Idea.objects.filter(pk=wanted.pk).update(response="Soon", responded_at=timezone.now())
    Idea.objects.filter(pk=inside.pk).update(snoozed_until=timezone.localdate() + timedelta(9))
    run_due_jobs()
    before, votes = stands(world.atlas), list(Vote.objects.values())
    redirection = done(world, world.boreas)
    assert stands(world.atlas) != before
    assert take_back(world, redirection) == {"back": 2, "left": 0}
    assert stands(world.atlas) == before
    assert list(Vote.objects.values()) == votes
    assert not IdeaFollow.objects.exclude(idea=wanted).exists()
    made = Idea.objects.filter(product=world.boreas)
    assert {(i.archived_at is None, i.votes_count, i.demand_people) for i in made} == {(False, 0, 0)}  # fmt: skip
    told = Event.objects.get(verb="sunset.ideas_taken_back")
    assert (told.product, told.data["ideas"]) == (world.atlas, 2)
    assert Event.objects.filter(verb="idea.moved", reason="Undone").count() == 2
    with pytest.raises(NotVisible):
        take_back(world, redirection)
    assert done(world, world.boreas) is not None
    assert stands(world.atlas)[1][0] == "redirected", "and it can be done again"


def test_ideas_that_were_closed_without_a_product_that_follows_are_open_again(world, ending):
    before = stands(world.atlas)
    redirection = done(world)
    assert take_back(world, redirection) == {"back": 2, "left": 0}
    assert stands(world.atlas) == before


def test_whoever_was_mailed_is_told_that_it_is_open_again_and_nobody_who_was_not(world, ending):
    redirection = done(world, world.boreas)
    take_back(world, redirection)
    Job.objects.filter(kind="ideas.status").update(run_after=timezone.now() - timedelta(seconds=1))
    run_due_jobs()
    assert mail.outbox == [], "a move that is taken back at once is told to nobody"


def _promoted(world, old, made):
    feature_from_ideas(
        actor=world.actor("alice"), product=world.boreas, ideas=[made],
        values={"title": "Card", "type": "feature"},
    )  # fmt: skip


CHANGED_SINCE = {
    "The new idea was moved to Planned since.": lambda world, old, made: idea_move(
        made, actor=world.actor("alice"), state="planned"
    ),
    "The new idea was changed since.": lambda world, old, made: idea_update(
        record=made, actor=world.actor("alice"), version=1, values={"title": "Card"}
    ),
    "The new idea has comments by now.": lambda world, old, made: comment_add(
        actor=world.actor("alice"), record=made, body="Good"
    ),
    "The new idea has votes that the old one has not by now.": lambda world, old, made: (
        vote_add_for(
            actor=world.actor("alice"),
            idea=made,
            person=make_person(world.actor("alice"), world.acme),
        )
    ),
    "It was moved to Open since.": lambda world, old, made: idea_move(
        old, actor=world.actor("alice"), state="open"
    ),
    "backlog items": _promoted,
}


@pytest.mark.parametrize("why", CHANGED_SINCE)
def test_what_was_changed_or_used_since_stays_and_the_page_says_which(world, ending, sign_in, why):
    wanted, inside, _ = ending
    redirection = done(world, world.boreas)
    made = Idea.objects.get(redirected_from=wanted)
    wanted.refresh_from_db()
    CHANGED_SINCE[why](world, wanted, made)
    made.refresh_from_db()
    run_due_jobs()
    kept = (stands(world.atlas)[1], stands(world.boreas)[made.number])
    page = sign_in(world.alice).get(PAGE).content.decode()
    assert "1 idea cannot be taken back and stays as it is" in page
    told = why if why.endswith(".") else "The new idea was"
    assert f"{wanted.reference} Deposits</a>: {told}" in page
    assert take_back(world, redirection) == {"back": 1, "left": 1}
    assert (stands(world.atlas)[1], stands(world.boreas)[made.number]) == kept
    assert stands(world.atlas)[2][0] == "open"
    assert "1 idea taken back" in sign_in(world.alice).get(PAGE).content.decode()


def test_only_who_may_work_in_both_products_takes_it_back(world, ending, sign_in):
    redirection = done(world, world.boreas)
    with pytest.raises(NotAllowed):
        take_back(world, redirection, "bob")
    with pytest.raises(NotVisible):
        ideas_take_back_ask(
            actor=world.actor("alice"), product=world.boreas, redirection=redirection
        )
    closed_to = Membership.objects.get(user=world.alice)
    ProductRole.objects.create(
        workspace=world.acme, membership=closed_to, product=world.boreas, role=Role.NONE
    )
    page = sign_in(world.alice).get(PAGE).content.decode()
    assert "2 ideas went on elsewhere" in page
    assert "not open to you" in page
    assert "Boreas" not in page.replace("Atlas ends. Your idea goes on with Boreas.", "")
    actor = world.actor("alice")
    assert [one.barred[:11] for one in reversals_of(actor, world.atlas)] == ["The product"]
    with pytest.raises(Conflict, match="not open to you"):
        ideas_take_back_ask(actor=actor, product=world.atlas, redirection=redirection)


def test_by_the_message_and_over_the_api(world, ending, sign_in, api):
    planned(world, world.boreas)
    client, caller = sign_in(world.alice), api(world.alice, world.acme)
    shown = re.findall(r'name="seen"[^>]*value="(\w+)"', client.get(PAGE).content.decode())
    assert shown == [caller.get(API).json()["seen"]], "the form names what its page shows, once"
    sent = {"word": "It goes on", "reason": "It ends"}
    late = client.post(PAGE, {"seen": "x", **sent})
    assert re.findall(r'name="seen"[^>]*value="(\w+)"', late.content.decode()) == shown
    page = client.post(PAGE, {"seen": shown[0], **sent}, follow=True)
    assert f'action="{BACK}"' in page.content.decode()
    redirection = Job.objects.get(kind="roadmap.ideas_redirect").uuid
    early = client.post(BACK, {"redirection": str(redirection)}, follow=True).content.decode()
    assert "Ideas are being redirected already. Wait until that has ended." in early
    assert client.post(BACK, {"redirection": "x"}).status_code == 404
    run_due_jobs()
    found = caller.get(API).json()["redirections"]
    assert [(one["ideas"], one["back"], one["left"], one["target"], one["barred"]) for one in found] == [(2, 2, 0, "BOR", "")]  # fmt: skip
    answer = caller.post(f"{API}back/", {"id": found[0]["id"]}, content_type="application/json")
    assert answer.status_code == 202, answer.content
    with pytest.raises(Conflict, match="being taken back already"):
        ideas_take_back_ask(
            actor=world.actor("alice"), product=world.atlas, redirection=redirection
        )
    run_due_jobs()
    assert caller.get(API).json()["redirections"] == []
    assert stands(world.atlas)[1][0] == "open"


def test_a_page_takes_as_many_statements_for_many_ideas(
    world, ending, django_assert_max_num_queries
):
    for n in range(12):
        make_idea(world.actor("alice"), world.atlas, f"Idea {n}")
    done(world, world.boreas)
    with django_assert_max_num_queries(25):
        assert reversals_of(world.actor("alice"), world.atlas)[0].back == 14
