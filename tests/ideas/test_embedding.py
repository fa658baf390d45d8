"""The portal on other sites: any site may load the script, only those named may show its pages, nothing else is shown."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from ideas.models import Portal
from tests.make import make_idea

PORTAL = "/portal/acme/atl/"
SCRIPT = f"{PORTAL}widget.js"
SITES = ["https://www.example.com", "https://help.example.com:8443"]
ALLOWED = "frame-ancestors https://www.example.com https://help.example.com:8443"


@pytest.fixture
def atlas(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return world.atlas


@pytest.fixture
def settled(atlas):
    return Portal.objects.create(
        workspace=atlas.workspace,
        product=atlas,
        name="Wishes",
        accent="#0b6e4f",
        allowed_origins=SITES,
    )


@pytest.fixture
def published(world, atlas):
    return make_idea(world.actor("alice"), atlas, title="Dark mode", public=True)


def ancestors(response) -> str:
    return next(
        part.strip()
        for part in response["Content-Security-Policy"].split(";")
        if part.strip().startswith("frame-ancestors")
    )


# --- frames --------------------------------------------------------------------------------------
def test_a_portal_that_names_no_site_is_shown_in_no_frame(client, published):
    for path in (PORTAL, f"{PORTAL}ideas/{published.number}"):
        response = client.get(path)
        assert ancestors(response) == "frame-ancestors 'none'"
        assert response["X-Frame-Options"] == "DENY"
        assert b"data-framed" not in response.content


def test_the_pages_of_a_portal_are_shown_by_the_sites_it_names_and_by_no_other(
    client, sign_in, world, settled, published
):
    client = sign_in(world.eve)
    for path in ("", f"ideas/{published.number}", "submit", "votes", "?q=zzzz"):
        response = client.get(PORTAL + path)
        assert response.status_code == 200
        assert ancestors(response) == ALLOWED
        assert "X-Frame-Options" not in response
        assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    ["/", "/accounts/login/", "/acme/ATL/settings/portal", "/acme/ATL/ideas/", f"{PORTAL}ideas/99999", "/portal/acme/cor/"],
)  # fmt: skip
def test_nothing_else_is_shown_in_a_frame(client, sign_in, world, settled, path):
    for who in ("", "alice"):
        if who:
            client = sign_in(getattr(world, who))
        response = client.get(path, follow=True)
        assert ancestors(response) == "frame-ancestors 'none'"
        assert response["X-Frame-Options"] == "DENY"


def test_the_session_cookie_stays_out_of_frames_on_other_sites(settings):
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_in_a_frame_a_visitor_is_told_what_opens_in_a_tab_and_a_signed_in_person_is_not(
    client, sign_in, world, settled
):
    assert b'data-framed="reading" hidden' in client.get(PORTAL).content
    client = sign_in(world.eve)
    assert b'data-framed="" hidden' in client.get(PORTAL).content


# --- the script ----------------------------------------------------------------------------------
def test_every_site_may_load_the_script_and_keep_it(client, settled):
    response = client.get(SCRIPT, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 200
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=600"
    assert not response.cookies
    assert "Vary" not in response
    again = client.get(SCRIPT, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == response["ETag"]
    assert again["Access-Control-Allow-Origin"] == "*"


def test_the_script_changes_with_the_settings_it_holds(client, settled):
    before = client.get(SCRIPT)["ETag"]
    settled.accent = "#8a1c7c"
    settled.save()
    after = client.get(SCRIPT, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert b"#8a1c7c" in after.content


def test_the_script_is_below_fifteen_kilobytes_even_before_compression(client, settled):
    body = client.get(SCRIPT).content
    assert len(body) < 15_000
    assert len(gzip.compress(body)) < 5_000


def test_the_script_needs_nothing_that_a_strict_policy_refuses(client, settled):
    body = client.get(SCRIPT).content.decode()
    for refused in (
        r"\beval\b", r"\bFunction\(", "innerHTML", "outerHTML", "insertAdjacentHTML", r"document\.write",
        r"""createElement\(["']style""", r"\bstyle:", r"""setAttribute\(["']style""",
    ):  # fmt: skip
        assert not re.search(refused, body), refused


def test_the_script_speaks_the_languages_of_the_portal(client, settled):
    line = client.get(SCRIPT).content.decode().partition("const given = ")[2].partition(";\n")[0]
    words = json.loads(line)["words"]
    assert words["en"]["tab"] == "Open in a new tab"
    assert words["de"]["title"] == "Feedback zu Wishes"


def test_a_name_of_any_letters_stays_a_text_in_the_script(client, settled):
    settled.name = "\"; alert(1); // </script> \u2028 \\ ' Größe"
    settled.save()
    body = client.get(SCRIPT).content.decode()
    line = next(line for line in body.splitlines() if "const given = " in line)
    given = json.loads(line.strip().removeprefix("const given = ").removesuffix(";"))
    assert given["words"]["en"]["title"] == f"Feedback on {settled.name}"
    assert body.isascii()


def test_a_closed_portal_has_no_script(client, settled, atlas):
    atlas.portal_open = False
    atlas.save()
    assert client.get(SCRIPT).status_code == 404
    assert client.post(SCRIPT).status_code == 405


# --- the settings --------------------------------------------------------------------------------
def test_the_settings_show_the_line_to_copy(client, sign_in, world, settled):
    client = sign_in(world.alice)
    page = client.get("/acme/ATL/settings/portal").content.decode()
    assert f'&lt;script src="http://testserver{SCRIPT}" async&gt;&lt;/script&gt;' in page
    assert "script-src http://testserver; frame-src http://testserver" in page
    assert "No site may show the portal yet" not in page


def test_the_settings_say_that_a_site_has_to_be_named(client, sign_in, world, atlas):
    client = sign_in(world.alice)
    page = client.get("/acme/ATL/settings/portal").content.decode()
    assert "No site may show the portal yet" in page
