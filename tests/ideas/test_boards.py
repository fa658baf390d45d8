"""Boards: a board that is closed to somebody is not there for them, and neither are its ideas."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress

from ideas.models import Board, Idea
from ideas.selectors.boards import boards_open
from ideas.services.boards import (
    board_create,
    board_link_make,
    board_link_revoke,
    board_remove,
    board_update,
)
from ideas.services.portal import portal_submit, portal_vote
from ideas.services.segments import segment_create
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, Stale
from plm.models import CustomField
from plm.permissions import ANONYMOUS
from plm.runner import run_due_jobs
from plm.services.fields import custom_field_create
from tests.make import make_company, make_idea, make_person

PORTAL = "/portal/acme/atl/"
SETTINGS = "/acme/ATL/settings/portal"


@pytest.fixture
def atlas(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return world.atlas


def make_board(world, name="Partners", privacy="selected", **values):
    people, asks = values.pop("people", None), values.pop("asks", None)
    given = {"name": name, "privacy": privacy, **values}
    return board_create(
        actor=world.actor("alice"), product=world.atlas, values=given, people=people, asks=asks
    )


def make_closed_idea(world, board, title="Secret handshake", **values):
    return make_idea(world.actor("bob"), world.atlas, title, public=True, board=board, **values)


def test_a_closed_board_is_nowhere_for_whom_it_is_closed(world, atlas, client, sign_in):
    make_idea(world.actor("bob"), atlas, "Open wish", public=True)
    idea = make_closed_idea(world, make_board(world), state="in_progress", description="Handshake")
    run_due_jobs()
    for browser in (client, sign_in(world.eve)):
        for url in (
            PORTAL,
            f"{PORTAL}?q=handshake",
            f"{PORTAL}?state=in_progress",
            f"{PORTAL}?sort=new",
            f"{PORTAL}similar?title=Secret+handshake",
        ):
            text = browser.get(url).content.decode()
            assert "Secret" not in text.replace("Secret+", ""), url
            assert "Partners" not in text
        assert "1 idea<" in browser.get(PORTAL).content.decode()
        assert browser.get(f"{PORTAL}?board=partners").status_code == 404
        assert browser.get(f"{PORTAL}ideas/{idea.number}").status_code == 404
        assert browser.post(f"{PORTAL}ideas/{idea.number}/vote", {"on": "1"}).status_code == 404
    assert sign_in(world.eve).get(f"{PORTAL}submit?board=partners").status_code == 404
    with pytest.raises(NotVisible):
        portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    with pytest.raises(NotVisible):
        portal_submit(actor=world.actor("eve"), product=atlas, title="x", board=idea.board)


def test_a_member_of_the_product_reads_every_board(world, atlas, sign_in):
    make_closed_idea(world, make_board(world))
    text = sign_in(world.carol).get(f"{PORTAL}?board=partners").content.decode()
    assert "Secret handshake" in text


def test_selected_people_read_a_board_by_their_account_or_their_confirmed_address(
    world, atlas, sign_in
):
    eve = make_person(world.actor("alice"), world.acme, "Eve", email="eve@example.com")
    board = make_board(world, people=[eve])
    idea = make_closed_idea(world, board)
    browser = sign_in(world.eve)
    assert browser.get(f"{PORTAL}ideas/{idea.number}").status_code == 404
    EmailAddress.objects.create(user=world.eve, email="Eve@example.com", verified=True)
    assert browser.get(f"{PORTAL}ideas/{idea.number}").status_code == 200
    assert browser.post(f"{PORTAL}ideas/{idea.number}/vote", {"on": "1"}).status_code == 302
    eve.refresh_from_db()
    assert eve.user == world.eve
    board_update(actor=world.actor("alice"), board=board, version=None, values={}, people=[])
    assert browser.get(f"{PORTAL}ideas/{idea.number}").status_code == 404


def test_people_of_a_segment_read_its_board(world, atlas):
    alice = world.actor("alice")
    gold = segment_create(
        actor=alice, workspace=world.acme,
        values={"name": "Gold", "rules": [{"field": "plan", "test": "is", "value": "gold"}]},
    )  # fmt: skip
    board = make_board(world, segment=gold)
    company = make_company(alice, world.acme, "Rich", plan="gold")
    eve = make_person(alice, world.acme, "Eve", company=company)
    type(eve).objects.filter(pk=eve.pk).update(user=world.eve)
    assert boards_open(world.actor("eve"), atlas) == [board]
    type(company).objects.filter(pk=company.pk).update(plan="tin")
    assert boards_open(world.actor("eve"), atlas) == []


def test_a_link_opens_its_board_until_it_is_taken_back(world, atlas, client, sign_in):
    board = make_board(world, "Beta", "link")
    idea = make_closed_idea(world, board)
    assert client.get(f"{PORTAL}?board=beta").status_code == 404
    alice = sign_in(world.alice)
    page = alice.post(f"{SETTINGS}/boards/{board.uuid}/link").content.decode()
    secret = re.search(r"/portal/acme/atl/with/([\w-]{20,})", page)[1]
    assert secret not in alice.get(f"{SETTINGS}/boards/{board.uuid}").content.decode()
    led = client.get(f"{PORTAL}with/{secret}")
    assert led["Location"] == f"{PORTAL}?board=beta"
    assert "Secret handshake" in client.get(led["Location"]).content.decode()
    assert client.get(f"{PORTAL}ideas/{idea.number}").status_code == 200
    eve = sign_in(world.eve)
    eve.get(f"{PORTAL}with/{secret}")
    assert eve.post(f"{PORTAL}ideas/{idea.number}/vote", {"on": "1"}).status_code == 302
    assert client.get(f"{PORTAL}with/{'x' * 43}").status_code == 404
    assert alice.post(f"{SETTINGS}/boards/{board.uuid}/unlink").status_code == 302
    assert client.get(f"{PORTAL}ideas/{idea.number}").status_code == 404
    assert client.get(f"{PORTAL}with/{secret}").status_code == 404


def test_a_new_link_closes_the_old_one_and_another_privacy_forgets_it(world, atlas):
    alice, board = world.actor("alice"), make_board(world, "Beta", "link")
    first = board_link_make(actor=alice, board=board)
    second = board_link_make(actor=alice, board=board)
    assert boards_open(ANONYMOUS, atlas, [first]) == []
    assert boards_open(ANONYMOUS, atlas, [second, ""]) == [board]
    board_update(actor=alice, board=board, version=None, values={"privacy": "selected"})
    board_update(actor=alice, board=board, version=None, values={"privacy": "link"})
    assert boards_open(ANONYMOUS, atlas, [second, ""]) == []
    board_link_revoke(actor=alice, board=board)
    with pytest.raises(Conflict):
        board_link_make(actor=alice, board=make_board(world, "Open", "public"))


def test_merging_into_a_closed_board_shows_nobody_else_the_way(world, atlas, client):
    gone = make_idea(world.actor("bob"), atlas, "Gone", public=True)
    kept = make_closed_idea(world, make_board(world))
    Idea.objects.filter(pk=gone.pk).update(state="duplicate", duplicate_of=kept)
    assert client.get(f"{PORTAL}ideas/{gone.number}").status_code == 200


def test_an_idea_stands_on_a_board_of_its_own_product(world, atlas):
    board = make_board(world)
    with pytest.raises(Invalid) as refused:
        make_idea(world.actor("bob"), world.boreas, "Elsewhere", board=board)
    assert "board" in refused.value.fields


def test_a_board_goes_only_while_it_is_empty(world, atlas):
    board = make_board(world)
    idea = make_closed_idea(world, board)
    with pytest.raises(Conflict):
        board_remove(actor=world.actor("alice"), board=board)
    Idea.objects.filter(pk=idea.pk).update(board=None)
    board_remove(actor=world.actor("alice"), board=board)
    assert not Board.objects.exists()


def test_a_board_is_checked(world, atlas):
    make_board(world)
    for values, field in (
        ({"name": ""}, "name"),
        ({"name": "Partners"}, "slug"),
        ({"name": "X", "slug": "Not Good"}, "slug"),
        ({"name": "X", "privacy": "nobody"}, "privacy"),
        ({"name": "X", "vote_budget": 0}, "vote_budget"),
        ({"name": "X", "colour": "red"}, "colour"),
    ):
        with pytest.raises((Invalid, Conflict)) as refused:
            board_create(actor=world.actor("alice"), product=atlas, values=values)
        assert field in refused.value.fields, values
    with pytest.raises(NotAllowed):
        board_create(actor=world.actor("bob"), product=atlas, values={"name": "X"})
    theirs = make_person(world.actor("mallory"), world.rival, "Mal")
    with pytest.raises(Invalid):
        make_board(world, "Others", people=[theirs])


# --- forms ---------------------------------------------------------------------------------------
def make_field(world, label, type_="text", **values):
    return custom_field_create(
        actor=world.actor("alice"),
        product=world.atlas,
        kind="idea",
        label=label,
        type=type_,
        **values,
    )


def test_the_form_of_a_board_asks_for_its_fields(world, atlas, sign_in):
    seats = make_field(world, "Seats", "number")
    device = make_field(world, "Device", "choice", choices=["Phone", "Desk"])
    make_field(world, "Internal code", required=True)
    make_board(world, "Apps", "public", asks=[(device, True), (seats, False)])
    eve = sign_in(world.eve)
    plain = eve.get(f"{PORTAL}submit").content.decode()
    assert "Device" not in plain
    page = eve.get(f"{PORTAL}submit?board=apps").content.decode()
    assert page.index("Device") < page.index("Seats")
    assert "Internal code" not in page
    sent = {
        "board": "apps",
        "title": "Dark mode",
        "custom.device": "Fridge",
        "custom.seats": "many",
    }
    refused = eve.post(f"{PORTAL}submit", sent)
    assert refused.status_code == 422
    assert not Idea.objects.exists()
    unanswered = eve.post(f"{PORTAL}submit", {"board": "apps", "title": "Dark mode"})
    assert unanswered.status_code == 422
    fine = {**sent, "custom.device": "Phone", "custom.seats": "12"}
    assert eve.post(f"{PORTAL}submit", fine).status_code == 302
    idea = Idea.objects.get()
    assert (idea.board.slug, idea.custom) == ("apps", {"device": "Phone", "seats": 12})


def test_answers_are_checked_by_the_service_too(world, atlas):
    device = make_field(world, "Device")
    code = make_field(world, "Internal code")
    board = make_board(world, "Apps", "public", asks=[(device, True)])
    eve = world.actor("eve")
    for custom in ({}, {"device": ""}, {"device": "x", code.name: "y"}):
        with pytest.raises(Invalid):
            portal_submit(actor=eve, product=atlas, title="x", board=board, custom=custom)
    with pytest.raises(Invalid):
        portal_submit(actor=eve, product=atlas, title="x", custom={"device": "x"})
    assert not Idea.objects.exists()


def test_no_form_asks_for_people_or_for_fields_of_others(world, atlas):
    who = make_field(world, "Who", "people")
    with pytest.raises(Invalid):
        make_board(world, "Apps", "public", asks=[(who, False)])
    theirs = CustomField.objects.create(
        workspace=world.acme, product=world.boreas, kind="idea", name="x", label="X", type="text"
    )
    with pytest.raises(Invalid):
        make_board(world, "Apps", "public", asks=[(theirs, False)])


# --- pages ---------------------------------------------------------------------------------------
def test_a_manager_makes_and_changes_a_board(world, atlas, sign_in):
    make_field(world, "Device")
    ana = make_person(world.actor("alice"), world.acme, "Ana Ruiz", email="ana@clinic.example")
    alice = sign_in(world.alice)
    assert "No boards yet" in alice.get(SETTINGS).content.decode()
    sent = {
        "name": "Partners", "privacy": "selected", "people": "ana@clinic.example", "ask_device": "requires",
        "vote_budget": "3",
    }  # fmt: skip
    assert alice.post(f"{SETTINGS}/boards/new", sent).status_code == 302
    board = Board.objects.get()
    assert (board.slug, board.vote_budget, list(board.people.all())) == ("partners", 3, [ana])
    assert [row.required for row in board.asks.all()] == [True]
    page = alice.get(f"{SETTINGS}/boards/{board.uuid}").content.decode()
    assert "ana@clinic.example" in page
    lost = alice.post(
        f"{SETTINGS}/boards/{board.uuid}", {**sent, "people": "Nobody", "version": "1"}
    )
    assert lost.status_code == 422
    changed = {**sent, "name": "Friends", "slug": "partners", "version": "1", "position": "0"}
    assert alice.post(f"{SETTINGS}/boards/{board.uuid}", changed).status_code == 302
    stale = alice.post(f"{SETTINGS}/boards/{board.uuid}", changed)
    assert stale.status_code == 409
    with pytest.raises(Stale):
        board_update(actor=world.actor("alice"), board=board, version=1, values={})
    assert "Friends" in alice.get(SETTINGS).content.decode()
    assert sign_in(world.bob).get(SETTINGS).status_code == 403
    assert sign_in(world.eve).get(SETTINGS).status_code == 404


def test_the_list_costs_the_same_with_many_boards(
    world, atlas, sign_in, django_assert_max_num_queries
):
    for n in range(20):
        make_closed_idea(world, make_board(world, f"Board {n}"), f"Wish {n}")
    eve = sign_in(world.eve)
    with django_assert_max_num_queries(17):
        assert eve.get(PORTAL).status_code == 200


def test_the_team_puts_an_idea_on_a_board_and_finds_it_there(world, atlas, sign_in):
    bob = sign_in(world.bob)
    assert "No board" not in bob.get("/acme/ATL/ideas/new").content.decode()
    board = make_board(world)
    assert "No board" in bob.get("/acme/ATL/ideas/new").content.decode()
    sent = {
        "title": "Dark mode",
        "source": "team",
        "type": "solution",
        "size": "pebble",
        "board": board.uuid,
    }
    assert bob.post("/acme/ATL/ideas/new", sent).status_code == 302
    idea = Idea.objects.get()
    assert (idea.board, idea.type, idea.size) == (board, "solution", "pebble")
    edit = bob.get(f"/acme/{idea.reference}/edit").content.decode()
    assert f'value="{board.uuid}" selected' in edit
    listed = bob.get(f"/acme/ATL/ideas/?board={board.uuid}&of_size=pebble").content.decode()
    assert "Dark mode" in listed
    assert "Dark mode" not in bob.get("/acme/ATL/ideas/?of_size=rock").content.decode()
