"""A customer's way through the portal on a phone: with JavaScript, and without."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from ideas.models import Idea, PortalPost, Vote
from ideas.services.ideas import idea_move
from plm.models import Job, User
from plm.selectors import actor_of
from tests.browser.conftest import CAST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
OVEN = "Tell me when the door of the cold room stays open"


def portal_of(demo):
    return f"/portal/{demo.workspace.slug}/{demo.key.lower()}/"


def link_in(message):
    return re.search(r"https?://[^/\s]+(/\S+)", message.body).group(1)


def entered_by_mail(page, address):
    """From the sign-in page to where one was, by the link in the mail and its one button."""
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(link_in(mail.outbox[-1]))
    page.get_by_role("button", name="Sign in").click()


def test_a_customer_on_a_phone_signs_in_by_mail_votes_comments_and_hears_of_it(
    page_of, demo, site, mailoutbox
):
    page = page_of("nobody", "phone")
    idea = Idea.objects.get(product=demo, title=OVEN)
    page.goto(portal_of(demo))
    page.get_by_role("link", name=OVEN, exact=True).click()
    page.get_by_role("link", name=f"Vote for {OVEN}").click()
    entered_by_mail(page, "lina@bakery.example")
    expect(page.get_by_role("heading", name=OVEN)).to_be_visible()
    before = idea.votes_count
    button = page.get_by_role("button", name=f"Vote for {OVEN}")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    idea.refresh_from_db()
    assert idea.votes_count == before + 1
    assert Vote.objects.filter(idea=idea, person__email="lina@bakery.example").count() == 1
    page.get_by_label("Your comment").fill("Ours is left open every Friday.")
    page.get_by_label("Show under it").select_option(label="No name")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("main")).to_contain_text("With the team: Ours is left open every Friday.")
    assert PortalPost.objects.get(body__contains="every Friday").state == "held"
    mail.outbox.clear()
    manager = actor_of(User.objects.get(email=CAST["manager"]))
    idea_move(idea, actor=manager, state="planned", reason="It comes with the spring release.")
    told = told_to("lina@bakery.example", site)
    assert "spring release" in told.body
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = re.search(r"https?://[^/\s]+(/portal/unfollow/\S+)", told.body).group(1)
    page.goto(stop)
    page.get_by_role("button", name="Stop the mails").click()
    expect(page.locator("main")).to_contain_text("You no longer get mails")


def told_to(address, site):
    """The mail about a decision, whose job waits a minute in case it is taken back."""
    Job.objects.filter(kind="ideas.status").update(run_after="2020-01-01T00:00:00Z")
    site.work()
    return next(message for message in mail.outbox if message.to == [address])


def test_without_javascript_one_browses_submits_and_votes(page_of, demo, mailoutbox):
    page = page_of("nobody", "phone", java_script_enabled=False)
    page.goto(portal_of(demo))
    page.get_by_label("Your idea").fill("A bell when the bread is done")
    page.get_by_role("button", name="Share idea").click()
    entered_by_mail(page, "tom@bakery.example")
    expect(page.get_by_label("Your idea in one line")).to_have_value(
        "A bell when the bread is done"
    )
    page.get_by_role("button", name="Send to the team").click()
    expect(page.locator("body")).to_contain_text("The team reads it first")
    expect(page.locator("main")).to_contain_text("Your ideas, with the team")
    assert Idea.objects.get(title="A bell when the bread is done").votes_count == 1
    page.get_by_label("Search", exact=True).fill("cold room")
    page.get_by_label("Search", exact=True).press("Enter")
    page.get_by_role("button", name=f"Vote for {OVEN}").click()
    expect(page.get_by_role("button", name=f"Vote for {OVEN}")).to_have_attribute(
        "aria-pressed", "true"
    )
