"""Triage by keyboard alone: one by one, several at once, until nothing waits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from ideas.models import Idea
from plm.models import User
from plm.selectors import actor_of
from tests.browser.conftest import CAST, settled
from tests.make import make_idea

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_triage_of_fifty_is_emptied_by_keyboard(page_of, demo):
    actor = actor_of(User.objects.get(email=CAST["manager"]))
    for n in range(50):
        make_idea(actor, demo, f"Wish number {n}")
    page = page_of("manager")
    page.goto(f"{demo.get_absolute_url()}ideas/triage")
    waiting = Idea.objects.filter(product=demo).waiting()
    begun = waiting.count()
    assert begun >= 50
    page.keyboard.press("a")
    told(page, "is under review")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#bulk [data-count]")).to_have_text("2")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    said = {"d": "3 ideas declined", "s": "3 ideas put off", "a": "3 ideas taken under review"}
    for decision, words in said.items():
        for _ in range(3):
            page.keyboard.press("x")
            page.keyboard.press("j")
        expect(page.locator("#bulk [data-count]")).to_have_text("3")
        page.keyboard.press(decision)
        if decision != "a":
            expect(page.locator("#reason, #until")).to_be_focused()
            if decision == "d":
                page.keyboard.type("Out of scope")
            page.keyboard.press("Enter")
        told(page, words)
    assert waiting.count() == begun - 10
    for _ in range(5):
        if not waiting.exists():
            break
        page.keyboard.press("*")
        expect(page.locator("#bulk")).to_be_visible()
        chosen = page.locator("#bulk [data-count]").inner_text()
        page.keyboard.press("a")
        told(page, f"{chosen} idea{'' if chosen == '1' else 's'} taken under review")
    expect(page.locator("main")).to_contain_text("Nothing waits")
    assert not waiting.exists()


def told(page: Page, words: str) -> None:
    """The next page says so, and its keys are at work."""
    expect(page.locator("#toasts")).to_contain_text(words)
    settled(page)
