"""The decisions of a product: what is listed, found, filtered and counted, on the page and over the API."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from backlog.services.items import item_update
from backlog.services.ranks import item_rank_pin, item_rank_unpin
from ideas.services.merging import idea_merge
from ideas.services.triage import idea_decline
from plm.decisions import Coverage, coverage_of, decisions_of
from plm.events import happened_at
from plm.models import Event
from plm.permissions import LOWEST_ROLE, Role, lowest_role
from plm.services.notes import comment_add
from plm.services.reasons import change_explain
from plm.services.records import record_archive, record_move, record_restore
from plm.services.workspaces import product_phase_set, product_update
from roadmap.services.placements import placement_dates_set, placement_remove, placement_set
from roadmap.services.releases import milestone_update
from tests import make

PAGE, API = "/acme/ATL/decisions", "/api/v1/products/ATL/decisions/"
NONE_GIVEN = "No reason was given."


@pytest.fixture
def decided(world: Any) -> Any:
    """An item that is moved in state, on the roadmap (with and without a reason) and in rank; an idea declined."""
    alice = world.actor("alice")
    item = make.make_item(alice, world.atlas, "Group bookings")
    make.make_placement(alice, item, starts_on=date(2026, 5, 4), ends_on=date(2026, 5, 29))
    record_move(item, actor=alice, state="todo")
    placement_set(
        actor=alice, item=item, values={"ends_on": date(2026, 6, 12)}, reason="The supplier is late"
    )
    item_rank_pin(actor=alice, item=item, rank=1, reason="Promised to the pilot hotels")
    idea = make.make_idea(alice, world.atlas, "Fax confirmations")
    idea_decline(actor=alice, idea=idea, reason="Nobody has a fax machine")
    comment_add(actor=alice, record=item, body="Not a decision")
    item.refresh_from_db()
    return item


def verbs(client: Any, query: str = "") -> list[str]:
    answer = client.get(API + query)
    assert answer.status_code == 200, answer.content
    return [row["verb"] for row in answer.json()["results"]]


def test_decisions_are_listed_newest_first_and_nothing_else(world, decided, api):
    client = api(world.alice, world.acme)
    found = client.get(API).json()
    assert [(row["verb"], row["about"], row["reason"]) for row in found["results"]] == [
        ("idea.moved", ["state"], "Nobody has a fax machine"),
        ("item.pinned", ["rank"], "Promised to the pilot hotels"),
        ("placement.moved", ["dates"], "The supplier is late"),
        ("item.moved", ["state"], ""),
        ("placement.made", ["dates"], ""),
    ]
    first = found["results"][0]
    assert (first["title"], first["actor"], first["kind"]) == ("Fax confirmations", "Alice", "idea")
    assert found["results"][1]["reference"] == decided.reference
    assert found["coverage"] == {"days": 90, "decisions": 5, "with_reason": 3, "more": False}
    assert found["next_cursor"] is None


def test_every_sort_of_decision_that_a_room_declares_is_one(world, decided, api):
    alice, client = world.actor("alice"), api(world.alice, world.acme)
    item_rank_unpin(actor=alice, item=decided)
    placement_remove(actor=alice, item=decided, reason="Dropped")
    product_phase_set(actor=alice, product=world.atlas, phase="growth", reason="Sales doubled")
    milestone = make.make_milestone(alice, world.atlas, on=date(2026, 5, 4))
    milestone_update(
        actor=alice, record=milestone, version=None, values={"on": date(2026, 6, 1)}, reason="Fair"
    )
    kept, other = (make.make_idea(alice, world.atlas, f"Idea {n}") for n in (1, 2))
    idea_merge(actor=alice, source=other, target=kept)
    assert verbs(client)[:5] == [
        "idea.merged", "milestone.updated", "product.updated", "placement.removed", "item.unpinned",
    ]  # fmt: skip
    rows = client.get(API).json()["results"]
    assert rows[0]["about"] == ["state", "merging"]
    assert (rows[2]["reference"], rows[2]["title"]) == (None, "Atlas")
    assert verbs(client, "?about=phase") == ["product.updated"]
    assert verbs(client, "?about=merging") == ["idea.merged"]
    assert verbs(client, "?about=dates")[:2] == ["milestone.updated", "placement.removed"]


def test_a_change_of_words_or_of_the_name_of_the_product_is_no_decision(world, decided, api):
    alice, client = world.actor("alice"), api(world.alice, world.acme)
    before = verbs(client)
    item_update(
        actor=alice, record=decided, version=None, values={"title": "Bookings"}, reason="Short"
    )
    product_update(actor=alice, product=world.atlas, version=None, values={"name": "Atlas 2"})
    make.make_idea(alice, world.atlas, "New ones have a state and are no decision")
    assert verbs(client) == before


def test_the_page_draws_them_as_the_history_does_with_the_record_and_the_reason(
    world, decided, sign_in
):
    page = sign_in(world.alice).get(PAGE).content.decode()
    words = unescape(page)
    assert "In the last 90 days 5 decisions, 3 of them with a reason (60 %)." in words
    assert words.count("Reason: ") == 3
    assert words.count(NONE_GIVEN) == 2
    assert f'<a class="ttl" href="{decided.get_absolute_url()}">Group bookings</a>' in page
    assert "moved it on the roadmap" in words
    assert words.index("Nobody has a fax machine") < words.index("The supplier is late")
    assert re.search(r'<a[^>]*href="/acme/ATL/decisions"[^>]*aria-current="page"', page)


def test_the_history_of_a_record_does_not_say_that_no_reason_was_given_and_leads_here(
    world, decided, sign_in
):
    page = sign_in(world.alice).get(f"{decided.get_absolute_url()}/history").content.decode()
    assert NONE_GIVEN not in page
    assert 'href="/acme/ATL/decisions">All decisions of this product</a>' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=SUPPLIER", ["placement.moved"]),
        ("?q=late+supplier", ["placement.moved"]),
        ("?q=fax", ["idea.moved"]),
        ("?q=confirmations+machine", ["idea.moved"]),
        ("?q=supplier+fax", []),
        ("?q=Group+bookings", ["item.pinned", "placement.moved", "item.moved", "placement.made"]),
        ("?q=100%25", []),
        ("?about=state", ["idea.moved", "item.moved"]),
        ("?about=dates", ["placement.moved", "placement.made"]),
        ("?about=rank", ["item.pinned"]),
        ("?reason=none", ["item.moved", "placement.made"]),
        ("?reason=given", ["idea.moved", "item.pinned", "placement.moved"]),
        ("?reason=given&about=state", ["idea.moved"]),
        ("?kind=idea", ["idea.moved"]),
        ("?kind=spec", []),
    ],
)
def test_filters_of_the_api_and_of_the_page_find_the_same(
    world, decided, api, sign_in, query, found
):
    assert verbs(api(world.alice, world.acme), query) == found
    page = sign_in(world.alice).get(PAGE + query)
    told = Event.objects.filter(sequence__in=[line.sequence for line in page.context["history"]])
    assert list(told.order_by("-sequence").values_list("verb", flat=True)) == found
    assert ("No decision was found" in page.content.decode()) is (not found)


def test_days_are_whole_days(world, decided, api):
    client, today = api(world.alice, world.acme), timezone.localdate()
    alice = world.actor("alice")
    with happened_at(timezone.now() - timedelta(days=100)):
        record_move(decided, actor=alice, state="in_progress", reason="Old")
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    assert len(verbs(client)) == 6
    assert len(verbs(client, f"?from={today}&to={today}")) == 5
    assert verbs(client, f"?to={yesterday}") == ["item.moved"]
    assert verbs(client, f"?from={tomorrow}") == []
    assert client.get(API).json()["coverage"]["decisions"] == 5  # the old one is out of them


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?q=", "q"), ("?q=+", "q"), (f"?q={'x' * 201}", "q"), ("?q=a%1Bb", "q"), ("?about=", "about"),
        ("?about=mood", "about"), ("?reason=", "reason"), ("?reason=maybe", "reason"), ("?kind=", "kind"),
        ("?kind=person", "kind"), ("?from=", "from"), ("?from=yesterday", "from"), ("?from=2026-02-30", "from"),
        ("?from=2026-W01-1", "from"), ("?from=0001-01-01", "from"), ("?to=9999-12-31", "to"), ("?to=20260531", "to"),
        ("?to=%D9%A2%D9%A0%D9%A2%D9%A6-05-31", "to"), ("?from=2026-05-02&to=2026-05-01", "to"), ("?who=alice", "who"),
        ("?cursor=x", "cursor"), ("?size=0", "size"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_used_is_named(world, api, query, field):
    answer = api(world.alice, world.acme).get(API + query)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_the_page_says_what_is_wrong_at_the_field_and_takes_empty_ones(world, decided, sign_in):
    client = sign_in(world.alice)
    wrong = client.get(f"{PAGE}?about=mood&from=2026-02-30&q=fax")
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert 'id="de-about-e"' in page
    assert 'id="de-from-e"' in page
    assert 'value="fax"' in page
    assert NONE_GIVEN not in page
    empty = client.get(f"{PAGE}?q=&about=&kind=&reason=&from=&to=")
    assert empty.status_code == 200
    assert len(empty.context["history"]) == 5


def test_a_product_without_decisions_says_what_to_do(world, sign_in):
    page = sign_in(world.alice).get(PAGE).content.decode()
    assert "Nothing was decided yet" in page
    assert "In the last 90 days nothing was decided." in page
    assert "No decision was found" not in page


def test_pages_follow_each_other_and_belong_to_their_filters(world, decided, api):
    client, seen, query = api(world.alice, world.acme), [], "?size=2"
    while True:
        body = client.get(API + query).json()
        seen += [row["sequence"] for row in body["results"]]
        if body["next_cursor"] is None:
            break
        cursor = quote(body["next_cursor"])
        assert client.get(f"{API}?size=2&reason=given&cursor={cursor}").status_code == 400
        query = f"?size=2&cursor={cursor}"
    assert seen == [row["sequence"] for row in client.get(API).json()["results"]]
    assert len(seen) == 5


def test_the_page_goes_on_behind_a_hundred_with_its_filters(world, sign_in):
    alice, client = world.actor("alice"), sign_in(world.alice)
    item = make.make_item(alice, world.atlas)
    for n in range(51):
        item_rank_pin(actor=alice, item=item, rank=1 + n % 2, reason="Swapped")
        item_rank_unpin(actor=alice, item=item)
    first = client.get(f"{PAGE}?about=rank")
    assert len(first.context["history"]) == 100
    assert "about=rank" in first.context["next_url"]
    rest = client.get(PAGE + first.context["next_url"])
    assert [line.sequence for line in rest.context["history"]] == sorted(
        (line.sequence for line in rest.context["history"]), reverse=True
    )
    assert len(rest.context["history"]) == 2
    assert rest.context["next_url"] is None


def test_only_whoever_sees_the_product_sees_its_decisions(world, decided, api, sign_in):
    make.make_item(world.actor("alice"), world.boreas, "Elsewhere")
    for reader in (world.carol, world.bob):
        assert len(verbs(api(reader, world.acme))) == 5
    assert verbs(api(world.alice, world.acme))
    assert (
        api(world.alice, world.acme).get("/api/v1/products/BOR/decisions/").json()["results"] == []
    )
    assert sign_in(world.mallory).get(PAGE).status_code == 404
    assert sign_in(world.eve).get(PAGE).status_code == 404
    assert api(world.mallory, world.rival).get(API).status_code == 404


def test_somebody_without_the_product_or_a_kind_reads_nothing_of_it(
    world, decided, monkeypatch, request
):
    assert not decisions_of(world.actor("mallory"), world.atlas).exists()
    monkeypatch.setitem(LOWEST_ROLE, "idea.view", Role.MANAGER)
    lowest_role.cache_clear()
    request.addfinalizer(lowest_role.cache_clear)
    kinds = set(decisions_of(world.actor("carol"), world.atlas).values_list("kind", flat=True))
    assert kinds == {"item"}
    assert coverage_of(world.actor("carol"), world.atlas) == Coverage(90, 4, 2)


@pytest.mark.parametrize(
    ("decisions", "given", "percent"),
    [(0, 0, 0), (3, 0, 0), (3, 1, 33), (3, 3, 100), (400, 399, 99), (400, 1, 1)],
)
def test_the_share_with_a_reason_is_all_or_nothing_only_where_it_is(decisions, given, percent):
    assert Coverage(90, decisions, given).percent == percent


def test_a_reason_given_afterwards_counts_and_is_found(world, sign_in, api):
    alice = world.actor("alice")
    item = make.make_item(alice, world.atlas, "Deposits")
    make.make_placement(alice, item, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 31))
    placement_dates_set(
        actor=alice, item=item, starts_on=date(2027, 3, 8), ends_on=date(2027, 4, 7)
    )
    before = coverage_of(alice, world.atlas)
    change_explain(actor=alice, record=item, reason="The bank answers late")
    after = coverage_of(alice, world.atlas)
    assert (after.decisions, after.with_reason) == (before.decisions, before.with_reason + 1)
    page = sign_in(world.alice).get("/acme/ATL/decisions?q=bank").content.decode()
    assert "The bank answers late" in page
    rows = api(world.alice, world.acme).get("/api/v1/products/ATL/decisions/?q=bank&reason=given")
    (row,) = rows.json()["results"]
    assert (row["verb"], row["reason"]) == ("placement.moved", "The bank answers late")


def test_what_a_running_sprint_holds_is_decided_and_what_a_planned_one_holds_is_not(world, api):
    alice = world.actor("alice")
    sprint = make.make_sprint(alice, world.atlas, "Sprint 7")
    early, late = (make.make_item(alice, world.atlas, title) for title in ("Early", "Late"))
    client = api(world.alice, world.acme)
    item_update(record=early, actor=alice, version=None, values={"sprint": sprint})
    assert verbs(client, "?about=sprint") == []
    record_move(sprint, actor=alice, state="active")
    sprint.refresh_from_db()
    item_update(record=late, actor=alice, version=None, values={"sprint": sprint}, reason="A customer waits")  # fmt: skip
    early.refresh_from_db()
    item_update(record=early, actor=alice, version=None, values={"sprint": None})
    make.make_item(alice, world.atlas, "Bug", type="bug", sprint=sprint)
    rows = client.get(f"{API}?about=sprint").json()["results"]
    assert [(row["verb"], row["reason"]) for row in rows] == [
        ("item.created", ""), ("item.updated", ""), ("item.updated", "A customer waits"),
    ]  # fmt: skip
    assert {subject for row in rows for subject in row["about"]} == {"sprint"}


def test_archiving_and_bringing_back_are_decisions(world, api):
    alice = world.actor("alice")
    item = make.make_item(alice, world.atlas, "Fax")
    record_archive(item, actor=alice, reason="Nobody faxes")
    record_restore(item, actor=alice)
    client = api(world.alice, world.acme)
    assert verbs(client, "?about=archiving") == ["item.restored", "item.archived"]
    assert coverage_of(alice, world.atlas) == Coverage(90, 2, 1)


def test_the_share_reads_the_newest_decisions_and_says_that_there_are_more(
    world, decided, sign_in, api, monkeypatch
):
    monkeypatch.setattr("plm.decisions.MOST_COVERED", 2)
    told = coverage_of(world.actor("alice"), world.atlas)
    assert (told.decisions, told.with_reason, told.more) == (2, 2, True)
    page = unescape(sign_in(world.alice).get(PAGE).content.decode())
    assert "Of the last 2 decisions 2 have a reason (100 %); there are more" in page
    assert api(world.alice, world.acme).get(API).json()["coverage"]["more"] is True
