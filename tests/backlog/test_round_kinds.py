"""Points, votes in pairs, Kano and MaxDiff: what people give, and what is made of it."""

from __future__ import annotations

import pytest
from django.test import Client

from backlog.models import RoundAnswer, ScoringModel
from backlog.selectors.rounds import answers_expected, answers_of, sets_of
from backlog.selectors.rounds_needs import kano_results, maxdiff_results
from backlog.selectors.rounds_results import pair_results, point_results
from backlog.selectors.rounds_sheet import sheet_of
from backlog.services.rounds import round_move
from backlog.services.rounds_answers import round_answer, round_answer_undo
from backlog.services.rounds_people import round_guest_add, round_participant_remove
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from plm.errors import Conflict, Invalid
from plm.permissions import Actor
from tests.make import make_item, make_round
from tests.permissions import digest

GUEST = Actor(name="Guest")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def items(world):
    return [make_item(world.actor("bob"), world.atlas, f"Item {n}") for n in range(5)]


def started(world, items, kind, people=1):
    """An open round of that kind: itself, its items, its guests, and the address of the first."""
    alice = world.actor("alice")
    row = make_round(alice, world.atlas, items, kind)
    made = [round_guest_add(actor=alice, row=row, name=f"Guest {n}") for n in range(people)]
    return row, list(row.items.all()), [p for p, _ in made], f"/share/{made[0][1]}/round"


def revealed(world, row):
    return round_move(actor=world.actor("alice"), row=row, state="revealed")


def give(person, **given):
    return round_answer(actor=GUEST, participant=person, given=given)


def points(person, rows, *amounts):
    return give(person, points={i.uuid: n for i, n in zip(rows, amounts, strict=False)})


def test_a_hundred_points_and_not_one_more(world, items):
    row, rows, (ana, ben, cem), _ = started(world, items, "points", 3)
    points(ana, rows, 70, 30)
    with pytest.raises(Invalid) as refused:
        points(ana, rows, 71)
    assert "1 more than the 100" in next(iter(refused.value.fields.values()))
    points(ana, rows, 50)
    points(ben, rows, 0, 20, 30)
    for bad in (-1, 101, "x", "1.5", True, "1e2", "\uff19"):
        with pytest.raises(Invalid):
            points(cem, rows, bad)
    told = point_results(revealed(world, row), rows)
    assert [(s.item.title, s.points) for s in told.shares[:3]] == [
        ("Item 0", 50),
        ("Item 1", 50),
        ("Item 2", 30),
    ]
    assert told.shares[0].share == pytest.approx(100 * 50 / 130)
    assert told.shares[1].each == [("Guest 0", 30), ("Guest 1", 20)]
    assert told.unspent == [("Guest 0", 20), ("Guest 1", 50)]  # who never began has none to leave


def test_points_are_saved_as_they_are_given(world, items):
    row, rows, (ana,), link = started(world, items, "points")
    first, second = f"p-{rows[0].uuid}", f"p-{rows[1].uuid}"
    one = Client().post(
        link, {first: "60", f"was.{first}": "", second: "", f"was.{second}": ""}, headers=HTMX
    )
    assert b"40 of 100 points left" in one.content
    old_tab = {first: "", f"was.{first}": "", second: "30", f"was.{second}": ""}
    assert b"10 of 100 points left" in Client().post(link, old_tab, headers=HTMX).content
    before = digest()
    over = Client().post(link, {second: "50", f"was.{second}": "30"}, headers=HTMX)
    assert over.status_code == 422
    assert b"10 more than the 100 points" in over.content
    assert digest() == before
    assert answers_of(ana) == {str(rows[0].pk): 60, str(rows[1].pk): 30}
    assert row.items.count() == 5


def test_each_pair_is_asked_once_and_the_last_vote_is_taken_back(world, items):
    _, rows, (ana,), link = started(world, items[:3], "pairs")
    seen = set()
    for _ in range(3):
        pair = sheet_of(ana).pair
        seen.add(frozenset(a.id for a in pair))
        Client().post(
            link, {"one": pair[0].id, "other": pair[1].id, "winner": pair[0].id}, headers=HTMX
        )
    assert len(seen) == 3
    assert b"answered everything there is to ask" in Client().get(link).content
    ana.refresh_from_db()
    assert ana.done_at is not None
    last = RoundAnswer.objects.latest("pk").subject
    Client().post(link, {"undo": "1"})
    assert last not in answers_of(ana)
    assert {rows[0].pk, rows[1].pk, rows[2].pk} >= {
        int(n) for s in answers_of(ana) for n in s.split(".")
    }
    ana.refresh_from_db()
    assert ana.done_at is None
    assert round_answer_undo(actor=GUEST, participant=ana)
    assert round_answer_undo(actor=GUEST, participant=ana)
    assert not round_answer_undo(actor=GUEST, participant=ana)


def test_pairs_make_strengths_with_their_ranges(world, items):
    row, rows, people, _ = started(world, items[:4], "pairs", 3)
    for person in people:
        give(person, pair=[rows[0].uuid, rows[1].uuid], winner=rows[0].uuid)
        give(
            person, pair=[rows[1].uuid, rows[0].uuid], winner=rows[0].uuid
        )  # the same pair, said again
    give(people[0], pair=[rows[1].uuid, rows[2].uuid], winner=None)
    for pair, winner in (
        ([rows[0].uuid, rows[0].uuid], None),
        ([rows[0].uuid], None),
        ([rows[0].uuid, rows[1].uuid], rows[2].uuid),
    ):
        with pytest.raises(Invalid):
            give(people[0], pair=pair, winner=winner)
    told = pair_results(revealed(world, row), rows)
    assert [(s.item.title, s.wins, s.losses) for s in told] == [
        ("Item 0", 3, 0), ("Item 1", 0, 3), ("Item 2", 0, 0), ("Item 3", 0, 0),
    ]  # fmt: skip
    assert told[0].low < told[0].share < told[0].high < 100
    assert told[2].share is None  # "cannot tell" is no comparison
    assert told[0].share > 50 > told[1].share


def test_kano_makes_categories_from_twenty_answers_on(world, items):
    row, rows, people, _ = started(world, items[:2], "kano", 20)
    for n, person in enumerate(people):
        having, lacking = ("like", "dislike") if n < 15 else ("neutral", "dislike")
        give(person, item=rows[0].uuid, **{"with": having})
        give(person, item=rows[0].uuid, without=lacking)
    give(people[0], item=rows[1].uuid, **{"with": "like", "without": "neutral"})
    with pytest.raises(Invalid):
        give(people[0], item=rows[1].uuid, **{"with": "love"})
    with pytest.raises(Invalid):
        give(people[0], item=rows[1].uuid)
    first, second = kano_results(revealed(world, row), rows).needs
    # 15 of 20 one-dimensional, 5 must-be: strength (15 - 5) / 20; having 15 x 4 / 20 = 3, lacking 4.
    assert (first.category, first.strength, first.clear) == ("One-dimensional", 0.5, True)
    assert (first.better, first.worse) == (0.75, -1)
    assert (first.place.functional, first.place.dysfunctional, first.quadrant) == (
        3,
        4,
        "One-dimensional",
    )
    assert (second.category, second.leading, second.answers) == ("", "Attractive", 1)


def test_the_questionnaire_is_answered_on_the_page(world, items, sign_in):
    row, rows, (ana,), link = started(world, items[:2], "kano")
    assert b"If you did not have this: Item 0. How would you feel?" in Client().get(link).content
    part = Client().post(
        link,
        {"item": rows[0].uuid, "with": "like", "was.with": "", "was.without": ""},
        headers=HTMX,
    )
    assert b"1 of 4 answered" in part.content
    Client().post(link, {"item": rows[0].uuid, "without": "dislike", "was.without": ""})
    assert answers_of(ana) == {f"{rows[0].pk}.with": "like", f"{rows[0].pk}.without": "dislike"}
    revealed(world, row)
    page = sign_in(world.carol).get(row.get_absolute_url()).content.decode()
    assert "too few answers; one-dimensional leads" in page


def test_sets_of_four_make_utilities(world, items):
    row, rows, (ana, ben), link = started(world, items, "maxdiff", 2)
    sets = sets_of(ana, rows)
    assert all(len(shown) == 4 for shown in sets)
    assert all(sum(item in shown for shown in sets) >= 3 for item in rows)
    assert sets != sets_of(ben, rows)
    assert answers_expected(row, ana, 5) == len(sets)
    for number, shown in enumerate(sets):
        order = sorted(shown, key=lambda item: item.position)
        Client().post(
            link, {"set": number, "best": order[0].uuid, "worst": order[-1].uuid}, headers=HTMX
        )
    assert b"answered everything there is to ask" in Client().get(link).content
    for bad in ({"set": 99}, {"set": 0, "best": sets[0][0].uuid}, {"set": True}, {"set": None}):
        with pytest.raises(Invalid):
            give(ana, **bad)
    told = maxdiff_results(revealed(world, row), rows)
    assert [t.item.title for t in told] == ["Item 0", "Item 1", "Item 2", "Item 3", "Item 4"]
    assert sum(t.share for t in told) == pytest.approx(100)
    assert sum(t.utility for t in told) == pytest.approx(0, abs=1e-9)
    assert told[0].score == 1


def test_who_was_taken_out_does_not_count(world, items):
    row, rows, (ana, ben), _ = started(world, items, "points", 2)
    points(ana, rows, 100)
    points(ben, rows, 0, 100)
    round_participant_remove(actor=world.actor("alice"), participant=ben)
    assert point_results(revealed(world, row), rows).given == 100


@pytest.mark.parametrize("kind", ["points", "pairs", "kano", "maxdiff", "scores"])
def test_every_kind_shows_its_results_and_its_sheets(world, items, sign_in, kind):
    scoring_models_ensure(product=world.atlas)
    rice = ScoringModel.objects.select_related("product").get(product=world.atlas, method="rice")
    scoring_model_activate(actor=world.actor("alice"), model=rice)
    row, rows, (ana,), link = started(world, items, kind)
    assert Client().get(link).status_code == 200
    if kind == "kano":
        give(ana, item=rows[0].uuid, **{"with": "like", "without": "dislike"})
    elif kind == "points":
        points(ana, rows, 10)
    elif kind == "pairs":
        give(ana, pair=[rows[0].uuid, rows[1].uuid], winner=rows[0].uuid)
    elif kind == "maxdiff":
        shown = sets_of(ana, rows)[0]
        give(ana, set=0, best=shown[0].uuid, worst=shown[1].uuid)
    else:
        give(
            ana,
            item=rows[0].uuid,
            values={"reach": 4000, "impact": 2, "confidence": 0.8, "effort": 3},
        )
    revealed(world, row)
    browser, here = sign_in(world.alice), row.get_absolute_url()
    assert "Item 0" in browser.get(here).content.decode()
    assert Client().get(link).status_code == 200
    agreed = {"version": "1", "reason": "What we take from it"}
    assert browser.post(f"{here}/items/{rows[0].uuid}/agree", agreed).status_code == 302
    assert "What we take from it" in browser.get(here).content.decode()
    with pytest.raises(Conflict):
        points(ana, rows, 1)
