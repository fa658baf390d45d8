"""The timeline by mouse, by finger and by keyboard: moved, stretched, taken back, sent, followed, and moved by two."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from plm.permissions import Role
from plm.selectors import actor_of
from plm.services.notes import relation_add
from roadmap.models import Placement
from roadmap.services.placements import placement_dates_set
from tests.make import make_item, make_placement
from tests.world import make_product, make_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# The clocks of Berlin go forward on 28 March 2027: a bar that is moved over that night keeps its days.
PLANNED = {"Login": (date(2027, 3, 1), date(2027, 4, 11)), "Search": (date(2027, 4, 12), date(2027, 5, 9))}  # fmt: skip
SENT = re.compile(r"/place/dates$")


@pytest.fixture
def plan(site, request):
    """Two items, the second waits for the first."""
    slug = f"t{abs(hash(request.node.name)) % 10**8}"
    workspace, people = make_workspace(slug, **{f"max{slug}": Role.MANAGER})
    (person,) = people.values()
    product = make_product(workspace, "TML", name="Timeline")
    actor, items = actor_of(person), []
    for title, (start, end) in PLANNED.items():
        item = make_item(actor, product, title)
        make_placement(actor, item, starts_on=start, ends_on=end)
        items.append(item)
    relation_add(actor=actor, source=items[0], target=items[1], type="blocks")
    return product, person, actor, items


@pytest.fixture
def page(page_of, plan) -> Page:
    product, person, _, _ = plan
    opened = page_of(person.email, timezone_id="Europe/Berlin")
    opened.goto(f"{product.get_absolute_url()}roadmap/?year=2027&span=26&half=1&lanes=team", wait_until="networkidle")  # fmt: skip
    return opened


def days_of(item):
    place = Placement.objects.get(item=item)
    return place.starts_on, place.ends_on


def weeks(days, start, end):
    return days[0] + timedelta(weeks=start), days[1] + timedelta(weeks=end)


def bar(page, item):
    return page.locator(f'[data-ref="{item.reference}"]')


def test_keys_say_where_it_is_send_with_enter_and_take_back_with_escape(page, plan):
    _, _, _, (login, _) = plan
    live, sent = page.locator("#live"), []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)  # fmt: skip
    bar(page, login).focus()
    page.keyboard.press("ArrowLeft")
    expect(live).to_have_text("22 Feb 2027 to 4 Apr 2027. Enter saves, Escape takes back.")
    page.keyboard.press("Escape")
    expect(live).to_have_text("Taken back, nothing was sent")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(live).to_have_text("Nothing was moved")
    assert not sent
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    expect(live).to_contain_text("21 Feb 2027 to 27 Mar 2027")
    with page.expect_response(SENT):
        page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Moved: 21 Feb 2027 to 27 Mar 2027")
    assert days_of(login) == (date(2027, 2, 21), date(2027, 3, 27))
    expect(bar(page, login)).to_have_attribute("data-start", "2027-02-21")
    with page.expect_response(SENT):
        page.get_by_role("button", name="Undo").click()
    expect(bar(page, login)).to_have_attribute("data-start", "2027-03-01")
    assert days_of(login) == PLANNED["Login"]


def drag(page, item, columns, grip=None):
    """Take the bar at the share `grip` of its width (None: at its right edge) and let it go some weeks further."""
    box = bar(page, item).bounding_box()
    week = page.locator(".lane .grid-bg").last.bounding_box()["width"] / 26
    x = box["x"] + (box["width"] - 4 if grip is None else grip * box["width"])
    page.mouse.move(x, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(x + columns * week / 2, box["y"] + 14, steps=4)
    page.mouse.move(x + columns * week, box["y"] + 14, steps=4)
    page.mouse.up()


def test_a_drag_that_pushes_others_offers_to_move_them_and_takes_that_back(page, plan):
    _, _, _, (login, search) = plan
    with page.expect_response(SENT):
        drag(page, login, 2, grip=0.5)
    follow = page.get_by_role("button", name="Move the item that follows by 14 days")
    expect(follow).to_be_visible()
    assert days_of(login) == weeks(PLANNED["Login"], 2, 2)
    expect(page.locator("#clash-h")).to_have_text("1 dependency in conflict")
    follow.click()
    expect(page.get_by_role("heading", name="What would move")).to_be_visible()
    assert days_of(search) == PLANNED["Search"]
    page.get_by_role("button", name="Move 1 item").click()
    expect(page.locator("#toasts")).to_contain_text("1 item moved later, by 14 days.")
    assert days_of(search) == weeks(PLANNED["Search"], 2, 2)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back for 1 item.")
    assert days_of(search) == PLANNED["Search"]


def test_an_edge_stretches_and_a_drag_onto_itself_sends_nothing(page, plan):
    _, _, _, (login, _) = plan
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)  # fmt: skip
    drag(page, login, 0.4, grip=0.5)
    expect(page.locator("#live")).to_have_text("Nothing was moved")
    page.wait_for_timeout(300)
    assert not sent
    with page.expect_response(SENT):
        drag(page, login, -2)
    assert days_of(login) == weeks(PLANNED["Login"], 0, -2)


def test_two_people_at_one_bar_both_see_both_dates(page, plan):
    _, _, actor, (login, _) = plan
    start, end = weeks(PLANNED["Login"], -4, -4)
    placement_dates_set(actor=actor, item=login, starts_on=start, ends_on=end)
    with page.expect_response(SENT) as answer:
        drag(page, login, 1, grip=0.5)
    assert answer.value.status == 409
    told = page.locator("#toasts .toast.bad")
    expect(told).to_contain_text("changed it meanwhile: 1 Feb 2027 to 14 Mar 2027. Yours was 8 Mar 2027 to 18 Apr 2027.")  # fmt: skip
    assert days_of(login) == (start, end)
    expect(bar(page, login)).to_have_attribute("title", re.compile("1 Feb 2027"))
    with page.expect_response(SENT):
        drag(page, login, 1, grip=0.5)
    assert days_of(login) == weeks((start, end), 1, 1)


def test_a_finger_holds_and_moves(page_of, plan):
    product, person, _, (login, _) = plan
    page = page_of(person.email, has_touch=True, timezone_id="Europe/Berlin")
    page.goto(f"{product.get_absolute_url()}roadmap/?year=2027&span=26&half=1&lanes=team", wait_until="networkidle")  # fmt: skip
    box = bar(page, login).bounding_box()
    week = page.locator(".lane .grid-bg").last.bounding_box()["width"] / 26
    x, y = box["x"] + 40, box["y"] + 12
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *points):
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})  # fmt: skip

    touch("touchStart", (x, y))
    page.wait_for_timeout(500)
    for step in range(1, 7):
        touch("touchMove", (x - step * week / 3, y))
    with page.expect_response(SENT):
        touch("touchEnd")
    assert days_of(login) == weeks(PLANNED["Login"], -2, -2)


def test_after_a_move_a_line_asks_why_and_what_is_said_stands_in_the_history(page, plan):
    *_, items = plan
    held = bar(page, items[1])
    held.focus()
    page.keyboard.press("ArrowRight")
    with page.expect_response(SENT):
        page.keyboard.press("Enter")
    why = page.locator("#toasts").get_by_label("Why")
    why.fill("The partner needs one more week")
    with page.expect_response(re.compile(r"/why$")) as answered:
        why.press("Enter")
    assert answered.value.status == 204
    expect(page.locator("#toasts")).to_contain_text("The reason is noted")
    page.goto(f"{items[1].get_absolute_url()}/history")
    expect(page.locator("main")).to_contain_text("The partner needs one more week")
