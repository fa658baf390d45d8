"""A product that has ended takes no new ideas, by whatever way they come, and says where they go. Nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ideas.kinds.ideas import IDEA
from ideas.models import Idea, InboundMessage, Person
from ideas.services.ideas import idea_create
from ideas.services.intake import intake_renew, message_receive, message_retry
from plm.errors import Conflict
from plm.importing.opening import import_open
from plm.models import ImportRow, Membership, ProductRole
from plm.permissions import Role
from plm.runner import run_due_jobs
from plm.services.imports import import_ask
from roadmap.models import Sunset
from roadmap.selectors.redirecting import redirection_of
from roadmap.selectors.sunset import sunset_of
from tests.ideas import mails
from tests.make import make_feedback, make_idea
from tests.roadmap.endings import planned
from tests.words import says

SAID = "Atlas has ended and takes no new ideas."
WHERE = "Boreas (BOR) follows it: put the idea there."


def settings(key):
    return reverse("plm:product_settings", args=["acme", key])


def over(product, successor=None):
    Sunset.objects.create(
        workspace=product.workspace, product=product, reason="It ends", successor=successor,
        notice_on=date(2025, 1, 1), final_on=timezone.localdate() - timedelta(1), version=1,
    )  # fmt: skip


@pytest.fixture
def boreas_hidden(world):
    """Boreas is not open to Alice."""
    ProductRole.objects.create(
        workspace=world.acme, membership=Membership.objects.get(user=world.alice), product=world.boreas, role=Role.NONE
    )  # fmt: skip


def write(world):
    return idea_create(actor=world.actor("alice"), product=world.atlas, values={"title": "Fax"})


def test_members_are_told_where_it_goes_and_may_write_until_the_last_day_is_over(world):
    planned(world, world.boreas)
    assert write(world).state == "open", "its end is planned, and it goes on"
    Sunset.objects.all().delete()
    over(world.atlas, world.boreas)
    with pytest.raises(Conflict, match="has ended") as raised:
        write(world)
    assert raised.value.message == f"{SAID} {WHERE}"


def test_what_follows_is_not_named_to_who_may_not_see_it(world, boreas_hidden, sign_in, api):
    over(world.atlas, world.boreas)
    with pytest.raises(Conflict) as raised:
        write(world)
    assert raised.value.message == f"{SAID} Choose a product that goes on."
    page = sign_in(world.alice).get("/acme/ATL/ideas/new").content.decode()
    assert SAID in page
    assert not says(page, "Boreas")


def test_a_product_without_a_successor_and_one_that_is_retired(world):
    type(world.atlas).objects.filter(pk=world.atlas.pk).update(phase="retired")
    world.atlas.refresh_from_db()
    with pytest.raises(Conflict, match="Choose a product that goes on"):
        write(world)


def test_where_what_follows_has_ended_too_the_next_one_takes_them(world):
    over(world.atlas, world.boreas)
    over(world.boreas, world.atlas)
    with pytest.raises(Conflict, match="Choose a product that goes on"):
        write(world)
    assert "has ended itself" in redirection_of(
        world.actor("alice"), world.atlas, sunset_of(world.actor("alice"), world.atlas, None)
    ).missing  # fmt: skip


def test_pages_api_and_importer_keep_to_it(world, sign_in, api):
    over(world.atlas, world.boreas)
    client, caller = sign_in(world.alice), api(world.alice, world.acme)
    assert f"{SAID} {WHERE}" in client.get("/acme/ATL/ideas/new").content.decode()
    sent = client.post("/acme/ATL/ideas/new", {"title": "Fax", "source": "team", "description": "Long text"})  # fmt: skip
    page = sent.content.decode()
    assert (sent.status_code, f"{SAID} {WHERE}" in page, "Long text" in page) == (422, True, True)
    body = {"title": "Fax", "product": "ATL"}
    answer = caller.post("/api/v1/ideas/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (409, f"{SAID} {WHERE}")
    file = import_open(
        actor=world.actor("alice"), product=world.atlas, kind=IDEA, data=b"Id,Name\n1,Fax\n", name="i.csv"
    )  # fmt: skip
    import_ask(actor=world.actor("alice"), batch=file, trial=False)
    run_due_jobs()
    row = ImportRow.objects.get(batch=file)
    assert row.outcome == "refused"
    assert SAID in str(row.problems)
    assert not says(str(row.problems), "Boreas"), "others read the report"
    feedback = make_feedback(world.actor("alice"), world.atlas)
    assert feedback.state, "what customers say is still taken"
    assert not Idea.objects.exists()


# --- by mail -------------------------------------------------------------------------------------------


@pytest.fixture
def address(world):
    return intake_renew(actor=world.actor("alice"), product=world.atlas)


def come(address, raw=mails.PLAIN):
    message = message_receive(token=address.token, raw=raw)
    run_due_jobs()
    message.refresh_from_db()
    return message


def test_a_mail_goes_on_to_the_address_of_the_product_that_follows(world, address, sign_in):
    intake_renew(actor=world.actor("dora"), product=world.boreas)
    over(world.atlas, world.boreas)
    message = come(address)
    assert (message.state, message.error, bool(message.raw)) == ("passed", "", False)
    there = InboundMessage.objects.get(product=world.boreas)
    assert (there.state, there.came_from, there.received_at) == ("taken", message, message.received_at)  # fmt: skip
    assert there.raw.open("rb").read() == mails.PLAIN
    idea = Idea.objects.get()
    assert (idea.product, idea.title, idea.votes_count) == (world.boreas, "Split payments", 1)
    with pytest.raises(Conflict, match="went on"):
        message_retry(actor=world.actor("alice"), product=world.atlas, uuid=message.uuid)
    here = sign_in(world.alice).get(settings("ATL")).content.decode()
    assert "Went on to the product that follows" in here
    assert "It came to a product that has ended" in sign_in(world.dora).get(settings("BOR")).content.decode()  # fmt: skip


def test_neither_product_is_named_to_the_others_readers(world, address, sign_in, boreas_hidden):
    intake_renew(actor=world.actor("dora"), product=world.boreas)
    over(world.atlas, world.boreas)
    come(address)
    assert not says(sign_in(world.alice).get(settings("ATL")).content.decode(), "Boreas")


def test_a_mail_that_came_to_both_is_taken_once(world, address):
    other = intake_renew(actor=world.actor("dora"), product=world.boreas)
    over(world.atlas, world.boreas)
    come(other)
    assert come(address).state == "passed"
    assert (Idea.objects.count(), InboundMessage.objects.count()) == (1, 2)


@pytest.mark.parametrize("follows", [True, False])
def test_a_mail_nobody_takes_is_kept_and_can_be_tried_again(world, address, follows):
    over(world.atlas, world.boreas if follows else None)
    message = come(address)
    assert message.state == "failed"
    why = "the product that follows takes no mail" if follows else "no product follows"
    assert message.error.startswith(f"Atlas has ended and takes no new ideas, and {why}.")
    assert message.raw.open("rb").read() == mails.PLAIN
    assert (Idea.objects.count(), Person.objects.count()) == (0, 0)
    Sunset.objects.update(successor=world.boreas)
    intake_renew(actor=world.actor("dora"), product=world.boreas)
    message_retry(actor=world.actor("alice"), product=world.atlas, uuid=message.uuid)
    run_due_jobs()
    run_due_jobs()
    assert Idea.objects.get().product == world.boreas


def test_a_product_that_goes_on_takes_its_mail_itself(world, address):
    planned(world, world.boreas)
    assert come(address).state == "taken"
    assert Idea.objects.get().product == world.atlas
    assert make_idea(world.actor("alice"), world.atlas).product == world.atlas
