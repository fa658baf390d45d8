"""The roadmap on the portal: one published view, with vote and follow where the idea behind an item is published."""

from __future__ import annotations

import pytest
from django.test import Client

from backlog.models import IdeaLink
from plm.models import Product
from roadmap.models import Shown
from roadmap.services.shares import share_create, share_revoke
from tests.make import make_idea, make_item, make_placement

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
