"""Filters of the backlog as of a moment: what the list of that moment let through, they let through."""

from __future__ import annotations

import random
from datetime import date

import pytest
from django.http import QueryDict
from django.utils import timezone

from backlog.filters.items import ItemFilter
from backlog.filters.items_past import PastItemFilter
from backlog.models import BacklogItem, Sprint
from backlog.selectors.backlog_past import backlog_as_of
from backlog.services.items import item_update
from backlog.services.promotion import feature_from_ideas, ideas_add
from backlog.services.sprints import sprint_move
from ideas.services.merging import idea_merge
from plm.runner import run_due_jobs
from plm.services.records import record_archive, record_restore
from tests.make import make_idea, make_item, make_sprint

SEED = 91
PAGE = "/acme/ATL/backlog/as-of"
API = "/api/v1/products/ATL/backlog/as-of/"


@pytest.fixture
def alice(world):
    return world.actor("alice")


@pytest.fixture
def plan(world, alice):
    """Two epics, two sprints and two ideas, for items to be below, in and from."""
    found = {
        "parent": [make_item(alice, world.atlas, f"Epic {n}", type="epic") for n in range(2)],
        "sprint": [make_sprint(alice, world.atlas, f"Sprint {n}") for n in range(2)],
        "idea": [make_idea(alice, world.atlas, f"Idea {n}") for n in range(2)],
    }
    run_due_jobs()
    return found


def asked_of(plan):
    """Every filter that is tried, as a query string."""
    named = [f"{name}={one.reference}" for name, ones in plan.items() for one in ones]
    return [
        *named, "parent=none", "sprint=none", "sprint=current", "tag=sea", "tag=Air", "priority=high",
        "priority=low&priority=none", "due_before=2027-03-01", "due_before=2027-06-01&tag=sea",
        f"{named[2]}&priority=high", f"{named[4]}&parent=none", "q=Item&sprint=none",
    ]  # fmt: skip


def now(world, query):
    """What the list lets through now."""
    rows = BacklogItem.objects.visible_to(world.actor("carol"), "item.view").filter(
        product=world.atlas
    )
    found = ItemFilter(
        QueryDict(query), rows, actor=world.actor("carol"), workspace_id=world.acme.pk, product=world.atlas
    ).checked()  # fmt: skip
    return {item.reference for item in found.select_related("product")}


def then(world, moment, query):
    actor = world.actor("carol")
    wanted = PastItemFilter.of(actor, world.atlas, QueryDict(query)).wanted()
    return {
        item.reference for item in backlog_as_of(actor, world.atlas, moment, wanted=wanted).items
    }


def one_change(dice, world, alice, items, plan):
    item = BacklogItem.objects.with_people().get(pk=dice.choice(items).pk)
    draw = dice.randrange(6)
    if item.archived_at is not None:
        record_restore(item, actor=alice)
    elif draw == 0:
        record_archive(item, actor=alice)
    elif draw == 1:
        ideas_add(actor=alice, item=item, ideas=dice.sample(plan["idea"], dice.choice([1, 2])))
    elif draw == 2:
        sprint = Sprint.objects.select_related("product__workspace").get(pk=dice.choice(plan["sprint"]).pk)  # fmt: skip
        if not Sprint.objects.active().exclude(pk=sprint.pk).exists():
            sprint_move(sprint, actor=alice, state=dice.choice(["active", "planned"]))
    else:
        values = {
            "priority": dice.choice(["high", "low", "none"]), "parent": dice.choice([None, *plan["parent"]]),
            "sprint": dice.choice([None, *plan["sprint"]]), "due_on": dice.choice([None, date(2027, 2, 1), date(2027, 4, 1)]),
            "ideas": dice.sample(plan["idea"], dice.randrange(3)),
        }  # fmt: skip
        given = dict(dice.sample(sorted(values.items(), key=lambda pair: pair[0]), dice.randrange(1, 4)))  # fmt: skip
        item_update(record=item, actor=alice, version=None, values=given, tags=dice.sample(["sea", "air"], dice.randrange(3)))  # fmt: skip


def test_the_filtered_backlog_of_any_moment_is_the_copy_that_was_taken_then(world, alice, plan):
    dice = random.Random(SEED)
    items = [make_item(alice, world.atlas, f"Item {n}") for n in range(5)]
    queries, copies = asked_of(plan), []
    for _ in range(60):
        one_change(dice, world, alice, items, plan)
        copies.append((timezone.now(), {query: now(world, query) for query in queries}))
    for query in queries:
        sizes = {len(copy[query]) for _, copy in copies}
        assert len(sizes) > 1, f"{query} let through the same number each time"
    for moment, copy in copies[::3]:
        for query in queries:
            assert then(world, moment, query) == copy[query], (moment, query)
    for _ in range(60):
        place = dice.randrange(len(copies) - 1)
        (first, before), (last, after) = copies[place], copies[place + 1]
        query = dice.choice(queries)
        found = then(world, first + (last - first) * dice.random(), query)
        assert before[query] & after[query] <= found <= before[query] | after[query], query


def test_what_was_merged_since_counts_as_the_idea_it_is_a_part_of(world, alice, plan):
    first, other = plan["idea"]
    third = make_idea(alice, world.atlas, "Third")
    before = timezone.now()
    values = {"title": "Card", "type": "feature"}
    item = feature_from_ideas(actor=alice, product=world.atlas, ideas=[other], values=values)
    late = feature_from_ideas(actor=alice, product=world.atlas, ideas=[third], values=values)
    between = timezone.now()
    ideas_add(actor=alice, item=make_item(alice, world.atlas, "Later"), ideas=[other])
    idea_merge(actor=alice, source=other, target=first)
    item_update(record=late, actor=alice, version=None, values={"ideas": []})
    assert then(world, before, f"idea={first.reference}") == set()
    assert then(world, between, f"idea={first.reference}") == {item.reference}
    assert then(world, between, f"idea={third.reference}") == {late.reference}
    assert then(world, timezone.now(), f"idea={third.reference}") == set()
    assert then(world, between, "idea=ATL-9999") == set()


def test_the_statements_do_not_grow_with_the_items(
    world, alice, plan, django_assert_max_num_queries
):
    idea, sprint = plan["idea"][0], plan["sprint"][0]
    query = f"idea={idea.reference}&tag=sea&sprint=current&priority=high&due_before=2028-01-01&parent={plan['parent'][0].reference}"
    sprint_move(sprint, actor=alice, state="active")
    for count in (2, 9):
        for n in range(count):
            item = make_item(alice, world.atlas, f"Item {n}", sprint=sprint, priority="high")
            item_update(
                record=item, actor=alice, version=None, tags=["sea"],
                values={"ideas": [idea], "due_on": date(2027, 1, 1), "parent": plan["parent"][0]},
            )  # fmt: skip
        moment = timezone.now()
        for item in BacklogItem.objects.filter(sprint=sprint).with_people():
            item_update(record=item, actor=alice, version=None, values={"ideas": []})
            ideas_add(actor=alice, item=item, ideas=[idea])
        run_due_jobs()
        wanted = PastItemFilter.of(alice, world.atlas, QueryDict(query)).wanted()
        with django_assert_max_num_queries(26):
            found = backlog_as_of(alice, world.atlas, moment, wanted=wanted)
    assert found.total == 11


def test_the_page_and_the_api_take_them_and_say_what_the_history_does_not_hold(
    world, alice, plan, sign_in, api
):
    epic, sprint = plan["parent"][0], plan["sprint"][0]
    item = make_item(alice, world.atlas, "Deposits", parent=epic, sprint=sprint, priority="high", due_on=date(2027, 1, 1))  # fmt: skip
    make_item(alice, world.atlas, "Groups")
    moment = timezone.now().isoformat()
    item_update(record=item, actor=alice, version=None, values={"parent": None, "sprint": None, "priority": "low", "due_on": None})  # fmt: skip
    client, caller = sign_in(world.carol), api(world.carol, world.acme, scopes=["read"])
    for asked in (
        {"parent": epic.reference}, {"sprint": sprint.reference}, {"priority": "high"}, {"due_before": "2027-02-01"},
    ):  # fmt: skip
        page = client.get(PAGE, {"at": moment, **asked}).content.decode()
        assert ("Deposits" in page, "Groups" in page) == (True, False), asked
        rows = caller.get(API, {"at": moment, **asked}).json()["results"]
        assert [row["reference"] for row in rows] == [item.reference]
        assert caller.get(API, {"at": timezone.now().isoformat(), **asked}).json()["total"] == 0
    assert "cannot be filtered by when something was changed or by ids of other systems: the history does not hold that" in page  # fmt: skip
    assert "ideas that were merged since as the one they are part of" in page
    for wrong in (
        {"parent": "current"}, {"sprint": "soon"}, {"idea": "none"}, {"due_before": "soon"}, {"priority": "huge"},
        {"external_id": "7"}, {"archived": "true"},
    ):  # fmt: skip
        assert caller.get(API, {"at": moment, **wrong}).status_code == 400, wrong
