"""Nothing that somebody may not read comes out anywhere.

Every text of a workspace is a canary that says which product and table it stands in; then every address that answers
a GET is asked by everybody who may not see it. New ones are found. Which database holds the rows decides nothing of
it; the pictures and files of a shared link are made on both.
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from pypdf import PdfReader

from plm.api.throttles import limiter
from plm.models import Membership, ProductRole
from plm.permissions import Role
from plm.selectors import secret_hash
from roadmap.models import AskedPerson, Question, Share
from roadmap.selectors.pictures import shared_picture
from roadmap.selectors.shared import shared_view
from roadmap.timeline import window
from tests.canaries import CANARY, canaried, staged
from tests.permissions import all_routes
from tests.world import make_user, make_world

MANAGERS_ONLY = {
    "share", "shareviewer", "shown", "invitation", "communicationline", "statusupdate", "delivery",
}  # fmt: skip
CONTRIBUTORS_ONLY = {"importbatch", "importrow", "importmapping", "job"}
OTHERS_OWN = {"savedview", "apitoken", "digest", "digestsubscription"}
HOLD_NONE = {
    "ideas.IdeaFollow": "its one text is the code of a language",
    "backlog.StandingBasis": "a job makes it, of keys and figures",
    "roadmap.PlanProposal": "a job makes it, of keys and figures",
    "roadmap.ScenarioChange": "fields of a place by their names; words in it are read by the undo of applying alone",
}
"""Tables in which no canary can stand, and why."""
BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]


class _Undo(Exception):
    pass


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two products full of canaries, a portal and a shared link that show what is published of one: made once."""
    uploads = tmp_path_factory.mktemp("uploads")
    ample = override_settings(API_RATE_PER_MINUTE=1_000_000, MEDIA_ROOT=uploads)
    with django_db_blocker.unblock(), ample, suppress(_Undo), transaction.atomic():
        limiter().storage.reset()
        yield {**staged(make_world()), "uploads": uploads}
        raise _Undo


@pytest.fixture
def world(db, stage, settings):
    settings.MEDIA_ROOT = stage["uploads"]
    limiter().storage.reset()
    return stage["world"]


def addresses(stage):
    """Every address that answers a GET, by route: with everything in its gaps, plain and with a search for canaries."""
    for route in all_routes():
        if "GET" in route.declared() or route.is_library:
            yield route, list(addresses_of(route, stage["values"]))


def addresses_of(route, known):
    for values in gaps(route, known):
        url = route.url(values)
        yield url
        if {"uuid", "reference"}.isdisjoint(values) and not route.is_library:
            yield f"{url}?q=zzcan"
            if route.is_api:
                yield f"{url}?product=ATL"


@pytest.fixture(scope="module")
def answered(stage, django_db_blocker):
    """What a manager reads in the browser, and the addresses with something at them, with one of each other route.

    Customers, members and strangers are asked for these: most of the others put the id of one kind where another belongs.
    """
    read, asked, broken = set(), [], []
    with django_db_blocker.unblock():
        browser = Client(raise_request_exception=False)
        browser.force_login(stage["world"].alice, backend=BACKEND)
        for route, urls in addresses(stage):
            answers = {url: browser.get(url) for url in urls}
            read |= set().union(*map(canaries, answers.values()))
            there = [url for url, answer in answers.items() if answer.status_code != 404]
            asked += [] if route.is_library else there or urls[:1]
            broken += [url for url, answer in answers.items() if answer.status_code == 500]
    assert broken == []
    return {"read": read, "addresses": asked}


def gaps(route, known):
    """What the gaps of a route are filled with, one after another."""
    if {"reference", "uuid"} <= set(route.converters):
        files = known["file"].items()
        return [{"slug": "acme", "reference": key, "uuid": uuid} for key, uuid in files]
    found = [{}]
    for name in route.converters:
        found = [{**row, name: value} for row in found for value in known.get(name, ["x" * 43])]
    if not route.kind:
        return found
    kinds = known["kinds"]  # In a collection of the API, records of other kinds are missing.
    return [r for r in found if kinds.get(r.get("reference"), route.kind) == route.kind]


def everything(stage):
    return [url for _, urls in addresses(stage) for url in urls]


def crawl(client, asked, *, forbidden):
    """Canaries told that must not be, with the address that told them."""
    told = set()
    for url in asked:
        answer = client.get(url)
        assert answer.status_code != 500, url
        told |= {(url, hit) for hit in canaries(answer) if forbidden(*hit)}
    for message in mail.outbox:
        text = f"{message.subject}\n{message.body}\n{message.alternatives}"
        told |= {("mail", hit) for hit in hits(text) if forbidden(*hit)}
    print(f"{len(asked)} answers, {len(told)} canaries")
    return sorted(told)


def canaries(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    heads = "\n".join(f"{name}: {value}" for name, value in answer.items())
    if body.startswith(b"PK\x03\x04"):  # A sheet is an archive.
        with ZipFile(BytesIO(body)) as sheet:
            body = b"".join(sheet.read(name) for name in sheet.namelist())
    if body.startswith(b"%PDF-"):  # Its pages are compressed.
        pages = PdfReader(BytesIO(body)).pages
        body = "\n".join(page.extract_text() for page in pages).encode()
    return hits(body.decode(errors="replace")) | hits(heads)


def hits(text):
    return {(m.group(1) or "revenue", m.group(2) or "") for m in CANARY.finditer(text)}


def anything(place, table):
    return True


def of_atlas(place, table):
    return place == "atl"


def above_a_stakeholder(place, table):
    return table in MANAGERS_ONLY | CONTRIBUTORS_ONLY | OTHERS_OWN


@pytest.mark.once
def test_a_manager_reads_the_canaries_so_they_are_there_to_be_found(answered):
    found = answered["read"]
    tables = {table for place, table in found if place == "atl"}
    assert {"idea", "backlogitem", "spec", "comment", "event", "feedback", "vision"} <= tables | {"vision"}  # fmt: skip
    assert ("revenue", "") in found
    assert len(tables) > 12, tables


@pytest.mark.once
def test_every_table_that_holds_text_holds_a_canary(stage):
    bare = {model._meta.label for model in canaried()} - {m._meta.label for m in stage["marked"]}
    assert bare == set(HOLD_NONE), "Make a row in tests/canaries.py, or say why none is needed."


@pytest.mark.once
def test_a_visitor_is_told_none(stage, world):
    assert crawl(Client(), everything(stage), forbidden=anything) == []


def test_whoever_holds_a_shared_link_is_told_none(stage, world):
    queries = (
        "", "?q=zzcan", "?lanes=team", "?lanes=owner", "?view=board", "present", "present?by=quarter", "roadmap.csv",
        "roadmap.xlsx", "roadmap.pdf", "roadmap.ics", "roadmap.png", "roadmap.json", "unlock", "round",
    )  # fmt: skip
    answers = [Client().get(f"/share/{stage['share']}/{query}") for query in queries]
    assert answers[0].status_code == 200
    assert "Public item" in answers[0].content.decode()
    assert set().union(*map(canaries, answers)) == set()
    share = Share.objects.get(product=world.atlas, published=True)
    picture = shared_picture(share, shared_view(share), window(timezone.localdate().year, 52))
    assert "Public item" in picture.texts
    assert hits("\n".join(picture.texts)) == set()


@pytest.mark.once
def test_guests_of_a_question_and_readers_of_the_portal_are_told_none(stage, world):
    """Beyond what the asker wrote down for the guest, which is no secret to them."""
    person = AskedPerson.objects.get(question__product=world.atlas)
    AskedPerson.objects.filter(pk=person.pk).update(token_hash=secret_hash("g" * 64), comment="", name="Ana")  # fmt: skip
    Question.objects.filter(pk=person.question_id).update(text="Shall we?", title="Map", about="", options=[], kind="approve")  # fmt: skip
    guest = Client().get(f"/share/{'g' * 64}/question")
    assert "Shall we?" in guest.content.decode()
    tab = Client().get("/portal/acme/ATL/roadmap")
    assert "Public item" in tab.content.decode()
    assert canaries(guest) | canaries(tab) == {("acme", "user")} & canaries(guest)


@pytest.mark.once
def test_a_customer_of_the_portal_is_told_none(answered, sign_in, world):
    assert crawl(sign_in(world.eve), answered["addresses"], forbidden=anything) == []


@pytest.mark.once
def test_somebody_of_another_workspace_is_told_none(answered, sign_in, api, world):
    asked = answered["addresses"]
    assert crawl(sign_in(world.mallory), asked, forbidden=anything) == []
    assert crawl(api(world.mallory, world.rival), asked, forbidden=anything) == []


@pytest.mark.once
def test_a_member_who_is_kept_out_of_a_product_is_told_none_of_it(answered, sign_in, api, world):
    asked = answered["addresses"]
    member = make_user("nina")
    one = Membership.objects.create(workspace=world.acme, user=member, role=Role.CONTRIBUTOR)
    ProductRole.objects.create(
        workspace=world.acme, membership=one, product=world.atlas, role=Role.NONE
    )
    assert crawl(sign_in(member), asked, forbidden=of_atlas) == []
    assert crawl(api(member, world.acme), asked, forbidden=of_atlas) == []


@pytest.mark.once
def test_a_token_of_one_product_is_told_none_of_another(answered, api, world):
    client = api(world.alice, world.acme, product=world.boreas)
    assert crawl(client, answered["addresses"], forbidden=of_atlas) == []


@pytest.mark.once
def test_a_stakeholder_is_told_none_of_what_takes_a_higher_role(answered, sign_in, api, world):
    asked = answered["addresses"]
    assert crawl(sign_in(world.carol), asked, forbidden=above_a_stakeholder) == []
    assert crawl(api(world.carol, world.acme), asked, forbidden=above_a_stakeholder) == []
