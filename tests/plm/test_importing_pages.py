"""The import in the browser and over the API; exports; and that what goes out comes in again."""

from __future__ import annotations

import csv
import io
import json
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ideas.kinds.ideas import IDEA
from ideas.models import Idea
from plm.importing.inline import run_here
from plm.importing.opening import import_open
from plm.models import ImportBatch, ImportMapping, Tagging
from plm.runner import run_due_jobs
from plm.services.fields import custom_field_create
from tests.make import make_idea
from tests.world import make_product

CSV = b"id;title;status\n1;Dark mode;Open\n2;Offline;purple\n"
URL = "/acme/ATL/import/"


def upload(data=CSV, name="ideas.csv"):
    return SimpleUploadedFile(name, data)


def body(answer):
    return b"".join(answer.streaming_content).decode()


def test_a_file_goes_through_mapping_check_and_run_in_the_browser(world, sign_in):
    browser = sign_in(world.alice)
    sent = browser.post(URL, {"kind": "idea", "file": upload()})
    assert sent.status_code == 302, sent.content
    page = browser.get(sent["Location"]).content.decode()
    assert "cells divided by semicolons" in page
    assert "not known" in page
    batch = ImportBatch.objects.get()
    fields = {"field-0": "external_id", "field-1": "title", "field-2": "state"}
    answer = browser.post(sent["Location"], {**fields, "value-2-1": "declined", "name": "Sheet"})
    assert answer.status_code == 302
    working = browser.get(sent["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "Checking every row" in working
    assert 'hx-trigger="every 1s"' in working
    run_due_jobs()
    report = browser.get(sent["Location"]).content.decode()
    assert "What would happen" in report
    assert "Import 2 rows" in report
    assert Idea.objects.count() == 0
    browser.post(sent["Location"] + "run")
    run_due_jobs()
    assert "What happened" in browser.get(sent["Location"]).content.decode()
    assert set(Idea.objects.values_list("title", "state")) == {
        ("Dark mode", "open"),
        ("Offline", "declined"),
    }
    kept = ImportMapping.objects.get()
    assert kept.name == "Sheet"
    browser.post(URL, {"kind": "idea", "file": upload(), "kept": str(kept.uuid)})
    again = ImportBatch.objects.exclude(pk=batch.pk).get()
    assert again.mapping["columns"]["status"]["values"]["purple"] == "declined"


def test_bad_files_are_refused_at_the_field_and_keep_what_was_chosen(world, sign_in):
    browser = sign_in(world.alice)
    for data, sentence in (
        (b"", "empty"),
        (b"a,b\n", "no row below"),
        (b'a\n"x\n', "never closed"),
    ):
        answer = browser.post(URL, {"kind": "idea", "file": upload(data)})
        assert answer.status_code == 422, data
        assert sentence in answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_a_mapping_that_does_not_fit_is_shown_again(world, sign_in):
    browser = sign_in(world.alice)
    sent = browser.post(URL, {"kind": "idea", "file": upload()})
    answer = browser.post(sent["Location"], {"field-0": "title", "field-1": "title"})
    assert answer.status_code == 422
    assert "both go to Title" in answer.content.decode()


def test_contributors_look_stakeholders_and_strangers_do_not(world, sign_in):
    sent = sign_in(world.alice).post(URL, {"kind": "idea", "file": upload()})
    assert sign_in(world.bob).get(sent["Location"]).status_code == 200
    assert sign_in(world.bob).post(URL, {"kind": "idea", "file": upload()}).status_code == 403
    assert sign_in(world.carol).get(sent["Location"]).status_code == 403
    assert sign_in(world.mallory).get(sent["Location"]).status_code == 404
    foreign = sent["Location"].replace("/ATL/", "/BOR/")
    assert sign_in(world.alice).get(foreign).status_code == 404


def test_the_bad_rows_come_as_a_file_that_runs_no_formula(world, sign_in):
    browser = sign_in(world.alice)
    sent = browser.post(URL, {"kind": "idea", "file": upload(b"id,title,status\n1,=1+1,=cmd()\n")})
    browser.post(sent["Location"] + "run")
    run_due_jobs()
    lines = body(browser.get(sent["Location"] + "problems.csv"))
    found = list(csv.DictReader(io.StringIO(lines)))
    assert found[0]["title"] == "'=1+1"
    assert found[0]["value"] == "'=cmd()"
    assert found[0]["row"] == "2"


def post(client, url, data=None):
    return client.post(url, json.dumps(data or {}), content_type="application/json")


def test_rows_go_in_over_the_api(world, api):
    client = api(world.alice, world.acme)
    made = post(
        client, "/api/v1/imports/",
        {"product": "ATL", "kind": "idea", "rows": [{"id": "1", "name": "A", "status": "purple"}, {"id": "2", "name": "B"}]},
    )  # fmt: skip
    assert made.status_code == 201, made.content
    assert made.json()["unknown_values"] == {"status": ["purple"]}
    url = made["Location"]
    mapping = made.json()["mapping"]
    mapping["columns"]["status"]["values"] = {"purple": "declined"}
    changed = client.patch(url, json.dumps({"mapping": mapping}), content_type="application/json")
    assert changed.status_code == 200, changed.content
    stale = client.patch(
        url, json.dumps({}), content_type="application/json", headers={"If-Match": '"1"'}
    )
    assert stale.status_code == 412
    assert post(client, f"{url}check/").status_code == 202
    run_due_jobs()
    assert client.get(url).json()["counts"] == {"created": 2}
    assert post(client, f"{url}run/").status_code == 202
    run_due_jobs()
    assert client.get(url).json()["state"] == "done"
    assert Idea.objects.filter(state="declined").count() == 1
    assert post(client, f"{url}run/").status_code == 409
    assert client.get(f"{url}errors/").status_code == 200
    assert [row["state"] for row in client.get("/api/v1/imports/").json()["results"]] == ["done"]


def test_a_file_goes_in_over_the_api_and_bad_input_names_the_field(world, api):
    client = api(world.alice, world.acme)
    sent = client.post("/api/v1/imports/", {"product": "ATL", "kind": "idea", "file": upload()})
    assert sent.status_code == 201, sent.content
    for data, field in (
        ({"product": "ATL", "kind": "nope", "rows": [{}]}, "kind"),
        ({"product": "NOPE", "kind": "idea", "rows": [{}]}, "product"),
        ({"product": "ATL", "kind": "idea"}, "rows"),
        ({"product": "ATL", "kind": "idea", "rows": [{"a": 1}], "options": {"x": 1}}, "options.x"),
    ):
        refused = post(client, "/api/v1/imports/", data)
        assert refused.status_code == 422, refused.content
        assert field in refused.json()["errors"]
    assert post(api(world.bob, world.acme), "/api/v1/imports/", {"product": "ATL", "kind": "idea", "rows": [{"title": "x"}]}).status_code == 403  # fmt: skip
    foreign = api(world.mallory, world.rival)
    assert foreign.get(sent["Location"]).status_code == 404


def test_a_list_is_exported_as_it_is_filtered(world, sign_in, api):
    actor = world.actor("alice")
    custom_field_create(actor=actor, product=world.atlas, kind="idea", label="Why", type="text")
    make_idea(actor, world.atlas, "=HYPERLINK(1)", description="a\nb", owner=world.bob)
    make_idea(actor, world.atlas, "Shipped one", state="shipped")
    make_idea(actor, world.boreas, "Elsewhere")
    browser = sign_in(world.carol)
    page = browser.get("/acme/ATL/ideas/export.csv?state=open")
    assert page["Content-Type"].startswith("text/csv")
    found = list(csv.DictReader(io.StringIO(body(page), newline="")))
    assert [row["title"] for row in found] == ["'=HYPERLINK(1)"]
    assert found[0]["owner.name"] == "Bob"
    assert "custom.why" in found[0]
    lines = body(
        api(world.carol, world.acme).get("/api/v1/ideas/export/?format=ndjson&product=ATL")
    )
    assert [json.loads(line)["title"] for line in lines.splitlines()] == [
        "=HYPERLINK(1)",
        "Shipped one",
    ]
    client = api(world.carol, world.acme)
    assert client.get("/api/v1/ideas/export/?format=xml").status_code == 400
    assert client.get("/api/v1/ideas/export/?bogus=1").status_code == 400
    assert "Elsewhere" in body(client.get("/api/v1/ideas/export/?format=csv"))
    assert body(api(world.mallory, world.rival).get("/api/v1/ideas/export/?format=ndjson")) == ""


def test_an_export_of_many_rows_needs_a_statement_per_chunk(
    world, sign_in, django_assert_max_num_queries
):
    for n in range(30):
        make_idea(world.actor("alice"), world.atlas, f"Idea {n}")
    browser = sign_in(world.alice)
    with django_assert_max_num_queries(12):
        assert body(browser.get("/acme/ATL/ideas/export.csv")).count("\r\n") == 31


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=30
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip
ideas = st.lists(
    st.tuples(
        st.one_of(words, st.sampled_from(["=1+1", "-5", "'=x", "+44 20", "@me", "[a]"])),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60).filter(lambda t: t.strip()),
        st.sampled_from([s.name for s in Idea.workflow.states if not s.instead]),
        st.lists(words.map(str.casefold).map(lambda t: " ".join(t.split())), max_size=3, unique=True),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


numbers = count(1)


def picture(product):
    rows = Idea.objects.filter(product=product).order_by("number")
    return [
        (
            idea.title, idea.description, idea.state, idea.public, idea.owner_id, idea.created_at,
            sorted(Tagging.objects.filter(record=idea.pk).values_list("tag__name", flat=True)),
        )
        for idea in rows
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "ndjson"])
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(given=ideas)
def test_what_goes_out_comes_in_again(world, sign_in, form, given):
    case = next(numbers)
    source = make_product(world.acme, f"A{case}")
    target = make_product(world.acme, f"B{case}")
    actor = world.actor("alice")
    for title, text, state, tags, public in given:
        values = {
            "title": title,
            "description": text,
            "state": state,
            "public": public,
            "owner": world.bob,
        }
        IDEA.create(actor=actor, product=source, values=values, tags=tags)
    data = body(sign_in(world.alice).get(f"/acme/{source.key}/ideas/export.{form}")).encode()
    batch = import_open(actor=actor, product=target, kind=IDEA, data=data, name=f"x.{form}")
    done = run_here(actor=actor, batch=batch, trial=False)
    assert done.counts == {"created": len(given)}, [r.problems for r in done.rows.all()]
    assert picture(target) == picture(source)
    back = import_open(actor=actor, product=source, kind=IDEA, data=data, name=f"x.{form}")
    assert run_here(actor=actor, batch=back, trial=False).counts == {"unchanged": len(given)}


def test_a_file_goes_in_from_the_command_line(world, tmp_path):
    file = tmp_path / "ideas.csv"
    file.write_bytes(CSV)
    out = io.StringIO()
    common = {"workspace": "acme", "product": "ATL", "kind": "idea", "email": "alice@example.com"}
    call_command("import_file", str(file), **common, dry_run=True, stdout=out)
    assert "not known in status: purple" in out.getvalue()
    assert Idea.objects.count() == 0
    mapping = tmp_path / "mapping.json"
    mapping.write_text(
        json.dumps(
            {"columns": {"id": "external_id", "title": "title"}, "options": {"blanks": "clear"}}
        )
    )
    call_command("import_file", str(file), **common, mapping=mapping, stdout=out)
    assert Idea.objects.count() == 2
    with pytest.raises(CommandError, match="no kind"):
        call_command("import_file", str(file), **{**common, "kind": "nope"}, stdout=out)


def test_a_list_offers_itself_as_a_file_with_the_filters_it_has(world, sign_in):
    make_idea(world.actor("alice"), world.atlas, "One")
    page = sign_in(world.carol).get("/acme/ATL/ideas/?state=open&order=title").content.decode()
    assert "/acme/ATL/ideas/export.csv?state=open" in page
