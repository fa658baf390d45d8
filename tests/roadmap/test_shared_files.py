"""A shared view as files, as a calendar and for a wall: the same rows, nothing more."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from roadmap.icalendar import Event, calendar, escaped, folded
from roadmap.models import Shown
from roadmap.selectors.shared import shared_view
from roadmap.services.shares import share_create
from tests.make import make_item, make_objective, make_placement, make_release

YEAR = timezone.localdate().year
FORMULA = '=HYPERLINK("https://example.com","x")'
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def unfolded(content):
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_an_event_is_whole_days_and_its_end_is_the_day_after():
    lines = unfolded(calendar("Plan", [Event("a@b", date(2026, 5, 3), date(2026, 5, 9), "X")], NOW))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert "DTSTART;VALUE=DATE:20260503" in lines
    assert "DTEND;VALUE=DATE:20260510" in lines
    assert "DTSTAMP:20260301T120000Z" in lines
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert calendar("", [Event("a", date.max, date.max, "X")], NOW)


def test_text_is_escaped_as_the_standard_says():
    assert escaped("a\\b;c,d\ne\r\nf\x07") == r"a\\b\;c\,d\ne\nf"
    hostile = "X\nEND:VEVENT\nBEGIN:VEVENT"
    lines = unfolded(calendar("P", [Event("a", date(2026, 1, 1), date(2026, 1, 1), hostile)], NOW))
    assert lines.count("BEGIN:VEVENT") == 1


@given(st.text(max_size=400))
def test_no_line_is_longer_than_75_octets_and_unfolding_gives_the_line_back(text):
    line = f"SUMMARY:{escaped(text)}"
    parts = folded(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line


@pytest.fixture
def shared(world):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, title="Cut no-shows")
    release = make_release(alice, world.atlas, "Spring release", release_on=date(YEAR, 6, 1))
    item = make_item(alice, world.atlas, "Inside words")
    days = {"starts_on": date(YEAR, 4, 3), "ends_on": date(YEAR, 5, 9)}
    make_placement(alice, item, objective=goal, release=release, public_title=FORMULA, public_note="For ten", **days)  # fmt: skip
    other = make_item(alice, world.atlas, "Waiting list; with, marks")
    make_placement(alice, other, starts_on=date(YEAR, 8, 3), ends_on=date(YEAR, 8, 9))
    hidden = make_item(alice, world.atlas, "Hidden plan")
    make_placement(alice, hidden, hidden=True, **days)
    share, secret = share_create(actor=alice, product=world.atlas, name="Partners", grain="quarter")
    return share, secret


def fetched(secret, form):
    answer = Client().get(f"/share/{secret}/roadmap.{form}")
    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "private, no-store"
    return answer


def test_the_csv_has_the_rows_of_the_page_and_nothing_that_runs(shared):
    share, secret = shared
    answer = fetched(secret, "csv")
    assert answer["Content-Disposition"] == 'attachment; filename="roadmap-atlas.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["Item", "When", "Begins", "Ends", "State", "Percent", "Goal", "Release", "Note"]  # fmt: skip
    assert rows[1] == [f"'{FORMULA}", f"Q2 {YEAR}", f"{YEAR}-04-01", f"{YEAR}-06-30", "Planned", "0", "Cut no-shows", "Spring release", "For ten"]  # fmt: skip
    assert len(rows) == 1 + len(shared_view(share).items) == 3
    for inside in ("Inside words", "Hidden plan", "05-09", "ATL-", "Partners"):
        assert inside not in answer.content.decode()


def test_in_the_sheet_text_is_text(shared):
    answer = fetched(shared[1], "xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[1][0] == FORMULA
    assert sheet["A2"].data_type == "s"
    assert cells[1][2].date() == date(YEAR, 4, 1)
    assert cells[1][5] == 0


def test_the_pdf_is_one(shared):
    answer = fetched(shared[1], "pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"


def test_the_calendar_knows_its_events_again_and_tells_no_exact_day(shared):
    first, again = (fetched(shared[1], "ics") for _ in range(2))
    assert first["Content-Type"].startswith("text/calendar")
    lines = unfolded(first.content)
    uids = [line for line in lines if line.startswith("UID:")]
    assert uids == [line for line in unfolded(again.content) if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == 3
    assert all(re.fullmatch(r"UID:[0-9a-f]{32}@roadmap", uid) for uid in uids)
    assert f"DTSTART;VALUE=DATE:{YEAR}0401" in lines
    assert f"DTEND;VALUE=DATE:{YEAR}0701" in lines
    assert "SUMMARY:Waiting list\\; with\\, marks" in lines
    text = "\n".join(lines)
    for exact in (f"{YEAR}0403", f"{YEAR}0509", f"{YEAR}0601", "Hidden", "Inside"):
        assert exact not in text


def test_a_fetched_file_is_in_the_ledger_too(shared):
    fetched(shared[1], "csv")
    assert Shown.objects.count() == 2


def test_files_that_are_not_there_say_so(world, shared):
    secret = shared[1]
    strange = Client().get(f"/share/{secret}/roadmap.docx")
    assert strange.status_code == 404
    assert "csv, xlsx, pdf, png, ics" in strange.content.decode()
    _, dateless = share_create(
        actor=world.actor("alice"), product=world.atlas, name="B", view="board", show=["goal"]
    )
    assert Client().get(f"/share/{dateless}/roadmap.ics").status_code == 404
    board = fetched(dateless, "csv").content.decode()
    assert board.splitlines()[0] == "Item,Column,Goal"
    assert str(YEAR) not in board
    _, locked = share_create(
        actor=world.actor("alice"), product=world.atlas, name="L", password="open sesame"
    )
    for form in ("csv", "xlsx", "pdf", "png", "ics"):
        shut = Client().get(f"/share/{locked}/roadmap.{form}")
        assert (shut.status_code, shut["Location"]) == (302, f"/share/{locked}/unlock")


def test_the_presentation_goes_lane_by_lane_or_quarter_by_quarter(shared, world, sign_in):
    share, secret = shared
    page = Client().get(f"/share/{secret}/present").content.decode()
    titles = re.findall(r'id="slide-\d-h">([^<]*)<', page)
    assert titles == ["Cut no-shows", "No goal"]
    assert "For ten" in page
    page = Client().get(f"/share/{secret}/present?by=quarter").content.decode()
    titles = re.findall(r'id="slide-\d-h">([^<]*)<', page)
    assert titles == [f"Q2 {YEAR}", f"Q3 {YEAR}"]
    assert 'href="."' in page
    seen = sign_in(world.alice).get(f"/acme/ATL/roadmap/shares/{share.uuid}/present")
    assert 'href="view"' in seen.content.decode()


def test_many_items_of_a_lane_go_on_to_the_next_part(world):
    alice = world.actor("alice")
    for n in range(10):
        item = make_item(alice, world.atlas, f"Item {n}")
        make_placement(alice, item, starts_on=date(YEAR, 4, 3), ends_on=date(YEAR, 5, 9))
    _, secret = share_create(actor=alice, product=world.atlas, name="P", lanes="none")
    page = Client().get(f"/share/{secret}/present").content.decode()
    assert "Everything, continued" in page
    assert "2 of 2" in page


def test_a_manager_gets_the_same_files_without_leaving_a_trace(shared, world, sign_in):
    share, secret = shared
    client = sign_in(world.alice)
    at = f"/acme/ATL/roadmap/shares/{share.uuid}"
    assert client.get(f"{at}/roadmap.csv").content == fetched(secret, "csv").content
    assert sign_in(world.bob).get(f"{at}/roadmap.csv").status_code == 403
