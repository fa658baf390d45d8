"""A product manager's trip: a quarter is planned anew, what follows is looked at and moved with its reason, taken back once,
and those who are told read why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from plm.permissions import Role
from plm.selectors import actor_of
from plm.services.notes import relation_add
from roadmap.models import CommunicationLine, Placement, StatusUpdate
from roadmap.services.communication import line_create
from tests.browser.test_timeline_moves import SENT, bar, drag
from tests.make import make_item, make_milestone, make_placement, make_release
from tests.world import make_product, make_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

QUARTER = {
    "Deposits": (date(2027, 1, 4), date(2027, 2, 7)),
    "Payouts": (date(2027, 2, 8), date(2027, 3, 14)),
    "Receipts": (date(2027, 1, 18), date(2027, 2, 14)),
}
REASON = "The bank answers two weeks late"


@pytest.fixture
def quarter(site):
    """Payouts wait for Deposits and go out on 20 March; a fair is on the 18th; the board is told by mail."""
    del site
    workspace, people = make_workspace("quarter", mona=Role.MANAGER)
    product = make_product(workspace, "QTR", name="Quarter")
    mona = actor_of(people["mona"])
    spring = make_release(mona, product, "Spring", release_on=date(2027, 3, 20))
    make_milestone(mona, product, "Fair", on=date(2027, 3, 18))
    items = {}
    for title, (start, end) in QUARTER.items():
        items[title] = make_item(mona, product, title)
        make_placement(mona, items[title], starts_on=start, ends_on=end, release=spring)
    relation_add(actor=mona, source=items["Deposits"], target=items["Payouts"], type="blocks")
    values = {
        "audience": "Board",
        "channel": "mail",
        "to": "board@quarter.example",
        "words": "reasons",
    }
    line_create(actor=mona, product=product, values=values)
    CommunicationLine.objects.filter(product=product).update(last_sent_at=timezone.now())
    return product, items


def test_a_quarter_is_planned_anew_and_the_board_reads_why(page_of, site, quarter):
    product, items = quarter
    page, errors = page_of("mona@example.com"), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{product.get_absolute_url()}roadmap/?year=2027&span=26&half=1&lanes=team", wait_until="networkidle")  # fmt: skip
    by_hand(page, items)
    for undone in (True, False):
        shifted(page, items)
        if undone:
            taken_back(page, items)
    told(page, site, product)
    assert not errors


def days_of(item):
    place = Placement.objects.get(item=item)
    return place.starts_on, place.ends_on


def later(title, weeks):
    return tuple(day + timedelta(weeks=weeks) for day in QUARTER[title])


def by_hand(page: Page, items) -> None:
    """One bar by the keys, which breaks what waits for it; another one by the mouse."""
    bar(page, items["Deposits"]).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    with page.expect_response(SENT):
        page.keyboard.press("Enter")
    expect(page.locator("#clash-h")).to_have_text("1 dependency in conflict")
    assert days_of(items["Deposits"]) == later("Deposits", 2)
    with page.expect_response(SENT):
        drag(page, items["Receipts"], 1, grip=0.5)
    expect(bar(page, items["Receipts"])).to_have_attribute("data-start", "2027-01-25")
    assert days_of(items["Receipts"]) == later("Receipts", 1)


def shifted(page: Page, items) -> None:
    """What follows is looked at, then moved with its reason."""
    page.get_by_role("link", name="Move what follows").click()
    shown = page.locator("#main")
    expect(shown).to_contain_text("Nothing is moved yet")
    expect(shown).to_contain_text("8 Feb to 14 Mar 2027")
    expect(shown).to_contain_text("22 Feb to 28 Mar 2027")
    expect(shown).to_contain_text("Spring, 20 Mar 2027")
    expect(shown).to_contain_text("Fair, 18 Mar 2027")
    assert days_of(items["Payouts"]) == QUARTER["Payouts"]
    page.fill("[name=reason]", REASON)
    page.get_by_role("button", name="Move 1 item").click()
    expect(page.locator("#toasts")).to_contain_text("1 item moved later, by 14 days.")
    assert days_of(items["Payouts"]) == later("Payouts", 2)
    expect(page.locator("#clash-h")).to_have_count(0)


def taken_back(page: Page, items) -> None:
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back for 1 item.")
    assert days_of(items["Payouts"]) == QUARTER["Payouts"]
    assert days_of(items["Deposits"]) == later("Deposits", 2)


def told(page: Page, site, product) -> None:
    """The update begins with what changed and why; the board gets it by mail."""
    page.goto(f"{product.get_absolute_url()}plan/communication")
    page.get_by_role("button", name="Write the update").click()
    body = page.locator("[name=body]")
    for said in ("Payouts", "14 days later", REASON):
        assert said in body.input_value()
    page.fill("[name=title]", "Payouts two weeks later")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_label("Board (Mail)").check()
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("#toasts")).to_contain_text("It is on its way")
    site.work()
    (message,) = [one for one in mail.outbox if one.to == ["board@quarter.example"]]
    assert message.subject == "Payouts two weeks later"
    assert REASON in message.body
    page.reload()
    expect(page.locator("[aria-labelledby=dl-h]")).to_contain_text("Sent")
    assert StatusUpdate.objects.get(product=product).state == "sent"
