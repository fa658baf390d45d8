"""A requirement that is dropped is a change of scope: a version, told on the roadmap and in digests, to who may see it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from backlog.services.items import item_update
from backlog.services.requirements import requirement_update
from backlog.services.reviews import review_answer, review_ask
from backlog.services.spec_content import requirement_row
from backlog.services.specs import criterion_check, spec_move, spec_restore_version, spec_update
from plm.errors import Conflict
from plm.models import Event
from roadmap.scope import ScopeChange, requirements_told
from roadmap.selectors.changes import roadmap_changes
from roadmap.services.placements import placement_set
from tests.make import make_spec
from tests.roadmap.telling import placed, slip, subscribe, time_comes


@pytest.fixture
def alice(world):
    return world.actor("alice")


@pytest.fixture
def spec(world, alice):
    rows = [{"text": "Pay a deposit", "acceptance": [{"text": "By card"}]}, {"text": "Refund it"}]
    return make_spec(alice, world.atlas, placed(world), requirements=rows)


def put(alice, spec, state, place=1, reason="Nobody asks for it"):
    row = spec.requirements.all()[place]
    return requirement_update(
        actor=alice, spec=spec, requirement=row, version=None, values={"state": state}, reason=reason
    )  # fmt: skip


def changed(alice, world, since):
    lines = roadmap_changes(
        alice, world.atlas, since, timezone.now(), scopes=True, ranks=True
    ).lines
    return [(line.said.kind, line.scope, line.reasons) for line in lines]


def test_dropping_one_is_told_as_one_that_went_and_taking_it_up_as_one_that_came(
    world, alice, spec
):
    since = timezone.now()
    put(alice, spec, "dropped")
    went = ScopeChange((), ("Must: Refund it",), ())
    assert changed(alice, world, since) == [("rescoped", went, ("Nobody asks for it",))]
    between = timezone.now()
    put(alice, spec, "open", reason="They do")
    assert changed(alice, world, since) == []
    came = ScopeChange(("Must: Refund it",), (), ())
    assert changed(alice, world, between) == [("rescoped", came, ("They do",))]
    assert changed(alice, world, timezone.now()) == []


def test_it_makes_a_version_and_being_met_makes_none(world, alice, spec, sign_in):
    put(alice, spec, "agreed")
    put(alice, spec, "met")
    assert spec.versions.count() == 1
    put(alice, spec, "dropped")
    assert spec.versions.count() == 2
    put(alice, spec, "dropped")
    assert spec.versions.count() == 2
    page = sign_in(world.carol).get(f"{spec.get_absolute_url()}/versions?from=1&to=2")
    assert "dropped" in page.content.decode()
    event = Event.objects.filter(record_id=spec.pk, verb="spec.updated").latest("sequence")
    assert "Must, dropped: Refund it" in event.changes["requirements"][1]


def test_a_specification_that_is_signed_off_is_reopened_first(world, alice, spec):
    spec_move(spec, actor=alice, state="in_review")
    review_ask(actor=alice, spec=spec, reviewers=[world.carol])
    review_answer(actor=world.actor("carol"), spec=spec, verdict="approved", number=1)
    spec_move(spec, actor=alice, state="approved", reason="Ready")
    with pytest.raises(Conflict):
        put(alice, spec, "dropped")
    assert spec.requirements.all()[1].state == "open"


def test_a_check_does_not_bring_one_back(alice, spec):
    put(alice, spec, "dropped", place=0)
    row = spec.requirements.all()[0]
    criterion_check(actor=alice, spec=spec, requirement=str(row.uuid), position=0, met=True)
    assert spec.requirements.all()[0].state == "dropped"


def test_an_earlier_version_brings_back_what_was_asked_then(alice, spec):
    put(alice, spec, "dropped")
    put(alice, spec, "met", place=0)
    spec_restore_version(actor=alice, spec=spec, number=1)
    assert [row.state for row in spec.requirements.all()] == ["met", "open"]
    spec_restore_version(actor=alice, spec=spec, number=2)
    assert [row.state for row in spec.requirements.all()] == ["met", "dropped"]


def test_the_specification_of_a_day_says_what_was_dropped_then(world, alice, spec, sign_in):
    before = timezone.now()
    put(alice, spec, "dropped")
    put(alice, spec, "open", reason="")
    page = sign_in(world.carol).get(f"{spec.get_absolute_url()}/as-of", {"at": before.isoformat()})
    assert page.status_code == 200
    assert "Must, dropped" not in page.content.decode()


# --- digests -------------------------------------------------------------------------------------------


def test_a_digest_tells_requirements_and_points_where_both_changed(world, alice, spec):
    subscribe(world)
    rows = [requirement_row(row) for row in spec.requirements.all()]
    rows[0]["text"], rows[1]["state"] = "Pay half of it", "dropped"
    rows += [{"text": f"Pay by way {n}", "moscow": "could"} for n in range(5)]
    spec_update(actor=alice, record=spec, version=None, values={"requirements": rows}, reason="Law changed")  # fmt: skip
    item_update(actor=alice, record=spec.item, version=None, values={"estimate": 8})
    time_comes()
    [message] = mail.outbox
    for words in (
        "SCOPE CHANGED", "Points: 8", "Requirement added: Could: Pay by way 0", "Requirement added: 2 more",
        "Requirement no longer asked for: Must: Refund it",
        "Requirement reworded: Must: Pay half of it, before: Must: Pay a deposit", "Law changed",
    ):  # fmt: skip
        assert words in message.body, words
    assert "Pay by way 4" not in message.body
    time_comes()
    assert len(mail.outbox) == 1


def test_requirements_stand_beside_what_else_became_of_an_item(world, alice, spec):
    subscribe(world)
    put(alice, spec, "dropped")
    slip(world, spec.item)
    time_comes()
    [message] = mail.outbox
    assert "14 days later" in message.body
    assert "Requirement no longer asked for: Must: Refund it" in message.body


def test_an_item_without_a_place_and_one_without_a_change_are_not_told(world, alice, spec):
    subscribe(world)
    put(alice, spec, "dropped")
    put(alice, spec, "open")
    placement_set(actor=alice, item=spec.item, values={})
    time_comes()
    assert mail.outbox == []


@pytest.mark.once
def test_long_requirements_are_said_short():
    change = ScopeChange(("Must: " + "word " * 60,), (), (("Must: A\n- b", "Must: A\n- c"),))
    said = requirements_told(change)
    assert said[0].endswith("…")
    assert len(said[0]) < 150
    assert said[1] == "Requirement reworded: Must: A (its criteria changed)"
