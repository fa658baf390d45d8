"""The word-level diff."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backlog.textdiff import ADDED, EQUAL, REMOVED, Piece, diff, document_diff

TEXTS = st.text(alphabet="ab \n.", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_without_one_side_are_the_other_text(old, new):
    pieces = diff(old, new)
    assert "".join(p.text for p in pieces if p.kind != ADDED) == old
    assert "".join(p.text for p in pieces if p.kind != REMOVED) == new


def test_one_word_changed_is_one_word_shown():
    assert diff("pay it now", "pay it later") == [
        Piece(EQUAL, "pay it "),
        Piece(REMOVED, "now"),
        Piece(ADDED, "later"),
    ]


def test_a_long_text_rewritten_whole_is_shown_whole():
    old, new = "a " * 5000, "b " * 5000
    assert diff(old, new) == [Piece(REMOVED, old), Piece(ADDED, new)]


def test_only_fields_that_differ_are_listed_and_requirements_read_as_lines():
    row = {"text": "Pay", "moscow": "must", "acceptance": [{"text": "Sum"}]}
    old = {"goals": ["x"], "requirements": []}
    new = {"goals": ["x"], "requirements": [row]}
    found = document_diff(old, new, ("goals", "requirements"))
    assert [f.name for f in found] == ["requirements"]
    assert found[0].pieces == (Piece(ADDED, "Must: Pay\n  - Sum\n"),)
