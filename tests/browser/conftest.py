"""One server and one browser for all browser tests, with the demo product in it.

The database is filled once and not rolled back, so these tests come after all others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from plm.models import Product, User
from plm.runner import run_due_jobs
from tests.browser.walk import State, context_of, executable, launch

CAST = {
    "manager": "maren@tarn.example",
    "admin": "elif@tarn.example",
    "stakeholder": "priya@tarn.example",
    "customer": "oskar@nordkorn.example",
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The last ones; and the mark by which pytest-django knows that a database is wanted."""
    items.sort(key=lambda item: "browser" in item.keywords)
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """Instead of pytest-django's own: no transaction around a test that a server and a browser take part in."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not executable():
        if os.environ.get("PLM_CI") == "1":
            pytest.fail("There is no Chromium (apt install chromium).")
        pytest.skip("There is no Chromium (apt install chromium).")
    # Playwright runs a loop of its own in this thread, which Django takes for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        shown = launch(playwright)
        yield shown
        shown.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def site(
    browser: Browser, django_db_setup: Any, django_db_blocker: Any
) -> Iterator[SimpleNamespace]:
    """The running server: `url`, `enter(context, who)`, `work()` does the jobs that are due."""
    del browser, django_db_setup
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        yield SimpleNamespace(
            url=server.url, enter=entrance(server.url), work=lambda: run_due_jobs(500)
        )
        server.stop()


def entrance(url: str) -> Callable[[BrowserContext, str], None]:
    """Signs a person in by the cookie that the login form would have given."""

    def enter(context: BrowserContext, who: str) -> None:
        if who == "nobody":
            return
        user = User.objects.get(email=CAST.get(who, who))
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]
        )

    return enter


@pytest.fixture(scope="session")
def demo(site: SimpleNamespace) -> Product:
    """The product of the demo, made once."""
    del site
    call_command("demo", items=60, verbosity=0)
    return Product.objects.select_related("workspace").get(workspace__slug="demo")


def settled(page: Page) -> None:
    """Until the scripts of the page listen: a key pressed before does nothing, for people as for tests."""
    expect(page.locator("html[data-ready], html:not(:has(script[src*='js/app']))")).to_be_attached()


def going(page: Page) -> Callable[..., Response | None]:
    """`page.goto` that waits for the scripts too."""
    goto = page.goto

    def gone(*where: Any, **how: Any) -> Response | None:
        answer = goto(*where, **how)
        settled(page)
        return answer

    return gone


@pytest.fixture
def page_of(browser: Browser, site: SimpleNamespace) -> Iterator[Callable[..., Page]]:
    """`page_of("manager")` is a page with that person signed in; an e-mail address does as well."""
    contexts = []

    def opened(who: str = "manager", size: str = "desktop", **options: Any) -> Page:
        context = context_of(browser, State(size, "light", axe=False), base_url=site.url, **options)
        contexts.append(context)
        site.enter(context, who)
        page = context.new_page()
        if options.get("java_script_enabled", True):
            page.goto = going(page)  # type: ignore[method-assign]
        return page

    yield opened
    for context in contexts:
        context.close()
