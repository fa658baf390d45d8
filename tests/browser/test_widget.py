"""The widget on a page of another site whose content policy allows the portal's address and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ideas.models import Portal

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.once]

HOST = """<!doctype html><html lang="en"><head><title>Shop</title></head><body><h1>Shop</h1>
<a href="/other" id="other">Elsewhere</a><button data-plm-open>Tell us</button>
<script src="{script}" async data-label="Ideas?"></script></body></html>"""


@pytest.fixture(scope="module")
def shop(site, demo) -> Iterator[SimpleNamespace]:
    """Another site: another port is another origin, and another host name another site, as far as cookies go."""
    base = f"/portal/{demo.workspace.slug}/{demo.key.lower()}/"
    page = HOST.format(script=f"{site.url}{base}widget.js").encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header(
                "Content-Security-Policy",
                f"default-src 'none'; script-src {site.url}; frame-src {site.url}",
            )
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *args: Any) -> None:
            """Nothing: the tests speak for themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    yield SimpleNamespace(
        url=f"http://localhost:{port}/", origin=f"http://localhost:{port}", portal=base
    )
    server.shutdown()
    server.server_close()


@pytest.fixture
def allowed(shop, demo) -> Iterator[None]:
    """The portal names the shop; afterwards it is as it was. Stored directly: a stored origin is always https."""
    Portal.objects.get_or_create(product=demo, defaults={"workspace": demo.workspace})
    row = Portal.objects.filter(product=demo)
    before = row.get().allowed_origins
    row.update(allowed_origins=[shop.origin])
    yield
    row.update(allowed_origins=before)


def visit(page: Page, shop: SimpleNamespace) -> list[str]:
    """Opens the page of the shop; what its console hears from then on is in the list."""
    heard: list[str] = []

    def hear(kind: str, text: str) -> None:
        # The confirmation of the portal's own pages asks for the focus; Chromium tells that it does not get it.
        if kind == "error" and "favicon" not in text and "autofocusing" not in text:
            heard.append(text)

    page.on("console", lambda message: hear(message.type, message.text))
    page.on("pageerror", lambda error: hear("error", str(error)))
    page.goto(shop.url, wait_until="load")
    return heard


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_widget_opens_the_portal_is_read_in_the_frame_and_closes_by_keyboard(
    page_of, shop, allowed, size
):
    page = page_of("nobody", size)
    heard = visit(page, shop)
    opener = page.get_by_role("button", name="Ideas?")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    box = dialog.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    portal = page.frame_locator("iframe")
    expect(portal.get_by_role("heading", level=1)).to_be_visible()
    expect(portal.locator("[data-framed]")).to_be_visible()
    portal.locator(".ideas h2 a").first.click()
    expect(portal.get_by_role("link", name="All ideas")).to_be_visible()
    # The note appears with the script that hears the Escape key in there.
    expect(portal.locator("[data-framed]")).to_be_visible()
    assert "lang=en" in page.frames[1].url
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    page.get_by_role("button", name="Tell us").click()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Tell us")).to_be_focused()
    assert heard == []


def test_voting_and_sharing_in_the_frame_open_a_tab_to_sign_in(page_of, shop, allowed):
    page = page_of("nobody")
    visit(page, shop)
    page.get_by_role("button", name="Ideas?").click()
    portal = page.frame_locator("iframe")
    expect(portal.locator("[data-framed]")).to_be_visible()
    with page.context.expect_page() as opened:
        portal.locator(".ideas a.vote").first.click()
    expect(opened.value.locator("input[name=login], input[type=email]").first).to_be_visible()
    portal.get_by_label("Your idea").fill("A sash window")
    with page.context.expect_page() as opened:
        portal.get_by_role("button", name="Share idea").click()
    opened.value.wait_for_load_state()
    assert "sash" in opened.value.url or "sash" in opened.value.content()
    expect(portal.get_by_role("heading", level=1)).to_be_visible()


def test_on_a_site_that_is_not_named_the_portal_is_not_shown_and_a_way_to_it_is(page_of, shop):
    page = page_of("nobody")
    page.goto(shop.url, wait_until="load")
    page.get_by_role("button", name="Ideas?").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_be_visible(timeout=15_000)
    assert page.frame_locator("iframe").locator(".ideas").count() == 0
    link = dialog.get_by_role("link", name="Open in a new tab").first
    assert shop.portal in link.get_attribute("href")
