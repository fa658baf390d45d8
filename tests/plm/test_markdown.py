"""What Markdown becomes on a page."""

from __future__ import annotations

import pytest

from plm.markdown import render

TODO = '<input type="checkbox" disabled="" aria-label="To do">'


def test_a_checklist_shows_boxes_that_nobody_can_click():
    made = render("- [ ] write\n- [x] read\n- plain")
    assert TODO in made
    assert made.count("disabled") == 2
    assert made.count("checked") == 1
    assert "<li>plain</li>" in made


def test_boxes_stand_in_numbered_and_in_spaced_lists():
    assert render("1. [ ] one\n\n   more\n\n2. [X] two").count("<input") == 2


@pytest.mark.parametrize(
    "text", ["[ ] no list", "- [] x", "- [ ](/a)", "- `[ ] code`", "- a [ ] b"]
)
def test_what_is_no_checklist_stays_text(text):
    assert "<input" not in render(text)


def test_nobody_writes_a_control_of_their_own():
    made = render('<input type="text" autofocus>\n\n- [ ] <input name="x">')
    assert made.count("<input") == 1
