"""Canvases and personas: whom the product is for, and how it is to hold its own."""

from __future__ import annotations

import pytest

from ideas.models import Research
from plm.errors import Invalid, NotAllowed, Stale
from plm.models import Event
from plm.services.records import record_move
from roadmap.canvases import CANVASES, LEAN, CanvasProblem, cleaned, points
from roadmap.models import Canvas, Persona
from roadmap.services.strategy import canvas_update, persona_create, persona_move, persona_update
from tests.make import make_evidence, make_persona
from tests.roadmap.test_api import send

PAGE, API = "/acme/ATL/plan/canvas/lean", "/api/v1/products/ATL/canvases/lean/"


def fill(world, version=None, **boxes):
    return canvas_update(
        actor=world.actor("alice"), product=world.atlas, type="lean", version=version, boxes=boxes
    )


def test_boxes_are_named_once_and_say_what_belongs_into_them():
    for canvas in CANVASES.values():
        names = [box.name for box in canvas.boxes]
        assert len(set(names)) == len(names)
        assert all(box.help.endswith(".") for box in canvas.boxes)
    assert len(LEAN.boxes) == 9


def test_what_does_not_fit_a_box_is_told_box_by_box():
    with pytest.raises(CanvasProblem) as refused:
        cleaned(LEAN, {"problem": "x" * 3001, "nonsense": "y", "value": 3})
    assert set(refused.value.fields) == {"problem", "nonsense", "value"}
    assert "3,000" in refused.value.fields["problem"]
    assert cleaned(LEAN, {"problem": " a \n b  \n", "value": "  "}) == {"problem": "a\n b"}
    assert points("- one\n\n* two\nthree") == ["one", "two", "three"]


def test_a_canvas_keeps_what_a_save_lacks_and_refuses_a_stale_one(world):
    fill(world, 0, problem="Late bills", value="An energy manager")
    row = fill(world, 1, problem="")
    assert (row.boxes, row.version) == ({"value": "An energy manager"}, 2)
    assert fill(world, 2, problem="").version == 2
    with pytest.raises(Stale):
        fill(world, 1, problem="Other")
    told = Event.objects.filter(verb="canvas.updated").order_by("sequence").last()
    assert told.changes == {"problem": ["Late bills", ""]}
    with pytest.raises(NotAllowed):
        canvas_update(
            actor=world.actor("bob"), product=world.atlas, type="lean", version=None, boxes={}
        )
    with pytest.raises(Invalid):
        canvas_update(
            actor=world.actor("alice"), product=world.atlas, type="none", version=None, boxes={}
        )


def test_the_page_explains_empty_boxes_and_saves_them(world, sign_in):
    client = sign_in(world.alice)
    assert "What cannot be bought or copied." in client.get(PAGE).content.decode()
    saved = client.post(
        f"{PAGE}/edit", {"problem": "- Late bills\n- Broken freezers", "version": 0}
    )
    assert saved.status_code == 302
    page = client.get(PAGE).content.decode()
    assert "<li>Late bills</li><li>Broken freezers</li>" in page
    assert "1 of 9 boxes filled" in page
    assert "filled the canvas" in page
    assert client.get("/acme/ATL/plan/canvas/none").status_code == 404
    assert sign_in(world.bob).post(f"{PAGE}/edit", {"version": 1}).status_code == 403


def test_two_who_fill_other_boxes_are_merged_and_the_same_box_is_asked_for(world, sign_in):
    client = sign_in(world.alice)
    fill(world, 0, problem="Late bills")
    form = client.get(f"{PAGE}/edit").content.decode()
    assert 'name="version"' in form
    fill(world, 1, problem="Late and wrong bills")
    stale = client.post(f"{PAGE}/edit", {"problem": "No bills", "value": "One page", "version": 1})
    assert stale.status_code == 409
    text = stale.content.decode()
    assert "Late and wrong bills" in text
    assert "No bills" in text
    assert Canvas.objects.get().boxes == {"problem": "Late and wrong bills"}


def test_the_api_reads_and_fills_a_canvas(world, api):
    client = api(world.alice, world.acme)
    read = client.get(API)
    assert read.json()["version"] == 0
    assert set(read.json()["boxes"]) == {box.name for box in LEAN.boxes}
    body = {"boxes": {"metrics": "Sites live"}, "reason": "Workshop"}
    put = send("put", client, API, body, **{"If-Match": read["ETag"]})
    assert put.status_code == 200, put.content
    assert put.json()["boxes"]["metrics"] == "Sites live"
    assert send("put", client, API, body, **{"If-Match": read["ETag"]}).status_code == 412
    unknown = send("put", client, API, {"boxes": {"none": "x"}}, **{"If-Match": put["ETag"]})
    assert unknown.status_code == 422
    assert api(world.mallory, world.rival).get(API).status_code == 404


def test_the_api_reads_and_changes_the_vision(world, api):
    client, at = api(world.alice, world.acme), "/api/v1/products/ATL/vision/"
    read = client.get(at)
    put = send("put", client, at, {"vision": "Nobody waits."}, **{"If-Match": read["ETag"]})
    assert put.status_code == 200, put.content
    assert client.get(at).json()["vision"] == "Nobody waits."
    assert send("put", client, at, {"vision": "x"}, **{"If-Match": read["ETag"]}).status_code == 412


def test_a_persona_is_confirmed_only_by_research(world):
    bob = world.actor("bob")
    persona = make_persona(bob, world.atlas, role="Owns three bakeries")
    with pytest.raises(Invalid) as refused:
        persona_move(persona, actor=bob, state="confirmed")
    assert "Name the research" in refused.value.fields["research"]
    with pytest.raises(Invalid):
        persona_create(actor=bob, product=world.atlas, values={"title": "A", "state": "confirmed"})
    found = make_evidence(Research, bob, world.atlas)
    persona_update(actor=bob, record=persona, version=None, values={"research": found})
    persona.refresh_from_db()
    assert persona_move(persona, actor=bob, state="confirmed").state == "confirmed"
    with pytest.raises(Invalid):
        persona_update(actor=bob, record=persona, version=None, values={"research": None})
    away = make_evidence(Research, bob, world.boreas)
    with pytest.raises(Invalid):
        persona_create(actor=bob, product=world.atlas, values={"title": "A", "research": away})
    assert record_move(Persona.objects.get(pk=persona.pk), actor=bob, state="retired")


def test_the_strategy_shows_personas_and_canvases_of_this_product_alone(world, sign_in):
    make_persona(world.actor("bob"), world.atlas, quote="I want it lower.")
    make_persona(world.actor("alice"), world.boreas, "Elsewhere")
    page = sign_in(world.carol).get("/acme/ATL/plan/vision").content.decode()
    assert "I want it lower." in page
    assert "Elsewhere" not in page
    assert "Lean canvas" in page
    assert "Describe a persona" not in page
