"""Where an excerpt stands in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback.excerpts import first_line, locate, pieces, plain_lines

TEXT = "It is slow. Really slow on Mondays.\nStill, we love it."


def test_exact_words_are_found_where_the_reader_saw_them():
    assert locate(TEXT, "slow") == (6, 10)
    assert locate(TEXT, "slow", near=20) == (19, 23)


def test_spaces_line_ends_and_case_may_differ_when_nothing_matches_exactly():
    assert locate(TEXT, "mondays. still,") == (27, 42)
    assert locate(TEXT, "fast") is None
    assert locate(TEXT, "  \n ") is None


def test_characters_are_counted_not_bytes():
    text = "Größe 👩‍⚕️: zu klein"
    start, end = locate(text, "zu klein")
    assert text[start:end] == "zu klein"


def test_pieces_mark_overlapping_excerpts():
    found = pieces("abcdef", [(1, 4, "x"), (3, 5, "y")])
    assert [(p.text, p.keys) for p in found] == [
        ("a", ()), ("bc", ("x",)), ("d", ("x", "y")), ("e", ("y",)), ("f", ()),
    ]  # fmt: skip
    assert pieces("", []) == []


@given(
    st.text(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=6)
)
def test_the_pieces_together_are_the_text(text, spans):
    found = pieces(text, [(a, b, str(n)) for n, (a, b) in enumerate(spans)])
    assert "".join(piece.text for piece in found) == text


@given(st.text(min_size=1, max_size=80), st.data())
def test_what_is_cut_out_of_a_text_is_found_in_it(text, data):
    text = plain_lines(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    spot = locate(text, text[start:end], start)
    if text[start:end].strip():
        assert text[spot[0] : spot[1]] == text[start:end].strip()


def test_a_title_is_the_first_line_cut_at_a_word():
    assert first_line("\n\n  Hello   there \nmore") == "Hello there"
    assert first_line("word " * 40) == "word " * 15 + "word…"
    assert first_line("   ") == ""
