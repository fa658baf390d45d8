"""The page of a customer: what they asked for, said and voted for, and what became of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.services.items import item_update
from backlog.services.promotion import feature_from_ideas
from feedback.services.quotes import quote_add
from ideas.models import Person
from ideas.services.ideas import idea_update
from ideas.services.portal import portal_submit
from ideas.services.votes import vote_add_for
from plm.models import Product, User
from plm.permissions import Actor
from tests.make import make_company, make_feedback, make_idea, make_person

HERE = "/acme/ATL/customers/"


@pytest.fixture
def ana(world):
    alice = world.actor("alice")
    return make_person(
        alice, world.acme, "Ana Ruiz", company=make_company(alice, world.acme, "Lakes")
    )


def asked(world, ana, count):
    """So many ideas voted for, quotes that speak for them, and features built of them."""
    alice = world.actor("alice")
    for n in range(count):
        idea = make_idea(alice, world.atlas, f"Wish {n}")
        vote_add_for(actor=world.actor("bob"), idea=idea, person=ana, importance=3)
        feature_from_ideas(
            actor=alice, product=world.atlas, ideas=[idea], values={"title": f"Feature {n}"}
        )
        voice = make_feedback(alice, world.atlas, f"Words {n}", person=ana, company=ana.company)
        quote_add(actor=alice, feedback=voice, target=idea, excerpt=f"Words {n}")


def test_it_tells_what_they_asked_for_and_what_became_of_it(world, ana, sign_in):
    alice = world.actor("alice")
    Product.objects.filter(pk=world.atlas.pk).update(portal_open=True)
    world.atlas.refresh_from_db()
    user = User.objects.create_user("ana@portal.example", name="Ana")
    Person.objects.filter(pk=ana.pk).update(user=user)
    portal_submit(
        actor=Actor(name="Ana", user_id=user.pk), product=world.atlas, title="Maps on paper"
    )
    asked(world, ana, 2)
    wish = next(v.idea for v in ana.votes.select_related("idea") if v.idea.title == "Wish 0")
    feature = wish.item_links.get().item
    idea_update(actor=alice, record=wish, version=None, values={"state": "shipped"})
    item_update(actor=alice, record=feature, version=None, values={"state": "done"})
    client = sign_in(world.carol)
    for address in (f"{HERE}people/{ana.uuid}", f"{HERE}{ana.company.uuid}"):
        page = client.get(address).content.decode()
        for words in ("Maps on paper", "sent in on the portal", "Critical", "vote added by Bob", "1 shipped",
                      "3 in all", "Feature 0", "1 of 2 done", "Words 1", "Shipped"):  # fmt: skip
            assert words in page, (address, words)
    assert "Ana Ruiz" in client.get(f"{HERE}{ana.company.uuid}").content.decode()


def test_an_empty_page_says_what_to_do_next(world, ana, sign_in):
    page = sign_in(world.bob).get(f"{HERE}people/{ana.uuid}").content.decode()
    assert "Who votes for it" in page
    assert "has become a feature yet" in page


def test_what_is_of_a_hidden_product_stays_hidden(world, ana, sign_in):
    from plm.models import Membership, ProductRole
    from plm.permissions import Role

    asked(world, ana, 1)
    carol = Membership.objects.get(user=world.carol)
    ProductRole.objects.create(
        workspace=world.acme, membership=carol, product=world.atlas, role=Role.NONE
    )
    page = sign_in(world.carol).get(f"/acme/BOR/customers/people/{ana.uuid}").content.decode()
    for words in ("Wish 0", "Feature 0", "Words 0"):
        assert words not in page


def test_the_page_takes_as_many_statements_however_much_there_is(world, ana, sign_in):
    client, counts = sign_in(world.carol), []
    for more in (2, 8):
        asked(world, ana, more)
        for address in (f"{HERE}people/{ana.uuid}", f"{HERE}{ana.company.uuid}"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
    print(f"statements: person and company, 2 then 10 wishes: {counts}")
    assert counts[:2] == counts[2:]
    assert max(counts) <= 30
