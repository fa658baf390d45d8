"""Taking personal data out: whole words at any depth, and of the history through its door alone."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from plm.models import Event, EventDoor
from plm.redaction import blanked, is_distinctive, pattern_of, redacted
from tests.make import make_idea


def test_events_are_changed_through_their_door_only(world):
    make_idea(world.actor("alice"), world.atlas)
    event = Event.objects.first()
    for change in ({"data": {}}, {"reason": "x"}, {"verb": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(**change)
    EventDoor.objects.create(workspace=world.acme, event=event)
    for change in ({"verb": "x"}, {"sequence": 999}, {"created_at": "2020-01-01T00:00Z"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(**change)


def test_redaction_takes_whole_words_at_any_depth():
    pattern = pattern_of(["ana@x.example", "Ana Ruiz"])
    assert redacted({"a": ["diana@x.example", "ANA RUIZ!"]}, pattern) == {
        "a": ["diana@x.example", "[erased]!"]
    }
    assert redacted("q=ana%40x.example", pattern) == "q=[erased]"
    assert redacted("anything", pattern_of([])) == "anything"
    assert blanked({"a": [None, "x", 3, ""]}) == {"a": [None, "[erased]", "[erased]", ""]}
    assert [is_distinctive(v) for v in ("Ana", "Ana Ruiz", "a@b", "12345", "+49 170 55", "Pro 2")] == [
        False, True, True, False, True, False,
    ]  # fmt: skip
