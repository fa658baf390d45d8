"""Who reads what was said in a round: before the reveal nobody but its author, after it whom the round lets."""

from __future__ import annotations

import pytest

from backlog.selectors.rounds import comments_of, judged_items, member_of, sets_of
from backlog.services.rounds import round_move, round_update
from backlog.services.rounds_answers import round_answer
from backlog.services.rounds_people import round_guest_add, round_member_add
from backlog.services.rounds_talk import round_comment
from plm.errors import Conflict
from plm.permissions import Actor
from tests.make import make_item, make_round

GUEST = Actor(name="Guest")


@pytest.fixture
def items(world):
    return [make_item(world.actor("bob"), world.atlas, f"Item {n}") for n in range(4)]


def talked(world, items, kind="kano", reveal=True, **more):
    """Ana judged the first item, Ben the first two; Ana, Ben and Bob spoke about the first, Ben about the second."""
    alice = world.actor("alice")
    row = make_round(alice, world.atlas, items, kind, **more)
    round_member_add(actor=alice, row=row, user=world.bob)
    people = {}
    for name, count in (("Ana", 1), ("Ben", 2)):
        person, secret = round_guest_add(actor=alice, row=row, name=name)
        people[name] = (person, secret)
        for item in row.items.all()[:count]:
            given = {"item": item.uuid, "with": "like", "without": "dislike"}
            if kind == "points":
                given = {"points": {item.uuid: 10}}
            round_answer(actor=GUEST, participant=person, given=given)
    first, second, *_ = row.items.all()
    for name, item in (("Ana", first), ("Ben", first), ("Ben", second)):
        round_comment(
            actor=GUEST, item=item, body=f"{name} on {item.title}", participant=people[name][0]
        )
    round_comment(actor=world.actor("bob"), item=first, body="Bob on it")
    if reveal:
        row = round_move(actor=alice, row=row, state="revealed")
    for person, _ in people.values():
        person.round = row
    return row, people


def words(found):
    return sorted(comment.body for said in found.values() for comment in said)


def read_by_guest(people, name):
    return words(comments_of(people[name][0].round, participant=people[name][0]))


ALL = ["Ana on Item 0", "Ben on Item 0", "Ben on Item 1", "Bob on it"]


def test_guests_read_their_own_alone_unless_the_round_lets_them(world, items):
    _, people = talked(world, items)
    assert read_by_guest(people, "Ana") == ["Ana on Item 0"]
    _, people = talked(world, items, reveal=False, remarks=("members", "guests"))
    assert read_by_guest(people, "Ana") == ["Ana on Item 0"]
    _, people = talked(world, items, remarks=("members", "guests"))
    assert read_by_guest(people, "Ana") == ["Ana on Item 0", "Ben on Item 0", "Bob on it"]
    assert read_by_guest(people, "Ben") == ALL


def test_members_read_all_unless_the_round_keeps_it_and_who_runs_it_reads_all(world, items):
    row, _ = talked(world, items)
    assert words(comments_of(row, actor=world.actor("bob"))) == ALL
    row, _ = talked(world, items, remarks=())
    assert words(comments_of(row, actor=world.actor("bob"))) == ["Bob on it"]
    assert words(comments_of(row, actor=world.actor("carol"))) == []
    assert words(comments_of(row, actor=world.actor("alice"))) == ALL
    row, _ = talked(world, items, reveal=False)
    assert words(comments_of(row, actor=world.actor("alice"))) == []
    assert words(comments_of(row, actor=world.actor("bob"))) == ["Bob on it"]


def test_what_somebody_judged_follows_from_their_answers(world, items):
    _, people = talked(world, items, "points")
    assert len(judged_items(people["Ana"][0])) == 4
    alice = world.actor("alice")
    pairs = make_round(alice, world.atlas, items, "pairs")
    person, _ = round_guest_add(actor=alice, row=pairs, name="Ana")
    assert judged_items(person) == set()
    one, other, *_ = pairs.items.all()
    given = {"pair": [one.uuid, other.uuid], "winner": one.uuid}
    round_answer(actor=GUEST, participant=person, given=given)
    assert judged_items(person) == {one.pk, other.pk}
    sets = make_round(alice, world.atlas, [*items, make_item(alice, world.atlas)], "maxdiff")
    round_member_add(actor=alice, row=sets, user=world.bob)
    me = member_of(sets, world.actor("bob"))
    shown = sets_of(me, list(sets.items.all()))[0]
    given = {"set": 0, "best": shown[0].uuid, "worst": shown[1].uuid}
    round_answer(actor=world.actor("bob"), participant=me, given=given)
    assert judged_items(me) == {item.pk for item in shown}


def test_who_reads_is_settled_in_the_draft_on_its_page_and_over_the_api(world, items, sign_in, api):
    alice = world.actor("alice")
    draft = make_round(alice, world.atlas, items, "kano", state="draft")
    browser, words_page = sign_in(world.alice), f"{draft.get_absolute_url()}/words"
    page = browser.get(words_page).content.decode()
    assert 'name="remarks_members"' in page
    client = api(world.alice, world.acme)
    address = f"/api/v1/rounds/{draft.uuid}/"
    tag = client.get(address)["ETag"]
    changed = client.patch(
        address, {"remarks_guests": True, "remarks_members": False}, content_type="application/json",
        headers={"If-Match": tag},
    )  # fmt: skip
    assert changed.status_code == 200, changed.content
    assert (changed.json()["remarks_guests"], changed.json()["remarks_members"]) == (True, False)
    opened = round_move(actor=alice, row=draft, state="open")
    with pytest.raises(Conflict):
        round_update(
            actor=alice, row=opened, version=opened.version, values={"remarks_guests": False}
        )


def test_the_guests_page_and_call_show_what_they_may_read_and_say_who_reads_theirs(
    world, items, client
):
    _, people = talked(world, items, remarks=("members", "guests"))
    secret = people["Ana"][1]
    page = client.get(f"/share/{secret}/round").content.decode()
    assert "Ben on Item 0" in page
    assert "Ben on Item 1" not in page
    assert "members and guests of this round" in page
    told = client.get(f"/api/v1/round-links/{secret}/").json()["remarks"]
    assert sorted(one["body"] for one in told) == ["Ana on Item 0", "Ben on Item 0", "Bob on it"]
