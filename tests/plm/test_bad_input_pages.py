"""Bad input to pages: the form comes back with what was typed, nothing is written, never a 500."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, IntegrityError, OperationalError
from django.test import Client

from ideas.models import Idea
from plm.kinds import all_kinds, kind_named
from plm.models import Attachment, Comment
from tests.bad_input import KINDS, one_of_each_kind
from tests.make import make_idea
from tests.permissions import digest


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.alice)


@pytest.mark.parametrize("name", KINDS)
def test_a_form_that_cannot_be_kept_comes_back_with_what_was_typed(name, world, browser):
    one_of_each_kind(world)
    kind = kind_named(name)
    url = f"/acme/ATL/{kind.path}/new"
    for title, more in (
        ("", {}), ("x" * 251, {}), ("Kept title", {"owner": str(uuid.uuid4())}), ("Kept title", {"team": "0"}),
        ("Kept title", {"state": "nonsense"}), ("Kept title", {"tags": "x" * 41}), ("Kept title", {"owner": str(world.mallory.uuid)}),
    ):  # fmt: skip
        before = digest()
        answer = browser.post(url, {"title": title, "description": "My long text", **more})
        assert answer.status_code == 422, (title[:10], more)
        assert b"My long text" in answer.content
        assert title.encode() in answer.content
        assert digest() == before


@pytest.mark.parametrize("name", KINDS)
def test_numbers_and_days_of_forms_are_checked(name, world, browser):
    record = one_of_each_kind(world)[name]
    kind = kind_named(name)
    page = browser.get(f"/acme/ATL/{kind.path}/new").content.decode()
    fields = re.findall(r'<input[^>]*type="(number|date)"[^>]*>', page)
    names = re.findall(
        r'<input[^>]*name="([^"]+)"[^>]*type="(?:number|date)"|<input type="(?:number|date)" name="([^"]+)"',
        page,
    )
    assert len(fields) >= len(names)
    for field in {a or b for a, b in names}:
        for bad in ("NaN", "Infinity", "1e400", "abc", "9" * 40, "2027-02-29", "-", "0x1"):
            before = digest()
            answer = browser.post(
                f"{record.get_absolute_url()}/edit", {"title": "t", "version": "1", field: bad}
            )
            assert answer.status_code in {409, 422}, (field, bad)
            assert digest() == before


def test_a_nul_in_any_form_is_refused(world, browser):
    idea = make_idea(world.actor("alice"), world.atlas)
    here = idea.get_absolute_url()
    for url, data in (
        ("/acme/ATL/ideas/new", {"title": "a\x00", "source": "team"}), (f"{here}/comments", {"body": "a\x00"}),
        (f"{here}/tags", {"tags": "a\x00"}), (f"{here}/move", {"state": "a\x00"}), (f"{here}/relations", {"target": "\x00"}),
        ("/acme/ATL/ideas/views", {"name": "a\x00", "query": ""}), ("/acme/settings/teams", {"name": "a\x00"}), ("/new", {"name": "a\x00", "slug": "abc"}),
        ("/me", {"name": "\x00", "theme": "auto", "density": "normal"}),
    ):  # fmt: skip
        before = digest()
        assert browser.post(url, data).status_code == 400, url
        assert digest() == before


def test_a_form_sent_twice_makes_one_thing_and_leads_to_it(world, browser):
    page = browser.get("/acme/ATL/ideas/new").content.decode()
    key = re.search(r'name="form_key" value="([0-9a-f]{32})"', page)
    assert key
    data = {"title": "Once", "source": "team", "form_key": key[1]}
    first, second = (browser.post("/acme/ATL/ideas/new", data) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Idea.objects.count() == 1
    for _ in range(2):
        browser.post(f"{first['Location']}/comments", {"body": "Twice", "form_key": "c1"})
    assert Comment.objects.count() == 1


def test_a_form_that_was_refused_can_be_sent_again_with_its_key(world, browser):
    data = {"title": "", "source": "team", "form_key": "again"}
    assert browser.post("/acme/ATL/ideas/new", data).status_code == 422
    assert browser.post("/acme/ATL/ideas/new", {**data, "title": "Now"}).status_code == 302
    assert Idea.objects.count() == 1
    assert browser.post("/acme/ATL/ideas/new", {**data, "form_key": "x" * 65}).status_code == 422


def test_two_tabs_see_both_texts_and_nothing_is_overwritten(world, browser):
    idea = make_idea(world.actor("alice"), world.atlas)
    url = f"{idea.get_absolute_url()}/edit"
    data = {"title": "First tab", "source": "team", "version": "1"}
    assert browser.post(url, data).status_code == 302
    answer = browser.post(url, {**data, "title": "Second tab"})
    assert answer.status_code == 409
    assert b"First tab" in answer.content
    assert b"Second tab" in answer.content
    idea.refresh_from_db()
    assert idea.title == "First tab"


FILES = {
    "x.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "page.png": b"<html><script>alert(1)</script>",
    "gif.js": b"GIF89a/*\x00*/=alert(1)//", "../../etc/x": b"x", 'a"; filename=evil.exe': b"x", "CON": b"x", "😀.txt": b"x",
    "n" * 300 + ".txt": b"x", "evil\u202etxt.exe": b"x", "a\r\nSet-Cookie: x=1": b"x",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_goes_out_as_a_download_that_no_browser_runs(name, world, browser, api):
    idea = make_idea(world.actor("alice"), world.atlas)
    here = idea.get_absolute_url()
    answer = browser.post(
        f"{here}/attachments", {"file": SimpleUploadedFile(name, FILES[name], "text/html")}
    )
    assert answer.status_code == 302, answer.content
    row = Attachment.objects.get()
    assert not set(row.name) & set('/\\\r\n\x00"\u202e')
    assert len(row.name) <= 200
    assert re.fullmatch(r"attachments/[0-9a-f]{32}", str(row.file.name))
    client = api(world.alice, world.acme)
    for got in (browser.get(f"{here}/attachments/{row.uuid}"), client.get(f"/api/v1/records/{idea.reference}/attachments/{row.uuid}/")):  # fmt: skip
        assert got["Content-Disposition"].startswith("attachment")
        assert got["Content-Type"] == "application/octet-stream"
        assert got["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got["Content-Security-Policy"]
        assert "default-src 'none'" in got["Content-Security-Policy"]
        assert "no-store" in got["Cache-Control"]


def test_an_empty_file_or_none_is_refused_clearly(world, browser):
    here = make_idea(world.actor("alice"), world.atlas).get_absolute_url()
    before = digest()
    assert (
        browser.post(f"{here}/attachments", {"file": SimpleUploadedFile("a.txt", b"")}).status_code
        == 422
    )
    assert browser.post(f"{here}/attachments", {"file": "text"}).status_code == 422
    assert browser.post(f"{here}/attachments", {}).status_code == 422
    assert digest() == before


def test_a_foreign_page_answers_byte_for_byte_like_a_missing_one(world, browser):
    theirs = make_idea(world.actor("mallory"), world.rocket)

    def seen(url):
        answer = browser.get(url)
        page = re.sub(rb'[0-9a-f]{32}|X-CSRFToken": "[^"]*"|value="[^"]*"', b"", answer.content)
        return answer.status_code, page

    missing = seen("/acme/ATL-999")
    assert missing[0] == 404
    for url in (
        theirs.get_absolute_url(),
        f"/acme/{theirs.reference}",
        "/rival/",
        "/nowhere/",
        "/rival/ROC/",
        "/acme/XXX/",
    ):
        assert seen(url) == missing, url


@pytest.mark.parametrize(
    ("error", "status"),
    [(IntegrityError("x"), 409), (DataError("x"), 400), (OperationalError("x"), 503), (OverflowError("x"), 400), (RecursionError("x"), 400), (RuntimeError("x"), 500)],
)  # fmt: skip
def test_what_a_database_refuses_is_told_with_the_id_of_the_request(
    error, status, world, browser, api, monkeypatch
):
    def broken(*_, **__):
        raise error

    for name in ("plm.web.pages.search", "plm.api.shared.search"):
        monkeypatch.setattr(name, broken)
    browser.raise_request_exception = False
    page = browser.get("/acme/search?q=a")
    assert page.status_code == status
    assert page["X-Request-Id"].encode() in page.content
    client = api(world.alice, world.acme)
    client.raise_request_exception = False
    answer = client.get("/api/v1/search/?q=a")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer["X-Request-Id"]
    assert ("Retry-After" in answer) == (status == 503)


def test_addresses_that_are_none_are_problems_in_the_api_and_pages_elsewhere(world, browser):
    for url, status in (("/api/v1/nothing/", 404), ("/api/", 404), ("/api/v1/ideas/?q=%00", 400)):
        answer = Client().get(url)
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["request_id"] == answer["X-Request-Id"]
    for kind in all_kinds():
        for query in (
            "order=owner__password",
            "cursor=garbage",
            "team=0",
            "updated_after=x",
            "owner=%27",
            "state=zz",
            "view=zz",
        ):
            answer = browser.get(f"/acme/ATL/{kind.path}/?{query}")
            assert answer.status_code in {200, 400}, (kind.name, query)
    for url in (
        "/acme/ATL-0",
        "/acme/ATL-999999999999",
        "/acme/ATL-%00",
        "/acme/%ED%A0%80",
        "/acme/ATL/ideas/..%2f",
        "/%c0%ae%c0%ae/",
    ):
        assert browser.get(url).status_code in {400, 404}, url
    evil = browser.get("/", headers={"host": "evil.example"})
    assert evil.status_code == 400
