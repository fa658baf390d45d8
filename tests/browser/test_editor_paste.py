"""Pasting into the editor of Markdown: images, texts of word processors, far too much."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.once]
AREA = "#main textarea[name=description]"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PASTE = """([html, text, files]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  if (text) data.setData("text/plain", text);
  for (const [name, type, bytes] of files || [])
    data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
  const area = document.querySelector("#main textarea[name=description]");
  area.focus();
  const before = performance.now();
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  area.dispatchEvent(event);
  return [event.defaultPrevented, performance.now() - before];
}"""
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {color: red}</style>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]--></head><body lang=EN>
<!--StartFragment--><h1>Plan<o:p></o:p></h1>
<p class=MsoNormal>So <b>bold</b>, <i>italic</i> and <a href="https://a.example/x">a link</a>.<o:p></o:p></p>
<p class=MsoListParagraph style='text-indent:-18pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span><![endif]>first</p>
<p class=MsoListParagraph style='text-indent:-18pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]>below</p>
<table><tr><td><p>A</p></td><td><p>B | C</p></td></tr><tr><td>1</td><td>2</td></tr></table>
<ol><li>one<ul><li>inner</li></ul></li><li>two</li></ol>
<script>window.ran = true</script><img src=x onerror="window.ran = true"><!--EndFragment--></body></html>"""
MARKDOWN = (
    "# Plan\n\nSo **bold**, _italic_ and [a link](https://a.example/x).\n\n- first\n   1. below\n\n"
    "| A | B \\| C |\n| --- | --- |\n| 1 | 2 |\n\n1. one\n   - inner\n2. two"
)


def opened(page_of, address) -> Page:
    shown = page_of("manager")
    shown.goto(address, wait_until="networkidle")
    shown.evaluate("localStorage.clear()")
    shown.reload(wait_until="networkidle")
    shown.fill(AREA, "")
    shown.focus(AREA)
    return shown


@pytest.fixture
def page(page_of, demo) -> Page:
    return opened(page_of, f"{demo.get_absolute_url()}backlog/new")


@pytest.fixture
def edited(page_of, demo) -> Page:
    """The form of an item that is there."""
    shown = page_of("manager")
    shown.goto(f"{demo.get_absolute_url()}backlog/", wait_until="networkidle")
    address = shown.locator("#main table a[href]").filter(visible=True).evaluate_all(
        "links => links.map(a => a.getAttribute('href')).find(h => /-\\d+$/.test(h))"
    )  # fmt: skip
    return opened(page_of, f"{address}/edit")


def test_a_text_of_a_word_processor_becomes_markdown(page):
    stopped, _ = page.evaluate(PASTE, [WORD, "Plan", []])
    assert stopped
    expect(page.locator(AREA)).to_have_value(MARKDOWN)
    assert not page.evaluate("window.ran")
    page.keyboard.press("Control+z")
    expect(page.locator(AREA)).to_have_value("")


def test_plain_text_and_shift_leave_it_to_the_browser(page):
    assert page.evaluate(PASTE, ["", "*plain*", []])[0] is False
    page.keyboard.down("Shift")
    assert page.evaluate(PASTE, [WORD, "Plan", []])[0] is False
    page.keyboard.up("Shift")
    assert page.evaluate(PASTE, [WORD, "Plan", []])[0] is True


def test_an_image_is_uploaded_and_shown_to_readers(edited):
    image = base64.b64encode(PIXEL).decode()
    edited.evaluate(PASTE, ["", "", [["shot.png", "image/png", image]]])
    status = edited.locator(
        "[data-editor]", has=edited.locator("textarea[name=description]")
    ).locator(".mde-s")
    expect(status).to_have_text("shot.png is in.")
    value = edited.locator(AREA).input_value()
    assert value.startswith("![shot](/demo/")
    edited.get_by_role("tab", name="Preview").first.click()
    shown = edited.get_by_role("tabpanel").locator("img").first
    expect(shown).to_have_attribute("alt", "shot")
    expect(shown).to_have_js_property("naturalWidth", 1)


def test_what_is_no_image_is_said_in_place_and_leaves_no_trace(edited):
    fake = base64.b64encode(b"<svg><script/></svg>").decode()
    status = edited.locator(
        "[data-editor]", has=edited.locator("textarea[name=description]")
    ).locator(".mde-s")
    edited.evaluate(PASTE, ["", "", [["x.svg", "image/svg+xml", fake]]])
    expect(status).to_contain_text("Use PNG, JPEG, GIF or WebP")
    edited.evaluate(PASTE, ["", "", [["x.png", "image/png", fake]]])
    expect(status).to_contain_text("This is no image that can be shown")
    expect(edited.locator(AREA)).to_have_value("")


def test_a_record_that_is_not_there_yet_says_when_images_come(page):
    image = base64.b64encode(PIXEL).decode()
    page.evaluate(PASTE, ["", "", [["shot.png", "image/png", image]]])
    expect(page.get_by_text("Images come after the first save")).to_be_visible()


def test_two_megabytes_of_formatted_text_do_not_freeze_and_are_not_lost(page):
    html = "<p>Some <b>bold</b> words and <a href='https://a.example'>more</a> of them.</p>"
    html *= 2_000_000 // len(html)
    stopped, took = page.evaluate(PASTE, [html, "plain " * 200_000, []])
    assert stopped
    print(f"2 MB of HTML: {took:.0f} ms")
    expect(page.get_by_text("at most 100,000 fit here")).to_be_visible()
    length = len(page.locator(AREA).input_value())
    assert length > 1_000_000
    page.fill("#main input[name=title]", "Long")
    page.get_by_role("button", name="Create").click()
    expect(page.locator(AREA)).to_be_focused()
    assert len(page.locator(AREA).input_value()) == length
