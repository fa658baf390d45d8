"""Scores, ranks and models through their services."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backlog.models import Assessment, BacklogItem, ScoreBasis, ScoringModel
from backlog.services.assessments import assessment_set, assessments_set
from backlog.services.items import item_create
from backlog.services.ranks import item_rank_pin, item_rank_unpin
from backlog.services.scores import scores_recompute
from backlog.services.scoring_models import (
    scoring_model_activate,
    scoring_model_create,
    scoring_model_update,
    scoring_models_ensure,
)
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, Stale
from plm.models import Event, Job
from plm.runner import run_due_jobs
from plm.scoring.ranking import Entry, ranking
from plm.services.records import record_archive, record_restore

RICE = {"reach": 2000, "impact": 2, "confidence": 0.8, "effort": 4}


def make_items(world, count=3, actor="bob"):
    return [
        item_create(actor=world.actor(actor), product=world.atlas, values={"title": f"Feature {n}"})
        for n in range(1, count + 1)
    ]


def use_rice(world):
    scoring_models_ensure(product=world.atlas)
    model = ScoringModel.objects.get(product=world.atlas, method="rice")
    return scoring_model_activate(actor=world.actor("alice"), model=model)


def ranks(world):
    run_due_jobs()
    rows = BacklogItem.objects.filter(product=world.atlas, rank__gt=0).order_by("rank")
    assert list(rows.values_list("rank", flat=True)) == list(range(1, len(rows) + 1))
    return [row.title[-1] for row in rows]


def assert_every_score_comes_from_its_inputs(product):
    formula = ScoreBasis.objects.get(product=product).model_version
    rows = {a.item_id: a for a in Assessment.objects.filter(scoring_model=formula.scoring_model)}
    for item in BacklogItem.objects.filter(product=product):
        kept = rows.get(item.pk)
        values = kept.values(formula.formula) if kept else {}
        assert item.score == formula.formula.score(values)


def test_a_new_product_begins_with_three_equal_factors_and_has_rice_at_hand(world):
    active = scoring_models_ensure(product=world.atlas)
    assert scoring_models_ensure(product=world.atlas) == active
    assert active.method == "weighted"
    assert [c.label for c in active.criteria.all()] == [
        "Customer need",
        "Market demand",
        "Ease of implementation",
    ]
    assert {c.weight for c in active.criteria.all()} == {1}
    assert ScoringModel.objects.filter(product=world.atlas).count() == 2


def test_a_score_shows_at_once_and_ranks_follow_by_one_job(world):
    one, two, three = make_items(world)
    use_rice(world)
    run_due_jobs()
    actor = world.actor("bob")
    assessment_set(actor=actor, item=one, values={**RICE, "effort": 8})
    done = assessment_set(actor=actor, item=two, values=RICE)
    assert (done.old_score, done.score, done.counts) == (None, 800.0, True)
    two.refresh_from_db()
    assert two.score == 800.0
    waiting = Job.objects.filter(kind="backlog.scores_recompute", state="queued")
    assert [job.requests for job in waiting] == [2]
    assert ranks(world) == ["2", "1", "3"]
    assert_every_score_comes_from_its_inputs(world.atlas)


def test_a_missing_factor_gives_no_score_and_never_zero(world):
    (item,) = make_items(world, 1)
    use_rice(world)
    run_due_jobs()
    done = assessment_set(actor=world.actor("bob"), item=item, values={"reach": 2000, "impact": 2})
    assert done.score is None
    assessment_set(actor=world.actor("bob"), item=item, values=RICE)
    gone = assessment_set(actor=world.actor("bob"), item=item, values={"effort": None})
    assert (gone.old_score, gone.score) == (800.0, None)
    run_due_jobs()
    item.refresh_from_db()
    assert item.score is None
    assert item.rank == 1


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"effort": 0}, "effort", "0.5"),
        ({"reach": -1}, "reach", "0 to"),
        ({"confidence": 9}, "confidence", "900 %"),
        ({"impact": "huge"}, "impact", "number"),
        ({"reach": True}, "reach", "number"),
        ({"colour": 3}, "colour", "reach, impact, confidence, effort"),
    ],
)
def test_bad_input_says_what_would_be_right_and_writes_nothing(world, values, field, says):
    (item,) = make_items(world, 1)
    use_rice(world)
    events = Event.objects.count()
    with pytest.raises(Invalid) as refused:
        assessment_set(actor=world.actor("bob"), item=item, values={"reach": 10, **values})
    assert says in refused.value.fields[field]
    assert not Assessment.objects.exists()
    assert Event.objects.count() == events


def test_the_same_values_again_write_nothing(world):
    (item,) = make_items(world, 1)
    use_rice(world)
    assessment_set(actor=world.actor("bob"), item=item, values=RICE)
    run_due_jobs()
    events, jobs = Event.objects.count(), Job.objects.count()
    assert not assessment_set(actor=world.actor("bob"), item=item, values=RICE).changed
    assert scores_recompute(product_id=world.atlas.pk) == 0
    assert (Event.objects.count(), Job.objects.count()) == (events, jobs)


def test_a_new_weight_counts_for_all_scores_at_the_same_moment(world):
    one, two = make_items(world, 2)
    model = scoring_models_ensure(product=world.atlas)
    actor = world.actor("bob")
    assessment_set(
        actor=actor, item=one, values={"customer_need": 5, "market_demand": 1, "ease": 3}
    )
    assessment_set(
        actor=actor, item=two, values={"customer_need": 1, "market_demand": 5, "ease": 4}
    )
    assert ranks(world) == ["2", "1"]
    rows = [{"key": "customer_need", "weight": 3}, {"key": "market_demand"}, {"key": "ease"}]
    changed = scoring_model_update(
        actor=world.actor("alice"), model=model, version=1, criteria=rows, reason="Interviews"
    )
    assert changed.version == 2
    # Until the job has run, scores and single edits stand on the old version alike.
    assessment_set(actor=actor, item=two, values={"ease": 3})
    assert_every_score_comes_from_its_inputs(world.atlas)
    assert ScoreBasis.objects.get().model_version.version == 1
    assert ranks(world) == ["1", "2"]
    assert ScoreBasis.objects.get().model_version.version == 2
    assert_every_score_comes_from_its_inputs(world.atlas)
    with pytest.raises(Stale):
        scoring_model_update(actor=world.actor("alice"), model=model, version=1, name="X")


def test_a_criterion_that_comes_back_finds_its_values(world):
    (item,) = make_items(world, 1)
    alice = world.actor("alice")
    model = scoring_models_ensure(product=world.atlas)
    full = {"customer_need": 5, "market_demand": 2, "ease": 2}
    assessment_set(actor=alice, item=item, values=full)
    rows = [{"key": "customer_need"}, {"key": "ease"}, {"label": "Strategic fit"}]
    scoring_model_update(actor=alice, model=model, version=None, criteria=rows)
    run_due_jobs()
    item.refresh_from_db()
    assert item.score is None
    assert model.criteria.get(key="strategic_fit").slot == 4
    rows = [{"key": "customer_need"}, {"key": "market_demand"}, {"key": "ease"}]
    scoring_model_update(actor=alice, model=model, version=None, criteria=rows)
    run_due_jobs()
    item.refresh_from_db()
    assert item.score == 3


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([], "criteria"),
        ([{"label": "A", "weight": 0}], "criteria.0.weight"),
        ([{"label": "A", "weight": "x"}], "criteria.0.weight"),
        ([{"label": ""}], "criteria.0.label"),
        ([{"label": "A"}, {"label": "a"}], "criteria.1.label"),
        ([{"label": "A", "scale_min": 7, "scale_max": 7}], "criteria.0.scale_max"),
        ([{"label": "A", "scale_max": 1e300}], "criteria.0.scale_max"),
        ([{"label": "A", "scale": "fibonacci", "scale_max": 21}], "criteria.0.scale_max"),
        ([{"label": "A", "scale": "feelings"}], "criteria.0.scale"),
        ([{"label": "A", "levels": [{"value": 9, "text": "Much"}]}], "criteria.0.levels"),
        ([{"label": "A", "levels": [{"value": 5, "text": ""}]}], "criteria.0.levels"),
        ([{"label": "A", "help": "x" * 501}], "criteria.0.help"),
    ],
)
def test_criteria_that_make_no_model_are_refused(world, rows, field):
    model = scoring_models_ensure(product=world.atlas)
    with pytest.raises(Invalid) as refused:
        scoring_model_update(actor=world.actor("alice"), model=model, version=None, criteria=rows)
    assert field in refused.value.fields


def test_a_scale_in_use_stays(world):
    (item,) = make_items(world, 1)
    model = scoring_models_ensure(product=world.atlas)
    rows = [{"key": "ease", "scale_min": 0, "scale_max": 100}]
    assessment_set(actor=world.actor("bob"), item=item, values={"ease": 4})
    with pytest.raises(Conflict):
        scoring_model_update(actor=world.actor("alice"), model=model, version=None, criteria=rows)
    made = scoring_model_create(
        actor=world.actor("alice"),
        product=world.atlas,
        name="Percent",
        method="weighted",
        criteria=rows,
    )
    assert made.versions.get().formula.factors[0].high == 100


def test_switching_the_model_keeps_the_values_of_both(world):
    one, two = make_items(world, 2)
    bob = world.actor("bob")
    weighted = scoring_models_ensure(product=world.atlas)
    full = {"customer_need": 5, "market_demand": 5, "ease": 5}
    assessment_set(actor=bob, item=one, values=full)
    run_due_jobs()
    use_rice(world)
    # Before the job the list still stands on the old model: a value under the new one moves no score yet.
    done = assessment_set(actor=bob, item=two, values=RICE)
    assert not done.counts
    assert_every_score_comes_from_its_inputs(world.atlas)
    assert ranks(world) == ["2", "1"]
    assert_every_score_comes_from_its_inputs(world.atlas)
    scoring_model_activate(actor=world.actor("alice"), model=weighted)
    assert ranks(world) == ["1", "2"]


def test_finished_and_archived_items_leave_the_ranking_and_come_back(world):
    one, two, three = make_items(world)
    alice = world.actor("alice")
    assert ranks(world) == ["1", "2", "3"]
    record_archive(one, actor=alice)
    assert ranks(world) == ["2", "3"]
    record_restore(one, actor=alice)
    assert ranks(world) == ["1", "2", "3"]
    from backlog.services.items import item_move

    item_move(two, actor=alice, state="done")
    assert ranks(world) == ["1", "3"]
    two.refresh_from_db()
    assert two.rank == 0


def test_a_fixed_place_holds_and_the_reason_is_kept(world):
    one, two, three = make_items(world)
    assert ranks(world) == ["1", "2", "3"]
    three.refresh_from_db()
    alice = world.actor("alice")
    item_rank_pin(actor=alice, item=three, rank=1, reason="Promised to Northwind for May")
    assert ranks(world) == ["3", "1", "2"]
    fact = Event.objects.get(verb="item.pinned")
    assert fact.changes == {"rank": [3, 1]}
    assert fact.reason == "Promised to Northwind for May"
    full = {"customer_need": 5, "market_demand": 5, "ease": 5}
    assessment_set(actor=alice, item=two, values=full)
    assert ranks(world) == ["3", "2", "1"]
    item_rank_pin(actor=alice, item=one, rank=1, reason="Law changes in June")
    assert ranks(world) == ["1", "3", "2"]
    item_rank_unpin(actor=alice, item=three)
    assert ranks(world) == ["1", "2", "3"]


def test_a_place_behind_another_item_counts_the_gap_it_leaves(world):
    one, two, three = make_items(world)
    ranks(world)
    for item in (one, two, three):
        item.refresh_from_db()
    alice = world.actor("alice")
    item_rank_pin(actor=alice, item=one, after=two, reason="Needs the second first")
    assert ranks(world) == ["2", "1", "3"]
    item_rank_unpin(actor=alice, item=one)
    ranks(world)
    three.refresh_from_db()
    one.refresh_from_db()
    item_rank_pin(actor=alice, item=three, after=one, reason="Goes with the first")
    assert ranks(world) == ["1", "3", "2"]


def test_an_override_needs_a_reason_a_place_and_the_right(world):
    (item,) = make_items(world, 1)
    ranks(world)
    alice = world.actor("alice")
    with pytest.raises(Invalid) as refused:
        item_rank_pin(actor=alice, item=item, rank=1, reason=" ")
    assert "reason" in refused.value.fields
    with pytest.raises(Invalid):
        item_rank_pin(actor=alice, item=item, rank=0, reason="Because")
    with pytest.raises(NotAllowed):
        item_rank_pin(actor=world.actor("bob"), item=item, rank=1, reason="Because")
    with pytest.raises(NotAllowed):
        assessment_set(actor=world.actor("carol"), item=item, values={"ease": 3})
    with pytest.raises(NotVisible):
        assessment_set(actor=world.actor("mallory"), item=item, values={"ease": 3})
    record_archive(item, actor=alice)
    with pytest.raises(Conflict):
        item_rank_pin(actor=alice, item=item, rank=1, reason="Because")


def test_many_assessments_cost_a_bounded_number_of_statements(world):
    use_rice(world)
    run_due_jobs()
    counts = []
    for size in (3, 30):
        items = make_items(world, size)
        run_due_jobs()
        rows = [(item, {**RICE, "reach": 100 + n}) for n, item in enumerate(items)]
        rows[1] = (rows[1][0], {"effort": 0})
        with CaptureQueriesContext(
            connection,
        ) as captured:
            report = assessments_set(actor=world.actor("bob"), product=world.atlas, rows=rows)
        counts.append(len(captured))
        assert [n for n, wrong in enumerate(report) if wrong] == [1]
        assert "effort" in report[1].fields
    assert counts[0] == counts[1]
    assert_every_score_comes_from_its_inputs(world.atlas)
    assert Event.objects.filter(verb="item.assessed").count() == 31


numbers = {
    "reach": st.floats(0, 1e9),
    "impact": st.sampled_from([3, 2, 1, 0.5, 0.25]),
    "confidence": st.floats(0, 1),
    "effort": st.floats(0.5, 1000),
}
weighted_row = st.tuples(*[st.none() | st.floats(1, 5)] * 3)


def _ranks_as_computed(product):
    rows = BacklogItem.objects.filter(product=product)
    return {r.pk: r.rank for r in rows}, ranking(
        Entry(r.pk, r.score, r.created_at, r.rank_pinned) for r in rows
    )


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(
        st.tuples(
            st.fixed_dictionaries({k: st.none() | v for k, v in numbers.items()}),
            weighted_row,
            st.none() | st.integers(1, 9),
        ),
        min_size=1,
        max_size=7,
    ),
    weights=st.tuples(*[st.floats(0.01, 100)] * 3),
    turned=st.booleans(),
)
def test_the_statement_computes_what_the_formula_computes_to_the_last_bit(
    world, rows, weights, turned
):
    Assessment.objects.all().delete()
    BacklogItem.objects.all().update(rank_pinned=None)
    scoring_models_ensure(product=world.atlas)
    alice = world.actor("alice")
    missing = len(rows) - BacklogItem.objects.count()
    make_items(world, max(0, missing))
    items = list(BacklogItem.objects.order_by("pk"))[: len(rows)]
    models = {m.method: m for m in ScoringModel.objects.filter(product=world.atlas)}
    keys = ("customer_need", "market_demand", "ease")
    scoring_model_update(
        actor=alice, model=models["weighted"], version=None,
        criteria=[{"key": k, "weight": w, "reversed": turned} for k, w in zip(keys, weights, strict=True)],
    )  # fmt: skip
    for item, (judged, three, place) in zip(items, rows, strict=True):
        for method, values in (
            ("rice", judged),
            ("weighted", dict(zip(keys, three, strict=True))),
        ):
            own = ScoringModel.objects.get(pk=models[method].pk)
            assessment_set(actor=alice, item=item, values=values, model=own)
        BacklogItem.objects.filter(pk=item.pk).update(rank_pinned=place)
    for model in models.values():
        scoring_model_activate(
            actor=alice, model=ScoringModel.objects.select_related("product").get(pk=model.pk)
        )
        scores_recompute(product_id=world.atlas.pk)
        assert_every_score_comes_from_its_inputs(world.atlas)
        stored, computed = _ranks_as_computed(world.atlas)
        assert stored == computed
        assert scores_recompute(product_id=world.atlas.pk) == 0
