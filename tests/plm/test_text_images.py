"""Images in texts, and texts that are too long."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plm.markdown import Links, render
from plm.models import Attachment, Comment
from tests.make import make_idea

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
HEADS = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 40,
    "image/gif": b"GIF89a" + b"\0" * 40,
    "image/webp": b"RIFF\0\0\0\0WEBP" + b"\0" * 40,
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def idea(world):
    return make_idea(world.actor("alice"), world.atlas, "Idea")


def send(browser, idea, data, name="shot.png", **more):
    file = SimpleUploadedFile(name, data)
    return browser.post(
        f"{idea.get_absolute_url()}/attachments", {"file": file, "image": "1", **more},
        headers={"HX-Request": "true"},
    )  # fmt: skip


@pytest.mark.parametrize("kind", HEADS)
def test_an_image_is_shown_by_what_it_holds_and_cannot_run(kind, world, idea, sign_in):
    browser = sign_in(world.alice)
    answer = send(browser, idea, HEADS[kind], "any.name")
    assert answer.status_code == 201
    shown = browser.get(answer.json()["url"])
    assert shown["Content-Type"] == kind
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert f'<img src="{answer.json()["url"]}"' in render(f"![x]({answer.json()['url']})", Links())


@pytest.mark.parametrize("data", [SVG, b"<html><script>", b"%PDF-1.4", b" " + PNG, b"RIFF1234WAVE"])
def test_what_is_no_image_is_refused_whatever_it_is_called(data, world, idea, sign_in):
    answer = send(sign_in(world.alice), idea, data)
    assert answer.status_code == 422
    assert "Use PNG, JPEG, GIF or WebP" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_file_that_is_no_image_is_still_a_download(world, idea, sign_in):
    browser = sign_in(world.alice)
    send(browser, idea, SVG, "x.svg", image="")
    shown = browser.get(f"{idea.get_absolute_url()}/attachments/{Attachment.objects.get().uuid}")
    assert shown["Content-Type"] == "application/octet-stream"
    assert shown["Content-Disposition"].startswith("attachment")


def test_an_image_that_is_too_large_says_both_sizes(world, idea, sign_in):
    answer = send(sign_in(world.alice), idea, PNG + b"\0" * (11 * 1024 * 1024))
    assert answer.status_code == 413
    assert "at most 10 MB; this one has 11.0 MB" in answer.content.decode()


def test_each_fetch_asks_for_the_right_to_see_the_record(world, idea, sign_in):
    url = send(sign_in(world.alice), idea, PNG).json()["url"]
    assert sign_in(world.carol).get(url).status_code == 200
    assert sign_in(world.mallory).get(url).status_code == 404
    assert send(sign_in(world.carol), idea, PNG).status_code == 403


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("![a](https://spy.example/p.png)", '<a href="https://spy.example/p.png"'),
        ("![a](/acme/search?q=x)", '<a href="/acme/search?q=x"'),
        ("![a](//spy.example/p.png)", "<p>a</p>"),
        ("![a](data:image/png;base64,AAAA)", "<p>a</p>"),
        ("[![a](https://spy.example/p.png)](https://b.example)", '<a href="https://b.example"'),
    ],
)
def test_images_from_anywhere_else_are_links(source, shown):
    made = render(source, Links())
    assert shown in made
    assert "<img" not in made
    assert made.count("<a ") <= 1


def test_readers_outside_the_house_get_the_words_of_an_image(world, idea, sign_in):
    url = send(sign_in(world.alice), idea, PNG).json()["url"]
    assert render(f"see ![the plan]({url})").strip() == "<p>see the plan</p>"


def test_the_api_takes_an_image_and_says_where_it_is(world, idea, api):
    client = api(world.alice, world.acme)
    where = f"/api/v1/records/{idea.reference}/attachments/"
    answer = client.post(where, {"file": SimpleUploadedFile("a.png", PNG), "image": "true"})
    assert answer.status_code == 201, answer.content
    url = answer.json()["url"]
    assert url.startswith(f"{idea.get_absolute_url()}/attachments/")
    assert client.get(where).json()["results"][0]["url"] == url
    refused = client.post(where, {"file": SimpleUploadedFile("a.png", SVG), "image": "true"})
    assert refused.status_code == 422
    assert "PNG" in refused.json()["errors"]["file"]


LONG = "ü" * 2_000_000


def test_a_text_that_is_too_long_stays_in_the_form_and_both_numbers_are_said(world, idea, sign_in):
    browser = sign_in(world.alice)
    answer = browser.post(
        f"{idea.get_absolute_url()}/edit", {"title": "Idea", "version": "1", "description": LONG}
    )
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "This text has 2,000,000 characters; at most 100,000 fit here." in shown
    assert LONG in shown
    assert 'maxlength="100000"' not in shown


def test_a_comment_that_is_too_long_stays_in_the_form(world, idea, sign_in):
    answer = sign_in(world.alice).post(f"{idea.get_absolute_url()}/comments", {"body": LONG})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "2,000,000 characters; at most 20,000" in shown
    assert LONG in shown
    assert not Comment.objects.exists()


def test_the_api_says_the_field_and_both_numbers(world, idea, api):
    client = api(world.alice, world.acme)
    said = "This text has 2,000,000 characters; at most"
    body = {"product": "ATL", "title": "x", "description": LONG}
    answer = client.post("/api/v1/ideas/", body, content_type="application/json")
    # JSON with escapes of two million letters is above the limit of a body.
    assert answer.status_code == 413
    body["description"] = "u" * 2_000_000
    answer = client.post("/api/v1/ideas/", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["errors"]["description"].startswith(f"{said} 100,000")
    where = f"/api/v1/records/{idea.reference}/comments/"
    answer = client.post(where, {"body": "u" * 2_000_000}, content_type="application/json")
    assert answer.json()["errors"]["body"].startswith(f"{said} 20,000")
