"""What an update for readers outside begins with: public words alone, and what is known inside only where it is chosen."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core import mail
from django.utils import timezone

from backlog.models import BacklogItem
from plm.errors import Invalid
from plm.runner import run_due_jobs
from plm.services.workspaces import team_create
from roadmap.models import CommunicationLine, Placement, StatusUpdate
from roadmap.selectors.outside import both_kinds, outside_changes
from roadmap.services.communication import line_update, update_begin, update_send
from roadmap.services.placements import placement_remove, placement_set
from roadmap.services.shares import share_create
from tests.make import make_item, make_objective, make_placement, make_release
from tests.roadmap.telling import placed, slip
from tests.roadmap.test_communication import calls, plan

INSIDE = "zzinside"
PUBLIC = {"public_title": "Pay in parts", "public_note": "For ten or more"}


def since_now(line):
    CommunicationLine.objects.filter(pk=line.pk).update(last_sent_at=timezone.now())
    line.refresh_from_db()
    return line


def begun(world, line):
    return update_begin(actor=world.actor("alice"), line=line).body


def test_a_draft_for_outside_has_public_words_and_no_reasons(world):
    item = placed(world, f"Deposits for {INSIDE}", **PUBLIC)
    line = since_now(plan(world))
    slip(world, item, reason=f"{INSIDE} vendor is late")
    body = begun(world, line)
    assert (
        "**Pay in parts**: 14 days later: 1 Jan to 15 Feb 2027, before 1 Jan to 1 Feb 2027." in body
    )
    assert INSIDE not in body
    chosen = since_now(plan(world, words="reasons", audience="Partners"))
    slip(world, item, 20, reason="Vendor is late again")
    body = begun(world, chosen)
    assert "**Pay in parts**: 5 days later" in body
    assert "Why: Vendor is late again" in body
    assert INSIDE not in body


def test_fields_and_items_that_the_view_of_the_audience_hides_are_left_out(world):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, "For them")
    theirs, other = placed(world, "Theirs", objective=goal), placed(world, "Other goal")
    undated = make_item(alice, world.atlas, "No dates")
    make_placement(alice, undated, objective=goal)
    share, _ = share_create(
        actor=alice, product=world.atlas, name="Partners", grain="quarter", filters={"goals": [goal.reference]},
        show=["dates"], lanes="none", colours="none",
    )  # fmt: skip
    line = since_now(plan(world, share=share))
    for item in (theirs, other):
        slip(world, item)
    assert "Nothing changed on the roadmap." in begun(world, line), (
        "within the quarter they were told"
    )
    placement_set(
        actor=alice,
        item=theirs,
        values={"starts_on": date(2027, 4, 3), "ends_on": date(2027, 5, 4)},
    )
    placement_set(actor=alice, item=undated, values={"bucket": "now"})
    BacklogItem.objects.filter(pk=theirs.pk).update(state="done")
    body = begun(world, line)
    assert "- **Theirs**: later: Q2 2027, before Q1 2027." in body
    for hidden in ("Other goal", "No dates", "May", "shipped", "Now", "For them"):
        assert hidden not in body
    placement_set(actor=alice, item=other, values={"objective": goal})
    assert "- **Other goal**: new: Q1 2027." in begun(world, line), (
        "and not what it was before that"
    )


@pytest.mark.parametrize("gone", ["removed", "hidden", "archived", "cancelled"])
def test_what_is_not_for_them_any_more_is_not_named(world, gone):
    item = placed(world, "Secret pilot")
    line = since_now(plan(world))
    slip(world, item)
    if gone == "removed":
        placement_remove(actor=world.actor("alice"), item=item)
    elif gone == "hidden":
        placement_set(actor=world.actor("alice"), item=item, values={"hidden": True})
    elif gone == "archived":
        BacklogItem.objects.filter(pk=item.pk).update(archived_at=timezone.now())
    else:
        BacklogItem.objects.filter(pk=item.pk).update(state="cancelled")
    assert "Secret pilot" not in begun(world, line)


def test_a_date_of_a_time_when_it_was_left_out_is_never_named(world):
    item = placed(world, "Pilot", hidden=True)
    line = since_now(plan(world))
    placement_set(
        actor=world.actor("alice"), item=item, values={"hidden": False, "ends_on": date(2027, 3, 1)}
    )
    body = begun(world, line)
    assert "- **Pilot**: new: 1 Jan to 1 Mar 2027." in body
    assert "Feb" not in body


def test_teams_releases_and_the_board_of_a_view(world):
    alice = world.actor("alice")
    team = team_create(actor=world.actor("dora"), workspace=world.acme, name="Maps")
    release = make_release(alice, world.atlas, "Spring")
    item, other = placed(world, "Ours", release=release), placed(world, "Theirs", release=release)
    BacklogItem.objects.filter(pk=item.pk).update(team=team)
    share, _ = share_create(
        actor=alice, product=world.atlas, name="Board", view="board", show=["goal"],
        filters={"teams": [str(team.uuid)], "releases": [release.reference]},
    )  # fmt: skip
    line = since_now(plan(world, share=share))
    for one in (item, other):
        placement_set(actor=alice, item=one, values={"bucket": "now"})
    assert "- **Ours**: earlier: Now, before Later." in begun(world, line)
    assert "Theirs" not in begun(world, line)


def test_the_author_sees_both_kinds(world, sign_in):
    item, hidden = placed(world, "Deposits", **PUBLIC), placed(world, "Secret pilot", hidden=True)
    line = since_now(plan(world))
    for one in (item, hidden):
        slip(world, one)
    update = update_begin(actor=world.actor("alice"), line=line)
    rows = both_kinds(world.actor("alice"), world.atlas, None, update.since, update.until)
    assert {(row.title, row.public_title) for row in rows} == {
        ("Deposits", "Pay in parts"), ("Secret pilot", "")
    }  # fmt: skip
    url = f"{world.atlas.get_absolute_url()}plan/updates/{update.uuid}/edit"
    page = sign_in(world.alice).get(url).content.decode()
    for shown in ("public words alone", "Inside only", "Pay in parts", "Why: Vendor is late"):
        assert shown in page
    assert sign_in(world.carol).get(url).status_code == 403


def test_a_text_that_began_inside_goes_to_nobody_outside(world):
    placed(world)
    inside, outside = plan(world, words="inside", channel="page"), plan(world, audience="Partners")
    update = update_begin(actor=world.actor("alice"), line=inside)
    with pytest.raises(Invalid) as refused:
        update_send(actor=world.actor("alice"), update=update, lines=[inside, outside], version=1)
    assert "Partners" in refused.value.fields["lines"]
    assert "Board" not in refused.value.fields["lines"]
    update_send(actor=world.actor("alice"), update=update, lines=[inside], version=1)
    assert StatusUpdate.objects.get().state == "sent"


def test_a_line_takes_no_view_of_another_product_and_none_beside_the_words_used_inside(world):
    share, _ = share_create(actor=world.actor("alice"), product=world.boreas, name="Partners")
    for values, field in (
        ({"share": share}, "share"), ({"words": "all"}, "words"), ({"words": "inside", "share": share}, "share")
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            plan(world, **values)
        assert field in refused.value.fields
    line = plan(world)
    line_update(actor=world.actor("alice"), line=line, version=1, values={"words": "inside"})
    line.refresh_from_db()
    assert line.words == "inside"


def test_nothing_of_the_inside_is_in_a_prefilled_text_nor_in_what_is_sent(world, monkeypatch):
    """Every text that only colleagues read is marked; what goes out has none of the marks."""
    alice = world.actor("alice")
    made = calls(monkeypatch, 200)
    goal = make_objective(alice, world.atlas, f"{INSIDE} goal")
    release = make_release(alice, world.atlas, f"{INSIDE} release")
    team = team_create(actor=world.actor("dora"), workspace=world.acme, name=f"{INSIDE} team")
    item = placed(world, f"{INSIDE} title", objective=goal, **PUBLIC)
    lines = [since_now(plan(world, channel, audience=channel)) for channel in ("mail", "page", "webhook", "slack")]  # fmt: skip
    slip(world, item, reason=f"{INSIDE} reason")
    placement_set(
        actor=alice, item=item, reason=f"{INSIDE} reason", values={
            "release": release, "commitment": "committed", "health": "at_risk", "health_note": f"{INSIDE} note",
        },
    )  # fmt: skip
    BacklogItem.objects.filter(pk=item.pk).update(
        description=f"{INSIDE} text", team=team, owner=world.alice
    )
    assert Placement.objects.get().health_note.startswith(INSIDE)
    for line in lines:
        update = update_begin(actor=alice, line=line)
        assert "14 days later" in update.body
        update_send(actor=alice, update=update, lines=[line], version=1)
    run_due_jobs()
    said = [update.title + update.body for update in StatusUpdate.objects.all()]
    said += [str(message.message()) for message in mail.outbox]
    said += [json.dumps([url, body.decode(), dict(headers)]) for url, body, headers in made]
    assert len(said) == 4 + 2 + 2
    assert not [text for text in said if INSIDE in text]


def test_what_is_told_outside_takes_as_many_statements_for_many_items(
    world, django_assert_max_num_queries
):
    items = [placed(world, f"Item {n}") for n in range(12)]
    since = timezone.now()
    for item in items:
        slip(world, item)
    with django_assert_max_num_queries(12):
        told = outside_changes(world.actor("alice"), world.atlas, None, since, timezone.now())
    assert len(told) == 12
