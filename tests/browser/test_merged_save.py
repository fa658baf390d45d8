"""Two windows, one specification: the page that puts both together, picked by keyboard and by mouse."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backlog.models import Spec
from backlog.services.specs import spec_update
from plm.models import User
from plm.selectors import actor_of
from tests.browser.conftest import CAST
from tests.make import make_spec

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AREA = "#main textarea[name=problem]"


@pytest.fixture
def conflict(page_of, demo) -> tuple[Page, Spec]:
    """The page after a save that came second; the first changed the same number and another word."""
    actor = actor_of(User.objects.get(email=CAST["manager"]))
    begun = "Groups pay apart.\n\nIt takes 5 minutes a table.\n\nGuests complain."
    spec = make_spec(actor, demo, problem=begun)
    page = page_of("manager")
    page.goto(f"{spec.get_absolute_url()}/edit", wait_until="networkidle")
    page.fill(AREA, begun.replace("5", "3").replace("Guests", "Waiters"))
    spec.refresh_from_db()
    text = begun.replace("5", "10").replace("apart", "separately")
    spec_update(actor=actor, record=spec, version=spec.version, values={"problem": text, "audience": "Clinics"})  # fmt: skip
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("1 place was changed by both")).to_be_visible()
    return page, spec


def test_a_pick_comes_into_the_text_and_saves_both(conflict):
    page, spec = conflict
    folder = os.environ.get("PLM_PICTURES")
    if folder:
        pictures(page, Path(folder))
    page.get_by_role("button", name="Save what I decided").click()
    expect(page.get_by_text("1 place was changed by both")).to_be_visible()
    page.get_by_role("radio", name="Yours").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(AREA)).to_have_value(
        "Groups pay separately.\n\nIt takes 10 minutes a table.\n\nWaiters complain."
    )
    page.get_by_role("button", name="Save what I decided").click()
    page.wait_for_url(lambda url: not url.endswith("/edit"))
    spec.refresh_from_db()
    assert "10 minutes" in spec.problem
    assert "separately" in spec.problem
    assert "Waiters" in spec.problem
    assert spec.audience == "Clinics"


def test_what_somebody_wrote_is_left_alone_by_a_pick(conflict):
    page, spec = conflict
    page.fill(AREA, "Three to ten minutes.")
    page.get_by_role("radio", name="Theirs").check()
    expect(page.locator(AREA)).to_have_value("Three to ten minutes.")
    page.get_by_role("button", name="Save what I decided").click()
    page.wait_for_url(lambda url: not url.endswith("/edit"))
    spec.refresh_from_db()
    assert spec.problem == "Three to ten minutes."


def pictures(page: Page, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for width in (1440, 390):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 1000})
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            page.screenshot(path=folder / f"merge-{width}-{theme}.png", full_page=True)
