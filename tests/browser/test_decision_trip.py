"""A product manager's trip: a promoted idea becomes an approved specification with stories, three guests score it in a
round, and what was agreed on decides its place."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from ideas.models import Idea
from plm.permissions import Role
from plm.selectors import actor_of
from tests.make import make_idea, make_item
from tests.world import make_product, make_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

GUESTS = {"Ida, harbour office": "5", "Per, shipping line": "5", "Sara, passenger": "2"}
REASON = "The harbour sees it daily; Sara travels once a year."


@pytest.fixture
def ferry(site):
    """A product with three items that were judged before and an idea nobody has taken up."""
    del site
    workspace, people = make_workspace("ferry", mara=Role.MANAGER, tom=Role.CONTRIBUTOR)
    product = make_product(workspace, "FRY", name="Ferry")
    mara = actor_of(people["mara"])
    for title in ("Quieter engines", "Seats by number", "Longer gangway"):
        make_item(mara, product, title)
    make_idea(mara, product, "Say when the ferry is late")
    return product


def test_from_a_promoted_idea_to_a_decision_that_can_be_defended(page_of, site, ferry):
    page, errors = page_of("mara@example.com"), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    item = promote(page, ferry)
    specify(page)
    approve(page, page_of("tom@example.com"))
    split(page)
    site.work()
    round_at = ask(page, ferry)
    for name, value in GUESTS.items():
        answer(page_of("nobody"), invited(page, round_at, name), value)
    agree(page, round_at)
    site.work()
    stands_first(page, ferry, item)
    assert not errors


def promote(page: Page, ferry) -> str:
    idea = Idea.objects.get(product=ferry)
    page.goto(f"{idea.get_absolute_url()}/promote")
    page.get_by_role("button", name="Promote").click()
    expect(page.locator("#main")).to_contain_text("Came from")
    return page.url.rpartition("/")[2]


def specify(page: Page) -> None:
    page.get_by_role("link", name="Specify it").click()
    page.fill("#main [name=problem]", "People wait on the quay and nobody tells them.")
    rows = page.locator("#main .reqf")
    wanted = {
        "A message goes out once a ferry is ten minutes late": "Given a delay of ten minutes, a message is sent",
        "The message names the new time": "The time is that of the harbour",
    }
    for place, (text, acceptance) in enumerate(wanted.items()):
        rows.nth(place).locator("textarea, input[type=text]").first.fill(text)
        rows.nth(place).locator("[name$=acceptance]").fill(acceptance)
    page.get_by_role("button", name="Create specification").click()
    expect(page.locator("#main")).to_contain_text("ten minutes late")


def approve(page: Page, reviewer: Page) -> None:
    review = page.locator("#review")
    review.get_by_label("Tom").check()
    review.get_by_role("button", name="Ask for a review").click()
    reviewer.goto(page.url.partition("#")[0])
    reviewer.locator("#review").get_by_role("button", name="Approve").click()
    expect(reviewer.locator("#review")).to_contain_text("1 of 1 approval")
    page.reload()
    review.get_by_role("button", name="Sign off version").click()
    expect(review).to_contain_text("Approved and locked")
    expect(review).to_contain_text("approved by Tom")


def split(page: Page) -> None:
    page.get_by_role("link", name="Split into stories").click()
    expect(page.locator("#main .reqf")).to_have_count(2)
    page.get_by_role("button", name="Create stories").click()
    expect(page.locator("#main")).to_contain_text("ten minutes late")


def ask(page: Page, ferry) -> str:
    """A round about the item and one it competes with; the address of its page."""
    page.goto(f"{ferry.get_absolute_url()}prioritize/rounds/new")
    page.fill("[name=title]", "What the spring release is for")
    page.get_by_text("Choose them one by one").click()
    for title in ("Say when the ferry is late", "Quieter engines"):
        page.get_by_label(title).first.check()
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_role("button", name="Open the round").click()
    page.get_by_role("dialog").get_by_role("button", name="Open it").click()
    expect(page.get_by_role("button", name="Reveal the answers")).to_be_visible()
    return page.url


def invited(page: Page, round_at: str, name: str) -> str:
    page.goto(round_at)
    page.get_by_label("Guest without an account").fill(name)
    page.get_by_role("button", name="Ask this guest").click()
    return page.locator("#round-link").inner_text()


def answer(guest: Page, link: str, value: str) -> None:
    """The guest gives the late ferry that value everywhere, and the quieter engines a 3."""
    guest.goto(link)
    expect(guest.locator("body")).to_contain_text(
        "Nobody reads your answers before all are revealed"
    )
    for card in guest.locator(".rd-row").all():
        given = value if "late" in card.locator("h2").inner_text() else "3"
        for step in card.get_by_label(given, exact=True).all():
            with guest.expect_response(lambda found: found.request.method == "POST") as saved:
                step.check()
            assert saved.value.ok
    assert "Seats by number" not in guest.content(), "A guest reads the words of the round alone."


def agree(page: Page, round_at: str) -> None:
    page.goto(round_at)
    expect(page.locator("#main")).to_contain_text("3 of 3")
    page.get_by_role("button", name="Reveal the answers").click()
    page.get_by_role("dialog").get_by_role("button", name="Reveal").click()
    first = page.locator(".rd-item").first
    expect(first.get_by_role("heading")).to_contain_text("late")
    first.get_by_text("Agree on values").click()
    first.get_by_label("Why").fill(REASON)
    first.get_by_role("button", name="Agree", exact=True).click()
    expect(first).to_contain_text(REASON)


def stands_first(page: Page, ferry, item: str) -> None:
    page.goto(f"{ferry.get_absolute_url()}prioritize/")
    row = page.locator(f"#{item}")
    expect(row.locator(".c-r")).to_contain_text("1")
    expect(row.locator(".c-sc b").first).to_have_text("5")
    page.goto(f"/ferry/{item}/score")
    main = page.locator("#main")
    expect(main).to_contain_text("equal to the last bit")
    expect(main).to_contain_text("round: What the spring release is for")
    expect(main).to_contain_text(REASON)
    page.goto(f"/ferry/{item}/history")
    expect(page.locator("#main")).to_contain_text(REASON)
