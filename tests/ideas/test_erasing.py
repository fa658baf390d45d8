"""Erasing a person: what says who they were is in no text of the database afterwards; what was counted stays counted."""

from __future__ import annotations

import json
from contextlib import suppress
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, JSONField
from django.test import TestCase

from analytics.models import ProductEvent
from analytics.services.intake import events_ingest
from feedback.models import FeedbackLink
from feedback.services.demand import demand_recompute
from feedback.services.quotes import quote_add
from ideas.models import Idea, InboundMessage, Person, PersonMerge, PortalPost, Segment, Vote
from ideas.services.customer_merging import customer_merge, customer_unmerge
from ideas.services.customers import customer_archive, person_update
from ideas.services.erasing import erasure_ask
from ideas.services.portal import portal_submit, portal_vote
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.importing.opening import import_open
from plm.kinds import kind_named
from plm.models import (
    Attachment,
    Comment,
    CustomField,
    Event,
    EventDoor,
    ImportBatch,
    ImportRow,
    Job,
    Membership,
    Product,
    Reference,
    SavedView,
    User,
)
from plm.permissions import Actor, Role
from plm.runner import run_due_jobs
from plm.search import search
from plm.selectors import actor_of
from plm.services.notes import comment_add, follow_set
from plm.services.records import tags_set
from plm.services.redaction import text_columns
from tests.make import make_company, make_feedback, make_idea, make_person
from tests.plm.test_permission_matrix import one_of_each_kind

NAME, EMAIL = "Zephyrine Quillfeather", "zephyrine@quillfeather.example"
OTHER_EMAIL, CRM, PHONE = "zq@private.example", "CRM-99812", "+49 170 555 0199"
CANARIES = ("quillfeather", "zephyrine", "zq@private", CRM.lower(), PHONE)


def texts_of_the_database():
    """(table, column, value) of every column of every table, whatever type it is of, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield table, name, _text(value)


def _text(value):
    if isinstance(value, memoryview | bytes):
        return bytes(value).decode("utf-8", "ignore")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def canaries():
    return sorted(
        {
            (table, column)
            for table, column, text in texts_of_the_database()
            for canary in CANARIES
            if canary in text.lower()
        }
    )


def counts(world):
    demand_recompute(workspace_id=world.acme.pk)
    rows = Idea.objects.order_by("pk")
    return [
        list(rows.values_list("votes_count", "demand_people", "demand_companies", "demand_revenue")),
        Vote.objects.count(), FeedbackLink.objects.count(), ProductEvent.objects.values("actor").distinct().count(),
    ]  # fmt: skip


def erased(*, actor, person, confirm):
    """Ask for it, and have a worker do it."""
    erasure_ask(actor=actor, person=person, confirm=confirm)
    run_due_jobs()


@pytest.fixture
def person(world):
    """Somebody known twice, with an account, whose data stands in as many places as the product has."""
    alice = world.actor("alice")
    Product.objects.filter(pk=world.atlas.pk).update(portal_open=True)
    world.atlas.refresh_from_db()
    company = make_company(alice, world.acme, mrr=100)
    user = User.objects.create_user(EMAIL, name=NAME)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    found = make_person(
        alice, world.acme, NAME, email=EMAIL, role="Captain", external_id=CRM, company=company,
        attributes={"phone": PHONE, "vip": True},
    )  # fmt: skip
    twin = make_person(alice, world.acme, "Z. Quillfeather", email=OTHER_EMAIL)
    customer_merge(actor=alice, source=twin, target=found)
    _spoke(world, alice, found, user)
    found.refresh_from_db()
    return found


def _spoke(world, alice, found, user):
    customer = Actor(name=NAME, user_id=user.pk)
    idea = portal_submit(
        actor=customer, product=world.atlas, title=f"{NAME} wants maps", description=f"Call {PHONE}"
    )
    other = make_idea(alice, world.atlas, "Bigger maps", public=True)
    portal_vote(actor=customer, idea=other, voting=True)
    Comment.objects.create(
        workspace=world.acme, record_id=idea.pk, author=user, body="Yours, Zephyrine", public=True, created_at=idea.created_at,
    )  # fmt: skip
    comment_add(actor=alice, record=idea, body=f"{EMAIL} called again")
    text = f"The maps are too small for me.\nYours, Zephyrine\n{EMAIL}"
    voice = make_feedback(alice, world.atlas, text, person=found, company=found.company)
    quote_add(
        actor=alice,
        feedback=voice,
        target=other,
        excerpt="The maps are too small for me.\nYours, Zephyrine",
    )
    SavedView.objects.create(
        workspace=world.acme, product=world.atlas, kind="idea", name="Hers", query=f"q={EMAIL.replace('@', '%40')}",
        owner=world.alice,
    )  # fmt: skip
    import_open(
        actor=alice, product=world.atlas, kind=kind_named("idea"), name="ideas.csv",
        data=f"Title,Who\nMaps,{EMAIL}\nMore maps,Somebody\n".encode(),
    )  # fmt: skip
    follow_set(actor=actor_of(world.alice), record=idea, following=True)
    events = [{"id": f"00000000-0000-4000-8000-{n:012d}", "name": "open", "at": "2026-03-02T10:00:00Z",
               "actor": who, "properties": {"mail": EMAIL}} for n, who in enumerate([EMAIL, "u2"])]  # fmt: skip
    events_ingest(actor=alice, product=world.atlas, rows=events)


def planted(model):
    found = {}
    for field in text_columns(model):
        if isinstance(field, JSONField):
            found[field.attname] = {"deep": [{EMAIL: f"{NAME}, {EMAIL}"}]}
        elif not (field.unique or (isinstance(field, CharField) and (field.max_length or 99) < 40)):
            found[field.attname] = EMAIL
    return found


def plant_everywhere(world):
    """The address into every free text of one row of every table of the workspace; tables without a row."""
    idea = one_of_each_kind(world)["idea"]
    own = {"workspace": world.acme}
    tags_set(idea, ["maps"])
    Segment.objects.create(**own, name="Captains")
    CustomField.objects.create(
        **own, product=world.atlas, kind="idea", name="x", label="X", type="text"
    )
    ImportRow.objects.create(**own, batch=ImportBatch.objects.get(), row=1, outcome="created")
    Attachment.objects.create(
        **own, record_id=idea.pk, file="x", name="x", size=1, sha256="x", created_at=idea.created_at
    )
    empty = []
    for model in apps.get_models():
        if "workspace" not in {f.name for f in model._meta.concrete_fields} or model is EventDoor:
            continue
        row = model._base_manager.filter(workspace=world.acme).first()
        if row is None:
            empty.append(model.__name__)
            continue
        if model is Event:
            EventDoor.objects.create(workspace=world.acme, event=row)
        for name, value in planted(model).items() if model is not Person else ():
            with suppress(DatabaseError), transaction.atomic():  # a rule of the column forbids it
                model._base_manager.filter(pk=row.pk).update(**{name: value})
        EventDoor.objects.all().delete()
    return empty


def test_the_canaries_are_everywhere_before_and_nowhere_after(world, person):
    before = counts(world)
    assert len(canaries()) > 20
    erased(actor=world.actor("dora"), person=person, confirm=EMAIL)
    assert canaries() == []
    assert counts(world) == before
    assert EventDoor.objects.count() == 0
    assert [r.title for r in search(world.actor("alice"), "maps", workspace_id=world.acme.pk)]
    assert search(world.actor("alice"), "zephyrine", workspace_id=world.acme.pk) == []


def test_no_text_of_any_table_keeps_them(world, person):
    empty = plant_everywhere(world)
    print(f"tables without a row: {empty}")
    assert len(canaries()) > 60
    erased(actor=world.actor("dora"), person=person, confirm=EMAIL)
    assert canaries() == []


def test_what_they_said_stands_without_them(world, person):
    erased(actor=world.actor("dora"), person=person, confirm=EMAIL)
    quote = FeedbackLink.objects.get()
    assert quote.excerpt == "The maps are too small for me.\nYours, [erased]"
    assert quote.feedback.description[quote.start : quote.end] == quote.excerpt
    assert quote.feedback.person.name == "Erased person"
    assert Reference.objects.filter(title="[erased] wants maps").exists()
    assert set(Comment.objects.values_list("body", flat=True)) == {
        "Yours, [erased]",
        "[erased] called again",
    }
    user = User.objects.get(pk=person.user_id)
    assert (user.is_active, user.name, user.email.endswith("@erased.invalid")) == (False, "", True)
    assert not EmailAddress.objects.exists()


def test_one_event_says_that_it_happened_and_nothing_about_whom(world, person):
    before = list(Event.objects.order_by("pk").values_list("pk", "sequence", "verb", "created_at"))
    erased(actor=world.actor("dora"), person=person, confirm=EMAIL)
    after = list(Event.objects.order_by("pk").values_list("pk", "sequence", "verb", "created_at"))
    assert after[: len(before)] == before
    told = Event.objects.get(verb="person.erased")
    assert (told.data, told.changes, told.reason) == ({"id": str(person.uuid)}, {}, "")
    made = Event.objects.get(verb="person.created", data__id=str(person.uuid))
    assert made.changes["email"] == [None, "[erased]"]


def test_it_is_for_admins_who_type_who_is_meant_and_it_is_for_good(world, person):
    dora, alice = world.actor("dora"), world.actor("alice")
    with pytest.raises(NotAllowed):
        erased(actor=alice, person=person, confirm=EMAIL)
    with pytest.raises(NotVisible):
        erased(actor=world.actor("mallory"), person=person, confirm=EMAIL)
    with pytest.raises(Invalid, match=""):
        erased(actor=dora, person=person, confirm="yes")
    twin = PersonMerge.objects.get().source
    with pytest.raises(Conflict, match="Erase that one"):
        erased(actor=dora, person=twin, confirm=twin.name)
    erased(actor=dora, person=person, confirm=EMAIL.upper())
    with pytest.raises(Conflict, match="already"):
        erased(actor=dora, person=person, confirm="Erased person")
    with pytest.raises(Conflict):
        customer_unmerge(actor=alice, customer=twin)
    with pytest.raises(Conflict, match="erased"):
        person_update(actor=alice, person=person, values={"name": "Back"})
    with pytest.raises(Conflict, match="erased"):
        customer_archive(actor=alice, customer=person, archived=False)


def test_a_member_is_removed_first_and_an_account_used_elsewhere_stays_there(world, person):
    dora, user = world.actor("dora"), User.objects.get(pk=person.user_id)
    member = Membership.objects.create(workspace=world.acme, user=user, role=Role.STAKEHOLDER)
    with pytest.raises(Conflict, match="member"):
        erased(actor=dora, person=person, confirm=EMAIL)
    member.delete()
    theirs = make_person(world.actor("mallory"), world.rival, NAME, email=EMAIL)
    Person.objects.filter(pk=theirs.pk).update(user=user)
    erased(actor=dora, person=person, confirm=EMAIL)
    user.refresh_from_db()
    theirs.refresh_from_db()
    assert (user.email, theirs.name, theirs.user) == (EMAIL, NAME, user)
    assert not Event.objects.filter(workspace=world.acme, actor=user).exists()
    assert not Comment.objects.filter(author=user).exists()


def test_a_worker_that_fails_in_the_middle_leaves_all_as_it_was_and_the_next_one_finishes(
    world, person, monkeypatch
):
    before = canaries()
    with monkeypatch.context() as broken:
        broken.setattr("plm.services.redaction.search_forget", lambda: 1 / 0)
        erased(actor=world.actor("dora"), person=person, confirm=EMAIL)
    assert set(before) <= set(canaries())
    assert EventDoor.objects.count() == 0
    with pytest.raises(Conflict, match="being erased"):
        erasure_ask(actor=world.actor("dora"), person=person, confirm=EMAIL)
    job = Job.objects.get(kind="ideas.erase_person")
    Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    run_due_jobs()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert canaries() == []
    Job.objects.filter(pk=job.pk).update(
        state="running", lease_until=job.created_at, finished_at=None
    )
    run_due_jobs()  # a worker that died between the effect and its mark
    assert Event.objects.filter(verb="person.erased").count() == 1


def test_what_has_changed_since_it_was_asked_is_said_and_nobody_is_erased(world, person, sign_in):
    erasure_ask(actor=world.actor("dora"), person=person, confirm=EMAIL)
    Membership.objects.create(workspace=world.acme, user=person.user, role=Role.STAKEHOLDER)
    run_due_jobs()
    page = sign_in(world.dora).get(f"/acme/ATL/customers/people/{person.uuid}").content.decode()
    assert "is a member of this workspace" in page
    assert "/erase" in page
    Membership.objects.filter(user=person.user).delete()
    erased(actor=world.actor("dora"), person=person, confirm=EMAIL)
    assert canaries() == []


def test_others_who_share_a_name_or_a_word_keep_theirs(world):
    alice, dora = world.actor("alice"), world.actor("dora")
    ana = make_person(alice, world.acme, "Ana", email="ana@clinic.example")
    make_person(alice, world.acme, "Ana", email="diana@clinic.example")
    idea = make_idea(alice, world.atlas, "Ana's banana list, for Ana")
    erased(actor=dora, person=ana, confirm="ana@clinic.example")
    idea.refresh_from_db()
    assert idea.title == "Ana's banana list, for Ana"
    assert Person.objects.get(email="diana@clinic.example").name == "Ana"
    assert Event.objects.filter(
        verb="person.created", changes__email__1="diana@clinic.example"
    ).exists()


def test_an_admin_erases_on_the_page_over_the_api_and_by_command(world, sign_in, api, person):
    here = f"/acme/ATL/customers/people/{person.uuid}"
    client = sign_in(world.dora)
    assert f"{here}/erase" in client.get(here).content.decode()
    assert "/erase" not in sign_in(world.alice).get(here).content.decode()
    assert EMAIL in client.get(f"{here}/erase").content.decode()
    assert client.post(f"{here}/erase", {"confirm": "no"}).status_code == 422
    assert client.post(f"{here}/erase", {"confirm": EMAIL})["Location"] == here
    page = client.get(here).content.decode()
    assert "Being erased" in page
    assert f"{here}/erase" not in page
    assert client.post(f"{here}/erase", {"confirm": EMAIL}).status_code == 422
    polled = client.get(here, headers={"HX-Request": "true"})
    assert "Being erased" in polled.content.decode()
    assert "HX-Refresh" not in polled
    run_due_jobs()
    assert client.get(here, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = client.get(here).content.decode()
    assert "Erased person" in page
    assert "on request" in page
    two, three = (
        make_person(world.actor("alice"), world.acme, f"Lou {n}") for n in ("Two", "Three")
    )
    caller = api(world.dora, world.acme)

    def erase(word):
        return caller.post(f"/api/v1/persons/{two.uuid}/erase/", {"confirm": word}, content_type="application/json",
                           headers={"Idempotency-Key": f"e{word}"})  # fmt: skip

    assert erase("Two").status_code == 422
    asked_for = erase("Lou Two")
    assert (asked_for.status_code, asked_for.json()["erased_at"]) == (202, None)
    assert asked_for.json()["erasure_asked_at"]
    run_due_jobs()
    after = caller.get(f"/api/v1/persons/{two.uuid}/").json()
    assert after["name"] == "Erased person"
    assert after["erased_at"]
    asked = {"workspace": "acme", "email": "dora@example.com"}
    with pytest.raises(CommandError):
        call_command("erase_person", str(three.uuid), confirm="Nobody", **asked)
    out = StringIO()
    call_command("erase_person", str(three.uuid), confirm="Lou Three", stdout=out, **asked)
    three.refresh_from_db()
    assert three.erased_at
    assert "Erased" in out.getvalue()


def test_nicknames_and_mails_go_and_the_posts_stay_counted(world, person):
    idea = Idea.objects.filter(public=True).get()
    post = PortalPost.objects.create(
        workspace=world.acme, product=world.atlas, person=person, kind="comment", idea=idea, name="Captain Zeph",
        shown_as="nickname", body="Yours, Zephyrine", state="held", created_at=idea.created_at,
    )  # fmt: skip
    stored = default_storage.save("mails/one.eml", ContentFile(f"From: {EMAIL}".encode()))
    mail = InboundMessage.objects.create(
        workspace=world.acme, product=world.atlas, key="k", raw=stored, size=9, sender=EMAIL, subject="Zeph asks",
        state="taken", received_at=idea.created_at,
    )  # fmt: skip
    with TestCase.captureOnCommitCallbacks(execute=True):
        erased(actor=world.actor("dora"), person=person, confirm=EMAIL)
    post.refresh_from_db()
    mail.refresh_from_db()
    assert (post.name, post.shown_as) == ("", "anonymous")
    assert "Zephyrine" not in post.body
    assert (mail.sender, mail.raw.name, "Zeph" in mail.subject) == ("", "", False)
    assert not default_storage.exists(stored)
