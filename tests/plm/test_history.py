"""What the history says about changes: in the words and formats of the pages."""

from __future__ import annotations

from typing import Any

import pytest

from ideas.services.ideas import idea_create, idea_update
from plm.models import Event
from plm.services import notes
from plm.services.records import record_move
from plm.web.history import BY_VERB, history_lines
from tests.make import make_idea


def lines(record: Any) -> list[Any]:
    return history_lines(Event.objects.of_record(record.pk))


def test_a_move_says_the_states_by_their_labels(world):
    idea = make_idea(world.actor("alice"), world.atlas)
    record_move(idea, actor=world.actor("alice"), state="under_review")
    last = lines(idea)[0]
    assert last.text == "moved it to Under review"
    assert (last.diffs[0].old, last.diffs[0].new) == ("Open", "Under review")


def test_choices_stand_there_by_their_labels_and_texts_as_they_are(world):
    alice = world.actor("alice")
    idea = idea_create(actor=alice, product=world.atlas, values={"title": "open", "source": "team"})
    idea_update(actor=alice, record=idea, version=1, values={"title": "in_progress"})
    changed, made = lines(idea)
    assert changed.text == "changed it"
    assert [(d.label, d.old, d.new) for d in changed.diffs] == [("Title", "open", "in_progress")]
    assert ("Source", "Team") in [(d.label, d.new) for d in made.diffs]


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("2026-03-04", "4 Mar 2026"), ("2026-03-04T10:05:00+01:00", "4 Mar 2026, 10:05"), (True, "Yes"),
        (9.0, "9"), ("off_track", "Off track"), ("ATL-12", "ATL-12"), (["a"], ["a"]), (None, None),
    ],
)  # fmt: skip
def test_values_have_the_formats_of_the_pages(kept, shown, world, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    idea = make_idea(world.actor("alice"), world.atlas)
    event = Event.objects.of_record(idea.pk)[0]
    event.changes = {"thing": [None, kept]}
    event.verb = "placement.updated"
    assert history_lines([event])[0].diffs[0].new == shown


def test_what_happened_is_said_in_a_sentence(world):
    alice = world.actor("alice")
    idea = make_idea(alice, world.atlas)
    notes.comment_add(actor=alice, record=idea, body="Why?")
    assert lines(idea)[0].text == "commented"
    assert all(" " in words or words == "commented" for words in BY_VERB.values())
