"""One newcomer's trip by hand, from an account of her own to the feedback that leads to the next idea."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

IDEA = "Tell me before my table is given away"
SAID = "We lost our table twice. A message ten minutes before would have saved the evening. Nice staff."
QUOTE = "A message ten minutes before would have saved the evening."


class Trip:
    """The newcomer at her browser."""

    def __init__(self, page: Page, site) -> None:
        self.page, self.site = page, site
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def fill(self, path: str, send: str, **values: str) -> None:
        """Open a form, type into it, send it."""
        self.page.goto(path)
        for name, value in values.items():
            field = self.page.locator(f"#main [name='{name}'], .bare [name='{name}']").last
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        self.page.get_by_role("button", name=send, exact=True).click()
        self.page.wait_for_load_state()

    def here(self) -> str:
        return self.page.url.removeprefix(self.site.url)

    def wait_for_jobs(self) -> None:
        """What the worker would have done meanwhile."""
        self.site.work()

    def sees(self, text: str) -> None:
        expect(self.page.locator("#main")).to_contain_text(text)


@pytest.fixture
def trip(page_of, site):
    return Trip(page_of("nobody"), site)


def test_a_newcomer_carries_an_idea_through_all_seven_stages(trip, page_of):
    begin(trip)
    idea = write_and_vote(trip)
    feature = promote(trip, idea)
    specify(trip, feature)
    score(trip, feature)
    place(trip, feature)
    story = deliver(trip, feature)
    measure(trip)
    feedback = listen(trip, idea)
    walk_back(trip, [feedback, idea, feature, story])
    show_to_others(trip, page_of)
    assert not trip.errors


def begin(trip):
    trip.page.goto("/accounts/signup/")
    for name, value in {
        "name": "Noor Haddad",
        "email": "noor@corner.example",
        "password1": "a long enough passphrase",
    }.items():
        trip.page.fill(f"[name={name}]", value)
    trip.page.get_by_role("button", name="Create account").click()
    trip.page.wait_for_load_state()
    trip.fill("/new", "Make the workspace", name="Corner", slug="corner")
    trip.fill("/corner/products/new", "Make the product", name="Seats", key="SEA")
    trip.page.goto("/corner/SEA/")
    trip.sees("begin with an idea")


def write_and_vote(trip):
    trip.page.get_by_role("link", name="Write the first idea").click()
    trip.page.fill("#main [name=title]", IDEA)
    trip.page.fill("#main [name=description]", "Guests lose **time**, we lose guests.")
    trip.page.select_option("#main [name=source]", "customer")
    trip.page.get_by_role("button", name="Create idea").click()
    expect(trip.page.locator(".md strong").first).to_have_text("time")
    vote = trip.page.get_by_role("button", name="Vote for")
    vote.click()
    expect(trip.page.locator(".vote[aria-pressed=true] b")).to_have_text("1")
    return trip.here()


def promote(trip, idea):
    trip.fill(f"{idea}/promote", "Promote", titles="Message before the table goes")
    expect(trip.page.locator("h1, h2").filter(has_text="Message before").first).to_be_visible()
    trip.sees("Came from")
    return trip.here()


def specify(trip, feature):
    trip.page.get_by_role("link", name="Specify it").click()
    trip.page.fill(
        "#main [name=problem]", "Tables are given away while their guests look for parking."
    )
    trip.page.locator("#main .reqf textarea, #main .reqf input[type=text]").first.fill(
        "A message leaves ten minutes before the table is given away"
    )
    trip.page.locator("#main .reqf").first.locator("[name$=acceptance]").fill(
        "The message names the table and the minute"
    )
    trip.page.get_by_role("button", name="Create specification").click()
    box = trip.page.get_by_role("checkbox", name="The message names the table")
    box.click()
    expect(box).to_be_checked()
    trip.sees("1 of 1 criteria met")
    trip.page.goto(feature)
    trip.sees("requirements met")


def score(trip, feature):
    reference = feature.rpartition("/")[2]
    trip.wait_for_jobs()
    trip.page.goto("/corner/SEA/prioritize/")
    row = trip.page.locator(f"#{reference}")
    cells = row.locator("td[data-label] .cell:not([name=state])")
    for number in range(cells.count()):
        cell = cells.nth(number)
        with trip.page.expect_response(re.compile("/assess$")) as answer:
            if cell.evaluate("cell => cell.tagName") == "SELECT":
                cell.select_option(index=1)
            else:
                cell.fill("3")
                cell.press("Tab")
        assert answer.value.ok
    expect(row.locator("summary.sc b")).not_to_be_empty()
    trip.wait_for_jobs()
    trip.page.reload()
    expect(row.locator(".c-r")).to_contain_text("1")


def place(trip, feature):
    begins = timezone.localdate()
    trip.fill(
        f"{feature}/place",
        "Place it",
        bucket="now",
        starts_on=begins.isoformat(),
        ends_on=(begins + timedelta(days=42)).isoformat(),
    )
    trip.wait_for_jobs()
    trip.page.goto("/corner/SEA/roadmap/")
    expect(trip.page.locator(".rb").filter(has_text="Message before")).to_be_visible()


def deliver(trip, feature):
    trip.page.goto(feature)
    trip.page.select_option("#kid-type", "story")
    trip.page.fill("#kid-title", "Send the message")
    trip.page.get_by_role("button", name="Add", exact=True).click()
    trip.page.goto("/corner/SEA/delivery/board", wait_until="networkidle")
    card = trip.page.locator(".bc").filter(has_text="Send the message")
    done = trip.page.locator("[data-col=done]")
    card.focus()
    trip.page.keyboard.press("Space")
    with trip.page.expect_response(re.compile("/board/move$")) as answer:
        for _ in range(4):
            trip.page.keyboard.press("ArrowRight")
        trip.page.keyboard.press("Space")
    assert answer.value.ok
    expect(done).to_contain_text("Send the message")
    trip.wait_for_jobs()
    trip.page.goto(feature)
    expect(trip.page.get_by_label("Progress", exact=True)).to_contain_text("1")
    trip.page.get_by_role("link", name="Send the message").first.click()
    trip.page.wait_for_load_state()
    return trip.here()


def measure(trip):
    trip.fill(
        "/corner/SEA/analytics/metrics/new",
        "Create metric",
        title="Tables lost per week",
        unit="tables",
        direction="down",
        target_value="2",
    )
    metric = trip.here()
    for days, value in ((9, "6"), (1, "4")):
        when = timezone.localdate() - timedelta(days=days)
        trip.page.goto(metric)
        trip.page.fill("#main [name=at]", when.isoformat())
        trip.page.fill("#main [name=value]", value)
        trip.page.get_by_role("button", name="Add", exact=True).click()
        trip.page.wait_for_load_state()
    trip.wait_for_jobs()
    trip.page.goto("/corner/SEA/")
    trip.sees("Tables lost per week")


def listen(trip, idea):
    trip.fill("/corner/SEA/feedback/new", "Create feedback", description=SAID)
    feedback = trip.here()
    trip.page.goto(feedback, wait_until="networkidle")
    trip.page.evaluate(
        """(quote) => {
          const body = document.querySelector("[data-quote-body]");
          const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(quote);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + quote.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            body.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
          }
        }""",
        QUOTE,
    )
    expect(trip.page.locator("[data-excerpt]")).to_have_value(QUOTE)
    trip.page.locator("[data-quote-form] [name=target]").fill(idea.rpartition("/")[2])
    trip.page.locator("[data-quote-form] [name=importance]").select_option(label="Critical")
    trip.page.get_by_role("button", name="Link the quote").click()
    expect(trip.page.locator("mark").first).to_have_text(QUOTE)
    return feedback


def walk_back(trip, stations):
    """From the story to the words of the customer, one step of the lineage strip at a time, and forth again."""
    for there, back in [*zip(stations[::-1], stations[-2::-1], strict=False)]:
        trip.page.goto(there)
        trip.page.locator(f".lineage a.lin[href$='{back}']").click()
        trip.page.wait_for_load_state()
        assert trip.here() == back


def show_to_others(trip, page_of):
    trip.fill("/corner/SEA/roadmap/shares", "Make the link", name="Landlord")
    address = trip.page.locator("main").inner_text()
    link = re.search(r"http://\S+/share/[\w-]+/", address + (trip.page.content()))
    assert link
    stranger = page_of("nobody")
    stranger.goto(link[0])
    expect(stranger.locator("body")).to_contain_text("Message before the table goes")
    expect(stranger.locator("body")).not_to_contain_text("Noor Haddad")
    trip.page.get_by_role("button", name="Revoke").click()
    trip.page.locator("#confirm [data-yes]").click()
    expect(trip.page.locator("#main .st").filter(has_text="Revoked")).to_be_visible()
    answer = stranger.goto(link[0])
    assert answer
    assert answer.status == 404
