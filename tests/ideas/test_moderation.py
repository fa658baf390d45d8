"""What customers send in: held where the rules say so, never dropped, decided by managers."""

from __future__ import annotations

import pytest

from ideas.models import Idea, Person, PortalPost
from ideas.moderation import blocked_in
from ideas.services.moderation import (
    moderation_update,
    portal_comment,
    posts_publish,
    posts_reject,
)
from ideas.services.portal import portal_submit
from plm.errors import Invalid, NotAllowed, NotVisible, Stale
from plm.models import Comment, Follow
from tests.make import make_idea
from tests.words import says

PORTAL = "/portal/acme/atl/"
QUEUE = "/acme/ATL/ideas/moderation"


@pytest.fixture
def idea(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return make_idea(world.actor("bob"), world.atlas, "Split payments", public=True)


def rules(world, **values):
    moderation_update(actor=world.actor("alice"), product=world.atlas, version=None, values=values)


def text_of(client, idea):
    return client.get(f"{PORTAL}ideas/{idea.number}").content.decode()


def test_blocked_words_are_found_as_whole_words_however_they_are_written():
    words = ["casino", "cheap pills", "Straße"]
    assert blocked_in("Visit our CASINO!", words) == ["casino"]
    assert blocked_in("ｃａｓíｎｏ, cheap   PILLS", words) == ["casino", "cheap pills"]
    assert blocked_in("STRASSE", words) == ["Straße"]
    assert blocked_in("casinos and cheap old pills", words) == []
    assert blocked_in("anything", ["", "!!"]) == []


def test_a_first_comment_waits_for_the_team_and_its_author_sees_that(world, idea, sign_in, client):
    eve = sign_in(world.eve)
    sent = eve.post(
        f"{PORTAL}ideas/{idea.number}/comment",
        {"body": "We need **this**.", "shown_as": "anonymous"},
        follow=True,
    ).content.decode()
    assert "is with the team" in sent
    assert "With the team: We need" in sent
    assert "We need" not in text_of(client, idea)
    alice = sign_in(world.alice)
    page = alice.get(QUEUE).content.decode()
    assert "We need" in page
    assert "Nothing of this person was published before." in page
    post = PortalPost.objects.get()
    done = alice.post(QUEUE, {"do": "publish", "post": str(post.uuid)}, follow=True)
    assert "1 post published." in done.content.decode()
    assert "<strong>this</strong>" in text_of(client, idea)
    portal_comment(actor=world.actor("eve"), idea=idea, body="And soon.")
    assert "And soon." in text_of(client, idea)


def test_names_are_shown_as_the_person_chooses(world, idea, client):
    rules(world, hold_first=False)
    eve = world.actor("eve")
    portal_comment(actor=eve, idea=idea, body="One")
    Person.objects.filter(user=world.eve).update(name="Eve Adams Moore")
    assert not says(text_of(client, idea), "Eve")
    portal_comment(actor=eve, idea=idea, body="Two", shown_as="initial")
    text = text_of(client, idea)
    assert "Eve M." in text
    assert "Moore" not in text
    portal_comment(actor=eve, idea=idea, body="Three", shown_as="nickname", nickname="Zed<b>")
    assert "Zed&lt;b&gt;" in text_of(client, idea)
    portal_comment(actor=eve, idea=idea, body="Four", shown_as="full")
    assert "Eve Adams Moore" in text_of(client, idea)
    for wrong in ({"shown_as": "x"}, {"shown_as": "nickname", "nickname": "eve@example.com"}):
        with pytest.raises(Invalid):
            portal_comment(actor=eve, idea=idea, body="Five", **wrong)
    Person.objects.filter(user=world.eve).update(name="eve@example.com")
    with pytest.raises(Invalid):
        portal_comment(actor=eve, idea=idea, body="Six", shown_as="full")
    assert "@example.com" not in text_of(client, idea)


def test_a_comment_that_is_refused_keeps_its_text(world, idea, sign_in):
    answer = sign_in(world.eve).post(
        f"{PORTAL}ideas/{idea.number}/comment", {"body": "Kept.", "shown_as": "nickname"}
    )
    assert answer.status_code == 422
    assert b"Kept." in answer.content
    assert not PortalPost.objects.exists()


def test_customers_name_nobody_and_do_not_follow_inside(world, idea):
    rules(world, hold_first=False)
    portal_comment(actor=world.actor("eve"), idea=idea, body="Ask @alice and @bob.")
    comment = Comment.objects.get()
    assert not comment.mentions.exists()
    assert not Follow.objects.filter(user=world.eve).exists()


def test_blocked_words_and_haste_hold_a_post(world, idea):
    rules(world, hold_first=False, posts_per_hour=2, blocked_words=["Casino"])
    eve = world.actor("eve")
    held = portal_comment(actor=eve, idea=idea, body="Best CASINO in town")
    assert (held.state, held.why) == ("held", "Blocked words: casino.")
    assert portal_comment(actor=eve, idea=idea, body="Fine").state == "published"
    hasty = portal_comment(actor=eve, idea=idea, body="Third")
    assert (hasty.state, hasty.why) == ("held", "More than 2 posts within an hour.")
    named = portal_comment(
        actor=world.actor("mallory"), idea=idea, body="Hi", shown_as="nickname", nickname="Casino"
    )
    assert named.state == "held"


def test_ideas_are_public_at_once_only_for_whom_the_team_knows(world, idea):
    rules(world, publish_at_once=True, blocked_words=["casino"])
    eve = world.actor("eve")
    first = portal_submit(actor=eve, product=world.atlas, title="Dark mode")
    assert not first.public
    post = PortalPost.objects.get()
    assert posts_publish(actor=world.actor("alice"), product=world.atlas, posts=[post.uuid]) == 1
    assert Idea.objects.get(pk=first.pk).public
    assert portal_submit(actor=eve, product=world.atlas, title="Light mode").public
    assert not portal_submit(actor=eve, product=world.atlas, title="Casino mode").public


def test_an_idea_published_on_its_own_page_waits_no_more_and_counts_as_accepted(world, idea):
    from ideas.services.ideas import idea_update

    rules(world, publish_at_once=True)
    own = portal_submit(actor=world.actor("eve"), product=world.atlas, title="Dark mode")
    assert PortalPost.objects.waiting().count() == 1
    idea_update(actor=world.actor("alice"), record=own, version=None, values={"public": True})
    assert PortalPost.objects.waiting().count() == 0
    assert portal_submit(actor=world.actor("eve"), product=world.atlas, title="More").public


def test_spam_is_put_away_and_nothing_is_lost(world, idea, sign_in, client):
    eve = world.actor("eve")
    own = portal_submit(actor=eve, product=world.atlas, title="Buy pills")
    portal_comment(actor=eve, idea=idea, body="Buy pills here")
    alice = sign_in(world.alice)
    chosen = [str(uuid) for uuid in PortalPost.objects.values_list("uuid", flat=True)]
    alice.post(QUEUE, {"do": "spam", "post": chosen})
    assert b"Nothing waits" in alice.get(QUEUE).content
    own.refresh_from_db()
    assert own.archived_at is not None
    assert PortalPost.objects.filter(state="spam").count() == 2
    assert PortalPost.objects.get(kind="comment").body == "Buy pills here"
    assert not Comment.objects.exists()
    assert "pills" not in text_of(client, idea)
    assert portal_comment(actor=eve, idea=idea, body="Again").state == "held"


def test_deciding_twice_changes_nothing_the_second_time(world, idea):
    held = portal_comment(actor=world.actor("eve"), idea=idea, body="Once")
    given = {"actor": world.actor("alice"), "product": world.atlas, "posts": [held.uuid]}
    assert posts_publish(**given) == 1
    assert posts_publish(**given) == 0
    assert posts_reject(**given) == 0
    assert Comment.objects.filter(public=True).count() == 1
    given["product"] = world.boreas
    assert posts_publish(**given) == 0


def test_only_managers_decide_and_set_the_rules(world, idea, sign_in):
    held = portal_comment(actor=world.actor("eve"), idea=idea, body="Once")
    bob = sign_in(world.bob)
    assert b"Publish the chosen" not in bob.get(QUEUE).content
    assert bob.post(QUEUE, {"do": "publish", "post": str(held.uuid)}).status_code == 403
    assert bob.get(f"{QUEUE}/rules").status_code == 403
    with pytest.raises(NotAllowed):
        rules_by = {"version": None, "values": {"hold_first": False}}
        moderation_update(actor=world.actor("bob"), product=world.atlas, **rules_by)
    alice = sign_in(world.alice)
    assert alice.post(QUEUE, {"do": "publish"}).status_code == 422
    assert alice.post(QUEUE, {"do": "x", "post": str(held.uuid)}).status_code == 422
    assert sign_in(world.eve).get(QUEUE).status_code == 404


def test_rules_are_saved_and_a_stale_save_is_refused(world, idea, sign_in):
    alice, url = sign_in(world.alice), f"{QUEUE}/rules"
    given = {"posts_per_hour": "3", "blocked_words": "Casino\n casino \nPills", "version": "1"}
    assert alice.post(url, given).status_code == 302
    page = alice.get(url).content.decode()
    assert "casino\npills" in page
    stale = alice.post(url, {**given, "posts_per_hour": "4"})
    assert stale.status_code == 409
    with pytest.raises(Stale):
        moderation_update(
            actor=world.actor("alice"), product=world.atlas, version=1, values={"hold_first": True}
        )
    with pytest.raises(Invalid):
        rules(world, posts_per_hour=0)


def test_nobody_comments_where_they_may_not_read(world, idea, client, sign_in):
    hidden = make_idea(world.actor("bob"), world.atlas, "Secret plan")
    with pytest.raises(NotVisible):
        portal_comment(actor=world.actor("eve"), idea=hidden, body="x")
    answer = client.post(f"{PORTAL}ideas/{idea.number}/comment", {"body": "x"})
    assert answer["Location"].startswith("/portal/acme/atl/sign-in?next=/portal/")
    eve = sign_in(world.eve)
    assert eve.post(f"{PORTAL}ideas/{hidden.number}/comment", {"body": "x"}).status_code == 404
    assert "Sign in to comment" in text_of(client, idea)
