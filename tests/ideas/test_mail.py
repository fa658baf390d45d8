"""Mails are read as they come: encoded, nested, broken, with quotes and signatures, from people and machines."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideas import mail
from tests.ideas import mails


def test_a_plain_mail_is_what_it_says_even_where_it_says_thanks():
    read = mail.read(mails.PLAIN)
    assert (read.name, read.sender) == ("Ana Ruiz", "ana.ruiz@nordwind.example")
    assert read.subject == "Split payments"
    assert read.message_id == "<one@nordwind.example>"
    assert read.recipients == ("ideas+token@example.com",)
    assert read.text.startswith("We would like to pay in two parts.")
    assert "- one on arrival" in read.text
    assert read.text.endswith("of our guests.")
    assert (read.files, read.automatic) == ([], "")


def test_encoded_headers_quoted_printable_and_german_quotes_are_read():
    read = mail.read(mails.ENCODED)
    assert read.name == "Jürgen Müller"
    assert read.subject == "Größere Schrift für Ältere"
    assert read.text == "Bitte größer, der Gast sagt “zu klein”.\nMit weichem Zeilenumbruch."
    assert "Was fehlt Ihnen?" in read.whole


def test_the_plain_half_is_taken_and_files_and_nested_mails_are_kept():
    read = mail.read(mails.ALTERNATIVE)
    assert read.text == "A calendar of all rooms."
    assert [f.name for f in read.files] == ["Pläne 2026.png", "The older mail.eml"]
    assert read.files[0].content == b"\x89PNG picture"
    assert b"I want it too." in read.files[1].content


def test_html_becomes_text_without_scripts_and_without_what_is_quoted():
    read = mail.read(mails.HTML_ONLY)
    assert read.text == (
        "Please add a dark mode.\nAt night it is too bright.\n\n- phone\n- desk\n\n<script> stays a word."
    )
    for gone in ("alert", "color", "onerror", "Tell us"):
        assert gone not in read.text


def test_a_broken_charset_is_replaced_and_nothing_is_lost():
    read = mail.read(mails.BROKEN_CHARSET)
    assert "Broken" in read.subject
    assert read.text == "Grüße ÿþ and a  between"
    assert read.text.encode()


def test_outlook_and_its_signature_are_cut_off():
    assert mail.read(mails.OUTLOOK).text == "Wir brauchen einen Export nach DATEV."


def test_answers_between_quotes_keep_the_questions():
    text = mail.read(mails.INLINE).text
    assert text == "> How many rooms?\nTwelve.\n\n> Which months?\nMay to October."


def test_a_forwarded_mail_is_what_its_sender_wants_to_say():
    text = mail.read(mails.FORWARDED).text
    assert text.startswith("See below.")
    assert "I wish for late checkout." in text


def test_where_nothing_would_be_left_all_of_it_stays():
    for body in ("> only a quote", "On Monday, you wrote:\n> x", "--\nAna"):
        assert mail.own_words(body) == body.strip()


@pytest.mark.parametrize("why", mails.AUTOMATIC)
def test_what_a_machine_sent_says_why(why):
    assert why in mail.read(mails.AUTOMATIC[why]).automatic


@pytest.mark.parametrize(
    "body",
    ["On " * 100_000, "Am a\n" * 50_000, ">" * 300_000, "From: x\n" * 30_000, "--\n" * 100_000, "<div>" * 60_000],
)  # fmt: skip
def test_a_hostile_text_is_read_in_a_moment(body):
    began = time.perf_counter()
    mail.own_words(body)
    mail.text_of_html(body)
    assert time.perf_counter() - began < 5


def test_a_mail_nested_without_end_is_read():
    body = b"Content-Type: text/plain\n\nDeep"
    for n in range(200):
        edge = f"b{n}".encode()
        body = b'Content-Type: multipart/mixed; boundary="%b"\n\n--%b\n%b\n--%b--\n' % (edge, edge, body, edge)  # fmt: skip
    read = mail.read(b"From: a@b.example\nSubject: Deep\n" + body)
    assert read.subject == "Deep"


HEADS = st.sampled_from(
    [b"From: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=", b"Content-Type: ", b"To: ",
     b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*=", b"Message-ID: ",
     b"Content-Type: text/plain; charset="]
)  # fmt: skip


@given(st.lists(st.tuples(HEADS, st.binary(max_size=30)), max_size=8), st.binary(max_size=300))
def test_whatever_bytes_come_they_are_read(heads, body):
    raw = b"".join(head + value.replace(b"\n", b"") + b"\n" for head, value in heads) + b"\n" + body
    read = mail.read(raw)
    for text in (read.subject, read.text, read.name, read.sender, read.whole):
        assert "\x00" not in text
        text.encode()
    assert mail.head(raw).subject == read.subject
