"""The pages of rounds: what an organiser, a member and a guest with a link see and do."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from random import getrandbits

import pytest
from django.test import Client
from limits import RateLimitItemPerMinute

from backlog.models import Round, RoundAnswer, RoundComment, ScoringModel
from backlog.selectors.rounds import answers_of
from backlog.services.ranks import item_rank_pin
from backlog.services.rounds import round_move
from backlog.services.rounds_people import round_guest_add, round_member_add
from backlog.services.scoring_models import (
    scoring_model_activate,
    scoring_model_update,
    scoring_models_ensure,
)
from backlog.views import rounds_guest
from plm.runner import run_due_jobs
from tests.make import make_item, make_round
from tests.permissions import digest
from tests.words import says

HOME = "/acme/ATL/prioritize/rounds/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def items(world):
    scoring_models_ensure(product=world.atlas)
    model = ScoringModel.objects.select_related("product").get(
        product=world.atlas, method="weighted"
    )
    scoring_model_activate(actor=world.actor("alice"), model=model)
    made = [make_item(world.actor("bob"), world.atlas, f"Item {n}") for n in range(4)]
    run_due_jobs(20)
    return made


@pytest.fixture
def alice(world, sign_in):
    return sign_in(world.alice)


def invited(world, row, name="Ana"):
    person, secret = round_guest_add(actor=world.actor("alice"), row=row, name=name)
    return person, f"/share/{secret}/round"


def drafted(world, items, browser):
    """A round made and worded in the browser, with alice, carol and a guest; the round and the guest's address."""
    ticked = [items[0].reference, items[2].reference]
    form = {"title": "Spring", "kind": "scores", "days": "7", "top": "", "picked": ticked}
    made = browser.post(f"{HOME}new", form)
    row = Round.objects.get()
    here = row.get_absolute_url()
    assert made["Location"] == here
    assert [i.title for i in row.items.all()] == ["Item 0", "Item 2"]
    given = {
        "title": "Spring",
        "intro": "Ten minutes.",
        "version": "1",
        "role-1": "Sales",
        "criteria-1": "customer_need",
    }
    for item in row.items.all():
        given |= {f"title-{item.uuid}": item.title, f"about-{item.uuid}": "In plain words"}
    assert browser.post(f"{here}/words", given).status_code == 302
    assert browser.post(f"{here}/words", given | {"title": "Late"}).status_code == 409
    browser.post(f"{here}/people", {"member": [str(world.carol.uuid), str(world.alice.uuid)]})
    asked = browser.post(f"{here}/people", {"name": "Ana", "role": "Sales", "form_key": "g1"})
    secret = re.search(r"/share/([\w-]{43})/round", asked.content.decode())[1]
    assert "no-store" in asked["Cache-Control"]
    assert secret not in browser.get(here).content.decode()
    browser.post(f"{here}/move", {"state": "open"})
    return row, f"/share/{secret}/round"


def test_a_round_from_draft_to_close_in_the_browser(world, items, alice):
    assert b"Nobody has scored together yet" in alice.get(HOME).content
    row, link = drafted(world, items, alice)
    here, first, guest = row.get_absolute_url(), row.items.first(), Client()
    sheet = guest.get(link).content.decode()
    assert "In plain words" in sheet
    assert "Customer need" in sheet
    assert "Market demand" not in sheet  # not what sales judge
    guest.post(link, {"item": first.uuid, "customer_need": "4"})
    assert b"1 of 2" in alice.get(f"{here}/state").content
    assert "Market demand" in alice.get(f"{here}/answers").content.decode()
    alice.post(f"{here}/answers", {"item": first.uuid, "customer_need": "2", "ease": "5"})
    alice.post(f"{here}/move", {"state": "revealed"})
    found = alice.get(here).content.decode()
    assert "Ana 4" in found
    assert "Alice 2" in found
    agreed = {
        "version": "1",
        "customer_need": "4",
        "market_demand": "4",
        "ease": "4",
        "reason": "Ana is right",
    }
    assert alice.post(f"{here}/items/{first.uuid}/agree", agreed).status_code == 302
    stale = alice.post(f"{here}/items/{first.uuid}/agree", agreed | {"reason": "Other"})
    assert stale.status_code == 409
    assert b"Ana is right" in stale.content
    first.item.refresh_from_db()
    assert first.item.score == 4
    assert "Spring" in alice.get(first.item.get_absolute_url()).content.decode()
    alice.post(f"{here}/move", {"state": "closed"})
    assert guest.get(link).status_code == 404
    assert b"Ana is right" in alice.get(here).content


def test_an_answer_is_saved_as_it_is_given_and_an_old_tab_takes_nothing_away(world, items):
    row = make_round(world.actor("alice"), world.atlas, items)
    person, link = invited(world, row)
    first, guest = row.items.first(), Client()
    send = {
        "item": str(first.uuid),
        "customer_need": "4",
        "was.customer_need": "",
        "ease": "",
        "was.ease": "",
    }
    part = guest.post(link, send, headers=HTMX)
    assert part.status_code == 200
    assert f'id="i-{first.uuid}"' in part.content.decode()
    assert "1 of 12 answered" in part.content.decode()
    old_tab = {**send, "customer_need": "", "ease": "2"}
    guest.post(link, old_tab, headers=HTMX)
    assert answers_of(person) == {f"{first.pk}.customer_need": 4, f"{first.pk}.ease": 2}
    wrong = guest.post(link, {**send, "customer_need": "9"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "1 to 5" in wrong.content.decode()
    assert guest.post(link, {**send, "customer_need": "9"}).status_code == 422
    assert answers_of(person)[f"{first.pk}.customer_need"] == 4


def test_a_guest_sees_the_words_of_the_round_and_nothing_else(world, items):
    bob = world.actor("bob")
    make_item(bob, world.atlas, "zz-secret item", description="zz-secret text")
    type(items[0]).objects.filter(pk=items[0].pk).update(description="zz-secret description")
    row = make_round(world.actor("alice"), world.atlas, items[:2], state="draft")
    row.items.update(title="zz-shown")
    other = make_round(world.actor("alice"), world.atlas, items[2:], title="zz-secret round")
    _, other_link = invited(world, other, "zz-secret guest")
    ben, _ = invited(world, row, "zz-secret Ben")
    round_move(actor=world.actor("alice"), row=row, state="open")
    person, link = invited(world, row)
    guest, first = Client(), row.items.first()
    Client().post(other_link, {"item": other.items.first().uuid, "customer_need": "3"})
    RoundComment.objects.create(
        workspace=world.acme, item=first, name="Alice", body="zz-secret words", created_at=row.created_at,
        author=world.alice,
    )  # fmt: skip
    for _ in range(2):
        answer = guest.get(link)
        page = answer.content.decode()
        assert "zz-shown" in page
        for hidden in (
            "zz-secret",
            items[0].reference,
            "Bob",
            "alice",
            "Item 1",
            world.acme.slug + "/",
        ):
            assert not says(page, hidden), hidden
        assert answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]
        RoundAnswer.objects.create(
            workspace=world.acme, participant=ben, subject=f"{first.pk}.ease", value=3, answered_at=row.created_at
        ) if not RoundAnswer.objects.filter(participant=ben).exists() else None  # fmt: skip
        round_move(actor=world.actor("alice"), row=row, state="revealed")
    foreign = guest.post(link, {"item": other.items.first().uuid, "body": "zz"})
    assert foreign.status_code == 404
    assert not RoundAnswer.objects.filter(participant=person).exists()


def test_wrong_links_answer_like_no_page_and_are_counted(world, items):
    row = make_round(world.actor("alice"), world.atlas, items)
    _, link = invited(world, row)
    before = digest()
    here = Client(REMOTE_ADDR=str(IPv6Address(getrandbits(128))))  # nobody else's misses count here
    codes = [here.get(f"{link[:20]}{n:020}/round").status_code for n in range(22)]
    assert codes == [404] * 20 + [429] * 2
    assert here.post(f"/share/{'x' * 43}/round", {"item": "1"}).status_code == 429
    assert digest() == before
    assert here.get(link).status_code == 200


def test_a_link_takes_so_many_answers_a_minute(world, items, monkeypatch):
    monkeypatch.setattr(rounds_guest, "WRITES", RateLimitItemPerMinute(1))
    row = make_round(world.actor("alice"), world.atlas, items)
    person, link = invited(world, row)
    first = row.items.first()
    codes = {
        Client().post(link, {"item": first.uuid, "ease": str(n)}).status_code for n in (1, 2, 3)
    }
    assert 429 in codes
    assert answers_of(person)


def test_a_criterion_that_is_taken_out_meanwhile_stays_and_is_said_to_be_gone(world, items, alice):
    row = make_round(world.actor("alice"), world.atlas, items)
    _, link = invited(world, row)
    model = ScoringModel.objects.select_related("product").get(product=world.atlas, active=True)
    kept = [{"key": key, "label": key} for key in ("customer_need", "market_demand")]
    scoring_model_update(
        actor=world.actor("alice"), model=model, version=model.version, criteria=kept
    )
    page = Client().get(link).content.decode()
    assert "Taken out of the scoring model meanwhile" in page
    Client().post(link, {"item": row.items.first().uuid, "ease": "5"})
    round_move(actor=world.actor("alice"), row=row, state="revealed")
    told = alice.get(row.get_absolute_url()).content.decode()
    assert "No longer in the scoring model, and kept in this round: Ease of implementation" in told


def test_a_guest_speaks_under_their_name_and_reads_their_own_words_alone(world, items, alice):
    row = make_round(world.actor("alice"), world.atlas, items)
    _, link = invited(world, row)
    _, other = invited(world, row, "Ben")
    item = row.items.first()
    for _ in range(2):
        Client().post(link, {"item": item.uuid, "body": "We lose orders over this"})
    assert RoundComment.objects.count() == 1
    assert b"We lose orders" in Client().get(link).content
    assert b"We lose orders" not in Client().get(other).content
    assert b"We lose orders" not in alice.get(row.get_absolute_url()).content
    Client().post(link, {"item": item.uuid, "customer_need": "3"})
    round_move(actor=world.actor("alice"), row=row, state="revealed")
    page = alice.get(row.get_absolute_url()).content.decode()
    assert "We lose orders" in page
    assert b"We lose orders" not in Client().get(other).content


def test_bad_input_writes_nothing(world, items, alice):
    row = make_round(world.actor("alice"), world.atlas, items)
    here, item = row.get_absolute_url(), row.items.first().uuid
    _, link = invited(world, row)
    round_member_add(actor=world.actor("alice"), row=row, user=world.alice)
    before = digest()
    for url, data, status in (
        (f"{HOME}new", {"title": "", "kind": "scores", "days": "7"}, 422),
        (f"{HOME}new", {"title": "T", "kind": "poker", "days": "7"}, 422),
        (f"{HOME}new", {"title": "T", "kind": "scores", "days": "1_0", "top": "3"}, 422),
        (f"{HOME}new", {"title": "T", "kind": "maxdiff", "days": "7", "top": "3"}, 422),
        (f"{here}/move", {"state": "draft"}, 409), (f"{here}/move", {"state": "x" * 99}, 409),
        (f"{here}/longer", {"days": "abc"}, 422), (f"{here}/longer", {"days": "999"}, 422),
        (f"{here}/people", {}, 422), (f"{here}/people", {"name": " "}, 422), (f"{here}/people", {"name": "x" * 81}, 422),
        (f"{here}/people", {"name": "Ana"}, 409), (f"{here}/people", {"name": "Bea", "role": "x" * 41}, 422),
        (f"{here}/answers", {"item": "x", "customer_need": "3"}, 422), (f"{here}/answers", {"item": str(item), "customer_need": "x"}, 422),
        (f"{here}/answers", {"item": "x", "body": "Hello"}, 422), (f"{here}/items/{item}/say", {"body": " "}, 422),
        (f"{here}/items/{item}/agree", {"version": "1", "reason": "too soon", "ease": "3"}, 409),
    ):  # fmt: skip
        assert alice.post(url, data).status_code == status, (url, data)
        assert digest() == before, (url, data)
    for data, status in (
        ({"item": str(item), "customer_need": "9"}, 422), ({"item": "", "ease": "3"}, 422), ({"undo": "1"}, 409),
        ({"item": str(item), "body": "x" * 2001}, 422),
    ):  # fmt: skip
        assert Client().post(link, data).status_code == status, data
        assert digest() == before, data


def test_who_may_not_organise_only_looks(world, items, sign_in):
    row = make_round(world.actor("alice"), world.atlas, items)
    carol, here = sign_in(world.carol), row.get_absolute_url()
    page = carol.get(here).content.decode()
    assert "Reveal the answers" not in page
    assert "Ask this guest" not in page
    for part in ("words", "move", "people", "longer"):
        assert carol.post(f"{here}/{part}", {"state": "revealed"}).status_code == 403
    assert carol.get(f"{here}/answers").status_code == 404  # she is not asked
    round_member_add(actor=world.actor("alice"), row=row, user=world.carol)
    assert carol.get(f"{here}/answers").status_code == 200
    assert "Rounds that wait for you" in carol.get("/acme/inbox").content.decode()
    assert "Rounds that wait for you" not in sign_in(world.bob).get("/acme/inbox").content.decode()
    assert sign_in(world.mallory).get(here).status_code == 404


@pytest.mark.parametrize("count", [3, 12])
def test_the_page_costs_the_same_however_many_take_part(
    world, items, alice, count, django_assert_max_num_queries
):
    row = make_round(world.actor("alice"), world.atlas, items)
    item = row.items.first().uuid
    for n in range(count):
        _, link = invited(world, row, f"Guest {n}")
        Client().post(link, {"item": item, "customer_need": "3", "ease": "4"})
    alice.get(row.get_absolute_url())
    with django_assert_max_num_queries(16):
        alice.get(f"{row.get_absolute_url()}/state")
    with django_assert_max_num_queries(28):
        alice.get(row.get_absolute_url())
    round_move(actor=world.actor("alice"), row=row, state="revealed")
    with django_assert_max_num_queries(28):
        alice.get(row.get_absolute_url())
    with django_assert_max_num_queries(16):
        Client().get(link)


def test_ranks_of_a_round_follow_what_was_agreed(world, items):
    item_rank_pin(actor=world.actor("alice"), item=items[3], rank=1, reason="First of all")
    row = make_round(world.actor("alice"), world.atlas, items)
    assert [i.item_id for i in row.items.all()] == [i.pk for i in items]
