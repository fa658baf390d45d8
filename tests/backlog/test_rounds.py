"""Rounds of scores: blind until the reveal, then everybody's values, and what is agreed on goes into the ranking."""

from __future__ import annotations

import json

import pytest

from backlog.models import Assessment, Round, RoundAnswer, ScoringModel
from backlog.selectors.rounds import answers_of, comments_of, guest_of, progress_of
from backlog.selectors.rounds_results import agreement_words, answers_by_person, score_results
from backlog.services.rounds import round_create, round_move, round_update
from backlog.services.rounds_answers import round_answer
from backlog.services.rounds_people import (
    round_guest_add,
    round_link_renew,
    round_member_add,
    round_participant_remove,
)
from backlog.services.rounds_talk import round_comment, round_decide
from backlog.services.scoring_models import (
    scoring_model_activate,
    scoring_model_update,
    scoring_models_ensure,
)
from plm.errors import Conflict, Invalid, InvalidMove, NotAllowed, NotVisible, Stale
from plm.models import Event
from plm.permissions import Actor
from tests.make import make_item, make_round

GUEST = Actor(name="Guest")


@pytest.fixture
def weighted(world):
    """Atlas is ranked by the weighted model: customer need, market demand, ease, each 1 to 5."""
    scoring_models_ensure(product=world.atlas)
    models = ScoringModel.objects.filter(product=world.atlas).select_related("product")
    model = models.get(method="weighted")
    return scoring_model_activate(actor=world.actor("alice"), model=model)


@pytest.fixture
def items(world, weighted):
    return [make_item(world.actor("bob"), world.atlas, f"Item {n}") for n in range(3)]


@pytest.fixture
def row(world, items):
    return make_round(world.actor("alice"), world.atlas, items)


def guest(world, row, name="Ana", **more):
    person, _ = round_guest_add(actor=world.actor("alice"), row=row, name=name, **more)
    return person


def answer(person, place, actor=GUEST, **values):
    item = person.round.items.all()[place]
    given = {"item": item.uuid, "values": values}
    return round_answer(actor=actor, participant=person, given=given)


def test_a_round_keeps_the_model_as_it_stood_and_says_what_is_gone(world, weighted, row):
    ana = guest(world, row)
    version = weighted.versions.get(version=weighted.version).formula
    kept = [f for f in version.factors if f.key != "ease"]
    weighted.refresh_from_db()
    scoring_model_update(
        actor=world.actor("alice"), model=weighted, version=weighted.version,
        criteria=[{"key": f.key, "label": f.label, "weight": f.weight} for f in kept],
    )  # fmt: skip
    answer(ana, 0, ease=4)  # still asked, still kept
    answer(ana, 0, customer_need=5)
    moved = round_move(actor=world.actor("alice"), row=row, state="revealed")
    one = moved.items.select_related("item__product__workspace").first()
    one.round = moved
    _, gone = round_decide(
        actor=world.actor("alice"), item=one, version=1, values={"ease": 4, "customer_need": 5},
        reason="All said so",
    )  # fmt: skip
    assert gone == ["Ease of implementation"]
    one.refresh_from_db()
    assert one.decided == {"ease": 4, "customer_need": 5}
    judged = Assessment.objects.get(item=one.item)
    assert (judged.v1, judged.v3) == (5, None)


def test_nobody_reads_an_answer_before_the_reveal(world, row, sign_in, api):
    ana = guest(world, row)
    answer(ana, 0, customer_need=4.25)
    round_comment(actor=GUEST, item=row.items.first(), body="zz-remark", participant=ana)
    with pytest.raises(Conflict, match="blind"):
        answers_by_person(row)
    assert comments_of(row, actor=world.actor("alice")) == {}
    told = json.dumps(list(Event.objects.values("verb", "changes", "data", "reason")), default=str)
    assert "round.begun" in told
    assert "4.25" not in told
    assert "zz-remark" not in told
    browser, home = sign_in(world.alice), row.get_absolute_url()
    for page in (home, f"{home}/state", "/acme/ATL/prioritize/rounds/", "/acme/ATL/"):
        text = browser.get(page).content.decode()
        assert "4.25" not in text, page
        assert "zz-remark" not in text, page
    assert [p.given for p in progress_of(row)] == [1]


def test_each_reads_and_writes_their_own(world, row):
    ana, ben = guest(world, row), guest(world, row, "Ben")
    answer(ana, 0, customer_need=4)
    answer(ben, 0, customer_need=2)
    answer(ana, 0, market_demand=3)
    answer(ana, 0, customer_need=5)
    first = row.items.first().pk
    assert answers_of(ana) == {f"{first}.customer_need": 5, f"{first}.market_demand": 3}
    assert answers_of(ben) == {f"{first}.customer_need": 2}
    assert RoundAnswer.objects.get(participant=ana, subject=f"{first}.customer_need").version == 2
    answer(ana, 0, market_demand="")
    assert answers_of(ana) == {f"{first}.customer_need": 5}


@pytest.mark.parametrize("value", [6, 0, "NaN", "1e400", "four", "1_0", True, [3]])
def test_a_value_off_the_scale_is_refused_and_nothing_is_kept(world, row, value):
    ana = guest(world, row)
    with pytest.raises(Invalid) as refused:
        answer(ana, 0, customer_need=value, market_demand=3)
    assert "1 to 5" in refused.value.fields["customer_need"]
    assert answers_of(ana) == {}


def test_a_role_judges_its_own_criteria(world, items):
    roles = {"Engineering": ["ease"]}
    row = make_round(world.actor("alice"), world.atlas, items, roles=roles)
    dev, sales = guest(world, row, "Dev", role="Engineering"), guest(world, row, "Sales")
    answer(dev, 0, ease=2)
    with pytest.raises(Invalid):
        answer(dev, 0, customer_need=2)
    answer(sales, 0, customer_need=2)
    assert {p.participant.name: p.expected for p in progress_of(row)} == {"Dev": 3, "Sales": 9}


def test_who_is_not_asked_does_not_answer_for_another(world, row):
    carol = round_member_add(actor=world.actor("alice"), row=row, user=world.carol)
    with pytest.raises(NotVisible):
        answer(carol, 0, actor=world.actor("bob"), customer_need=3)
    answer(carol, 0, actor=world.actor("carol"), customer_need=3)
    with pytest.raises(Invalid):
        round_member_add(actor=world.actor("alice"), row=row, user=world.mallory)
    with pytest.raises(NotAllowed):
        round_move(actor=world.actor("bob"), row=row, state="revealed")
    round_participant_remove(actor=world.actor("alice"), participant=carol)
    with pytest.raises(NotVisible):
        answer(carol, 0, actor=world.actor("carol"), customer_need=4)


def test_results_say_median_spread_and_agreement_the_most_disputed_first(world, row):
    people = [guest(world, row, name) for name in ("Ana", "Ben", "Cem", "Dua")]
    for person, first, second in zip(people, (3, 3, 3, 3), (1, 2, 4, 5), strict=True):
        answer(person, 0, customer_need=first)
        answer(person, 1, customer_need=second)
    round_move(actor=world.actor("alice"), row=row, state="revealed")
    row.refresh_from_db()
    found, agreed = score_results(row, list(row.items.all()), set())
    assert found[0].item.title == "Item 1"
    need = found[0].judged[0]
    # 1, 2, 4, 5: quartiles 1.75 and 4.25, so the spread is 2.5 of a scale of 4.
    assert (need.summary.median, need.summary.spread, need.dispute) == (3, 2.5, 0.625)
    assert need.words == "far apart"
    assert found[1].judged[0].words == "agreed"
    assert [d.name for d in need.dots] == ["Ana", "Ben", "Cem", "Dua"]
    # All values are 3 3 3 3 and 1 2 4 5. Observed: the pairs of the second differ by squares 1 9 16 4 9 1 = 40,
    # both ways and over m - 1 = 3 and n = 8: 80 / 3 / 8. Expected over 8 x 7: their squares about 3 sum to 10.
    observed, expected = 80 / 3 / 8, 2 * 8 * 10 / (8 * 7)
    assert agreed[0].alpha == pytest.approx(1 - observed / expected)
    assert agreed[0].words == agreement_words(agreed[0].alpha)
    assert "contradict" in agreed[0].words
    assert agreed[1].alpha is None


def test_what_is_agreed_on_becomes_the_score_with_its_reason(world, row):
    ana = guest(world, row)
    answer(ana, 0, customer_need=5, market_demand=4, ease=3)
    with pytest.raises(Conflict):
        _decide(world, row, customer_need=5)
    round_move(actor=world.actor("alice"), row=row, state="revealed")
    one = _decide(world, row, customer_need=5, market_demand=4, ease=3)
    one.item.refresh_from_db()
    assert one.item.score == 4
    told = Event.objects.filter(verb="item.assessed").latest("sequence")
    assert told.reason == "Round “Spring planning”: We talked it through"
    with pytest.raises(Stale):
        _decide(world, row, version=1, customer_need=1)
    round_move(actor=world.actor("alice"), row=row, state="closed")
    with pytest.raises(Conflict):
        _decide(world, row, customer_need=5)


def _decide(world, row, version=None, **values):
    one = row.items.select_related("item__product__workspace").first()
    one.round = Round.objects.select_related("product__workspace").get(pk=row.pk)
    found, _ = round_decide(
        actor=world.actor("alice"), item=one, version=version, values=values, reason="We talked it through"
    )  # fmt: skip
    return found


def test_a_round_goes_one_way_and_takes_answers_only_while_it_is_open(world, items):
    alice = world.actor("alice")
    row = make_round(alice, world.atlas, items, state="draft")
    ana = guest(world, row)
    with pytest.raises(Conflict):
        answer(ana, 0, customer_need=3)
    with pytest.raises(InvalidMove):
        round_move(actor=alice, row=row, state="revealed")
    round_move(actor=alice, row=row, state="open")
    with pytest.raises(Conflict, match="Nobody"):
        round_move(actor=alice, row=row, state="revealed")
    answer(ana, 0, customer_need=3)
    round_move(actor=alice, row=row, state="revealed")
    with pytest.raises(Conflict):
        answer(ana, 0, customer_need=4)
    with pytest.raises(InvalidMove):
        round_move(actor=alice, row=row, state="open")
    with pytest.raises(Conflict):
        round_update(actor=alice, row=row, version=None, values={"title": "Other"})


def test_a_round_that_was_called_off_stays_blind(world, row):
    answer(guest(world, row), 0, customer_need=3)
    closed = round_move(actor=world.actor("alice"), row=row, state="closed")
    with pytest.raises(Conflict):
        answers_by_person(closed)


def test_a_link_opens_until_it_is_renewed_revoked_or_the_round_is_over(world, row):
    alice = world.actor("alice")
    ana, secret = round_guest_add(actor=alice, row=row, name="Ana")
    assert guest_of(secret) == ana
    for wrong in (
        secret[:-1],
        secret[:-1] + "A" if secret[-1] != "A" else "B",
        secret.lower(),
        "x" * 43,
        "",
    ):
        assert guest_of(wrong) is None
    other = round_link_renew(actor=alice, participant=ana)
    assert (guest_of(secret), guest_of(other)) == (None, ana)
    Round.objects.filter(pk=row.pk).update(ends_at="2020-01-01T00:00:00Z")
    assert guest_of(other) is None
    ana.refresh_from_db()
    with pytest.raises(Conflict):
        answer(ana, 0, customer_need=3)
    round_update(actor=alice, row=row, version=None, values={"days": 3})
    assert guest_of(other) == ana
    round_participant_remove(actor=alice, participant=ana)
    assert guest_of(other) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"), ({"title": "x" * 121}, "title"), ({"kind": "poker"}, "kind"), ({"items": []}, "items"),
        ({"days": 0}, "days"), ({"days": 91}, "days"), ({"roles": {"A": ["nope"]}}, "roles"),
        ({"roles": {"A": []}}, "roles"), ({"kind": "maxdiff"}, "items"), ({"intro": "x" * 2001}, "intro"),
    ],
)  # fmt: skip
def test_a_round_that_cannot_be_is_refused(world, items, values, field):
    given = {"title": "T", "kind": "scores", "items": items, **values}
    with pytest.raises(Invalid) as refused:
        round_create(actor=world.actor("alice"), product=world.atlas, **given)
    assert field in refused.value.fields
    assert not Round.objects.exists()


def test_an_item_of_another_product_is_refused(world, items):
    foreign = make_item(world.actor("bob"), world.boreas)
    with pytest.raises(Invalid):
        make_round(world.actor("alice"), world.atlas, [foreign])
    with pytest.raises(NotVisible):
        round_create(
            actor=world.actor("mallory"), product=world.atlas, title="T", kind="scores", items=items
        )


def test_the_words_of_a_draft_are_compared_before_they_are_replaced(world, items):
    alice = world.actor("alice")
    row = make_round(alice, world.atlas, items, state="draft")
    first = row.items.first()
    values = {"items": {str(first.uuid): {"title": "In plain words", "about": "For guests"}}}
    round_update(actor=alice, row=row, version=1, values=values)
    first.refresh_from_db()
    assert (first.title, first.about) == ("In plain words", "For guests")
    with pytest.raises(Stale):
        round_update(actor=alice, row=row, version=1, values={"title": "Other"})
