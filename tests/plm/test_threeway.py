"""Merging two texts against what both began with: nothing is taken twice, nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plm.threeway import (
    BOTH,
    MINE,
    THEIRS,
    Part,
    align,
    joined,
    merge,
    merge_sets,
    put_together,
)

texts = st.text(alphabet="ab 1.\n", max_size=40)
"""Few letters, so that the three have something in common."""
picks = st.dictionaries(st.integers(0, 20), st.sampled_from((MINE, THEIRS, BOTH)))


def settled(parts: list[Part]) -> str:
    assert all(part.settled is not None for part in parts)
    return put_together(parts, {})


@given(texts, texts)
def test_a_side_that_changed_nothing_gives_way(base, text):
    assert settled(merge(base, text, base)) == text
    assert settled(merge(base, base, text)) == text


@given(texts, texts)
def test_equal_sides_are_the_result(base, text):
    assert settled(merge(base, text, text)) == text
    assert settled(merge(None, text, text)) == text


@given(texts, texts, texts)
def test_the_parts_are_all_three_texts(base, mine, theirs):
    parts = merge(base, mine, theirs)
    assert "".join(part.base or "" for part in parts) == base
    assert "".join(part.mine for part in parts) == mine
    assert "".join(part.theirs for part in parts) == theirs


@given(texts, texts)
def test_without_the_base_either_side_can_be_had_again(mine, theirs):
    parts = merge(None, mine, theirs)
    every = range(len(parts))
    assert put_together(parts, dict.fromkeys(every, MINE)) == mine
    assert put_together(parts, dict.fromkeys(every, THEIRS)) == theirs


@given(texts, texts, texts, picks)
def test_what_was_picked_stands_and_without_a_pick_nothing_is_lost(base, mine, theirs, given_picks):
    parts = merge(base, mine, theirs)
    clashes = [part for part in parts if part.settled is None]
    for place, part in enumerate(clashes):
        pick = given_picks.get(place, BOTH)
        words = part.picked(pick)
        assert words in put_together(parts, given_picks)
        assert pick == THEIRS or part.mine in words
        assert pick == MINE or part.theirs in words


@given(texts, texts, texts)
def test_the_sides_may_change_places(base, mine, theirs):
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert [(p.base, p.mine, p.theirs) for p in one] == [(p.base, p.theirs, p.mine) for p in other]


LINES = "Login\n\nThe page answers in 2 seconds.\n\nLogout\n"


def test_changes_in_different_paragraphs_fit_together():
    mine = LINES.replace("Login", "Sign in")
    theirs = LINES.replace("Logout", "Sign out")
    assert settled(merge(LINES, mine, theirs)) == mine.replace("Logout", "Sign out")


def test_changes_of_one_line_fit_together_where_words_stand_between():
    base = "The page answers in 2 seconds for all users."
    mine = base.replace("all users", "members")
    theirs = base.replace("The page", "Every page")
    assert settled(merge(base, mine, theirs)) == "Every page answers in 2 seconds for members."


@pytest.mark.parametrize(
    ("mine", "theirs"), [("in 3 seconds", "in 10 seconds"), ("in 3 seconds", "in 2 minutes")]
)
def test_the_same_words_and_their_neighbours_are_for_a_person_to_decide(mine, theirs):
    parts = merge("It answers in 2 seconds, always, everywhere.",
                  f"It answers {mine}, always, everywhere.", f"It answers {theirs}, always, everywhere.")  # fmt: skip
    assert sum(1 for part in parts if part.settled is None) == 1
    assert put_together(parts, {0: THEIRS}) == f"It answers {theirs}, always, everywhere."


def test_a_line_taken_out_here_and_changed_there_is_for_a_person_to_decide():
    parts = merge("a\nb\nc\n", "a\nc\n", "a\nbb\nc\n")
    assert [(p.mine, p.theirs) for p in parts if p.settled is None] == [("", "bb\n")]


def test_both_texts_do_not_run_together():
    assert joined("3", "10") == "3 10"
    assert joined("a\nb", "c") == "a\nb\nc"
    assert joined("a ", "b") == "a b"


names = st.lists(st.sampled_from("abcdef"), unique=True)


@given(names, names, names)
def test_a_list_has_what_both_kept_and_what_either_added(base, mine, theirs):
    found = merge_sets(base, mine, theirs)
    assert set(found) == (set(base) & set(mine) & set(theirs)) | (set(mine) - set(base)) | (
        set(theirs) - set(base)
    )
    assert merge_sets(base, mine, base) == mine


rows = st.lists(st.text(alphabet="ab ", max_size=6), max_size=6)


@given(rows, rows)
def test_rows_side_by_side_are_each_there_once_and_in_order(one, other):
    pairs = align(one, other)
    assert [at for at, _ in pairs if at is not None] == list(range(len(one)))
    assert [to for _, to in pairs if to is not None] == list(range(len(other)))


def test_a_row_that_was_changed_stands_beside_what_it_was():
    one = ["a user signs in", "a user signs out"]
    other = ["an export is made", "a user signs in quickly", "a user signs out"]
    assert align(one, other) == [(None, 0), (0, 1), (1, 2)]
