"""Specifications: requirements, criteria checked off, versions with diff and restore."""

from __future__ import annotations

import json

import pytest

from backlog.models import Requirement, Spec
from backlog.services.specs import (
    criterion_check,
    spec_move,
    spec_restore_version,
    spec_update,
)
from plm.errors import Conflict, Invalid, NotVisible
from plm.models import Event
from tests.make import make_item, make_spec

ROWS = [
    {"text": "Pay in up to four parts", "moscow": "must", "acceptance": [{"text": "Sum equals the bill"}, "Receipt per part"]},
    {"text": "Remember the split", "moscow": "could"},
]  # fmt: skip


@pytest.fixture
def bob(world):
    return world.actor("bob")


@pytest.fixture
def spec(world, bob):
    return make_spec(
        bob, world.atlas, problem="Groups pay apart.", goals=["One table, one bill"],
        non_goals=["  Currencies  ", ""], requirements=ROWS,
    )  # fmt: skip


def test_a_specification_holds_its_requirements_in_order_and_begins_with_version_one(spec):
    rows = list(Requirement.objects.filter(spec=spec))
    assert [(r.moscow, r.type, len(r.acceptance)) for r in rows] == [
        ("must", "functional", 2),
        ("could", "functional", 0),
    ]
    assert spec.non_goals == ["Currencies"]
    assert list(spec.versions.values_list("number", flat=True)) == [1]


def test_a_feature_has_one_standing_specification(world, bob, spec):
    with pytest.raises(Conflict) as refused:
        make_spec(bob, world.atlas, spec.item)
    assert spec.reference in refused.value.message
    spec_move(spec, actor=bob, state="superseded")
    newer = make_spec(bob, world.atlas, spec.item)
    with pytest.raises(Conflict):
        spec_move(spec, actor=bob, state="draft")
    assert newer.pk != spec.pk


def test_a_task_is_not_specified(world, bob):
    with pytest.raises(Invalid) as refused:
        make_spec(bob, world.atlas, make_item(bob, world.atlas, type="task"))
    assert "features and epics" in refused.value.fields["item"]


def test_only_a_change_of_content_makes_a_version(world, bob, spec):
    spec_update(actor=bob, record=spec, version=None, values={"owner": world.bob})
    spec_move(spec, actor=bob, state="in_review")
    row = Requirement.objects.filter(spec=spec).first()
    criterion_check(actor=bob, spec=spec, requirement=str(row.uuid), position=0, met=True)
    assert spec.versions.count() == 1
    spec_update(
        actor=bob, record=spec, version=None, values={"problem": "Groups pay apart, often."}
    )
    assert spec.versions.count() == 2


def test_a_requirement_is_met_once_all_its_criteria_are(bob, spec):
    row = Requirement.objects.filter(spec=spec).first()
    for position, state in ((0, "open"), (1, "met")):
        row = criterion_check(
            actor=bob, spec=spec, requirement=str(row.uuid), position=position, met=True
        )
        assert row.state == state
    row = criterion_check(actor=bob, spec=spec, requirement=str(row.uuid), position=0, met=False)
    assert row.state == "agreed"
    with pytest.raises(NotVisible):
        criterion_check(actor=bob, spec=spec, requirement=str(row.uuid), position=7, met=True)
    assert Event.objects.filter(verb="spec.checked").count() == 3


def test_an_earlier_version_stands_again_with_the_checks_that_still_fit(bob, spec):
    row = Requirement.objects.filter(spec=spec).first()
    criterion_check(actor=bob, spec=spec, requirement=str(row.uuid), position=1, met=True)
    keep = [{"id": str(row.uuid), "text": "Pay in parts", "acceptance": row.acceptance}]
    spec_update(
        actor=bob, record=spec, version=None, values={"requirements": keep, "problem": "Other"}
    )
    assert Requirement.objects.filter(spec=spec).count() == 1
    restored = spec_restore_version(actor=bob, spec=spec, number=1)
    assert restored.problem == "Groups pay apart."
    texts = Requirement.objects.filter(spec=spec).values_list("text", flat=True)
    assert list(texts) == ["Pay in up to four parts", "Remember the split"]
    assert spec.versions.all()[0].reason == "Restored version 1"
    assert spec.versions.count() == 3


def test_a_requirement_of_another_specification_is_refused(world, bob, spec):
    other = make_spec(bob, world.atlas, requirements=ROWS)
    stranger = Requirement.objects.filter(spec=other).first()
    rows = [{"id": str(stranger.uuid), "text": "Mine now"}]
    with pytest.raises(Invalid):
        spec_update(actor=bob, record=spec, version=None, values={"requirements": rows})
    assert Requirement.objects.filter(spec=other).count() == 2


def test_the_page_shows_it_and_criteria_are_checked_off_in_place(world, spec, sign_in):
    browser = sign_in(world.bob)
    url = spec.get_absolute_url()
    page = browser.get(url)
    assert page.status_code == 200
    for text in (b"Groups pay apart.", b"Currencies", b"Must", b"0 of 2 criteria met"):
        assert text in page.content
    row = Requirement.objects.filter(spec=spec).first()
    sent = {"requirement": str(row.uuid), "position": "0", "on": "1"}
    part = browser.post(f"{url}/check", sent, headers={"HX-Request": "true"})
    assert b"1 of 2 criteria met" in part.content
    assert b"<html" not in part.content
    assert browser.post(f"{url}/check", {**sent, "position": "x"}).status_code == 422
    assert sign_in(world.carol).post(f"{url}/check", sent).status_code == 403


def test_the_form_works_as_rows_without_script(world, bob, sign_in):
    feature = make_item(bob, world.atlas, "Split payments")
    browser = sign_in(world.bob)
    form = browser.get(f"/acme/ATL/specs/new?item={feature.reference}")
    assert b'name="req-2-text"' in form.content
    assert b'value="Split payments"' in form.content
    sent = {
        "item": feature.reference, "title": "Split payments", "goals": "One\n\nTwo ", "non_goals": "",
        "req-0-text": "Pay in parts", "req-0-moscow": "should", "req-0-type": "quality",
        "req-0-acceptance": "Fast\nCorrect", "req-0-id": "",
        "req-1-text": "", "req-1-moscow": "must", "req-1-type": "functional", "req-1-acceptance": "", "req-1-id": "",
    }  # fmt: skip
    answer = browser.post("/acme/ATL/specs/new", sent)
    assert answer.status_code == 302, answer.content
    spec = Spec.objects.get()
    assert spec.goals == ["One", "Two"]
    row = Requirement.objects.get()
    assert (row.moscow, row.type, row.acceptance[1]["text"]) == ("should", "quality", "Correct")
    criterion_check(actor=bob, spec=spec, requirement=str(row.uuid), position=1, met=True)
    edit = browser.get(f"{spec.get_absolute_url()}/edit")
    assert str(row.uuid).encode() in edit.content
    again = {**sent, "req-0-id": str(row.uuid), "req-0-text": "Pay in two parts", "version": "2"}
    assert browser.post(f"{spec.get_absolute_url()}/edit", again).status_code == 302
    row.refresh_from_db()
    assert (row.text, [p["met"] for p in row.acceptance]) == ("Pay in two parts", [False, True])
    bad = browser.post(
        f"{spec.get_absolute_url()}/edit", {**again, "req-0-moscow": "maybe", "version": "3"}
    )
    assert bad.status_code == 422
    assert b"Pay in two parts" in bad.content
    stale = browser.post(
        f"{spec.get_absolute_url()}/edit", {**again, "title": "Stale", "version": "1"}
    )
    assert stale.status_code == 409


def test_versions_are_compared_and_restored_in_the_browser(world, bob, spec, sign_in):
    spec_update(actor=bob, record=spec, version=None, values={"problem": "Groups pay together."})
    browser = sign_in(world.bob)
    url = f"{spec.get_absolute_url()}/versions"
    page = browser.get(url)
    assert b"<del>apart</del><ins>together</ins>" in page.content
    assert browser.get(f"{url}?to=9").status_code == 404
    assert browser.post(f"{url}/1/restore").status_code == 302
    assert Spec.objects.get().problem == "Groups pay apart."


def test_the_api_nests_requirements_both_ways_and_restores_versions(world, bob, api):
    client = api(world.bob, world.acme)
    feature = make_item(bob, world.atlas)

    def send(method, url, body, **headers):
        return getattr(client, method)(
            url, json.dumps(body), content_type="application/json", headers=headers
        )

    made = send(
        "post", "/api/v1/specs/",
        {"product": "ATL", "title": "Split", "item": feature.reference, "success_target": 40,
         "requirements": [{"text": "Parts", "acceptance": [{"text": "Sum"}]}]},
    )  # fmt: skip
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["item"] == feature.reference
    assert body["success_target"] == 40
    row = body["requirements"][0]
    assert (row["moscow"], row["acceptance"]) == ("must", [{"text": "Sum", "met": False}])
    url = made["Location"]
    changed = send(
        "patch", url, {"requirements": [{**row, "text": "Four parts"}, {"text": "New"}]},
        **{"If-Match": made["ETag"]},
    )  # fmt: skip
    assert changed.status_code == 200, changed.content
    assert [r["text"] for r in changed.json()["requirements"]] == ["Four parts", "New"]
    assert changed.json()["requirements"][0]["id"] == row["id"]
    versions = client.get(f"{url}versions/").json()["results"]
    assert [v["number"] for v in versions] == [2, 1]
    back = send("post", f"{url}restore-version/", {"number": 1})
    assert back.status_code == 200, back.content
    assert [r["text"] for r in back.json()["requirements"]] == ["Parts"]
    assert send("post", f"{url}restore-version/", {"number": 77}).status_code == 404
    bad = send("patch", url, {"requirements": [{"text": "x", "moscow": "maybe"}]}, **{"If-Match": back["ETag"]})  # fmt: skip
    assert bad.status_code == 422, bad.content
    assert client.get("/api/v1/specs/?open_musts=true&non_goal=x").json()["results"] == []
