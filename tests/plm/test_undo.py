"""Undo in a message takes back what was just done, through the service that does the opposite."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from backlog.models import BacklogItem
from backlog.services.items import item_create
from backlog.services.ranks import item_rank_pin
from ideas.services.customers import company_create
from tests.make import make_idea

TOAST = re.compile(r'<div class="toast"><span>.*?</span><form method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)  # fmt: skip


@pytest.fixture
def browser(sign_in, world):
    return sign_in(world.alice)


def undo(browser: Any, url: str, data: dict[str, str]) -> None:
    """Send a form, then the Undo of the message that it leads to."""
    page = browser.post(url, data, follow=True)
    assert page.status_code == 200
    found = TOAST.search(page.content.decode())
    assert found, "no undo was offered"
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', found[2])
    sent = browser.post(found[1], {name: unescape(value) for name, value in fields})
    assert sent.status_code == 302


def test_an_archived_record_is_back(world, browser):
    idea = make_idea(world.actor("alice"), world.atlas)
    undo(browser, f"{idea.get_absolute_url()}/archive", {})
    idea.refresh_from_db()
    assert idea.archived_at is None


def test_an_archived_company_is_back(world, browser):
    made = company_create(
        actor=world.actor("alice"), workspace=world.acme, values={"name": "Lakes"}
    )
    undo(browser, f"/acme/ATL/customers/{made.uuid}/archive", {})
    made.refresh_from_db()
    assert made.archived_at is None


def test_a_state_goes_back(world, browser):
    idea = make_idea(world.actor("alice"), world.atlas)
    undo(browser, f"{idea.get_absolute_url()}/move", {"state": "under_review"})
    idea.refresh_from_db()
    assert idea.state == "open"


@pytest.mark.parametrize("fixed", [None, 3])
def test_a_place_in_the_ranking_is_as_it_was(fixed, world, browser):
    alice = world.actor("alice")
    item = item_create(actor=alice, product=world.atlas, values={"title": "Map", "type": "feature"})
    if fixed:
        item_rank_pin(actor=alice, item=item, rank=fixed, reason="Promised")
    undo(browser, f"{item.get_absolute_url()}/rank", {"rank": "1", "reason": "A promise"})
    assert BacklogItem.objects.get(pk=item.pk).rank_pinned == fixed
