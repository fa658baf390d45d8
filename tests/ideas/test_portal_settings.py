"""How managers set the portal: its look can be read, its rules are kept, nothing wrong is stored."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from ideas import colours
from ideas.models import Portal
from ideas.services.portals import LOGO_BYTES, origins_of, portal_update
from plm.errors import Invalid, NotAllowed, Stale, TooLarge
from tests.make import make_idea

PORTAL = "/portal/acme/atl/"
SETTINGS = "/acme/ATL/settings/portal"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def atlas(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return world.atlas


def set_portal(world, *, version=None, **values):
    logo, remove = values.pop("logo", None), values.pop("remove_logo", False)
    return portal_update(
        actor=world.actor("alice"),
        product=world.atlas,
        version=version,
        values=values,
        logo=logo,
        remove_logo=remove,
    )


# --- colours -------------------------------------------------------------------------------------
def test_contrast_is_that_of_the_guidelines():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert colours.contrast("#ffffff", "#ff0000") == pytest.approx(3.998, abs=0.001)
    assert colours.contrast("#0000ff", "#ffffff") == pytest.approx(8.592, abs=0.001)


@pytest.mark.parametrize(
    "colour", ["#ffcc00", "#ff0000", "#00ff00", "#eeeeee", "#ffffff", "#777777"]
)
def test_the_nearest_readable_colour_passes_and_is_barely_darker(colour):
    near = colours.nearest_readable(colour)
    assert not colours.readable(colour)
    assert colours.readable(near)
    assert colours.contrast(near, colours.LIGHT) < 4.7


@pytest.mark.parametrize(
    "colour", ["#000000", "#4b45d6", "#0b6e4f", "#0000ff", "#8a1c7c", "#5c5c5c"]
)
def test_every_shade_of_a_readable_colour_is_read_on_its_ground(colour):
    assert colours.nearest_readable(colour) == colour
    made = colours.shades(colour)
    pairs = [
        (made.fill, "#ffffff"), (made.hover, "#ffffff"), (made.accent[0], "#ffffff"), (made.accent[0], colours.LIGHT),
        (made.accent[1], colours.DARK), (made.accent[1], "#0d0e11"), (made.text[0], made.soft[0]),
        (made.text[1], made.soft[1]),
    ]  # fmt: skip
    assert [p for p in pairs if colours.contrast(*p) < colours.ENOUGH] == []


# --- the service ---------------------------------------------------------------------------------
def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(world, atlas):
    with pytest.raises(Invalid) as refused:
        set_portal(world, accent="#FFCC00")
    said = refused.value.fields["accent"]
    near = said.rpartition(" ")[2].rstrip(".")
    assert set_portal(world, accent=near).accent == near
    for wrong in ("red", "#12", "#12345g", "url(x)"):
        with pytest.raises(Invalid):
            set_portal(world, accent=wrong)
    assert set_portal(world, accent="").accent == ""


def test_origins_are_https_and_nothing_else(world, atlas):
    given = [
        "https://WWW.example.com/",
        "https://www.example.com",
        "https://a.example.org:8443",
        " ",
    ]
    saved = set_portal(world, allowed_origins=given)
    assert saved.allowed_origins == ["https://www.example.com", "https://a.example.org:8443"]
    for wrong in (
        "http://a.example", "https://a.example/path", "https://*.example.com", "*", "https://u@a.example", "a.example",
        "https://a.example;script-src *", "https://a b.example", "https://", "https://a.example:99999", "https://localhost",
    ):  # fmt: skip
        with pytest.raises(ValueError, match="origin"):
            origins_of([wrong])
    with pytest.raises(Invalid):
        set_portal(world, allowed_origins="https://a.example")
    with pytest.raises(Invalid):
        set_portal(world, allowed_origins=[f"https://a{n}.example" for n in range(21)])


def test_a_stale_save_and_a_low_role_change_nothing(world, atlas):
    first = set_portal(world, name="Wishes")
    with pytest.raises(Stale):
        set_portal(world, version=first.version - 1, name="Other")
    with pytest.raises(NotAllowed):
        portal_update(actor=world.actor("bob"), product=atlas, version=None, values={"name": "B"})
    for values in (
        {"vote_budget": 0},
        {"vote_budget": 1001},
        {"counts": "some"},
        {"logo_type": "x"},
    ):
        with pytest.raises(Invalid):
            set_portal(world, **values)
    kept = Portal.objects.get()
    assert (kept.name, kept.version, kept.vote_budget) == ("Wishes", first.version, None)


def test_a_logo_is_an_image_whatever_it_is_called(world, atlas, client, tmp_path):
    assert client.get(f"{PORTAL}logo").status_code == 404
    set_portal(world, logo=ContentFile(PNG, "logo.html"))
    answer = client.get(f"{PORTAL}logo")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert f"{PORTAL}logo?v=" in client.get(PORTAL).content.decode()
    for wrong in (b"<svg onload=alert(1)>", b"<html>", b"", b"GIF"):
        with pytest.raises(Invalid):
            set_portal(world, logo=ContentFile(wrong, "logo.png"), name="Never")
    with pytest.raises(TooLarge):
        set_portal(world, logo=ContentFile(PNG + b"x" * LOGO_BYTES, "logo.png"))
    assert Portal.objects.get().name == ""
    assert len(list((tmp_path / "portals").iterdir())) == 1
    atlas.portal_open = False
    atlas.save()
    assert client.get(f"{PORTAL}logo").status_code == 404
    assert client.get(f"{PORTAL}theme.css").status_code == 404
    set_portal(world, remove_logo=True)
    assert Portal.objects.get().logo == ""


def test_the_colour_comes_as_a_style_sheet(world, atlas, client):
    assert "theme.css" not in client.get(PORTAL).content.decode()
    set_portal(world, accent="#0b6e4f", name="Wishes", welcome="Tell us.\n<b>All</b> of it.")
    page = client.get(PORTAL).content.decode()
    assert "theme.css?v=" in page
    assert "Wishes" in page
    assert "&lt;b&gt;All" in page
    sheet = client.get(f"{PORTAL}theme.css")
    assert sheet["Content-Type"].startswith("text/css")
    assert b"--accent-fill: #0b6e4f" in sheet.content
    make = make_idea(world.actor("bob"), atlas, "One", public=True)
    assert "theme.css?v=" in client.get(f"{PORTAL}ideas/{make.number}").content.decode()


# --- the page ------------------------------------------------------------------------------------
def test_a_manager_sets_the_portal(world, atlas, sign_in):
    alice = sign_in(world.alice)
    page = alice.get(SETTINGS).content.decode()
    assert 'href="/acme/ATL/settings/portal"' in page
    sent = {
        "version": "1", "name": "Wishes", "accent": "#0b6e4f", "counts": "voted", "vote_budget": "5",
        "allowed_origins": "https://a.example\n\nhttps://b.example",
        "logo": SimpleUploadedFile("logo.png", PNG),
    }  # fmt: skip
    assert alice.post(SETTINGS, sent).status_code == 302
    saved = Portal.objects.get()
    assert (saved.counts, saved.vote_budget, saved.logo_type) == ("voted", 5, "image/png")
    assert saved.allowed_origins == ["https://a.example", "https://b.example"]
    stale = {**sent, "name": "Mine", "logo": ""}
    shown = alice.post(SETTINGS, stale)
    assert shown.status_code == 409
    assert b"Wishes" in shown.content
    bad = alice.post(SETTINGS, {**stale, "version": "2", "accent": "#ffcc00"})
    assert bad.status_code == 422
    assert b"nearest that passes" in bad.content
    not_an_image = {**stale, "version": "2", "logo": BytesIO(b"<svg>")}
    assert alice.post(SETTINGS, not_an_image).status_code == 422


def test_a_manager_opens_and_closes_the_portal(world, sign_in, client):
    alice = sign_in(world.alice)
    assert client.get(PORTAL).status_code == 404
    assert alice.post(f"{SETTINGS}/open", {"on": "1"}).status_code == 302
    assert client.get(PORTAL).status_code == 200
    assert alice.post(f"{SETTINGS}/open", {"on": "0"}).status_code == 302
    assert client.get(PORTAL).status_code == 404
    assert sign_in(world.bob).post(f"{SETTINGS}/open", {"on": "1"}).status_code == 403
