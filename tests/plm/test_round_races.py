"""Many answers at once in one round: none is lost, none is doubled, and what was confirmed is in what is revealed."""

from __future__ import annotations

import pytest

from backlog.models import RoundAnswer, RoundParticipant
from backlog.selectors.rounds import WHOLE, answers_of
from backlog.selectors.rounds_results import answers_by_person
from backlog.services.rounds import round_move
from backlog.services.rounds_answers import round_answer
from backlog.services.rounds_people import round_guest_add
from plm.errors import Conflict, Invalid
from plm.models import Event
from plm.permissions import Actor
from tests.make import make_item, make_round
from tests.plm.test_races import at_once, world  # noqa: F401 - the fixture

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE, ITEMS = 30, 5


def begun(world, kind, people=PEOPLE):  # noqa: F811 - the fixture
    alice = world.actor("alice")
    items = [make_item(world.actor("bob"), world.atlas, f"Item {n}") for n in range(ITEMS)]
    row = make_round(alice, world.atlas, items, kind)
    guests = [round_guest_add(actor=alice, row=row, name=f"Guest {n}")[0] for n in range(people)]
    return row, list(row.items.all()), guests


def score(guest, item, **values):
    given = {"item": item.uuid, "values": values}
    return round_answer(actor=Actor(name=guest.name), participant=guest, given=given)


def test_thirty_people_who_score_at_once_lose_nothing(world):  # noqa: F811
    row, items, guests = begun(world, "scores")

    def work(n):
        for place, item in enumerate(items):
            score(guests[n], item, customer_need=n % 5 + 1, market_demand=place + 1)
            score(guests[n], item, ease=2)
        return n

    assert sorted(map(str, at_once(PEOPLE, work))) == sorted(map(str, range(PEOPLE)))
    assert RoundAnswer.objects.count() == PEOPLE * ITEMS * 3
    for n, guest in enumerate(guests):
        found = answers_of(guest)
        assert {found[f"{i.pk}.customer_need"] for i in items} == {n % 5 + 1}
        assert [found[f"{i.pk}.market_demand"] for i in items] == [1, 2, 3, 4, 5]
    assert Event.objects.filter(verb="round.begun").count() == PEOPLE


def test_many_tabs_of_one_person_write_one_row_and_never_more_than_a_hundred_points(world):  # noqa: F811
    row, items, (guest,) = begun(world, "points", 1)

    def work(n):
        item = items[n % ITEMS]
        given = {"points": {item.uuid: 30}}
        return round_answer(actor=Actor(name="G"), participant=guest, given=given)

    outcomes = at_once(24, work)
    assert {type(o) for o in outcomes} <= {dict, Invalid}
    assert sum(answers_of(guest).values()) == 90 <= WHOLE
    assert RoundAnswer.objects.filter(participant=guest).count() == 3
    assert Event.objects.filter(verb="round.begun").count() == 1


def test_what_was_confirmed_is_in_what_is_revealed(world):  # noqa: F811
    row, items, guests = begun(world, "scores", 16)
    score(guests[0], items[0], ease=1)

    def work(n):
        if n == 8:
            return round_move(actor=world.actor("alice"), row=row, state="revealed")
        return score(guests[n], items[1], ease=n % 5 + 1)

    outcomes = at_once(16, work)
    kept = {n for n, o in enumerate(outcomes) if isinstance(o, dict)}
    assert all(isinstance(outcomes[n], Conflict) for n in set(range(16)) - kept - {8})
    row.refresh_from_db()
    people, answers = answers_by_person(row)
    told = {p.pk: answers[p.pk].get(f"{items[1].pk}.ease") for p in people}
    assert {n for n, g in enumerate(guests) if told[g.pk] is not None} == kept
    assert RoundParticipant.objects.count() == 16
