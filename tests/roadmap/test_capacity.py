"""Planning to capacity through the services: exact, within every limit, clear about what cannot be planned."""

from __future__ import annotations

import itertools

import pytest

from backlog.services.items import item_update
from plm.errors import Invalid, LeaseLost, NotAllowed, NotVisible, Stale
from plm.models import Event, Job, Relation
from plm.runner import claim
from plm.scoring.capacity import broken
from roadmap import tasks
from roadmap.models import Placement, PlanProposal, PlanSettings, TeamCapacity
from roadmap.selectors.capacity import plan_inputs
from roadmap.services.applying import plan_apply
from roadmap.services.capacity import capacities_set, plan_ask
from roadmap.services.contributions import contribution_set
from roadmap.services.placements import placement_set
from tests.make import make_item, make_objective, make_placement
from tests.roadmap.planning import REACH, allow, blocks, proposal, scored


def best_by_hand(problem):
    keys = [w.key for w in problem.works]
    worths = []
    for places in itertools.product([None, *range(len(problem.periods))], repeat=len(keys)):
        placement = {k: p for k, p in zip(keys, places, strict=True) if p is not None}
        if not broken(problem, placement):
            worths.append(problem.worth(placement))
    return max(worths)


@pytest.mark.parametrize("pairs", [(), ((4, 2),), ((1, 2), (3, 0))])
@pytest.mark.parametrize("amounts", [(3, 2), (1, 1), (2.5, 4), (10, 10)])
def test_the_proposal_is_the_best_of_all_plans_and_keeps_every_rule(
    world, team, releases, items, pairs, amounts
):
    for source, target in pairs:
        blocks(world, items[source], items[target])
    allow(world, team, releases, amounts)
    found = proposal(world)
    inputs = plan_inputs(world.atlas)
    place = {r.pk: n for n, r in enumerate(inputs.releases)}
    placement = {row["item"]: place[row["release"]] for row in found.result["items"]}
    assert not broken(inputs.problem, placement)
    assert found.result["value"] == pytest.approx(best_by_hand(inputs.problem))
    assert found.result["bound"] == found.result["value"]
    assert not found.result["stopped"]


def test_the_value_of_a_ratio_is_what_stood_before_it_was_divided(world, team, releases, items):
    allow(world, team, releases)
    proposal(world)
    works = {w.key: w for w in plan_inputs(world.atlas).problem.works}
    assert [works[item.pk].value for item in items] == pytest.approx(REACH)


def test_targets_of_goals_are_kept_and_their_price_is_told(world, team, releases, items):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, target_share=60)
    for item in items[:2]:
        make_placement(alice, item, objective=goal)
    allow(world, team, releases, (4, 4), shares=True, tolerance=10)
    found = proposal(world)
    chosen = {row["item"]: row["effort"] for row in found.result["items"]}
    share = sum(chosen.get(item.pk, 0) for item in items[:2]) / sum(chosen.values())
    assert 0.5 <= share <= 0.7
    assert any(row["goal"] == goal.pk and row["price"] > 0 for row in found.result["targets"])


def test_what_items_do_for_other_goals_and_for_those_above_them_counts_for_the_targets(
    world, team, releases, items
):
    alice = world.actor("alice")
    growth = make_objective(alice, world.atlas, target_share=60)
    trust = make_objective(alice, world.atlas, target_share=40)
    epic = make_item(alice, world.atlas, "Epic", type="epic")
    make_placement(alice, items[0], objective=growth)
    contribution_set(actor=alice, item=items[0], objective=trust, percent=25)
    contribution_set(actor=alice, item=epic, objective=trust, percent=80)
    item_update(actor=alice, record=items[1], version=None, values={"parent": epic})
    allow(world, team, releases, (4, 4), shares=True, tolerance=10)
    proposal(world)
    before = plan_inputs(world.atlas)
    parts = {w.key: dict(w.parts) for w in before.problem.works}
    assert parts[items[0].pk] == {str(growth.pk): 0.75, str(trust.pk): 0.25}
    assert parts[items[1].pk] == {str(trust.pk): 0.8}
    assert parts[items[2].pk] == {}
    contribution_set(actor=alice, item=items[2], objective=trust, percent=10)
    assert plan_inputs(world.atlas).mark != before.mark


def test_one_unit_more_is_priced_by_planning_again(world, team, releases, items):
    allow(world, team, releases, (3, 2))
    first = proposal(world)
    row = next(r for r in first.result["loads"] if r["release"] == releases[0].pk)
    allow(world, team, releases, (4, 2))
    assert proposal(world).result["value"] == pytest.approx(first.result["value"] + row["price"])


def test_a_ring_is_named_and_nothing_is_lost(world, team, releases, items):
    allow(world, team, releases)
    before = proposal(world)
    blocks(world, items[0], items[1])
    blocks(world, items[1], items[0])
    plan_ask(actor=world.actor("alice"), product=world.atlas)
    after = proposal(world)
    assert after.problem["kind"] == "ring"
    assert set(after.problem["items"]) == {items[0].pk, items[1].pk}
    assert after.result == before.result
    assert TeamCapacity.objects.count() == 2
    assert Job.objects.filter(kind="roadmap.plan").latest("pk").state == "done"
    Relation.objects.filter(source=items[1].pk).delete()
    plan_ask(actor=world.actor("alice"), product=world.atlas)
    assert proposal(world).problem == {}


def test_what_cannot_be_in_says_why(world, team, releases, items):
    nobody = scored(world, "No team", 10, 1)
    large = scored(world, "Large", 5000, 9, team=team)
    waits = scored(world, "Waits", 5000, 1, team=team)
    blocks(world, large, waits)
    unjudged = make_item(world.actor("alice"), world.atlas, "Not judged", team=team)
    allow(world, team, releases)
    chosen = {row["item"] for row in proposal(world).result["items"]}
    why = {u.key: (u.why, u.other) for u in plan_inputs(world.atlas).unfit}
    assert why == {
        nobody.pk: ("team", None), large.pk: ("size", None), waits.pk: ("needs", large.pk),
        unjudged.pk: ("score", None),
    }  # fmt: skip
    assert not chosen & set(why)


def test_what_is_done_is_needed_no_more(world, team, releases, items):
    blocker = make_item(world.actor("alice"), world.atlas, "Done", state="done")
    blocks(world, blocker, items[2])
    allow(world, team, releases)
    assert items[2].pk in {row["item"] for row in proposal(world).result["items"]}


def test_a_worker_that_died_leaves_a_job_that_gives_the_same(world, team, releases, items):
    allow(world, team, releases)
    first = proposal(world)
    plan_ask(actor=world.actor("alice"), product=world.atlas)
    job = Job.objects.get(kind="roadmap.plan", state="queued")
    dead = claim(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until="2020-01-01T00:00Z")
    again = proposal(world)
    assert (again.result, again.mark) == (first.result, first.mark)
    with pytest.raises(LeaseLost):
        tasks.plan(dead)
    assert PlanProposal.objects.get().number == again.number


def test_applying_puts_items_into_their_releases_with_the_reason(world, team, releases, items):
    alice = world.actor("alice")
    make_placement(alice, items[1], release=releases[0], bucket="now", commitment="committed")
    allow(world, team, releases, (3, 2))
    found = proposal(world)
    assert items[1].pk not in {row["item"] for row in found.result["items"]}
    done = plan_apply(actor=alice, product=world.atlas, number=found.number, reason="Quarter planning")  # fmt: skip
    assert (done.placed, done.released, done.broken) == (len(found.result["items"]), 1, ())
    placed = dict(Placement.objects.exclude(release=None).values_list("item_id", "release_id"))
    assert placed == {row["item"]: row["release"] for row in found.result["items"]}
    kept = Placement.objects.get(item=items[1])
    assert (kept.release, kept.bucket, kept.commitment) == (None, "now", "committed")
    assert Event.objects.get(verb="plan.applied").reason == "Quarter planning"
    assert Event.objects.filter(verb="placement.made", reason="Quarter planning").exists()


def test_a_part_may_be_applied_and_says_what_it_breaks(world, team, releases, items):
    alice = world.actor("alice")
    make_placement(alice, items[1], release=releases[0])
    allow(world, team, releases, (3, 2))
    found = proposal(world)
    one = next(r["item"] for r in found.result["items"] if r["release"] == releases[0].pk)
    done = plan_apply(actor=alice, product=world.atlas, number=found.number, reason="Only this", items=[one])  # fmt: skip
    assert done.placed == 1
    assert [(rule.kind, rule.period) for rule in done.broken] == [("capacity", 0)]
    with pytest.raises(Invalid):
        plan_apply(actor=alice, product=world.atlas, number=found.number, reason="Nothing", items=[])  # fmt: skip


def test_a_stale_proposal_is_not_applied(world, team, releases, items):
    alice = world.actor("alice")
    allow(world, team, releases)
    found = proposal(world)
    seen = plan_inputs(world.atlas).hand_mark

    def apply(**more):
        plan_apply(actor=alice, product=world.atlas, reason="Planned", **{"number": found.number, "seen": seen, **more})  # fmt: skip

    with pytest.raises(Stale):
        apply(number=found.number + 1)
    placement_set(actor=alice, item=items[1], values={"release": releases[1]})
    with pytest.raises(Stale):
        apply()
    item_update(actor=alice, record=items[0], version=None, values={"team": None})
    with pytest.raises(Stale):
        apply(seen=None)
    assert not Event.objects.filter(verb="plan.applied").exists()


def test_capacities_written_over_newer_ones_are_refused(world, team, releases):
    allow(world, team, releases)
    version = PlanSettings.objects.get().version
    with pytest.raises(Stale):
        capacities_set(
            actor=world.actor("alice"), product=world.atlas, version=version - 1, values={}, amounts={(team, releases[0]): 9}, unit="person-months"
        )  # fmt: skip
    with pytest.raises(Invalid):
        allow(world, team, releases, (-1, 2))
    assert sorted(TeamCapacity.objects.values_list("amount", flat=True)) == [2, 3]


def test_managers_plan_and_strangers_see_nothing(world, team, releases):
    with pytest.raises(NotAllowed):
        plan_ask(actor=world.actor("bob"), product=world.atlas)
    with pytest.raises(NotVisible):
        plan_ask(actor=world.actor("mallory"), product=world.atlas)
    with pytest.raises(NotAllowed):
        plan_apply(actor=world.actor("bob"), product=world.atlas, number=1, reason="Because")
