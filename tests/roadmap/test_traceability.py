"""From requirement to story to release to result: what no story covers, what fulfils nothing, and the file of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.selectors.stories import proposals
from backlog.services.stories import stories_create
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
