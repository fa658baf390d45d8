"""Triage by keyboard alone: one by one, several at once, until nothing waits."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ideas.models import Idea
from plm.models import User
from plm.selectors import actor_of
from tests.browser.conftest import CAST
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
    expect(page.locator("#toasts")).to_contain_text("is under review")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#bulk [data-count]")).to_have_text("2")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    for decision, ask in (("d", True), ("s", True), ("a", False)):
        for _ in range(3):
            page.keyboard.press("x")
            page.keyboard.press("j")
        expect(page.locator("#bulk [data-count]")).to_have_text("3")
        page.keyboard.press(decision)
        if ask:
            expect(page.locator("#reason, #until")).to_be_focused()
            if decision == "d":
                page.keyboard.type("Out of scope")
            page.keyboard.press("Enter")
        expect(page.locator("#toasts")).to_contain_text("3 ideas")
    assert waiting.count() == begun - 10
    for _ in range(5):
        if not waiting.exists():
            break
        page.keyboard.press("*")
        expect(page.locator("#bulk")).to_be_visible()
        page.keyboard.press("a")
        expect(page.locator("#toasts")).to_contain_text("taken under review")
    expect(page.locator("main")).to_contain_text("Nothing waits")
    assert not waiting.exists()
