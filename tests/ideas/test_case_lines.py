"""The lines of a business case as a table: out and in again is the same, and what is wrong is said cell by cell."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from ideas.finance.lines import cleaned
from ideas.finance.sheet import WrongSheet, read, written
from ideas.models import BusinessCase
from ideas.services.cases import case_update
from tests.ideas.test_cases import BUILD, FEES
from tests.make import make_case

PERIODS = 5
amounts = st.floats(0, 1e15).map(abs)
estimates = st.lists(amounts, min_size=3, max_size=3).map(sorted)
spans = st.lists(st.integers(0, PERIODS), min_size=2, max_size=2).map(sorted)
names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30).filter(str.strip)  # fmt: skip


@st.composite
def lines(draw):
    type_ = draw(st.sampled_from(["income", "cost", "sales"]))
    first, last = draw(spans)
    found = {"name": draw(names), "type": type_, "first": first, "last": last, "growth": draw(st.floats(-1, 10))}  # fmt: skip
    wanted = ["amount"] if type_ != "sales" else ["volume", "price"]
    if type_ == "sales" and draw(st.booleans()):
        wanted.append("unit_cost")
    return found | {name: draw(estimates) for name in wanted}


@given(st.lists(lines(), min_size=1, max_size=4))
def test_out_and_in_again_is_the_same(rows):
    stored = cleaned(rows, periods=PERIODS)
    assert read("".join(written(stored)).encode(), "a.csv", periods=PERIODS) == stored


def table(text):
    return read(text.encode(), "", periods=PERIODS)


def test_people_write_less_than_we_do():
    plain = table(
        "Name\tType\tPeriod\tAmount\tGrowth\nBuild\tCost\t0\t1000\t\nRun\tcost\t2\t50\t2 %\n"
    )
    assert plain == cleaned(
        [
            {"name": "Build", "type": "cost", "first": 0, "last": 0, "amount": 1000},
            {"name": "Run", "type": "cost", "first": 2, "last": 2, "amount": 50, "growth": 0.02},
        ],
        periods=PERIODS,
    )
    spread = table(
        "name;type;first;last;amount_low;amount_likely;amount_high\nFees;income;1;5;;20;30\n"
    )
    assert spread[0]["amount"] == [20, 20, 30]


@pytest.mark.parametrize(
    ("row", "line", "column", "said"),
    [
        ("Build,cost,0,0,,\"1.000,00\",,", 3, "amount_likely", "'1.000,00' is none"),
        ("Build,cost,0,0,9,5,7,", 3, "amount", "Low is at most likely"),
        ("Build,cost,0,0,9,,12,", 3, "amount_likely", "may be left out"),
        ("Build,cost,0,0,,,,", 3, "amount_likely", "needs a number"),
        ("Build,gift,0,0,,5,,", 3, "type", "income, cost, sales"),
        (",cost,0,0,,5,,", 3, "name", "1 to 120"),
        ("Build,cost,,0,,5,,", 3, "first", "this cell is empty"),
        ("Build,cost,0,soon,,5,,", 3, "last", "'soon' is none"),
        ("Build,cost,0.5,1,,5,,", 3, "first", "whole number"),
        ("Build,cost,4,2,,5,,", 3, "last", "before the first"),
        ("Build,cost,0,9,,5,,", 3, "last", "from 0 (now) to 5"),
        ("Build,cost,0,0,,5,,much", 3, "growth", "'much' is none"),
        ("Build,cost,0,0,,1e999,,", 3, "amount_likely", "is none"),
        ("Build,cost,0,0,,-5,,", 3, "amount", "0 or more"),
        ("Build,cost,0,0,,5,,,7", 3, "", "9 cells"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_line_and_column(row, line, column, said):
    head = "name,type,first,last,amount_low,amount_likely,amount_high,growth\nFine,cost,0,0,,1,,\n"
    with pytest.raises(WrongSheet) as refused:
        table(f"{head}{row}\n")
    assert [(wrong.line, wrong.column) for wrong in refused.value.problems] == [(line, column)]
    assert said in refused.value.problems[0].text


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(WrongSheet) as refused:
        table("nome,type\nBuild,cost\n")
    assert [(w.line, w.column) for w in refused.value.problems] == [(1, "nome"), (1, "name"), (1, "first")]  # fmt: skip
    with pytest.raises(WrongSheet) as refused:
        table("name,type,period,amount\n,cost,0,x\nFine,cost,0,1\nBuild,cost,9,1\n")
    assert [(w.line, w.column) for w in refused.value.problems] == [
        (2, "amount_likely"), (2, "name"), (4, "first"), (4, "last"),
    ]  # fmt: skip
    for text, said in (
        ("", "empty"),
        ("name,type,period,amount\n", "no row"),
        ('name,type\n"x', "never closed"),
    ):
        with pytest.raises(WrongSheet, match="1 cells"):
            table(text)
        with pytest.raises(WrongSheet) as refused:
            table(text)
        assert said in refused.value.problems[0].text
    many = "name,type,period,amount\n" + "Build,cost,0,1\n" * 61
    with pytest.raises(WrongSheet) as refused:
        table(many)
    assert "at most 60 lines; these are 61" in refused.value.problems[0].text


# --- the page ------------------------------------------------------------------------------------
@pytest.fixture
def case(world):
    return make_case(world.actor("bob"), world.atlas, lines=[BUILD, FEES])


def stored(case):
    return BusinessCase.objects.get(pk=case.pk)


def test_a_table_is_looked_at_first_and_put_into_the_case_then(world, case, sign_in):
    browser, url = sign_in(world.bob), f"{case.get_absolute_url()}/lines/import"
    assert url in browser.get(case.get_absolute_url()).content.decode()
    assert "What the table looks like" in browser.get(url).content.decode()
    text = "name,type,period,amount\nMove,cost,0,700\n"
    form = {"version": case.version, "how": "replace"}
    file = SimpleUploadedFile("lines.csv", text.encode())
    looked = browser.post(url, {**form, "file": file, "form_key": "b" * 32})
    assert looked.status_code == 200
    page = looked.content.decode()
    assert "1 line read, none written yet" in page
    assert "2 lines go out" in page
    assert stored(case).lines == case.lines
    kept = looked.context["form"].data["text"]
    taken = {**form, "text": kept, "take": "1", "form_key": "b" * 32}
    assert browser.post(url, taken).status_code == 302
    assert [line["name"] for line in stored(case).lines] == ["Move"]
    assert stored(case).npv == -700
    again = browser.post(
        url, {"text": kept, "how": "add", "version": case.version + 1, "take": "1"}
    )
    assert again.status_code == 302
    assert [line["name"] for line in stored(case).lines] == ["Move", "Move"]


def test_a_wrong_cell_keeps_all_that_was_pasted_and_writes_nothing(world, case, sign_in):
    browser, url = sign_in(world.bob), f"{case.get_absolute_url()}/lines/import"
    text = "name,type,period,amount\nMove,cost,0,700\nPack,cost,0,much\n"
    answer = browser.post(
        url, {"text": text, "how": "replace", "version": case.version, "take": "1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "amount_likely" in page
    assert "Pack,cost,0,much" in page
    assert stored(case).lines == case.lines
    assert browser.post(url, {"how": "replace", "version": case.version}).status_code == 422
    full = "name,type,period,amount\n" + "Move,cost,0,1\n" * 59
    many = browser.post(url, {"text": full, "how": "add", "version": case.version, "take": "1"})
    assert "at most 60 lines; these are 61" in many.content.decode()


def test_a_case_that_changed_meanwhile_is_shown_again_before_lines_go_in(world, case, sign_in):
    browser, url = sign_in(world.bob), f"{case.get_absolute_url()}/lines/import"
    case_update(actor=world.actor("bob"), record=case, version=case.version, values={"title": "New"})  # fmt: skip
    form = {"text": "name,type,period,amount\nMove,cost,0,700\n", "how": "replace", "take": "1"}
    answer = browser.post(url, {**form, "version": case.version})
    assert answer.status_code == 409
    assert "Somebody changed" in answer.content.decode()
    assert stored(case).lines == case.lines
    version = answer.context["form"].data["version"]
    assert browser.post(url, {**form, "version": version}).status_code == 302


def test_the_lines_go_out_as_a_table_to_whoever_reads_the_case(world, case, sign_in):
    answer = sign_in(world.carol).get(f"{case.get_absolute_url()}/lines.csv")
    assert answer["Content-Disposition"] == f'attachment; filename="{case.reference}-lines.csv"'
    assert read(answer.content, "", periods=case.periods) == case.lines
    assert sign_in(world.carol).get(f"{case.get_absolute_url()}/lines/import").status_code == 403
    assert sign_in(world.mallory).get(f"{case.get_absolute_url()}/lines.csv").status_code == 404
