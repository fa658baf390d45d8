"""The roadmap on the portal: one published view, with vote and follow where the idea behind an item is published."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from backlog.models import IdeaLink
from plm.models import Product
from roadmap.models import Placement, Share, Shown
from roadmap.services.shares import share_create, share_revoke
from tests.make import make_idea, make_item, make_placement
from tests.words import says

URL = "/portal/acme/atl/roadmap"


@pytest.fixture
def portal(world):
    alice = world.actor("alice")
    Product.objects.filter(pk=world.atlas.pk).update(portal_open=True)
    titles = {"Open wish": True, "Secret wish": False}
    for number, (title, public) in enumerate(titles.items()):
        item = make_item(alice, world.atlas, f"Inside {number}")
        make_placement(alice, item, bucket="now", public_title=f"Outside {number}")
        idea = make_idea(alice, world.atlas, title, public=public)
        IdeaLink.objects.create(workspace=world.acme, item=item, idea=idea)
    share, _ = share_create(
        actor=alice, product=world.atlas, name="Customers", view="board", show=["goal"], published=True
    )  # fmt: skip
    return share


def test_a_visitor_sees_the_published_view_and_only_published_ideas(world, portal):
    page = Client().get(URL)
    assert page.status_code == 200
    text = page.content.decode()
    for shown in ("Outside 0", "Outside 1", "Open wish", "Follow", "Vote for Open wish"):
        assert shown in text, shown
    for inside in ("Inside", "Secret wish", "Customers", "ATL-"):
        assert inside not in text, inside
    home = Client().get("/portal/acme/atl/").content.decode()
    assert f'href="{URL}"' in home


def test_a_customer_votes_and_follows_from_there(world, portal, sign_in):
    client = sign_in(world.eve)
    text = client.get(URL).content.decode()
    assert 'action="/portal/acme/atl/ideas/' in text
    vote = text.split('class="vf" method="post" action="')[1].split('"')[0]
    assert client.post(vote, {"on": "1"}).status_code in {200, 302}
    assert 'aria-pressed="true"' in client.get(URL).content.decode()


def test_without_a_published_view_there_is_no_such_page(world, portal):
    share_revoke(actor=world.actor("alice"), share=portal)
    assert Client().get(URL).status_code == 404
    assert f'href="{URL}"' not in Client().get("/portal/acme/atl/").content.decode()
    assert Client().get("/portal/acme/atl/anything").status_code == 404


def test_what_the_portal_shows_is_in_the_ledger(world, portal):
    Client().get(URL)
    Client().get(URL)
    assert sorted(Shown.objects.values_list("title", flat=True)) == ["Outside 0", "Outside 1"]


@pytest.mark.parametrize(
    ("grain", "said"),
    [
        ("day", "3. Mai 2027 bis 9. Aug"), ("month", "Mai 2027 bis August 2027"), ("quarter", "2. Quartal 2027 bis 3. Quartal 2027"),
        ("half", "1. Halbjahr 2027 bis 2. Halbjahr 2027"),
    ],
)  # fmt: skip
def test_a_reader_of_german_reads_all_of_it_in_german(world, portal, grain, said):
    Share.objects.update(grain=grain, show=["dates", "progress", "goal"])
    Placement.objects.update(starts_on=date(2027, 5, 3), ends_on=date(2027, 8, 9))
    text = Client().get(URL, headers={"Accept-Language": "de"}).content.decode()
    for word in ("Was kommt", "Jetzt", "Als Nächstes", "Später", "Geplant", "Hier steht zurzeit nichts.", said):  # fmt: skip
        assert word in text, word
    for word in ("What is coming", ">Now<", ">Later<", ">Planned<", "Nothing", "2027 to"):
        assert word not in text, word
    assert "Outside 0" in text, "what people wrote stays what it is"
    english = Client().get(URL, headers={"Accept-Language": "en"}).content.decode()
    assert "What is coming" in english
    assert not says(english, "bis")
    assert "3 May to 9 Aug 2027" in english or grain != "day"


def test_an_empty_roadmap_and_its_lanes_speak_german_too(world):
    alice = world.actor("alice")
    Product.objects.filter(pk=world.atlas.pk).update(portal_open=True)
    share_create(actor=alice, product=world.atlas, name="Customers", published=True)
    german = {"Accept-Language": "de"}
    assert "Zurzeit ist nichts geplant" in Client().get(URL, headers=german).content.decode()
    item = make_item(alice, world.atlas, "Inside")
    make_placement(alice, item, starts_on=date(2027, 5, 3), ends_on=date(2027, 8, 9))
    assert ">Alles<" in Client().get(URL, headers=german).content.decode()
