"""A scenario from its question to the plan: moved by keyboard and mouse, compared, applied with a reason, taken back."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from plm.models import Event
from plm.permissions import Role
from plm.selectors import actor_of
from roadmap.models import Placement, RoadmapScenario
from tests.make import make_item, make_placement
from tests.world import make_product, make_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PLANNED = (date(2027, 3, 1), date(2027, 4, 11))
SENT = re.compile(r"/items/SCN-\d+/dates$")


@pytest.fixture
def plan(site, request):
    slug = f"s{abs(hash(request.node.name)) % 10**8}"
    workspace, people = make_workspace(slug, **{f"max{slug}": Role.MANAGER})
    (person,) = people.values()
    product = make_product(workspace, "SCN", name="Scenarios")
    actor = actor_of(person)
    item = make_item(actor, product, "Login")
    make_placement(actor, item, starts_on=PLANNED[0], ends_on=PLANNED[1])
    return product, person, item


def days_of(item):
    place = Placement.objects.get(item=item)
    return place.starts_on, place.ends_on


def bar(page, item):
    return page.locator(f'[data-ref="{item.reference}"]')


def test_a_question_is_asked_moved_compared_and_applied(page_of, plan):
    product, person, item = plan
    page = page_of(person.email)
    roadmap = f"{product.get_absolute_url()}roadmap/"
    page.goto(roadmap)
    page.get_by_role("link", name="Scenarios").click()
    page.get_by_label("Name").fill("Mobile first")
    page.get_by_label("What it asks").fill("What if the mobile team joins in Q3?")
    page.get_by_role("button", name="Make the scenario").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mobile first")
    expect(page.locator(".scn-n")).to_contain_text("nothing real changes")
    scenario = RoadmapScenario.objects.get(product=product)
    here = f"{roadmap}scenarios/{scenario.uuid}/"

    page.goto(f"{here}?year=2027&span=26&half=1&lanes=team", wait_until="networkidle")
    bar(page, item).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_have_text(
        "8 Mar 2027 to 18 Apr 2027. Enter saves, Escape takes back."
    )
    with page.expect_response(SENT):
        page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Moved: 8 Mar 2027 to 18 Apr 2027")
    expect(bar(page, item)).to_have_class(re.compile(r"\bo-moved\b"))
    expect(page.locator(".ghost")).to_have_count(1)
    expect(bar(page, item)).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    with page.expect_response(SENT):
        page.keyboard.press("Enter")
    expect(bar(page, item)).to_have_attribute("data-start", "2027-03-09")
    with page.expect_response(SENT):
        page.get_by_role("button", name="Undo").last.click()
    expect(bar(page, item)).to_have_attribute("data-start", "2027-03-08")
    assert days_of(item) == PLANNED

    page.get_by_role("link", name="Compare and apply").first.click()
    expect(page.locator(".scn-l")).to_contain_text("7 days later")
    page.get_by_label("Why", exact=True).fill("Mobile joins in Q3")
    page.get_by_role("button", name="Apply to the plan").click()
    expect(page.locator(".scn-n")).to_contain_text("because “Mobile joins in Q3”")
    assert days_of(item) == (date(2027, 3, 8), date(2027, 4, 18))
    assert (
        Event.objects.get(record_id=item.pk, verb="placement.moved").reason == "Mobile joins in Q3"
    )

    page.goto(f"{roadmap}?year=2027&span=26&half=1&lanes=team", wait_until="networkidle")
    expect(bar(page, item)).to_have_attribute("data-start", "2027-03-08")
    page.goto(f"{here}compare")
    page.get_by_role("button", name="Take it back").click()
    page.locator("#confirm").get_by_role("button", name="Take it back").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back for 1 item")
    assert days_of(item) == PLANNED
