"""Roadmaps as pictures: what can be read in them, how large they are, and that nothing hidden is drawn."""

from __future__ import annotations

import io
import itertools
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from backlog.models import BacklogItem
from plm.drawing import Box, Diamond, Drawing, Segment, Text, drawing_png, in_lines, width_of
from plm.drawing.letters import fitting, shown
from plm.pdf import PdfTable, tables_pdf
from roadmap import picture, timeline
from roadmap.models import Placement
from roadmap.selectors.pictures import SCALE, shared_picture
from roadmap.selectors.shared import shared_view
from roadmap.services.shares import share_create
from tests.make import make_item, make_objective, make_placement, make_release

YEAR = timezone.localdate().year
WINDOW = timeline.window(YEAR, 52)
EARLY = {"starts_on": date(YEAR, 1, 5), "ends_on": date(YEAR, 9, 9)}
INSIDE = "zzinside"


@pytest.fixture
def places(world):
    """An item with public words, one without, and what no reader outside may see."""
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, title="Cut no-shows")
    release = make_release(alice, world.atlas, "Spring", release_on=date(YEAR, 6, 1))
    told = make_item(alice, world.atlas, f"{INSIDE} title")
    make_placement(
        alice, told, objective=goal, release=release, public_title="Deposits", commitment="committed", health="at_risk",
        health_note=f"{INSIDE} note", **EARLY,
    )  # fmt: skip
    make_placement(alice, make_item(alice, world.atlas, "Waiting list"), **EARLY)
    make_placement(alice, make_item(alice, world.atlas, f"{INSIDE} pilot"), hidden=True, **EARLY)
    dropped = make_item(alice, world.atlas, f"{INSIDE} dropped")
    make_placement(alice, dropped, **EARLY)
    BacklogItem.objects.filter(pk=dropped.pk).update(state="cancelled")
    BacklogItem.objects.filter(pk=told.pk).update(
        state=BacklogItem.workflow.names("active")[0], progress_done=4, progress_total=10
    )
    return told


def drawn(share, window=WINDOW):
    return shared_picture(share, shared_view(share), window)


def share_of(world, **settings):
    return share_create(actor=world.actor("alice"), product=world.atlas, name="Z", **settings)


def test_a_picture_says_what_the_view_says_and_nothing_more(world, places):
    share, _ = share_of(world)
    texts = drawn(share).texts
    for said in ("Roadmap of Atlas", "Cut no-shows", "Deposits", "Waiting list", "Spring", "In progress", "Planned", "40 %"):  # fmt: skip
        assert said in texts
    today = timezone.localdate()
    assert f"{YEAR}, as it stands on {today.day} {today:%b %Y}" in texts
    assert not [text for text in texts if INSIDE in text or "At risk" in text or "ATL-" in text]


def test_fields_that_are_hidden_are_not_drawn(world, places):
    share, _ = share_of(world, show=["dates"], lanes="none", colours="none")
    drawing = drawn(share)
    known = {"Deposits", "Waiting list", "Everything", "Roadmap of Atlas", "Today"}
    rest = [text for text in drawing.texts if text not in known and str(YEAR) not in text]
    assert set(rest) <= set(timeline.MONTHS), "no goal, release, percent nor phase"
    assert not [mark for mark in drawing.marks if isinstance(mark, Diamond)]
    softs = {mark.fill for mark in drawing.marks if isinstance(mark, Box)}
    assert picture.HUES["amber"][1] not in softs


def test_dates_are_drawn_no_finer_than_they_are_told(world, places):
    share, _ = share_of(world, grain="quarter")
    before = drawn(share).marks
    Placement.objects.filter(item=places).update(starts_on=date(YEAR, 3, 30), ends_on=date(YEAR, 7, 1))  # fmt: skip
    assert drawn(share).marks == before, "both lie in the first three quarters"


def test_a_picture_of_another_time_says_what_lies_outside_of_it(world, places):
    share, _ = share_of(world)
    texts = drawn(share, timeline.window(YEAR + 4, 52)).texts
    assert "Nothing is planned in this time." in texts
    assert f"Not in the picture: 2 items outside of {YEAR + 4}." in texts
    assert "Deposits" not in texts


def test_a_board_is_drawn_as_columns(world, places):
    for n in range(20):
        item = make_item(world.actor("alice"), world.atlas, f"Card {n}")
        make_placement(world.actor("alice"), item, bucket="next", **EARLY)
    share, _ = share_of(world, view="board", show=["goal"])
    texts = drawn(share).texts
    assert {"Now", "Next", "Later", "Deposits", "Cut no-shows", "6 more"} <= set(texts)
    assert not [text for text in texts if INSIDE in text or "%" in text]
    assert not [text for text in texts if str(YEAR) in text and "as it stands" not in text]


def test_the_link_gives_a_png_of_a_slide_s_width(world, places):
    share, secret = share_of(world)
    answer = Client().get(f"/share/{secret}/roadmap.png")
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == 'attachment; filename="roadmap-atlas.png"'
    assert answer["Referrer-Policy"] == "no-referrer"
    image = Image.open(io.BytesIO(answer.content))
    image.load()
    assert image.format == "PNG"
    assert image.size == (1920, round(drawn(share).height * SCALE))
    assert len(image.getcolors(1 << 24)) > 10, "something is drawn"
    later = Client().get(f"/share/{secret}/roadmap.png?year={YEAR + 4}")
    assert later.content != answer.content
    assert Client().get(f"/share/{secret}/roadmap.png?year=x").status_code == 200
    page = Client().get(f"/share/{secret}/?year={YEAR + 1}").content.decode()
    assert f"roadmap.png?year={YEAR + 1}&amp;span=52&amp;half=1" in page


def test_the_pdf_has_the_picture_and_the_tables(world, places):
    _, secret = share_of(world)
    read = PdfReader(io.BytesIO(Client().get(f"/share/{secret}/roadmap.pdf").content))
    first, second = (page.extract_text() for page in read.pages)
    assert f"Q1 {YEAR}" in first
    for page in (first, second):
        assert "Deposits" in page
        assert INSIDE not in page
    assert "In progress" in second


def test_a_lane_with_more_than_has_room_says_so(world):
    alice, day = world.actor("alice"), date(YEAR, 1, 1)
    goal = make_objective(alice, world.atlas, title="Goal")
    for n in range(15):
        item = make_item(alice, world.atlas, f"Item {n}")
        make_placement(alice, item, objective=goal, starts_on=day, ends_on=day + timedelta(200))
    share, _ = share_of(world)
    assert "Left out for lack of room: 3 items." in drawn(share).texts


def lane(n, bars, more=0):
    return picture.DrawnLane(
        f"Lane {n}", "teal", 50, [picture.DrawnBar(f"Bar {row}", "teal", 1, 52, row + 1) for row in range(bars)], more
    )  # fmt: skip


def chart(lanes):
    heads = [picture.DrawnHead(label, 1 + 13 * n, 13) for n, label in enumerate("ABCD")]
    return picture.DrawnTimeline("T", "S", 52, heads, heads, 9, [], "Releases", lanes)


def test_lanes_beyond_the_room_are_left_out_and_counted():
    drawing = picture.timeline_drawing(chart([lane(n, 12, 3) for n in range(170)]))
    assert drawing.height < 2400
    assert "Left out for lack of room: 2,490 items and the last 165 lanes." in drawing.texts
    assert "Lane 5" not in drawing.texts
    assert len(drawing_png(drawing, SCALE)) < 1_000_000


def test_what_is_drawn_lies_in_the_picture_and_no_two_rows_overlap():
    drawing = picture.timeline_drawing(chart([lane(n, 4) for n in range(5)]))
    boxes = [mark for mark in drawing.marks if isinstance(mark, Box) and mark.height == picture.BAR]
    tops = sorted({box.y for box in boxes if box.width > 100})
    assert all(b - a >= picture.BAR for a, b in itertools.pairwise(tops))
    for mark in drawing.marks:
        if isinstance(mark, Box):
            assert 0 <= mark.x <= mark.x + mark.width <= drawing.width
            assert 0 <= mark.y <= mark.y + mark.height <= drawing.height


@given(st.text(max_size=60), st.integers(10, 400))
def test_a_text_is_cut_to_its_width_and_has_only_letters_of_the_typeface(text, most):
    drawing = Drawing(500, 40)
    drawing.write(5, 20, text, 13, "#000000", most=most)
    for found in drawing.texts:
        assert width_of(found, 13) <= most
    assert drawing_png(drawing).startswith(b"\x89PNG")


def test_letters_that_are_missing_are_boxes_and_long_names_take_two_lines():
    assert shown("Ärger\n木 ok") == "Ärger □ ok"
    assert fitting("Deposits for groups", 13, 60).endswith("…")
    assert in_lines("Short", 14, 200) == ["Short"]
    first, second = in_lines("Cut avoidable peak charges by a quarter", 14, 200)
    assert f"{first} {second}" == "Cut avoidable peak charges by a quarter"
    assert width_of(first, 14) <= 200


def test_every_sort_of_mark_is_drawn_in_both_formats():
    marks = [
        Box(10, 10, 60, 20, fill="#ff0000"), Box(10, 40, 60, 20, line="#00ff00", radius=4), Segment(5, 70, 90, 70, "#0000ff", 3),
        Diamond(85, 20, 8, "#ff00ff"), Text(50, 90, "Middle", 12, "#000000", anchor="middle"),
    ]  # fmt: skip
    drawing = Drawing(100, 100, marks)
    image = Image.open(io.BytesIO(drawing_png(drawing, 2)))
    assert image.size == (200, 200)
    for at, colour in (((60, 40), (255, 0, 0)), ((60, 140), (0, 0, 255)), ((170, 40), (255, 0, 255)), ((80, 100), (255,) * 3)):  # fmt: skip
        assert image.getpixel(at) == colour
    read = PdfReader(io.BytesIO(tables_pdf("T", "S", [PdfTable([("A", 1)], [["b"]])], drawing)))
    assert [("Middle" in page.extract_text(), "b" in page.extract_text()) for page in read.pages] == [(True, False), (False, True)]  # fmt: skip


def test_members_take_the_timeline_they_see_and_others_nothing(world, places, sign_in):
    url = f"{world.atlas.get_absolute_url()}roadmap/timeline"
    for name in ("alice", "carol"):
        browser = sign_in(getattr(world, name))
        answer = browser.get(f"{url}.png?span=26&lanes=team")
        assert Image.open(io.BytesIO(answer.content)).width == 1920
    page = PdfReader(io.BytesIO(browser.get(f"{url}.pdf").content)).pages[0].extract_text()
    assert f"{INSIDE} title" in page, "as the page of the team has it"
    assert browser.get(f"{url}.docx").status_code == 404
    assert browser.get(f"{url}.png?lanes=colour").status_code == 400
    past = browser.get(f"{url}.png?at={timezone.localdate() - timedelta(400)}")
    assert past.status_code == 200
    assert sign_in(world.mallory).get(f"{url}.png").status_code == 404
    assert Client().get(f"{url}.png").status_code == 302
    assert f"{url}.png?year={YEAR}" in browser.get(f"{world.atlas.get_absolute_url()}roadmap/").content.decode()  # fmt: skip


def test_the_api_gives_the_picture_of_the_page_through_the_same_doors(world, places, sign_in, api):
    at = "/api/v1/products/ATL/roadmap/timeline.png"
    client = api(world.carol, world.acme, scopes=["read"])
    answer = client.get(f"{at}?span=26&lanes=team", HTTP_ACCEPT="image/png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    page = f"{world.atlas.get_absolute_url()}roadmap/timeline.png?span=26&lanes=team"
    assert answer.content == sign_in(world.carol).get(page).content
    past = client.get(f"{at}?at={timezone.localdate() - timedelta(400)}")
    assert Image.open(io.BytesIO(past.content)).width == 1920
    assert past.content != answer.content
    for wrong in ("lanes=colour", "span=7", "year=x", "at=soon", "open=1"):
        assert client.get(f"{at}?{wrong}").status_code == 400, wrong
    assert api(world.mallory, world.rival, scopes=["read"]).get(at).status_code == 404
    assert Client().get(at).status_code == 401
