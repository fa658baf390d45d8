"""Imports of ideas: the mapping, the check, the run; interrupted, repeated, refused."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from ideas.kinds.ideas import IDEA
from ideas.models import Idea
from plm.errors import Conflict, Invalid, NotAllowed
from plm.importing import running
from plm.importing.opening import import_open, import_remap, open_questions, problems_csv
from plm.models import Event, ImportBatch, ImportRow, Job, Relation, Tagging, Team
from plm.runner import run_due_jobs
from plm.services.imports import import_ask, import_mapping_save, import_undo

CSV = """Id,Name,Status,Labels,Assignee,See also
1,Dark mode,Open,"ui; theme",alice@example.com,2
2,Offline,in progres,ui,,
3,Export to XLSX,Shipped,,,1
"""


def open_file(world, text, name="ideas.csv", who="alice", **extra):
    data = text if isinstance(text, bytes) else text.encode()
    return import_open(
        actor=world.actor(who), product=world.atlas, kind=IDEA, data=data, name=name, **extra
    )


def finish(world, batch, *, trial=False, who="alice"):
    import_ask(actor=world.actor(who), batch=batch, trial=trial)
    run_due_jobs()
    return ImportBatch.objects.select_related("product__workspace").get(pk=batch.pk)


def test_columns_and_values_are_proposed_with_a_score(world):
    batch = open_file(world, CSV)
    columns = batch.mapping["columns"]
    fields = {name: entry["field"] for name, entry in columns.items()}
    assert fields == {
        "Id": "external_id",
        "Name": "title",
        "Status": "state",
        "Labels": "tags",
        "Assignee": "owner",
        "See also": "relation.relates",
    }
    assert columns["Status"]["values"] == {"in progres": "in_progress"}
    assert 0.8 <= columns["Status"]["scores"]["in progres"] < 1
    assert open_questions(batch) == {}


def test_unknown_values_are_listed_and_refused_not_guessed(world):
    batch = open_file(world, "id,title,state\n1,A,open\n2,B,purple\n")
    assert open_questions(batch) == {"state": ["purple"]}
    done = finish(world, batch)
    assert done.counts == {"created": 1, "refused": 1}
    problem = ImportRow.objects.get(batch=batch, outcome="refused").problems[0]
    assert problem["column"] == "state"
    assert problem["value"] == "purple"
    assert "Translate it to one of: Open" in problem["hint"]


def test_the_check_says_what_would_happen_and_writes_nothing(world):
    batch = open_file(world, CSV)
    events = Event.objects.count()
    checked = finish(world, batch, trial=True)
    assert checked.state == "checked"
    assert checked.counts == {"created": 3, "links": 2}
    assert Idea.objects.count() == 0
    assert Event.objects.exclude(verb__startswith="import.").count() <= events
    assert [row.outcome for row in ImportRow.objects.filter(batch=batch)] == ["created"] * 3


def test_the_import_writes_records_tags_people_and_links(world):
    done = finish(world, open_file(world, CSV))
    assert done.state == "done", done.error
    assert done.counts == {"created": 3, "links": 2}
    dark = Idea.objects.get(external_id="1")
    assert (dark.title, dark.state, dark.owner) == ("Dark mode", "open", world.alice)
    assert set(Tagging.objects.filter(record=dark.pk).values_list("tag__name", flat=True)) == {
        "ui",
        "theme",
    }
    assert Relation.objects.filter(type="relates").count() == 2
    assert Event.objects.filter(verb="idea.created", actor=world.alice).count() == 3


def test_the_same_file_twice_changes_nothing(world):
    finish(world, open_file(world, CSV))
    before = list(Idea.objects.order_by("pk").values())
    events = Event.objects.filter(verb__startswith="idea.").count()
    again = finish(world, open_file(world, CSV))
    assert again.counts["unchanged"] == 3
    assert "created" not in again.counts
    assert "updated" not in again.counts
    assert list(Idea.objects.order_by("pk").values()) == before
    assert Event.objects.filter(verb__startswith="idea.").count() == events
    assert Relation.objects.count() == 2


def test_a_file_without_ids_twice_makes_no_duplicates_either(world):
    text = "title,description\nA,one\nA,one\nB,two\n"
    assert finish(world, open_file(world, text)).counts == {"created": 3}
    assert finish(world, open_file(world, text)).counts == {"unchanged": 3}
    assert Idea.objects.count() == 3


def test_a_changed_row_is_an_update_and_an_empty_cell_keeps_what_is_there(world):
    finish(world, open_file(world, CSV))
    changed = CSV.replace("Dark mode", "Dark theme").replace('"ui; theme"', "")
    done = finish(world, open_file(world, changed))
    assert done.counts["updated"] == 1
    dark = Idea.objects.get(external_id="1")
    assert dark.title == "Dark theme"
    assert Tagging.objects.filter(record=dark.pk).count() == 2


def test_bad_rows_are_reported_and_good_ones_are_in(world):
    text = (
        "id,title,owner,description\n1,Good,,x\n2,,,no title\n3,Whose?,nobody@x.org,\n"
        "1,Twice,,\n,No id,,\n5,Too,many,cells,here\n"
    )
    done = finish(world, open_file(world, text))
    assert done.counts == {"created": 1, "refused": 5}
    lines = "".join(problems_csv(done, trial=False)).splitlines()
    assert len(lines) == 6
    said = {row.row: row.sentences[0] for row in ImportRow.objects.filter(outcome="refused")}
    assert "required" in said[3]
    assert "no member of this workspace" in said[4]
    assert "Row 2 has the same external id" in said[5]
    assert "no external id" in said[6]
    assert "5 cells, the header 4" in said[7]


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


@pytest.mark.parametrize("moment", [0, 1, 2, 3, 5])
def test_an_import_killed_between_two_chunks_goes_on_where_it_stood(world, monkeypatch, moment):
    text = "id,title,see also\n" + "".join(f"{n},Idea {n},{n % 7 + 1}\n" for n in range(1, 24))
    batch = open_file(world, text)
    monkeypatch.setattr(running, "CHUNK", 8)
    real, calls = running._note, []

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == moment + 1:
            raise Killed
        real(*args, **kwargs)

    monkeypatch.setattr(running, "_note", dies)
    import_ask(actor=world.actor("alice"), batch=batch, trial=False)
    with pytest.raises(Killed):
        run_due_jobs()
    assert Idea.objects.count() == min(moment, 3) * 8 - (1 if moment >= 3 else 0)
    Job.objects.filter(kind="import.run").update(lease_until=timezone.now().replace(year=2020))
    run_due_jobs()
    batch.refresh_from_db()
    assert batch.state == "done"
    assert batch.counts["created"] == 23
    assert "unchanged" not in batch.counts
    assert Idea.objects.count() == 23
    assert Event.objects.filter(verb="idea.created").count() == 23
    assert ImportRow.objects.filter(batch=batch, outcome="created").count() == 23


def test_rows_are_written_with_the_rights_of_whoever_asked(world):
    with pytest.raises(NotAllowed):
        open_file(world, CSV, who="bob")
    batch = open_file(world, CSV)
    import_ask(actor=world.actor("alice"), batch=batch, trial=False)
    world.alice.memberships.all().delete()
    run_due_jobs()
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert Idea.objects.count() == 0


def test_computed_and_foreign_columns_cannot_be_set(world):
    batch = open_file(world, "title,created_by,workspace,version,id\nA,1,2,9,x1\n")
    assert {e["field"] for e in batch.mapping["columns"].values()} == {"title", "external_id"}
    with pytest.raises(Invalid) as refused:
        import_remap(
            actor=world.actor("alice"), batch=batch, mapping={"columns": {"version": "version"}}
        )
    assert "There is no field 'version'" in refused.value.fields["columns.version"]


def test_a_mapping_names_each_mistake(world):
    batch = open_file(world, CSV)
    with pytest.raises(Invalid) as refused:
        import_remap(
            actor=world.actor("alice"),
            batch=batch,
            mapping={
                "columns": {
                    "Nope": "title",
                    "Name": {"field": "state", "values": {"Dark mode": "purple"}},
                }
            },
        )
    fields = refused.value.fields
    assert set(fields) == {"columns.Nope", "columns.Name", "title"}


def test_ambiguous_dates_ask(world):
    from plm.services.fields import custom_field_create

    custom_field_create(
        actor=world.actor("alice"), product=world.atlas, kind="idea", label="Wanted by", type="date"
    )
    text = "id,title,wanted by\n1,A,03/04/2026\n2,B,13/04/2026\n"
    sure = open_file(world, text)
    assert sure.options["dates"] == "day"
    unsure = open_file(world, text.replace("13/", "05/"))
    assert unsure.options["dates"] == "ask"
    done = finish(world, unsure)
    assert done.counts == {"refused": 2}
    assert "3 April" in ImportRow.objects.filter(batch=unsure).first().sentences[0]
    assert finish(world, sure).counts == {"created": 2}
    assert Idea.objects.get(external_id="1").custom == {"wanted_by": "2026-04-03"}


def test_teams_are_made_only_when_asked_for(world):
    text = "id,title,team\n1,A,Node\n2,B,node\n"
    assert finish(world, open_file(world, text)).counts == {"refused": 2}
    done = finish(world, open_file(world, text, options={"create_teams": True}))
    assert done.counts == {"created": 2}
    assert Team.objects.get(workspace=world.acme).name == "Node"


def test_all_or_nothing_takes_no_row_when_one_is_bad(world):
    batch = open_file(world, "id,title\n1,A\n2,\n", options={"all_or_nothing": True})
    with pytest.raises(Conflict):
        import_ask(actor=world.actor("alice"), batch=batch, trial=False)
    checked = finish(world, batch, trial=True)
    assert checked.counts == {"created": 1, "refused": 1}
    with pytest.raises(Conflict):
        import_ask(actor=world.actor("alice"), batch=checked, trial=False)


def test_an_import_is_taken_back(world):
    done = finish(world, open_file(world, CSV))
    import_undo(actor=world.actor("alice"), batch=done)
    run_due_jobs()
    done.refresh_from_db()
    assert done.state == "undone"
    assert Idea.objects.live().count() == 0


def test_a_link_that_leads_nowhere_is_a_warning_and_the_row_is_in(world):
    done = finish(world, open_file(world, "id,title,replaces\n1,A,99\n2,B,1\n"))
    assert done.counts == {"created": 2, "links": 1, "warning": 1}
    assert "no record '99'" in ImportRow.objects.get(outcome="warning").sentences[0]


def test_json_lines_and_nested_objects_are_rows_too(world):
    lines = [
        {"id": 1, "title": "A", "tags": ["x", "y"], "owner": {"email": "bob@example.com"}},
        {"id": 2, "title": "B"},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    batch = open_file(world, text, "ideas.jsonl")
    mapping = {
        "columns": {"id": "external_id", "title": "title", "tags": "tags", "owner.email": "owner"}
    }
    import_remap(actor=world.actor("alice"), batch=batch, mapping=mapping)
    assert finish(world, batch).counts == {"created": 2}
    assert Idea.objects.get(external_id="1").owner == world.bob


def test_a_mapping_is_kept_by_name(world):
    batch = open_file(world, CSV)
    kept = import_mapping_save(
        actor=world.actor("alice"), product=world.atlas, kind="idea", name=" Jira ",
        mapping=batch.mapping, options=batch.options,
    )  # fmt: skip
    assert kept.name == "Jira"
    assert kept.mapping == batch.mapping
