"""Demand, honestly counted: each company once, whatever else happens."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideas.demand import Voice, demand_of, interval
from ideas.services.customers import company_update
from ideas.services.segments import segment_create
from ideas.services.votes import idea_vote_set, vote_add_for
from plm.errors import NotAllowed
from plm.runner import run_due_jobs
from plm.services.clock import periodic_tasks
from tests.make import make_company, make_idea, make_person

VOICES = st.lists(
    st.builds(
        Voice,
        person=st.one_of(st.none(), st.integers(1, 30)),
        company=st.one_of(st.none(), st.integers(1, 12)),
        importance=st.integers(0, 3),
        age=st.floats(0, 1000),
    ),
    max_size=25,
)
PAYS = st.fixed_dictionaries({n: st.decimals(0, 10_000, places=2) for n in range(1, 13)})


@given(VOICES, PAYS)
def test_a_second_voice_of_a_company_adds_no_company_and_no_revenue(voices, pays):
    before = demand_of(voices, pays=pays)
    again = [Voice(99, v.company, v.importance, v.age) for v in voices if v.company is not None]
    after = demand_of([*voices, *again], pays=pays)
    assert (after.companies, after.revenue) == (before.companies, before.revenue)
    assert after.weighted == pytest.approx(before.weighted)
    assert (after.low, after.high) == pytest.approx((before.low, before.high))


@given(VOICES, PAYS, st.sampled_from([2, 10, 100]))
def test_another_currency_scales_every_amount_and_nothing_else(voices, pays, rate):
    one = demand_of(voices, pays=pays, half_life=90)
    other = demand_of(voices, pays={n: p * rate for n, p in pays.items()}, half_life=90)
    assert other.revenue == one.revenue * rate
    assert (other.weighted, other.low, other.high) == pytest.approx(
        (one.weighted * rate, one.low * rate, one.high * rate)
    )
    assert (other.share, other.importance, other.people) == (one.share, one.importance, one.people)


@given(VOICES, PAYS, st.integers(1, 12))
def test_a_company_that_leaves_takes_exactly_its_part(voices, pays, gone):
    rest = [v for v in voices if v.company != gone]
    alone = [v for v in voices if v.company == gone]
    whole, left, part = (demand_of(v, pays=pays, half_life=30) for v in (voices, rest, alone))
    assert whole.revenue - left.revenue == part.revenue
    assert whole.companies - left.companies == part.companies
    assert whole.weighted - left.weighted == pytest.approx(part.weighted, abs=1e-6)


@given(VOICES, PAYS)
def test_the_order_of_voices_says_nothing(voices, pays):
    assert demand_of(voices, pays=pays) == demand_of(voices[::-1], pays=pays)


def test_the_interval_is_wide_for_one_company_and_narrow_for_many():
    assert interval([]) == (0, 0)
    assert interval([100.0]) == (0, 200)
    low, high = interval([1.0] * 100)
    assert 80 < low < 95
    assert 105 < high < 120


def test_a_biased_sample_moves_less_than_raw_votes_do():
    """Ten loud users of one small customer stand against one user each of three large ones."""
    loud = [Voice(n, 1, 3) for n in range(10)]
    quiet = [Voice(100 + n, 10 + n, 3) for n in range(3)]
    pays = {1: Decimal(50), 10: Decimal(500), 11: Decimal(500), 12: Decimal(500)}
    assert demand_of(loud, pays=pays).people > demand_of(quiet, pays=pays).people
    assert demand_of(loud, pays=pays).weighted < demand_of(quiet, pays=pays).weighted


def test_importance_age_and_segment_weigh():
    pays = {1: Decimal(300)}
    assert demand_of([Voice(1, 1, 1)], pays=pays).weighted == pytest.approx(100)
    assert demand_of([Voice(1, 1, 3, 60)], pays=pays, half_life=30).weighted == pytest.approx(75)
    assert demand_of([Voice(1, 1, 3)], pays=pays, weights={1: Decimal(2)}).weighted == 600
    assert demand_of([Voice(1, 1, 0)], pays=pays).weighted == 0


@pytest.fixture
def idea(world):
    return make_idea(world.actor("bob"), world.atlas)


def test_votes_count_once_the_job_has_run(world, idea):
    bob = world.actor("bob")
    big = make_company(bob, world.acme, "Big", mrr=Decimal(900))
    small = make_company(bob, world.acme, "Small", mrr=Decimal(100))
    abroad = make_company(bob, world.acme, "Abroad", mrr=Decimal(999), currency="USD")
    for n, company in enumerate((big, big, small, abroad)):
        person = make_person(bob, world.acme, f"P{n}", company=company)
        vote_add_for(actor=bob, idea=idea, person=person, importance=3)
    idea_vote_set(actor=world.actor("carol"), idea=idea, voting=True)
    run_due_jobs()
    idea.refresh_from_db()
    assert (idea.demand_people, idea.demand_companies, idea.demand_revenue) == (5, 3, 1000)
    assert idea.demand_share == pytest.approx(0.9)
    assert idea.demand_weighted == 1000
    assert idea.demand_low < 1000 < idea.demand_high
    idea_vote_set(actor=world.actor("carol"), idea=idea, voting=False)
    company_update(actor=bob, company=big, values={"mrr": Decimal(100)})
    run_due_jobs()
    idea.refresh_from_db()
    assert (idea.demand_people, idea.demand_revenue, idea.demand_share) == (4, 200, 0.5)


def test_options_of_the_product_reach_the_figures_and_the_page(world, idea, sign_in, api):
    bob, alice = world.actor("bob"), world.actor("alice")
    company = make_company(bob, world.acme, "Big", mrr=Decimal(900), plan="Pro")
    ana = make_person(bob, world.acme, company=company)
    vote_add_for(actor=bob, idea=idea, person=ana, importance=3)
    rules = [{"field": "plan", "test": "is", "value": "Pro"}]
    segment_create(
        actor=alice,
        workspace=world.acme,
        values={"name": "Pro", "rules": rules, "weight": Decimal(2)},
    )
    client = sign_in(world.alice)
    assert client.get("/acme/ATL/demand/options").status_code == 200
    saved = client.post("/acme/ATL/demand/options", {"half_life": "180", "by_segment": "on"})
    assert saved.status_code == 302
    run_due_jobs()
    idea.refresh_from_db()
    assert idea.demand_weighted == pytest.approx(1800, rel=1e-3)
    page = client.get(idea.get_absolute_url()).content.decode()
    for part in ("Weighted demand", "half after 180 days", "weight of their segment", "100% of it"):
        assert part in page
    assert client.post("/acme/ATL/demand/options", {"half_life": "0"}).status_code == 422
    assert sign_in(world.bob).get("/acme/ATL/demand/options").status_code == 403
    caller = api(world.alice, world.acme)
    url = "/api/v1/demand-options/ATL/"
    assert caller.get(url).json() == {"half_life": 180, "by_segment": True}
    put = caller.put(url, {"half_life": None, "by_segment": False}, content_type="application/json")
    assert put.json() == {"half_life": None, "by_segment": False}
    assert caller.put(url, {"half_life": 0}, content_type="application/json").status_code == 422
    assert api(world.mallory, world.rival).get(url).status_code == 404
    body = caller.get(f"/api/v1/ideas/{idea.reference}/").json()
    assert {"demand_weighted", "demand_low", "demand_high", "demand_share"} <= set(body)


def test_who_may_not_weigh_is_told(world):
    from ideas.services.demand import demand_options_set

    with pytest.raises(NotAllowed):
        demand_options_set(actor=world.actor("bob"), product=world.atlas, values={"half_life": 3})


def test_voices_fade_by_the_clock():
    assert periodic_tasks()["feedback.demand_fade"] == 86_400
