"""A stakeholder's way on a phone: the mailed link, what changed since last month and why, and an answer without an account."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from plm.models import User
from plm.selectors import actor_of
from roadmap.models import AskedPerson, Placement
from roadmap.selectors.shared import shared_view
from roadmap.services.ledger import shown_note
from roadmap.services.placements import placement_set
from roadmap.services.questions import Guest, Wording, question_ask
from roadmap.services.share_viewers import share_viewer_invite
from roadmap.services.shares import share_create
from tests.browser.conftest import CAST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ANA = "ana@chain.example"
WHY = "The meter vendor delivers in spring."
SHORT = 20
"""Seconds that the whole way may take, pages and answers included."""


@pytest.fixture
def told(demo, site, mailoutbox):
    """An item that slipped since an audience saw it a month ago, and Ana, who was sent the view and a question of it."""
    manager = actor_of(User.objects.get(email=CAST["manager"]))
    share, _ = share_create(
        actor=manager, product=demo, name="Phone trip", by_mail=True,
        show=["dates", "progress", "goal", "note", "changes", "reasons"],
    )  # fmt: skip
    shown_note(share=share, view=shared_view(share), at=timezone.now() - timedelta(days=40))
    place = Placement.objects.filter(product=demo, hidden=False, item__state="in_progress").exclude(ends_on=None).select_related("item").first()  # fmt: skip
    placement_set(
        actor=manager, item=place.item, values={"ends_on": place.ends_on + timedelta(days=21)}, reason=WHY
    )  # fmt: skip
    share_viewer_invite(actor=manager, share=share, email=ANA)
    question_ask(
        actor=manager, record=place.item, wording=Wording("approve", "Is three weeks later still in time for you?", "A new date"),
        guests=[Guest("Ana", ANA)],
    )  # fmt: skip
    site.work()
    place.refresh_from_db()
    return place


def links():
    """The addresses in the two mails: of the view and of the question."""
    found = [re.search(r"https?://[^/\s]+(/share/\S+)", m.body).group(1) for m in mail.outbox if ANA in m.to[0]]  # fmt: skip
    assert len(found) == 2
    return sorted(found, key=lambda url: url.endswith("/question"))


def fits(page):
    """Nothing is wider than the phone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_stakeholder_sees_what_changed_and_why_and_answers_without_an_account(
    page_of, told, tmp_path
):
    view, question = links()
    page = page_of("nobody", "phone", has_touch=True, is_mobile=True)
    page.emulate_media(color_scheme="dark")
    begun = time.monotonic()
    page.goto(view)
    fits(page)
    page.screenshot(path=tmp_path / "view.png", full_page=True)
    changed = page.locator("details", has_text="What changed since")
    expect(changed).to_contain_text("21 days later")
    expect(changed).to_contain_text(WHY)
    changed.locator("li", has_text=WHY).scroll_into_view_if_needed()
    expect(changed.locator("li", has_text=WHY)).to_contain_text(
        told.public_title or told.item.title
    )
    page.goto(question)
    fits(page)
    expect(page.locator("main")).to_contain_text("Is three weeks later still in time for you?")
    page.screenshot(path=tmp_path / "question.png", full_page=True)
    page.get_by_label("Yes, I approve").tap()
    page.get_by_label("In your words").fill("Yes, if the shop in Kiel has it by May.")
    page.get_by_role("button", name="Send my answer").tap()
    expect(page.get_by_role("status").filter(has_text="Thank you, Ana")).to_be_visible()
    fits(page)
    page.screenshot(path=tmp_path / "thanks.png", full_page=True)
    assert time.monotonic() - begun < SHORT
    answer = AskedPerson.objects.get(email=ANA)
    assert answer.comment == "Yes, if the shop in Kiel has it by May."
    assert answer.answered_at is not None
