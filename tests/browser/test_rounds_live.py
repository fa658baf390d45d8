"""A guest answers on a phone, with script and without; the organiser sees how far they are without loading again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from backlog.models import BacklogItem, ScoringModel
from backlog.selectors.rounds import answers_of
from backlog.services.rounds import round_create, round_move
from backlog.services.rounds_people import round_guest_add
from backlog.services.scoring_models import scoring_model_activate
from plm.models import User
from plm.selectors import actor_of
from tests.browser.conftest import CAST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def begun(demo):
    """A round of the weighted model with two items: itself, a guest and the address of their sheet."""
    manager = actor_of(User.objects.get(email=CAST["manager"]))
    items = list(BacklogItem.objects.ranked().filter(product=demo).select_related("product")[:2])
    ranked_by = ScoringModel.objects.select_related("product").get(product=demo, active=True)
    weighted = ScoringModel.objects.select_related("product").get(product=demo, method="weighted")
    scoring_model_activate(actor=manager, model=weighted)
    row = round_create(actor=manager, product=demo, title="Live", kind="scores", items=items)
    scoring_model_activate(actor=manager, model=ranked_by)
    guest, secret = round_guest_add(actor=manager, row=row, name="Ana Ruiz")
    row = round_move(actor=manager, row=row, state="open")
    return manager, row, guest, f"/share/{secret}/round"


def test_answers_are_saved_as_they_are_given_and_the_progress_is_live(page_of, begun):
    manager, row, guest, link = begun
    board = page_of("manager")
    board.goto(row.get_absolute_url())
    expect(board.locator("#people")).to_contain_text("not begun")
    sheet = page_of("nobody", "phone")
    sheet.goto(link)
    first = sheet.locator(".rd-row").first
    first.get_by_role("radio", name="4").first.check()
    expect(sheet.locator("#rd-count")).to_contain_text("1 of 6 answered")
    first.get_by_role("group", name="Market demand").get_by_role("radio", name="5").check()
    expect(sheet.locator("#rd-count")).to_contain_text("2 of 6 answered")
    expect(first.get_by_role("radio", name="4").first).to_be_checked()
    assert sorted(answers_of(guest).values()) == [4, 5]
    expect(board.locator("#people")).to_contain_text("2 of 6", timeout=15_000)
    round_move(actor=manager, row=row, state="revealed")
    expect(board.locator("#people")).to_contain_text("The answers are revealed", timeout=15_000)
    assert board.locator("[data-live]").count() == 0


def test_it_works_without_script(page_of, begun):
    _, _, guest, link = begun
    sheet = page_of("nobody", "phone", java_script_enabled=False)
    sheet.goto(link)
    first = sheet.locator(".rd-row").first
    first.get_by_role("radio", name="3").first.check()
    first.get_by_role("button", name="Save").click()
    expect(sheet.locator("#rd-count")).to_contain_text("1 of 6 answered")
    assert list(answers_of(guest).values()) == [3]
