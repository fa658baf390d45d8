"""From requirement to story to release to result: what no story covers, what fulfils nothing, and the file of it."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from backlog.selectors.stories import proposals
from backlog.services.stories import stories_create
from plm.pdf import PdfTable, tables_pdf
from tests.make import make_item, make_placement, make_release, make_spec

PAGE = "/acme/ATL/traceability/"


def specified(world, *texts):
    return make_spec(
        world.actor("bob"), world.atlas, success_metric="Bills split", success_unit="%",
        success_target=Decimal(40), requirements=[{"text": text} for text in texts],
    )  # fmt: skip


def split(world, spec, count):
    found = proposals(spec)[:count]
    rows = [{"requirement": str(p.requirement.uuid), "title": p.title} for p in found]
    return stories_create(actor=world.actor("bob"), spec=spec, stories=rows)


@pytest.fixture
def spec(world):
    spec = specified(world, "Pay in parts", "Remember the split")
    split(world, spec, 1)
    alice = world.actor("alice")
    make_placement(alice, spec.item, release=make_release(alice, world.atlas, "Spring"))
    return spec


def test_the_matrix_leads_from_the_requirement_to_the_result(world, spec, sign_in):
    make_item(world.actor("bob"), world.atlas, "Nobody asked", type="story", parent=spec.item)
    browser = sign_in(world.carol)
    page = browser.get(PAGE).content.decode()
    for text in ("Pay in parts", "Spring", "Bills split: 40 %", "Without a story", "Nobody asked"):
        assert text in page
    bare = browser.get(f"{PAGE}?show=uncovered").content.decode()
    assert "Remember the split" in bare
    assert "Pay in parts" not in bare
    assert browser.get(f"{PAGE}?show=odd").status_code == 400


def test_the_page_of_a_specification_says_what_no_story_covers(world, spec, sign_in):
    page = sign_in(world.bob).get(spec.get_absolute_url()).content.decode()
    assert "1 requirement has no story yet." in page
    assert "does not" not in sign_in(world.carol).get(spec.get_absolute_url()).content.decode()


def test_the_file_holds_what_the_page_shows(world, spec, sign_in):
    answer = sign_in(world.carol).get("/acme/ATL/traceability.csv?show=covered")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("specification,requirement,priority")
    assert len(lines) == 2
    assert "Pay in parts,must,functional,open,Planned" in lines[1]
    assert "Spring (Planned),Bills split: 40 %" in lines[1]


def test_the_matrix_takes_as_many_statements_for_twelve_specifications_as_for_three(world, sign_in):
    browser, counts = sign_in(world.alice), []
    browser.get(PAGE)
    for more in (3, 9):
        for n in range(more):
            split(world, specified(world, f"First {n}", f"Second {n}"), 1)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


API = "/api/v1/products/ATL/traceability/"


def test_programs_read_the_matrix_page_by_page(world, spec, api):
    client = api(world.carol, world.acme, ["read"])
    first = client.get(f"{API}?size=1").json()
    (row,) = first["results"]
    assert row["spec"]["reference"] == spec.reference
    assert (row["text"], row["moscow"], row["coverage"]) == ("Pay in parts", "must", "planned")
    assert [story["state"] for story in row["stories"]] == ["backlog"]
    assert [release["title"] for release in row["releases"]] == ["Spring"]
    assert row["result"]["metric"] == "Bills split"
    assert (Decimal(row["result"]["target"]), row["result"]["unit"]) == (40, "%")
    second = client.get(f"{API}?size=1&cursor={first['next_cursor']}").json()
    assert [r["coverage"] for r in second["results"]] == ["without_story"]
    assert second["next_cursor"] is None
    bare = client.get(f"{API}?show=uncovered").json()["results"]
    assert [r["text"] for r in bare] == ["Remember the split"]


def test_programs_are_told_which_stories_nobody_asked_for(world, spec, api):
    extra = make_item(world.actor("bob"), world.atlas, "Extra", type="story", parent=spec.item)
    found = api(world.carol, world.acme, ["read"]).get(f"{API}orphans/").json()["results"]
    assert [(row["reference"], row["parent"]) for row in found] == [
        (extra.reference, spec.item.reference)
    ]


def test_a_question_the_matrix_does_not_know_is_refused_by_name(world, spec, api):
    client = api(world.carol, world.acme, ["read"])
    for query, field in (
        ("show=odd", "show"),
        ("shows=covered", "shows"),
        ("size=0", "size"),
        ("cursor=x", "cursor"),
    ):
        answer = client.get(f"{API}?{query}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert api(world.mallory, world.rival).get(API).status_code == 404


def test_a_page_of_the_matrix_takes_six_statements_at_most_whatever_is_on_it(world, api):
    client = api(world.carol, world.acme, ["read"])
    for more in (2, 6):
        for n in range(more):
            split(world, specified(world, f"First {n}", f"Second {n}"), 1)
        client.get(API)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(API).status_code == 200
        assert len(queries) <= 6, [q["sql"][:80] for q in queries]


PDF = "/acme/ATL/traceability.pdf"


def words_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_the_matrix_is_printed_with_the_letters_of_its_language(world, spec, sign_in):
    split(world, specified(world, "Płatność w częściach, оплата частями 😀"), 1)
    make_item(world.actor("bob"), world.atlas, "Nobody asked", type="story", parent=spec.item)
    answer = sign_in(world.carol).get(PDF)
    assert answer["Content-Type"] == "application/pdf"
    words = words_of(answer.content)
    for text in ("Atlas: traceability", "Pay in parts", "Płatność w częściach, оплата частями □", "Spring (Planned)",
                 "Nobody asked", "Without a story"):  # fmt: skip
        assert text in words, words
    assert "Pay in parts" not in words_of(sign_in(world.carol).get(f"{PDF}?show=uncovered").content)


def test_what_is_typed_is_no_markup_of_the_document(world, sign_in):
    split(world, specified(world, "Show <b>totals</b> & <img src=/etc/passwd> "), 1)
    assert "<b>totals</b> & <img" in words_of(sign_in(world.carol).get(PDF).content)


def test_a_text_longer_than_a_page_breaks_no_document(world, spec, sign_in):
    alice = world.actor("alice")
    for n in range(5):
        made = specified(world, "W" * 990)
        split(world, made, 1)
        make_placement(
            alice, made.item, release=make_release(alice, world.atlas, f"{n}" + "W" * 190)
        )
    assert "WWWW" in words_of(sign_in(world.carol).get(PDF).content)
    assert words_of(tables_pdf("T", "S", [PdfTable((("Narrow", 1), ("Wide", 9)), [("W" * 5000, "x")])]))  # fmt: skip


def test_more_than_a_document_holds_is_refused_with_the_way_out(world, spec, sign_in, monkeypatch):
    monkeypatch.setattr("roadmap.selectors.traceability.MOST_PRINTED", 1)
    answer = sign_in(world.carol).get(PDF)
    assert answer.status_code == 400
    assert "take the CSV file" in answer.content.decode()


def test_a_product_without_requirements_prints_a_sentence(world, sign_in):
    assert "No requirement is like that." in words_of(sign_in(world.carol).get(PDF).content)
    assert sign_in(world.mallory).get(PDF).status_code == 404
