"""The editor of Markdown: tools, keys, preview; all of it by keyboard too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.once]
AREA = "#main textarea[name=description]"


@pytest.fixture
def page(page_of, demo) -> Page:
    """The form of a new item, its description in focus."""
    shown = page_of("manager")
    shown.goto(f"{demo.get_absolute_url()}backlog/new", wait_until="networkidle")
    shown.evaluate("localStorage.clear()")
    shown.reload(wait_until="networkidle")
    expect(shown.get_by_role("toolbar", name="Description: formatting")).to_be_visible()
    shown.focus(AREA)
    return shown


def test_keys_make_bold_and_undo_takes_it_back(page):
    page.keyboard.type("so bold")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+b")
    expect(page.locator(AREA)).to_have_value("so **bold**")
    page.keyboard.press("Control+b")
    expect(page.locator(AREA)).to_have_value("so bold")
    page.keyboard.press("Control+z")
    expect(page.locator(AREA)).to_have_value("so **bold**")


def test_control_k_makes_a_link_and_opens_no_palette(page):
    page.keyboard.press("Control+k")
    expect(page.locator(AREA)).to_have_value("[text](https://)")
    expect(page.locator("#palette")).to_be_hidden()


def test_lists_and_checklists_go_on_and_end_with_an_empty_item(page):
    page.keyboard.type("- [x] one\ntwo\n\nplain\n3. a\nb")
    expect(page.locator(AREA)).to_have_value("- [x] one\n- [ ] two\nplain\n3. a\n4. b")


def test_tools_are_reached_by_arrows_and_tab_leaves_the_text(page):
    page.locator("[data-editor]").get_by_role("tab", name="Write").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Code")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(AREA)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(AREA)).not_to_be_focused()


def test_a_tool_marks_every_line_that_is_selected(page):
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Checklist").click()
    expect(page.locator(AREA)).to_have_value("- [ ] one\n- [ ] two")
    page.get_by_role("button", name="Checklist").click()
    expect(page.locator(AREA)).to_have_value("one\ntwo")


def test_the_preview_shows_what_a_reader_will_see(page):
    page.fill(
        AREA,
        "## Head\n\n- [ ] box\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<img src=x onerror=alert(1)>",
    )
    page.get_by_role("tab", name="Preview").click()
    shown = page.get_by_role("tabpanel", name="Preview")
    expect(shown.get_by_role("heading", name="Head")).to_be_visible()
    expect(shown.get_by_role("table")).to_be_visible()
    expect(shown.get_by_role("checkbox")).to_be_disabled()
    expect(shown.locator("img")).to_have_count(0)
    page.get_by_role("tab", name="Write").click()
    expect(page.locator(AREA)).to_be_visible()


def test_a_person_is_chosen_from_a_list_by_keys(page):
    page.keyboard.type("- ask @pri")
    area = page.get_by_role("combobox", name="Description")
    expect(area).to_have_attribute("aria-expanded", "true")
    shown = page.get_by_role("listbox", name="People").get_by_role("option")
    expect(shown).to_have_count(1)
    expect(area).to_have_attribute("aria-activedescendant", shown.first.get_attribute("id"))
    page.keyboard.press("Enter")
    expect(page.locator(AREA)).to_have_value("- ask @priya.raman ")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(AREA)).to_have_value("- ask @priya.raman \n- ")


def test_arrows_choose_a_record_and_escape_leaves_the_text(page):
    page.keyboard.type("see #")
    options = page.get_by_role("listbox", name="Records").get_by_role("option")
    expect(options).to_have_count(8)
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    key = options.nth(7).locator(".key").inner_text()
    page.keyboard.press("Tab")
    expect(page.locator(AREA)).to_have_value(f"see #{key} ")
    page.keyboard.type("and #1")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(page.locator(AREA)).to_be_focused()
    expect(page.locator(AREA)).to_have_value(f"see #{key} and #1")
    page.get_by_role("tab", name="Preview").click()
    expect(
        page.get_by_role("tabpanel", name="Preview").get_by_role("link", name=key)
    ).to_be_visible()
