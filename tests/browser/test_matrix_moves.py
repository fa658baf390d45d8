"""The matrix by mouse and by keyboard: a bubble that was moved sets its factors, can be put back, and never leaves its range."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from backlog.models import Assessment, ScoringModel
from backlog.services.assessments import assessment_set
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from plm.permissions import Role
from plm.selectors import actor_of
from tests.make import make_item
from tests.world import make_product, make_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.once]

CHART = "prioritize/matrix/?x=effort&y=impact"


@pytest.fixture(scope="module")
def bridge(site):
    """Two judged features: the second one's effort is a range."""
    workspace, people = make_workspace("bridge", nora=Role.CONTRIBUTOR, max=Role.MANAGER)
    product = make_product(workspace, "BRG", name="Bridge")
    scoring_models_ensure(product=product)
    model = ScoringModel.objects.select_related("product").get(product=product, method="rice")
    scoring_model_activate(actor=actor_of(people["max"]), model=model)
    nora = actor_of(people["nora"])
    spread = {"low": 3, "likely": 4, "high": 5}
    for title, effort, impact in (("Wider lanes", 2, 1), ("A toll gate", spread, 2)):
        item = make_item(nora, product, title)
        values = {"reach": 100, "impact": impact, "confidence": 1, "effort": effort}
        assessment_set(actor=nora, item=item, values=values)
    site.work()
    return product


def kept(reference: str) -> Assessment:
    return Assessment.objects.get(item__number=int(reference.rpartition("-")[2]), item__product__key="BRG", scoring_model__method="rice")  # fmt: skip


@pytest.fixture
def page(page_of, bridge) -> Page:
    opened = page_of("nora@example.com")
    opened.goto(f"{bridge.get_absolute_url()}{CHART}", wait_until="networkidle")
    return opened


def drag(page, reference, across, upward):
    """Take the bubble and let it go at these shares of the plot."""
    plot = page.locator(".mx-plot").bounding_box()
    circle = page.locator(f"#b-{reference} circle").bounding_box()
    page.mouse.move(circle["x"] + circle["width"] / 2, circle["y"] + circle["height"] / 2)
    page.mouse.down()
    page.mouse.move(circle["x"] + circle["width"] / 2 + 9, circle["y"] + 9, steps=3)
    page.mouse.move(plot["x"] + across * plot["width"], plot["y"] + (1 - upward) * plot["height"], steps=6)  # fmt: skip
    page.mouse.up()


def test_a_drag_sets_both_factors_on_their_scales_and_undo_puts_them_back(page, site):
    was = page.locator("#b-BRG-1").get_attribute("data-left")
    with page.expect_response(re.compile(r"BRG-1/assess$")) as answer:
        drag(page, "BRG-1", 0.71, 0.93)
    assert answer.value.ok
    toast = page.locator("#toasts .toast").filter(has_text="BRG-1 saved. Score 50 →")
    expect(toast).to_be_visible()
    assert kept("BRG-1").v2 == 3  # the nearest of the five impacts
    assert kept("BRG-1").v4 > 2
    expect(page.locator("#b-BRG-1")).not_to_have_attribute("data-left", was)
    with page.expect_response(re.compile(r"BRG-1/assess$")):
        toast.get_by_role("button", name="Undo").click()
    expect(page.locator("#b-BRG-1")).to_have_attribute("data-left", was)
    assert (kept("BRG-1").v2, kept("BRG-1").v4) == (1, 2)
    settled(page, site)


def settled(page: Page, site) -> None:
    """The job has run, and the chart shows it without being loaded again."""
    site.work()
    expect(page.locator(".mx:not([data-pending]) .mx-plot")).to_be_visible()


def test_arrow_keys_move_a_step_enter_saves_and_escape_puts_back(page, site):
    live = page.locator("#live")
    page.locator("#b-BRG-2").focus()
    page.keyboard.press("ArrowUp")
    expect(live).to_contain_text("Impact Massive. Enter saves, Escape puts back.")
    page.keyboard.press("Escape")
    expect(live).to_have_text("Put back.")
    assert kept("BRG-2").v2 == 2
    page.keyboard.press("ArrowUp")
    with page.expect_response(re.compile(r"BRG-2/assess$")):
        page.keyboard.press("Enter")
    expect(live).to_contain_text("BRG-2 saved. Score 50 → 75")
    expect(page.locator("#b-BRG-2")).to_be_focused()
    assert kept("BRG-2").v2 == 3
    page.keyboard.press("k")
    expect(page.locator("#b-BRG-1")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/bridge/BRG-1")
    site.work()


def test_the_likely_value_moves_inside_its_range_and_is_refused_outside(page, site):
    span = kept("BRG-2").inputs["effort"]
    was = page.locator("#b-BRG-2").get_attribute("data-left")
    page.locator("#b-BRG-2").focus()
    page.keyboard.press("ArrowRight")
    with page.expect_response(re.compile(r"BRG-2/assess$")) as answer:
        page.keyboard.press("Enter")
    assert answer.value.ok
    now = kept("BRG-2")
    assert 4 < now.v4 <= 5
    assert (now.inputs["effort"]["low"], now.inputs["effort"]["high"]) == (span["low"], span["high"])  # fmt: skip
    expect(page.locator("#b-BRG-2")).not_to_have_attribute("data-left", was)  # Drawn anew.
    expect(page.locator("#b-BRG-2")).to_be_focused()
    settled(page, site)
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)  # fmt: skip
    drag(page, "BRG-2", 0.1, 0.6)
    bad = page.locator("#toasts .toast.bad")
    expect(bad).to_contain_text("is a range, 3 to 5")
    assert not sent
    assert kept("BRG-2").v4 == now.v4
    bad.get_by_role("button", name="Change the range").click()
    page.wait_for_url("**/bridge/BRG-2/assess?next=*")
    site.work()


def test_a_computed_axis_says_that_it_does_not_move(page, bridge):
    page.goto(f"{bridge.get_absolute_url()}prioritize/matrix/", wait_until="networkidle")
    page.locator("#b-BRG-1").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#live")).to_contain_text("Value is computed: score × effort")
    expect(page.locator("#main")).to_contain_text("so bubbles do not move along value")


def test_without_scripts_bubbles_are_links_and_the_table_edits(page_of, bridge):
    page = page_of("nora@example.com", java_script_enabled=False)
    page.goto(f"{bridge.get_absolute_url()}{CHART}")
    page.get_by_label("Edit the factors of BRG-1").click()
    page.fill("#main [name=reach]", "200")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url("**/prioritize/matrix/?x=effort&y=impact")
    assert kept("BRG-1").v1 == 200
