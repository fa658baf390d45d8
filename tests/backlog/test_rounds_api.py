"""Rounds over the API: made, asked, answered, revealed, agreed on."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from backlog.models import Round, RoundAnswer, ScoringModel
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from plm.runner import run_due_jobs
from tests.make import make_item
from tests.words import says


@pytest.fixture
def items(world):
    scoring_models_ensure(product=world.atlas)
    model = ScoringModel.objects.select_related("product").get(
        product=world.atlas, method="weighted"
    )
    scoring_model_activate(actor=world.actor("alice"), model=model)
    made = [make_item(world.actor("bob"), world.atlas, f"Item {n}") for n in range(5)]
    run_due_jobs(20)
    return made


class Caller:
    """Calls with JSON; `ok` is the body of a call that has to work."""

    def __init__(self, client):
        self.client = client

    def send(self, method, path, body=None, **headers):
        return self.client.generic(
            method, f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json", headers=headers
        )  # fmt: skip

    def ok(self, method, path, body=None, **headers):
        answer = self.send(method, path, body, **headers)
        assert answer.status_code < 300, answer.content
        return answer.json()


@pytest.fixture
def alice(world, api):
    return Caller(api(world.alice, world.acme))


@pytest.fixture
def carol(world, api):
    return Caller(api(world.carol, world.acme))


def opened(alice, world, items, kind="scores", **more):
    """A round of that kind about all items, with carol asked, open: its id and the ids of its items."""
    named = [item.reference for item in items]
    made = alice.ok(
        "POST", "rounds/", {"product": "ATL", "title": "T", "kind": kind, "items": named, **more}
    )
    at = f"rounds/{made['id']}/"
    alice.ok("POST", f"{at}ask/", {"member": str(world.carol.uuid)})
    alice.ok("POST", f"{at}move/", {"state": "open"})
    return at, [item["id"] for item in made["items"]]


def test_a_round_of_scores_from_draft_to_agreement(world, items, alice, carol):
    at, ids = opened(alice, world, items)
    guest = alice.ok("POST", f"{at}ask/", {"name": "Ana", "role": "Sales"})
    assert guest["url"].endswith("/round")
    newer = alice.ok("POST", f"{at}renew/", {"participant": guest["id"]})
    assert newer["url"] != guest["url"]
    mine = carol.ok(
        "POST", f"{at}answer/", {"item": ids[0], "values": {"customer_need": 4, "ease": 2}}
    )
    assert (mine["given"], mine["expected"]) == (2, 15)
    assert carol.ok("GET", f"{at}mine/")["answers"][0] == {
        "item": ids[0],
        "criterion": "customer_need",
        "value": 4,
    }
    blind = alice.ok("GET", f"{at}results/")
    assert (blind["blind"], blind["items"]) == (True, [])
    alice.ok("POST", f"{at}move/", {"state": "revealed"})
    told = alice.ok("GET", f"{at}results/")
    need = next(row for row in told["items"] if row["id"] == ids[0])["criteria"][0]
    assert (need["median"], need["values"]) == (4, [{"name": "Carol", "value": 4}])
    carol.ok("POST", f"{at}say/", {"item": ids[0], "body": "It is what they ask for first"})
    assert alice.ok("GET", f"{at}comments/")["results"][0]["name"] == "Carol"
    decided = alice.ok(
        "POST", f"{at}decide/",
        {"item": ids[0], "values": {"customer_need": 4, "market_demand": 4, "ease": 4}, "reason": "Agreed", "version": 1},
    )  # fmt: skip
    assert decided["decided"] == {"customer_need": 4, "market_demand": 4, "ease": 4}
    items[0].refresh_from_db()
    assert items[0].score == 4
    stale = {"item": ids[0], "values": {"ease": 1}, "reason": "Agreed", "version": 1}
    assert alice.send("POST", f"{at}decide/", stale).status_code == 412


def test_points_pairs_kano_and_sets_are_answered(world, items, alice, carol):
    at, ids = opened(alice, world, items, "points")
    carol.ok(
        "POST",
        f"{at}answer/",
        {"points": [{"item": ids[0], "points": 60}, {"item": ids[1], "points": 40}]},
    )
    assert (
        carol.send("POST", f"{at}answer/", {"points": [{"item": ids[2], "points": 1}]}).status_code
        == 422
    )
    at, ids = opened(alice, world, items, "pairs")
    pair = carol.ok("GET", f"{at}mine/")["pair"]
    after = carol.ok("POST", f"{at}answer/", {"pair": pair, "winner": pair[0]})
    assert after["answers"][0]["winner"] == pair[0]
    assert carol.ok("POST", f"{at}undo/")["answers"] == []
    at, ids = opened(alice, world, items, "kano")
    both = {"item": ids[0], "functional": "like", "dysfunctional": "dislike"}
    assert carol.ok("POST", f"{at}answer/", both)["given"] == 2
    at, ids = opened(alice, world, items, "maxdiff")
    shown = carol.ok("GET", f"{at}mine/")["set"]
    best, worst = shown["items"][:2]
    assert (
        carol.ok("POST", f"{at}answer/", {"set": shown["number"], "best": best, "worst": worst})[
            "given"
        ]
        == 1
    )
    same = {"set": shown["number"], "best": best, "worst": best}
    assert carol.send("POST", f"{at}answer/", same).status_code == 422
    assert RoundAnswer.objects.count() == 2 + 0 + 2 + 1


def test_a_guest_answers_with_the_link_alone_and_reads_no_more_than_the_page(world, items, alice):
    at, ids = opened(alice, world, items)
    guest = alice.ok("POST", f"{at}ask/", {"name": "Ana"})
    secret = guest["url"].split("/")[-2]
    ana = Caller(Client())
    told = ana.ok("POST", f"round-links/{secret}/", {"item": ids[0], "values": {"ease": 2}})
    assert told["answers"] == [{"item": ids[0], "criterion": "ease", "value": 2}]
    assert [scale["key"] for scale in told["scales"]] == ["customer_need", "market_demand", "ease"]
    seen = json.dumps(ana.ok("GET", f"round-links/{secret}/"))
    for hidden in (items[0].reference, "Carol", "acme", "Bob"):
        assert not says(seen, hidden), hidden
    assert (
        ana.send(
            "POST", f"round-links/{secret}/", {"item": ids[0], "values": {"ease": 9}}
        ).status_code
        == 422
    )
    alice.ok("POST", f"{at}renew/", {"participant": guest["id"]})
    assert ana.send("GET", f"round-links/{secret}/").status_code == 404


def test_words_are_changed_by_who_read_them(world, items, alice):
    made = alice.ok("POST", "rounds/", {"product": "ATL", "title": "T", "kind": "kano", "top": 3})
    assert [item["title"] for item in made["items"]] == ["Item 0", "Item 1", "Item 2"]
    at = f"rounds/{made['id']}/"
    words = {
        "items": [
            {
                "id": made["items"][0]["id"],
                "title": "Shorter",
                "with_it": "With?",
                "without_it": "Without?",
            }
        ]
    }
    assert alice.send("PATCH", at, words).status_code == 428
    assert alice.ok("PATCH", at, words, **{"If-Match": '"1"'})["items"][0]["title"] == "Shorter"
    assert alice.send("PATCH", at, {"title": "Other"}, **{"If-Match": '"1"'}).status_code == 412
    listed = alice.ok("GET", "rounds/?product=ATL")
    assert [row["id"] for row in listed["results"]] == [made["id"]]


def test_a_round_that_was_changed_meanwhile_is_not_moved(world, items, alice):
    named = [item.reference for item in items]
    made = alice.ok(
        "POST", "rounds/", {"product": "ATL", "title": "T", "kind": "scores", "items": named}
    )
    path, closed = f"rounds/{made['id']}/move/", {"state": "closed"}
    assert alice.send("POST", path, closed, **{"If-Match": '"9"'}).status_code == 412
    assert alice.send("POST", path, closed, **{"If-Match": "9N^p"}).status_code in {400, 422}
    assert Round.objects.get().state == "draft"
    alice.ok("POST", path, closed, **{"If-Match": f'"{made["version"]}"'})


def test_who_may_what(world, items, alice, carol, api):
    at, ids = opened(alice, world, items)
    for path, body in (
        ("move/", {"state": "revealed"}),
        ("ask/", {"name": "X"}),
        ("remove/", {"participant": ids[0]}),
    ):
        assert carol.send("POST", at + path, body).status_code in {403, 422}
    bob = Caller(api(world.bob, world.acme))
    assert (
        bob.send("POST", f"{at}answer/", {"item": ids[0], "values": {"ease": 3}}).status_code == 422
    )
    assert bob.send("GET", f"{at}mine/").status_code == 422
    mallory = Caller(api(world.mallory, world.rival))
    assert mallory.send("GET", at).status_code == 404
    assert Round.objects.get().state == "open"
