"""Items: the tree, states and their times, progress, board order, limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backlog.models import BacklogItem
from backlog.models.item import ITEM_WORKFLOW, PARENT_TYPES
from backlog.services import items as service
from backlog.services.items import item_move, item_place, item_update
from backlog.services.progress import item_progress_recompute
from backlog.services.sprints import (
    sprint_complete,
    sprint_items_set,
    sprint_move,
    sprint_update,
    wip_limits_set,
)
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.models import Event, Job
from plm.runner import run_due_jobs
from plm.services.records import record_archive
from tests.make import make_item, make_sprint


@pytest.fixture
def bob(world):
    return world.actor("bob")


def change(actor, item, **values):
    return item_update(actor=actor, record=item, version=None, values=values)


def test_the_types_form_no_ring_so_neither_can_items():
    def above(type_, seen=()):
        assert type_ not in seen
        for parent in PARENT_TYPES[type_]:
            above(parent, (*seen, type_))

    for type_ in PARENT_TYPES:
        above(type_)


def test_a_story_stands_below_a_feature_but_not_below_a_task(world, bob):
    feature = make_item(bob, world.atlas)
    task = make_item(bob, world.atlas, "Wire it", type="task", parent=feature)
    assert (
        make_item(bob, world.atlas, "Pay in parts", type="story", parent=feature).parent == feature
    )
    with pytest.raises(Invalid) as refused:
        make_item(bob, world.atlas, "Pay in parts", type="story", parent=task)
    assert "a task" in refused.value.fields["parent"]
    assert BacklogItem.objects.count() == 3


def test_a_parent_of_another_product_or_an_archived_one_is_refused(world, bob):
    elsewhere = make_item(bob, world.boreas, "Elsewhere", type="epic")
    with pytest.raises(Invalid):
        make_item(bob, world.atlas, parent=elsewhere)
    gone = record_archive(make_item(bob, world.atlas, type="epic"), actor=world.actor("alice"))
    with pytest.raises(Invalid):
        make_item(bob, world.atlas, parent=gone)


def test_an_item_never_stands_below_itself_and_a_type_fits_its_children(world, bob):
    feature = make_item(bob, world.atlas)
    make_item(bob, world.atlas, "Pay in parts", type="story", parent=feature)
    with pytest.raises(Invalid):
        change(bob, feature, parent=feature)
    with pytest.raises(Invalid) as refused:
        change(bob, feature, type="task")
    assert "story" in refused.value.fields["type"]
    assert change(bob, feature, type="epic").type == "epic"


def test_work_that_begins_and_ends_notes_when(world, bob):
    item = item_move(make_item(bob, world.atlas), actor=bob, state="in_progress")
    assert item.started_at is not None
    started = item.started_at
    item = item_move(item, actor=bob, state="done")
    assert (item.started_at, item.done_at is not None) == (started, True)
    item = item_move(item, actor=bob, state="in_progress")
    assert (item.started_at, item.done_at) == (started, None)
    verbs = (
        Event.objects.filter(record_id=item.pk).order_by("sequence").values_list("verb", flat=True)
    )
    assert list(verbs) == ["item.created", "item.moved", "item.moved", "item.moved"]


def test_a_state_set_by_an_edit_notes_the_times_too(world, bob):
    item = change(bob, make_item(bob, world.atlas), state="done")
    assert item.started_at is not None
    assert item.done_at is not None


def test_a_stale_edit_is_refused(world, bob):
    item = make_item(bob, world.atlas)
    change(bob, item, title="Newer")
    with pytest.raises(Stale):
        item_update(actor=bob, record=item, version=1, values={"title": "Older"})


def test_a_stakeholder_only_looks(world):
    with pytest.raises(NotAllowed):
        make_item(world.actor("carol"), world.atlas)


def tree(world, bob):
    epic = make_item(bob, world.atlas, "Payments", type="epic")
    feature = make_item(bob, world.atlas, "Split", parent=epic)
    story = make_item(bob, world.atlas, "In parts", type="story", parent=feature)
    tasks = [make_item(bob, world.atlas, f"Task {n}", type="task", parent=story) for n in range(3)]
    bug = make_item(bob, world.atlas, "Off by a cent", type="bug", parent=feature)
    return epic, feature, story, tasks, bug


def counts(*items):
    rows = {i.pk: i for i in BacklogItem.objects.filter(pk__in=[i.pk for i in items])}
    return [(rows[i.pk].progress_done, rows[i.pk].progress_total) for i in items]


def test_progress_rolls_up_to_the_epic_over_leaves_only(world, bob):
    epic, feature, story, tasks, bug = tree(world, bob)
    item_move(tasks[0], actor=bob, state="done")
    item_move(tasks[1], actor=bob, state="cancelled")
    run_due_jobs()
    assert counts(epic, feature, story) == [(1, 3), (1, 3), (1, 2)]
    record_archive(bug, actor=world.actor("alice"))
    change(bob, tasks[2], parent=feature)
    run_due_jobs()
    assert counts(epic, feature, story, bug) == [(1, 2), (1, 2), (1, 1), (0, 0)]


def test_many_moves_make_one_count_in_one_statement_that_writes_only_what_changed(world, bob):
    _, _, _, tasks, _ = tree(world, bob)
    run_due_jobs()
    for task in tasks:
        item_move(task, actor=bob, state="done")
    waiting = Job.objects.filter(kind="backlog.progress", state="queued")
    assert [job.requests for job in waiting] == [3]
    with CaptureQueriesContext(connection) as seen:
        assert item_progress_recompute(product_id=world.atlas.pk) == 3
    assert sum("backlog_backlogitem" in q["sql"] for q in seen.captured_queries) == 1
    assert item_progress_recompute(product_id=world.atlas.pk) == 0


def test_a_new_item_without_parent_and_an_edited_title_ask_for_no_count(world, bob):
    item = make_item(bob, world.atlas)
    change(bob, item, title="Other")
    assert not Job.objects.filter(kind="backlog.progress").exists()


def titles(product, state):
    rows = BacklogItem.objects.filter(product=product, state=state).order_by("board_order", "pk")
    return [row.title for row in rows]


def test_cards_keep_the_order_people_give_them(world, bob):
    a, b, c = (make_item(bob, world.atlas, name, type="story") for name in "abc")
    item_place(actor=bob, item=c, state="backlog")
    assert titles(world.atlas, "backlog") == ["c", "a", "b"]
    item_place(actor=bob, item=c, state="backlog", after=BacklogItem.objects.get(pk=a.pk))
    assert titles(world.atlas, "backlog") == ["a", "c", "b"]
    item_place(actor=bob, item=a, state="todo")
    item_place(actor=bob, item=b, state="todo", after=BacklogItem.objects.get(pk=a.pk))
    assert titles(world.atlas, "todo") == ["a", "b"]
    with pytest.raises(Conflict):
        item_place(actor=bob, item=b, state="todo", after=BacklogItem.objects.get(pk=c.pk))


def test_a_gap_that_is_used_up_is_made_anew(world, bob):
    first, second, third = (make_item(bob, world.atlas, n, type="story") for n in "abc")
    for _ in range(60):
        above = BacklogItem.objects.get(pk=first.pk)
        item_place(actor=bob, item=third, state="backlog", after=above)
        second, third = third, second
    orders = list(BacklogItem.objects.values_list("board_order", flat=True))
    assert len(set(orders)) == 3
    assert titles(world.atlas, "backlog")[0] == "a"


def test_a_full_column_refuses_the_next_card_unless_its_limit_is_soft(world, bob):
    alice = world.actor("alice")
    wip_limits_set(actor=alice, product=world.atlas, limits={"in_progress": (1, True)})
    one, two = (make_item(bob, world.atlas, n, type="story") for n in ("one", "two"))
    item_place(actor=bob, item=one, state="in_progress")
    with pytest.raises(Conflict) as refused:
        item_place(actor=bob, item=two, state="in_progress")
    assert "In progress is full: 1 of 1" in refused.value.message
    with pytest.raises(Conflict):
        change(bob, two, state="in_progress")
    assert BacklogItem.objects.get(pk=two.pk).state == "backlog"
    wip_limits_set(actor=alice, product=world.atlas, limits={"in_progress": (1, False)})
    assert item_place(actor=bob, item=two, state="in_progress").state == "in_progress"
    with pytest.raises(NotAllowed):
        wip_limits_set(actor=bob, product=world.atlas, limits={"in_progress": (None, True)})


def test_every_limited_column_is_a_state():
    assert set(service.LIMITED_STATES) <= set(ITEM_WORKFLOW.names())


def test_a_team_runs_one_sprint_at_a_time(world, bob):
    first, second = make_sprint(bob, world.atlas), make_sprint(bob, world.atlas, "Sprint 2")
    sprint_move(first, actor=bob, state="active")
    with pytest.raises(Conflict) as refused:
        sprint_move(second, actor=bob, state="active")
    assert first.reference in refused.value.message
    with pytest.raises(Invalid):
        sprint_update(
            actor=bob,
            record=second,
            version=None,
            values={"ends_on": second.starts_on - timedelta(days=1)},
        )


def test_a_completed_sprint_passes_its_unfinished_items_on(world, bob):
    first, second = make_sprint(bob, world.atlas), make_sprint(bob, world.atlas, "Sprint 2")
    items = [make_item(bob, world.atlas, n, type="story") for n in ("done", "open")]
    assert sprint_items_set(actor=bob, sprint=first, items=items, inside=True) == 2
    item_move(items[0], actor=bob, state="done")
    first = sprint_move(first, actor=bob, state="active")
    sprint, moved = sprint_complete(actor=bob, sprint=first, into=second)
    assert (sprint.state, moved) == ("completed", 1)
    kept = BacklogItem.objects.filter(sprint=first).values_list("title", flat=True)
    assert list(kept) == ["done"]
    with pytest.raises(Invalid):
        change(bob, make_item(bob, world.atlas, "late"), sprint=sprint)


def test_a_late_item_says_so(world, bob):
    yesterday = timezone.localdate() - timedelta(days=1)
    item = make_item(bob, world.atlas, due_on=yesterday)
    assert item.late
    assert not item_move(item, actor=bob, state="done").late
