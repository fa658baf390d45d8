"""What the pages of planning can do, over the API: lines of the plan, sending again, ends of items, contributions, order."""

from __future__ import annotations

from datetime import date
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail.backends.locmem import EmailBackend

from plm.models import Event
from plm.runner import run_due_jobs
from roadmap.models import CommunicationLine, Delivery, Placement, Sunset
from roadmap.services.communication import line_create, update_begin, update_send
from roadmap.services.contributions import contribution_set
from roadmap.services.questions import Guest, Wording, question_ask, question_close
from tests.make import make_item, make_objective, make_placement

V1 = "/api/v1"


@pytest.fixture
def call(world, api):
    """Calls as somebody: `call("alice", "patch", path, body, If_Match=tag)`."""

    def made(name, method, path, body=None, **headers):
        client = api(getattr(world, name), world.acme)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        if method in {"get", "delete"}:
            return getattr(client, method)(f"{V1}/{path}", headers=named)
        return getattr(client, method)(f"{V1}/{path}", body or {}, content_type="application/json", headers=named)  # fmt: skip

    return made


@pytest.fixture
def line(world):
    values = {"audience": "Board", "channel": "mail", "to": "ana@a.example\nben@b.example"}
    return line_create(actor=world.actor("alice"), product=world.atlas, values=values)


def test_a_line_of_the_plan_is_read_changed_and_taken_out(world, line, call):
    at = f"communication/{line.uuid}/"
    read = call("alice", "get", at)
    assert (read.json()["cadence"], read.json()["version"], read["ETag"][:2]) == ("weekly", 1, '"1')
    change = {"cadence": "monthly", "day": 31, "owner": str(world.bob.uuid)}
    assert call("alice", "patch", at, change).status_code == 428
    changed = call("alice", "patch", at, change, If_Match=read["ETag"])
    assert changed.status_code == 200, changed.content
    assert (changed.json()["day"], changed.json()["owner"]) == (31, str(world.bob.uuid))
    assert changed.json()["to"] == "ana@a.example\nben@b.example", "what is left out stays"
    assert call("alice", "patch", at, {"day": 2}, If_Match=read["ETag"]).status_code == 412
    wrong = call("alice", "patch", at, {"to": "nobody"}, If_Match=changed["ETag"])
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["to"])
    nobody = call(
        "alice", "patch", at, {"owner": str(world.mallory.uuid)}, If_Match=changed["ETag"]
    )
    assert nobody.status_code == 422
    for name in ("bob", "carol"):
        assert call(name, "patch", at, {"day": 2}, If_Match=changed["ETag"]).status_code in {
            403,
            404,
        }
    assert call("alice", "delete", at, If_Match=read["ETag"]).status_code == 412
    assert call("alice", "delete", at, If_Match=changed["ETag"]).status_code == 204
    assert call("alice", "get", at).status_code == 404
    assert CommunicationLine.objects.get().archived_at is not None
    assert Event.objects.filter(verb="communication.archived").count() == 1


def test_another_workspace_has_no_such_line(world, line, api):
    assert (
        api(world.mallory, world.rival).get(f"{V1}/communication/{line.uuid}/").status_code == 404
    )


def test_an_update_is_sent_again_to_those_it_did_not_reach(world, line, call, monkeypatch):
    alice = world.actor("alice")
    real = EmailBackend.send_messages
    refused = {"ben@b.example"}

    def send(self, messages):
        if refused & set(messages[0].to):
            raise SMTPRecipientsRefused({})
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    update = update_begin(actor=alice, line=line)
    update_send(actor=alice, update=update, lines=[line], version=1)
    run_due_jobs()
    told = call("alice", "get", f"updates/{update.uuid}/").json()["deliveries"]
    went = {one["to"]: (one["delivery"], one["id"]) for one in told}
    assert [went[to][0] for to in ("ana@a.example", "ben@b.example")] == ["sent", "failed"]
    again = f"updates/{update.uuid}/deliveries/{{}}/again/"
    assert call("alice", "post", again.format(went["ana@a.example"][1])).status_code == 409
    assert call("carol", "post", again.format(went["ben@b.example"][1])).status_code in {403, 404}
    assert call("alice", "post", again.format(line.uuid)).status_code == 404
    refused.clear()
    answer = call("alice", "post", again.format(went["ben@b.example"][1]))
    assert answer.status_code == 200, answer.content
    run_due_jobs()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_question_is_mailed_again(world, call):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, "Deposits")
    asked = question_ask(
        actor=alice, record=item, wording=Wording(kind="comment", text="What is missing?", title="Deposits"),
        members=[], guests=[Guest("Ana", "ana@a.example")],
    )  # fmt: skip
    run_due_jobs()
    person = asked.people.get()
    at = f"records/{item.reference}/questions/{asked.uuid}/people/{person.uuid}/mail/"
    assert call("alice", "post", at).status_code == 200
    assert Event.objects.filter(verb="question.mail_asked").count() == 1
    assert call("carol", "post", at).status_code == 403
    question_close(actor=alice, record=item, question=asked)
    assert call("alice", "post", at).status_code == 409


def test_the_end_of_an_item_is_planned(world, call):
    item = make_item(world.actor("alice"), world.atlas, "Fax export")
    at = f"records/{item.reference}/sunset/"
    empty = call("alice", "get", at)
    assert (empty.json()["version"], empty.json()["item"]) == (0, item.reference)
    body = {
        "reason": "Nobody faxes",
        "notice_on": "2027-01-04",
        "final_on": "2027-06-30",
        "successor": "BOR",
    }
    made = call("alice", "put", at, body, If_Match=empty["ETag"])
    assert made.status_code == 200, made.content
    assert (made.json()["successor"], made.json()["final_on"]) == ("BOR", "2027-06-30")
    assert Sunset.objects.get().item == item
    assert call("alice", "put", at, {"instead": "Mail"}, If_Match=empty["ETag"]).status_code == 412
    late = call("alice", "put", at, {"final_on": "2026-12-31"}, If_Match=made["ETag"])
    assert list(late.json()["errors"]) == ["final_on"]
    assert call("carol", "put", at, body, If_Match=made["ETag"]).status_code == 403
    assert call("alice", "get", "products/ATL/sunset/").json()["item"] is None
    goal = make_objective(world.actor("alice"), world.atlas)
    assert call("alice", "get", f"records/{goal.reference}/sunset/").status_code == 404


def test_the_contributions_of_a_product_are_listed_by_goal(world, call):
    alice = world.actor("alice")
    goals = [make_objective(alice, world.atlas, f"Goal {n}") for n in (1, 2)]
    items = [make_item(alice, world.atlas, f"Item {n}") for n in (1, 2)]
    contribution_set(actor=alice, item=items[0], objective=goals[1], percent=40)
    contribution_set(actor=alice, item=items[1], objective=goals[0], percent=25)
    at = "products/ATL/contributions/"
    found = call("carol", "get", at).json()["results"]
    assert [(row["reference"], row["objective"], row["percent"]) for row in found] == [
        (items[1].reference, goals[0].reference, 25), (items[0].reference, goals[1].reference, 40),
    ]  # fmt: skip
    one = call("carol", "get", f"{at}?objective={goals[1].reference}").json()["results"]
    assert [row["percent"] for row in one] == [40]
    assert call("carol", "get", f"{at}?objective={items[0].reference}").status_code == 422
    assert call("carol", "get", f"{at}?goal=1").status_code == 400


def test_cards_are_sorted_as_on_the_board(world, call):
    alice = world.actor("alice")
    items = [make_item(alice, world.atlas, f"Card {n}") for n in range(3)]
    for item in items:
        make_placement(
            alice, item, bucket="now", starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 8)
        )
    body = {"bucket": "now", "after": items[2].reference}
    sorted_ = call("alice", "post", f"placements/{items[0].reference}/sort/", body)
    assert sorted_.status_code == 200, sorted_.content
    order = Placement.objects.filter(bucket="now").order_by("position", "pk")
    assert [row.item_id for row in order] == [items[1].pk, items[2].pk, items[0].pk]
    call("alice", "post", f"placements/{items[0].reference}/sort/", {"bucket": "next"})
    assert Placement.objects.get(item=items[0]).bucket == "next"
    at = f"placements/{items[1].reference}/sort/"
    for wrong in ({"bucket": "someday"}, {"bucket": "now", "after": "ATL-9999"}, {"bucket": "now", "after": items[0].reference}, {}):  # fmt: skip
        assert call("alice", "post", at, wrong).status_code == 422
    assert call("bob", "post", at, {"bucket": "now"}).status_code == 403
