"""What the scripts add, by keyboard and mouse; and that nothing is lost where scripts do not run."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from backlog.models import BacklogItem
from backlog.models.sprint import WipLimit
from backlog.services.items import item_create
from ideas.models import Idea
from plm.models import User
from plm.selectors import actor_of
from roadmap.models import Placement
from tests.browser.conftest import CAST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.once]


@pytest.fixture
def page(page_of) -> Page:
    return page_of("manager")


@pytest.fixture
def home(demo) -> str:
    return demo.get_absolute_url()


@pytest.fixture
def story(demo):
    """`story(title)` is a new story in the first column of the board."""
    actor = actor_of(User.objects.get(email=CAST["manager"]))

    def made(title: str) -> BacklogItem:
        return item_create(actor=actor, product=demo, values={"title": title, "type": "story"})

    return made


def drag(page: Page, what, to_x: float, to_y: float) -> None:
    """As a hand does it: press, move in steps, let go."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 12, box["y"] + box["height"] / 2 + 4, steps=3)
    page.mouse.move(to_x, to_y, steps=8)
    page.mouse.up()


def column_middle(page: Page, column) -> tuple[float, float]:
    box = column.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + 70


def test_the_palette_opens_by_keyboard_finds_a_record_and_goes_there(page, home, story):
    item = story("Harpsichord tuning calendar")
    page.goto(home, wait_until="networkidle")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("harpsichord")
    option = page.locator("#palette [role=option]").filter(has_text="Harpsichord")
    expect(option.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{item.get_absolute_url()}")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_keys_walk_the_rows_select_one_and_begin_a_new_record(page, home):
    page.goto(f"{home}ideas/", wait_until="networkidle")
    rows = page.locator("#rows > tr")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class(re.compile(r"\bcur\b"))
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("x")
    expect(rows.nth(0).locator("[data-pick]")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/[A-Z]+-\d+$"))
    page.goto(f"{home}ideas/", wait_until="networkidle")
    page.keyboard.press("c")
    page.wait_for_url("**/ideas/new")


def test_what_was_typed_survives_a_reload_and_goes_once_it_is_saved(page, home):
    page.goto(f"{home}ideas/new", wait_until="networkidle")
    with page.expect_response("**/ideas/similar*"):
        page.fill("#main [name=title]", "Half a thought")
    page.wait_for_function(
        "() => Object.keys(localStorage).some((key) => key.startsWith('draft:'))"
    )
    page.reload()
    expect(page.locator("#main [name=title]")).to_have_value("Half a thought")
    page.get_by_role("button", name="Create idea").click()
    page.wait_for_url(re.compile(r"/[A-Z]+-\d+$"))
    page.goto(f"{home}ideas/new", wait_until="networkidle")
    expect(page.locator("#main [name=title]")).to_have_value("")


def test_a_card_is_dragged_to_another_column_and_stays_there(page, home, story):
    item = story("Dragged by hand")
    page.goto(f"{home}delivery/board?q=Dragged+by+hand", wait_until="networkidle")
    card = page.locator(f"[data-card='{item.reference}']")
    with page.expect_response(re.compile("/board/move$")) as answer:
        drag(page, card, *column_middle(page, page.locator("[data-col=in_progress]")))
    assert answer.value.ok
    expect(page.locator("[data-col=in_progress]")).to_contain_text("Dragged by hand")
    page.reload()
    expect(page.locator("[data-col=in_progress]")).to_contain_text("Dragged by hand")


def test_a_dragged_card_goes_back_by_undo(page, home, story):
    item = story("Dragged by mistake")
    page.goto(f"{home}delivery/board?q=Dragged+by+mistake", wait_until="networkidle")
    with page.expect_response(re.compile("/board/move$")):
        drag(
            page,
            page.locator(f"[data-card='{item.reference}']"),
            *column_middle(page, page.locator("[data-col=in_progress]")),
        )
    with page.expect_response(re.compile("/board/move$")) as answer:
        page.get_by_role("button", name="Undo").click()
    assert answer.value.ok
    expect(page.locator("[data-col=in_progress]")).not_to_contain_text("Dragged by mistake")
    before, item.state = item.state, ""
    item.refresh_from_db()
    assert item.state == before


def test_a_refused_move_puts_the_card_back_and_says_why(page, home, story, demo):
    item = story("Refused at the door")
    standing = BacklogItem.objects.filter(product=demo, state="in_review").count()
    if not standing:
        BacklogItem.objects.filter(pk=story("Already there").pk).update(state="in_review")
    WipLimit.objects.update_or_create(
        product=demo,
        state="in_review",
        defaults={"workspace_id": demo.workspace_id, "limit": max(1, standing), "hard": True},
    )
    page.goto(f"{home}delivery/board?q=Refused+at", wait_until="networkidle")
    home_column = page.locator(f".cards:has([data-card='{item.reference}'])").get_attribute(
        "data-col"
    )
    with page.expect_response(re.compile("/board/move$")) as answer:
        drag(
            page,
            page.locator(f"[data-card='{item.reference}']"),
            *column_middle(page, page.locator("[data-col=in_review]")),
        )
    assert not answer.value.ok
    expect(page.locator("#toasts .toast.bad")).to_be_visible()
    expect(page.locator(f"[data-col='{home_column}']")).to_contain_text("Refused at the door")
    item.refresh_from_db()
    assert item.state == home_column


def test_a_bar_of_the_roadmap_moves_by_mouse_in_weeks(page, home, demo):
    page.goto(f"{home}roadmap/", wait_until="networkidle")
    bar = page.locator(".rb[data-move-url]:not(.out)").first
    before = (bar.get_attribute("data-start"), bar.get_attribute("data-end"))
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    with page.expect_response(re.compile("/place/dates$")) as answer:
        drag(page, bar, box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)
    assert answer.value.ok
    expect(bar).not_to_have_attribute("data-start", before[0])
    where = bar.get_attribute("href")
    place = Placement.objects.get(item__number=int(where.rpartition("-")[2]), item__product=demo)
    assert place.starts_on.isoformat() == bar.get_attribute("data-start")
    assert place.ends_on.isoformat() == bar.get_attribute("data-end") > before[1]
    with page.expect_response(re.compile("/place/dates$")) as answer:
        page.get_by_role("button", name="Undo").click()
    assert answer.value.ok
    place.refresh_from_db()
    assert (place.starts_on.isoformat(), place.ends_on.isoformat()) == before


def test_the_theme_is_changed_and_remembered(page, home):
    page.goto(home, wait_until="networkidle")
    page.get_by_role("button", name="Change theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Change theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_stakeholder_sees_the_board_and_can_move_nothing(page_of, home):
    page = page_of("stakeholder")
    page.goto(f"{home}delivery/board", wait_until="networkidle")
    expect(page.locator(".board")).to_be_visible()
    expect(page.locator("[data-move-url]")).to_have_count(0)


def test_without_scripts_an_idea_is_written_voted_for_moved_and_found(page_of, home, demo):
    page = page_of("manager", java_script_enabled=False)
    page.goto(f"{home}ideas/new")
    page.get_by_role("button", name="Create idea").click()
    page.fill("#main [name=title]", "Written without scripts")
    page.get_by_role("button", name="Create idea").click()
    idea = Idea.objects.get(product=demo, title="Written without scripts")
    page.wait_for_url(f"**{idea.get_absolute_url()}")
    page.get_by_role("button", name="Vote for").click()
    expect(page.locator(".vote b")).to_have_text("1")
    page.locator("summary").filter(has_text="Move").click()
    page.get_by_role("button", name="Under review").click()
    page.fill("#main [name=body]", "Said without scripts")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#comments")).to_contain_text("Said without scripts")
    page.goto(f"{demo.workspace.get_absolute_url()}search?q=without+scripts")
    expect(page.locator("#main")).to_contain_text("Written without scripts")
    idea.refresh_from_db()
    assert (idea.state, idea.votes_count) == ("under_review", 1)


def test_without_scripts_a_customer_reads_the_portal_and_signs_in(page_of, demo):
    page = page_of("nobody", java_script_enabled=False)
    page.goto(f"/portal/{demo.workspace.slug}/{demo.key.lower()}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Sign in with a password").click()
    page.fill("[name=login]", CAST["manager"])
    page.fill("[name=password]", "explore-tarn")
    page.get_by_role("button", name="Sign in").click()
    page.goto(demo.get_absolute_url())
    expect(page.locator("main")).to_contain_text("Maren")
