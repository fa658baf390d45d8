"""A customer's own page on the portal, and turning all its mails off."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from ideas.models import IdeaFollow, MailOptOut, Person
from ideas.services.boards import board_create
from ideas.services.customer_merging import customer_merge, customer_unmerge
from ideas.services.ideas import idea_move, idea_update
from ideas.services.moderation import moderation_update, portal_comment
from ideas.services.portal import portal_follow, portal_mails_set, portal_submit, portal_vote
from plm.errors import NotVisible
from plm.permissions import ANONYMOUS
from tests.ideas.test_follows import a_minute_later
from tests.make import make_idea, make_person

PORTAL = "/portal/acme/atl/"
YOU = f"{PORTAL}you"


@pytest.fixture
def idea(world):
    world.atlas.portal_open = True
    world.atlas.save()
    EmailAddress.objects.create(
        user=world.eve, email=world.eve.email, verified=True, primary=True
    )  # fmt: skip
    return make_idea(world.actor("bob"), world.atlas, "Split payments", public=True)


@pytest.fixture
def eve(world, idea, sign_in):
    return sign_in(world.eve)


def text_of(client, address=YOU):
    return client.get(address).content.decode()


def test_the_page_lists_what_one_voted_for_follows_and_sent_in_with_its_state(world, idea, eve):
    actor, bob = world.actor("eve"), world.actor("bob")
    portal_vote(actor=actor, idea=idea, voting=True)
    followed = make_idea(bob, world.atlas, "Dark mode", public=True, state="planned")
    portal_follow(actor=actor, idea=followed, following=True)
    portal_submit(actor=actor, product=world.atlas, title="Gift cards")
    own = portal_submit(actor=actor, product=world.atlas, title="Tips at the till")
    idea_update(actor=world.actor("alice"), record=own, version=None, values={"public": True})
    make_idea(bob, world.atlas, "Nothing of hers", public=True)
    text = text_of(eve)
    for shown in ("Split payments", "Dark mode", "Planned", "Tips at the till", "Your idea"):
        assert shown in text
    assert text.index("Gift cards") < text.index("Not public yet") < text.index("Dark mode")
    assert "Nothing of hers" not in text


def test_what_is_no_longer_published_or_on_a_closed_board_is_not_on_the_page(world, idea, eve):
    alice, actor = world.actor("alice"), world.actor("eve")
    other = make_idea(alice, world.atlas, "Dark mode", public=True)
    for one in (idea, other):
        portal_vote(actor=actor, idea=one, voting=True)
    closed = board_create(
        actor=alice, product=world.atlas, values={"name": "Partners", "privacy": "selected"}
    )
    idea_update(actor=alice, record=idea, version=None, values={"public": False})
    idea_update(actor=alice, record=other, version=None, values={"board": closed})
    text = text_of(eve)
    assert "Split payments" not in text
    assert "Dark mode" not in text
    assert "Nothing here yet" in text


def test_a_visitor_is_led_to_the_sign_in_and_back(world, idea, client):
    assert client.get(YOU)["Location"] == f"{PORTAL}sign-in?next={YOU}"
    assert client.post(f"{PORTAL}mails", {"on": "0"})["Location"] == f"{PORTAL}sign-in?next={YOU}"
    assert "Your page" not in text_of(client, PORTAL)
    assert not MailOptOut.objects.exists()
    with pytest.raises(NotVisible):
        portal_mails_set(actor=ANONYMOUS, product=world.atlas, on=False)


def test_the_header_leads_to_the_page_and_it_speaks_german(world, idea, eve):
    assert f'href="{YOU}"' in text_of(eve, PORTAL)
    german = text_of(eve, f"{YOU}?lang=de")
    assert "Keine E-Mails von diesem Portal" in german
    assert "Abmelden" in german


def test_the_page_says_how_comments_are_signed(world, idea, eve):
    moderation_update(
        actor=world.actor("alice"), product=world.atlas, version=None, values={"hold_first": False}
    )
    assert "Your comments show no name, unless" in text_of(eve)
    portal_comment(
        actor=world.actor("eve"), idea=idea, body="Yes", shown_as="nickname", nickname="Zed<b>"
    )
    assert "signed “Zed&lt;b&gt;”" in text_of(eve)
    portal_comment(actor=world.actor("eve"), idea=idea, body="Yes again")
    assert "as the last one did not" in text_of(eve)
    Person.objects.filter(user=world.eve).update(name="Eve Adams")
    assert "Eve Adams</h1>" in text_of(eve)


def test_an_idea_is_unfollowed_from_the_page_and_the_vote_stays(world, idea, eve):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    assert "Unfollow Split payments" in text_of(eve)
    here = f"{PORTAL}ideas/{idea.number}/follow"
    answer = eve.post(here, {"on": "0", "back": "you"}, follow=True)
    assert answer.redirect_chain == [(YOU, 302)]
    text = answer.content.decode()
    assert "You no longer follow “Split payments”." in text
    assert "Unfollow" not in text
    assert "Voted" in text


def test_one_button_ends_all_mails_of_the_portal_and_brings_them_back(world, idea, eve):
    portal_follow(actor=world.actor("eve"), idea=idea, following=True)
    for _ in range(2):
        said = eve.post(f"{PORTAL}mails", {"on": "0"}, follow=True).content.decode()
    assert "You get no mails from this portal." in said
    assert "Mails from this portal are off." in text_of(eve, f"{PORTAL}ideas/{idea.number}")
    later = make_idea(world.actor("bob"), world.atlas, "Dark mode", public=True)
    portal_vote(actor=world.actor("eve"), idea=later, voting=True)
    for one in (idea, later):
        idea_move(one, actor=world.actor("alice"), state="planned")
    a_minute_later()
    assert mail.outbox == []
    assert IdeaFollow.objects.standing().count() == 2
    assert "Get mails again" in text_of(eve)
    eve.post(f"{PORTAL}mails", {"on": "1"})
    idea_move(idea, actor=world.actor("alice"), state="in_progress")
    a_minute_later()
    assert [message.subject for message in mail.outbox] == ["Split payments: In progress"]
    assert YOU in mail.outbox[0].body


def test_the_mails_of_another_portal_go_on(world, idea, eve):
    world.boreas.portal_open = True
    world.boreas.save()
    other = make_idea(world.actor("bob"), world.boreas, "Dark mode", public=True)
    portal_follow(actor=world.actor("eve"), idea=other, following=True)
    portal_mails_set(actor=world.actor("eve"), product=world.atlas, on=False)
    idea_move(other, actor=world.actor("alice"), state="planned")
    a_minute_later()
    assert len(mail.outbox) == 1


def test_mails_stay_off_for_a_person_who_is_merged_into_another(world, idea, eve):
    alice, actor = world.actor("alice"), world.actor("eve")
    portal_follow(actor=actor, idea=idea, following=True)
    portal_mails_set(actor=actor, product=world.atlas, on=False)
    known = make_person(alice, world.acme, "Eve Adams")
    person = Person.objects.get(user=world.eve)
    customer_merge(actor=alice, source=person, target=known)
    assert "Get mails again" in text_of(eve)
    assert "Unfollow Split payments" in text_of(eve)
    customer_unmerge(actor=alice, customer=person)
    assert MailOptOut.objects.get().person_id == person.pk


def test_whoever_has_no_confirmed_address_is_told_how_to_get_mails(world, idea, sign_in):
    mallory = sign_in(world.mallory)
    assert "Confirm your address" in text_of(mallory)
    EmailAddress.objects.create(user=world.mallory, email=world.mallory.email, verified=True)
    assert "You get a mail when" in text_of(mallory)
