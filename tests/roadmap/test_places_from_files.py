"""A file places items on the roadmap by the one importer: proposed, tried, written once, refused row by row."""

from __future__ import annotations

from datetime import date

import pytest

from backlog.models import BacklogItem
from plm.importing.opening import import_open
from plm.kinds import kind_named
from plm.models import Event, ImportBatch, ImportRow
from plm.runner import run_due_jobs
from plm.services.imports import import_ask
from roadmap.models import Placement
from tests.make import make_objective, make_release

CSV = """Id,Title,Team,Start date,End date,Bucket,Release,Objective,Commitment
7,Login,Sea,2027-03-01,2027-03-31,Now,Spring,More groups,Committed
8,Search,,,,Later,,,
9,Export,,,,,,,
"""


@pytest.fixture
def links(world):
    alice = world.actor("alice")
    return make_release(alice, world.atlas, "Spring"), make_objective(
        alice, world.atlas, "More groups"
    )


def imported(world, text, *, trial=False, name="roadmap.csv"):
    alice = world.actor("alice")
    batch = import_open(
        actor=alice, product=world.atlas, kind=kind_named("item"), data=text.encode(), name=name, options={"create_teams": True},
    )  # fmt: skip
    import_ask(actor=alice, batch=batch, trial=trial)
    run_due_jobs()
    return ImportBatch.objects.get(pk=batch.pk)


def test_columns_of_a_roadmap_are_proposed_and_a_trial_writes_nothing(world, links):
    checked = imported(world, CSV, trial=True)
    fields = {name: entry["field"] for name, entry in checked.mapping["columns"].items()}
    assert fields == {
        "Id": "external_id", "Title": "title", "Team": "team", "Start date": "place.starts_on",
        "End date": "place.ends_on", "Bucket": "place.bucket", "Release": "place.release",
        "Objective": "place.objective", "Commitment": "place.commitment",
    }  # fmt: skip
    assert checked.counts == {"created": 3}, ImportRow.objects.values_list("problems", flat=True)
    assert not Placement.objects.exists()


def test_items_get_their_places_by_the_service_once_however_often_the_file_comes(world, links):
    release, goal = links
    assert imported(world, CSV).counts == {"created": 3}
    place = Placement.objects.select_related("item__team").get(item__external_id="7")
    assert (place.starts_on, place.ends_on, place.bucket) == (date(2027, 3, 1), date(2027, 3, 31), "now")  # fmt: skip
    assert (place.release, place.objective, place.commitment) == (release, goal, "committed")
    assert place.item.team.name == "Sea"
    assert Event.objects.filter(record=place.item_id, verb="placement.made").count() == 1
    # What says nothing of a place gets none.
    assert Placement.objects.count() == 2
    events = Event.objects.filter(verb__startswith="placement.").count()
    assert imported(world, CSV).counts == {"unchanged": 3}
    assert BacklogItem.objects.count() == 3
    assert Event.objects.filter(verb__startswith="placement.").count() == events


def test_another_date_moves_the_bar_and_says_so(world, links):
    imported(world, CSV)
    assert imported(world, CSV.replace("2027-03-31", "2027-04-30")).counts == {
        "updated": 1,
        "unchanged": 2,
    }
    event = Event.objects.filter(verb="placement.moved").get()
    assert event.changes == {"ends_on": ["2027-03-31", "2027-04-30"]}


def test_a_row_that_cannot_be_placed_is_refused_whole_with_the_column_and_what_would_be_right(
    world, links
):
    text = CSV.replace("Spring", "Winter").replace("Search,,,,", "Search,,2027-05-02,2027-05-01,")
    done = imported(world, text)
    assert done.counts == {"created": 1, "refused": 2}
    found = {
        row.title: row.problems[0]
        for row in ImportRow.objects.filter(batch=done, outcome="refused")
    }
    assert found["Login"]["column"] == "Release"
    assert "There is no release 'Winter'" in found["Login"]["problem"]
    assert found["Search"]["column"] == "End date"
    assert set(BacklogItem.objects.values_list("title", flat=True)) == {"Export"}


def test_the_roadmap_that_was_downloaded_comes_back_and_places_what_was_changed_in_it(
    world, links, sign_in
):
    imported(world, CSV)
    browser = sign_in(world.alice)
    answer = browser.get(f"{world.atlas.get_absolute_url()}roadmap/table.csv")
    text = b"".join(answer.streaming_content).decode()
    assert len(text.splitlines()) == 3
    assert imported(world, text).counts == {"unchanged": 2}
    moved = imported(world, text.replace("2027-03-31", "2027-04-30"))
    assert moved.counts == {"updated": 1, "unchanged": 1}
    assert Placement.objects.get(item__external_id="7").ends_on == date(2027, 4, 30)
    stranger = sign_in(world.mallory)
    assert stranger.get(f"{world.atlas.get_absolute_url()}roadmap/table.csv").status_code == 404
