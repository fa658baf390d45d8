"""Files as they come: every form is read or refused with a sentence that names the row."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from plm.tabular import Unreadable, csv_line, escaped, parsed_date, read_table, unescaped
from plm.tabular.dates import date_order

PLAIN = [{"Titel": "Größer", "Zahl": "1,5"}]
TEXT = "Titel;Zahl\r\nGrößer;1,5\r\n"


def rows(data, name="x.csv"):
    return [row.values for row in read_table(data, name).rows()]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-32"), "utf-32"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.replace("\r\n", "\r").encode(), "utf-8"),
        (TEXT.replace("\r\n", "\n").encode(), "utf-8"),
    ],
)
def test_encodings_and_line_ends_are_found_out(data, encoding):
    table = read_table(data)
    assert table.encoding == encoding
    assert [row.values for row in table.rows()] == PLAIN


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter):
    text = f'a{delimiter}b{delimiter}c\n1{delimiter}"x, y; z"{delimiter}3\n'
    assert rows(text.encode()) == [{"a": "1", "b": "x, y; z", "c": "3"}]


REFUSED = [
    (b"", "empty"),
    (b"\xef\xbb\xbf", "empty"),
    (b" \n \n", "empty"),
    (b"a,b\n", "no row below"),
    (b'a,b\n1,2\n"never closed,2\n3,4\n', "row 3 is never closed"),
    (b'a,b\n1,"x"y\n', "Row 2 has text after a closing quote"),
    (b"a,b\n1,\x002\n", "Row 2 holds a NUL"),
    ((",".join(f"c{n}" for n in range(1_000_000)) + "\n").encode(), "1,000,000 columns"),
    (b"x" * (20 * 1024 * 1024 + 1), "at most 20 MB"),
    (b"[1, 2", "not valid JSON"),
    (b"PK\x03\x04 no zip", "is none"),
    (b"%PDF-1.7", "no table"),
]


@pytest.mark.parametrize(("data", "sentence"), REFUSED, ids=[s for _, s in REFUSED])
def test_what_cannot_be_read_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(Unreadable) as refused:
        read_table(data, "x.json" if data.startswith(b"[") else "x.csv")
    assert sentence in refused.value.message


def test_a_huge_cell_or_a_long_row_spoils_its_row_only():
    table = read_table(b"a,b\n1," + b"x" * 40_000 + b"\n1,2,3\n1,2\n")
    problems = [row.problem for row in table.rows()]
    assert "40,000 characters" in problems[0]
    assert "3 cells, the header 2" in problems[1]
    assert problems[2] == ""


def test_duplicate_and_empty_headers_get_names_and_a_notice():
    table = read_table(b"a,a,,a\n1,2,3,4\n")
    assert table.names == ["a", "a (2)", "Column 3", "a (3)"]
    assert len(table.notices) == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.json", '[{"a": 1, "b": {"c": [1, 2]}}]'),
        ("x.json", '{"items": [{"a": 1, "b": {"c": [1, 2]}}], "next": null}'),
        ("x.jsonl", '{"a": 1, "b": {"c": [1, 2]}}\n\n'),
        ("x", '{"a": 1, "b": {"c": [1, 2]}}'),
    ],
)
def test_json_in_all_its_forms(name, text):
    assert rows(text.encode(), name) == [{"a": 1, "b.c": [1, 2]}]


def test_a_broken_line_of_json_lines_spoils_itself_only():
    table = read_table(b'{"a": 1}\n{"a": \n{"a": "\\u0000"}\n[1]\n', "x.jsonl")
    assert [bool(row.problem) for row in table.rows()] == [False, True, True, True]


def test_a_sheet_is_read_and_a_bomb_is_not():
    book = Workbook()
    book.active.append(["Title", "Votes", "Share"])
    book.active.append(["Dark mode", 3.0, 0.5])
    buffer = io.BytesIO()
    book.save(buffer)
    assert rows(buffer.getvalue(), "x.xlsx") == [{"Title": "Dark mode", "Votes": 3, "Share": 0.5}]
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (201 * 1024 * 1024))
    with pytest.raises(Unreadable, match="200 MB"):
        read_table(bomb.getvalue(), "x.xlsx")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-04-03", "", "2026-04-03"),
        ("2026-4-3", "", "2026-04-03"),
        ("03.04.2026", "", "2026-04-03"),
        ("13/04/2026", "", "2026-04-13"),
        ("04/13/2026", "", "2026-04-13"),
        ("03/04/2026", "day", "2026-04-03"),
        ("03/04/2026", "month", "2026-03-04"),
        ("3 Apr 2026", "", "2026-04-03"),
        ("April 3, 2026", "", "2026-04-03"),
    ],
)
def test_dates_are_read_as_people_write_them(text, order, day):
    assert parsed_date(text, order).isoformat() == day


@pytest.mark.parametrize("text", ["03/04/2026", "31/02/2026", "tomorrow", "2026-13-01", "v1.30"])
def test_a_date_that_may_be_two_days_or_none_is_refused(text):
    with pytest.raises(ValueError, match=r"may be|no day|no date"):
        parsed_date(text)


def test_a_column_of_dates_says_which_number_comes_first():
    assert date_order(["03/04/2026", "13/04/2026"]) == "day"
    assert date_order(["03/04/2026", "04/13/2026"]) == "month"
    assert date_order(["03/04/2026"]) == "ask"
    assert date_order(["2026-04-03", "03.04.2026"]) == ""


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-x", "@a", "\tx", "\rx", " =1", "\uff1d1", "'=1", "''+x"]
)
def test_cells_that_would_run_are_marked_and_unmarked(text):
    assert escaped(text).startswith("'")
    assert unescaped(escaped(text)) == text


@pytest.mark.parametrize("text", ["-5", "+5", "1.5", "-1e3", "plain", "'plain", ""])
def test_numbers_and_plain_texts_stay_as_they_are(text):
    assert escaped(text) == text


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1, max_size=5
    )
)
def test_what_is_written_is_read_again_and_never_a_formula(cells):
    header = csv_line([f"c{n}" for n in range(len(cells))] + ["end"])
    data = (header + csv_line([*cells, "x"])).encode()
    found = rows(data)[0]
    assert [found[f"c{n}"] for n in range(len(cells))] == cells
    for cell in cells:
        assert escaped(cell).lstrip()[:1] not in set("=@")
