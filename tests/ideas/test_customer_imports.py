"""Companies and people from files and over the API: found by external id or second key, never made twice."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from ideas.kinds.customers import COMPANIES, PEOPLE
from ideas.models import Company, Person
from ideas.services.customer_merging import customer_merge
from plm.importing import running
from plm.importing.opening import import_open
from plm.models import ImportBatch, ImportRow
from plm.runner import run_due_jobs
from plm.services.imports import import_ask, import_undo
from tests.make import make_company, make_person

FIRMS = """Id,Company,Plan,Monthly revenue,Owner,Beds
c1,Lakes,Pro,100,bob@example.com,40
c2,See-Klinik,,,,12
"""
STAFF = """External id,Name,E-mail,Account,Role,VIP
p1,Ana Ruiz,Ana@Lakes.example,c1,Nurse,yes
,Lou Fox,lou@see.example,see-klinik,,no
"""


def take(world, kind, text, who="alice"):
    return import_open(
        actor=world.actor(who), product=world.atlas, kind=kind, data=text.encode(), name="rows.csv"
    )


def finish(world, batch, *, trial=False):
    import_ask(actor=world.actor("alice"), batch=batch, trial=trial)
    run_due_jobs()
    return ImportBatch.objects.select_related("product__workspace").get(pk=batch.pk)


def done(world, kind, text):
    return finish(world, take(world, kind, text)).counts


def test_fields_are_proposed_and_what_is_no_field_becomes_an_attribute(world):
    found = take(world, COMPANIES, FIRMS.replace("Company", "Name")).mapping["columns"]
    assert {name: entry["field"] for name, entry in found.items()} == {
        "Id": "external_id", "Name": "name", "Plan": "plan", "Monthly revenue": "mrr", "Owner": "owner",
        "Beds": "attributes.Beds",
    }  # fmt: skip
    found = take(world, PEOPLE, STAFF).mapping["columns"]
    assert {name: entry["field"] for name, entry in found.items()} == {
        "External id": "external_id", "Name": "name", "E-mail": "email", "Account": "company", "Role": "role",
        "VIP": "attributes.VIP",
    }  # fmt: skip


def test_the_same_file_twice_makes_nobody_twice(world):
    firms = FIRMS.replace("Company", "Name")
    checked = finish(world, take(world, COMPANIES, firms), trial=True)
    assert (checked.counts, Company.objects.count()) == ({"created": 2}, 0)
    assert done(world, COMPANIES, firms) == {"created": 2}
    lakes = Company.objects.get(external_id="c1")
    assert (lakes.mrr, lakes.plan, lakes.owner, lakes.attributes) == (
        100,
        "Pro",
        world.bob,
        {"Beds": 40},
    )
    assert done(world, PEOPLE, STAFF) == {"created": 2}
    ana, lou = Person.objects.order_by("name")
    assert (ana.email, ana.company, ana.attributes) == ("ana@lakes.example", lakes, {"VIP": True})
    assert lou.company.name == "See-Klinik"
    assert done(world, COMPANIES, firms) == {"unchanged": 2}
    assert done(world, PEOPLE, STAFF) == {"unchanged": 2}
    assert done(world, PEOPLE, STAFF.replace("Nurse", "Head nurse")) == {
        "updated": 1,
        "unchanged": 1,
    }
    ana.refresh_from_db()
    assert (ana.role, ana.attributes) == ("Head nurse", {"VIP": True})


def test_people_known_by_their_address_get_the_id_and_others_stay_others(world):
    alice = world.actor("alice")
    known = make_person(
        alice, world.acme, "Ana", email="ana@lakes.example", attributes={"floor": 3}
    )
    text = "id,name,email,vip\np1,Ana Ruiz,ANA@lakes.example,yes\n"
    assert done(world, PEOPLE, text) == {"updated": 1}
    known.refresh_from_db()
    assert (known.external_id, known.name, known.attributes) == (
        "p1",
        "Ana Ruiz",
        {"floor": 3, "vip": True},
    )
    counts = done(world, PEOPLE, "id,name,email\np2,Other,ana@lakes.example\n")
    assert counts == {"refused": 1}  # the address is p1's
    assert Person.objects.count() == 1


def test_what_cannot_be_told_is_refused_with_what_would_be_right(world):
    alice = world.actor("alice")
    for _ in range(2):
        make_company(alice, world.acme, "Twin")
    text = "id,name,email,company\n,Nameless,,\np1,A,a@x.example,Nowhere\np2,B,b@x.example,Twin\np2,C,,\np3,D,no address,\n"
    batch = finish(world, take(world, PEOPLE, text))
    assert batch.counts == {"refused": 5}
    said = [
        " ".join(row.sentences) for row in ImportRow.objects.filter(batch=batch).order_by("row")
    ]
    for words, text in zip(("no external id and no e-mail", "Import the companies first", "Several", "same external id", "valid email"), said, strict=True):  # fmt: skip
        assert words in text
    assert done(world, COMPANIES, "name,plan\nTwin,Pro\n") == {"refused": 1}


def test_a_row_of_somebody_who_was_merged_is_about_whoever_stands(world):
    alice = world.actor("alice")
    old = make_person(alice, world.acme, "Ana R.", external_id="old", email="old@x.example")
    new = make_person(alice, world.acme, "Ana", external_id="new", email="new@x.example")
    customer_merge(actor=alice, source=old, target=new)
    assert done(world, PEOPLE, "id,email,role\nold,old@x.example,Nurse\n") == {"updated": 1}
    new.refresh_from_db()
    assert (new.role, new.external_id, new.email) == ("Nurse", "new", "new@x.example")


def test_an_interrupted_import_goes_on_and_can_be_taken_back(world, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    text = "id,name\n" + "".join(f"c{n},Company {n}\n" for n in range(7))
    batch = take(world, COMPANIES, text)
    whole, calls = running.chunk_of, []

    def breaks(plan, rows):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the machine stops")
        return whole(plan, rows)

    monkeypatch.setattr(running, "chunk_of", breaks)
    import_ask(actor=world.actor("alice"), batch=batch, trial=False)
    run_due_jobs()
    assert Company.objects.count() == 4
    batch.job.__class__.objects.filter(pk=batch.job.pk).update(run_after="2020-01-01T00:00Z")
    run_due_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.counts, Company.objects.count()) == ("done", {"created": 7}, 7)
    import_undo(actor=world.actor("alice"), batch=batch)
    run_due_jobs()
    assert Company.objects.live().count() == 0


def test_page_and_command_import_people(world, sign_in, tmp_path):
    client = sign_in(world.alice)
    upload = SimpleUploadedFile("staff.csv", b"Name,E-mail,Floor\nAna,ana@x.example,3\n")
    sent = client.post("/acme/ATL/import/", {"kind": "person", "file": upload})
    page = client.get(sent["Location"]).content.decode()
    assert "Attribute Floor" in page
    fields = {"field-0": "name", "field-1": "email", "field-2": "attributes.Floor"}
    assert client.post(sent["Location"], fields).status_code == 302
    run_due_jobs()
    client.post(sent["Location"] + "run")
    run_due_jobs()
    assert "customers/people/" in client.get(sent["Location"]).content.decode()
    assert Person.objects.get().attributes == {"Floor": 3}
    path = tmp_path / "firms.csv"
    path.write_text("id,name\nc1,Lakes\n")
    out = StringIO()
    call_command("import_file", str(path), workspace="acme", product="ATL", kind="company", email="alice@example.com", stdout=out)  # fmt: skip
    assert "1 created" in out.getvalue()


@pytest.fixture
def send(world, api):
    client, times = api(world.bob, world.acme), iter(range(99))

    def call(method, path, body):
        return client.generic(
            method, f"/api/v1/{path}", json.dumps(body), content_type="application/json",
            headers={"Idempotency-Key": f"k{next(times)}"},
        )  # fmt: skip

    return call


def test_the_api_makes_or_changes_by_external_id(world, send):
    firm = {"external_id": "c1", "name": "Lakes"}
    assert [send("PUT", "companies/external/", firm).status_code for _ in range(2)] == [201, 200]
    rows = [
        {"external_id": "p1", "name": "Ana", "email": "ana@x.example"},
        {"external_id": "p2"},
        {"email": "lou@x.example", "name": "Lou"},
        {"name": "Nobody"},
        {"external_id": "p3", "name": "C", "email": "ANA@x.example"},
    ]
    report = send("POST", "persons/bulk/", {"items": rows}).json()
    assert [row["status"] for row in report["rows"]] == [
        "created",
        "error",
        "created",
        "error",
        "error",
    ]
    assert report["failed"] == 3
    again = send(
        "POST",
        "persons/bulk/",
        {"items": [{"external_id": "p9", "email": "lou@x.example", "role": "Chef"}]},
    )
    assert again.json()["rows"][0]["status"] == "changed", again.content
    lou = Person.objects.get(email="lou@x.example")
    assert (lou.external_id, lou.role, Person.objects.count()) == ("p9", "Chef", 2)
    assert send("POST", "persons/bulk/", {"items": []}).status_code == 422


def test_the_api_follows_merges(world, send):
    alice = world.actor("alice")
    old = make_company(alice, world.acme, "Old", external_id="old")
    new = make_company(alice, world.acme, "New", external_id="new")
    customer_merge(actor=alice, source=old, target=new)
    answer = send("PUT", "companies/external/", {"external_id": "old", "name": "New name"})
    assert (answer.status_code, answer.json()["id"], answer.json()["external_id"]) == (
        200,
        str(new.uuid),
        "new",
    )
