"""What a specification holds: requirements with owners and criteria in three parts, questions, decisions, risks,
dependencies, segments, and the evidence beside them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from backlog.criteria import criterion, read_line
from backlog.models import Requirement, Spec
from backlog.services.promotion import ideas_add
from backlog.services.requirements import requirement_update
from backlog.services.specs import criterion_check, spec_restore_version, spec_update
from feedback.services.quotes import quote_add
from ideas.models import Research, Segment
from plm.errors import Invalid, Stale
from tests.make import make_evidence, make_feedback, make_idea, make_item, make_spec

STEPS = {"given": "a table of four", "when": "one pays", "then": "three parts are open"}


@pytest.fixture
def bob(world):
    return world.actor("bob")


@pytest.fixture
def segment(world):
    return Segment.objects.create(workspace=world.acme, name="Clinics")


@pytest.fixture
def spec(world, bob, segment):
    return make_spec(
        bob, world.atlas, problem="Groups pay apart.", segments=[segment],
        requirements=[
            {"text": "Pay in parts", "owner": world.bob, "estimate": Decimal(3), "acceptance": [STEPS, "Receipt per part"]},
            {"text": "Remember the split", "moscow": "could"},
        ],
        questions=[{"question": "Who pays the fee?", "who": "Finance"}],
        risks=[{"risk": "Banks refuse", "likelihood": "low", "impact": "high"}],
    )  # fmt: skip


def first(spec):
    return Requirement.objects.filter(spec=spec).first()


def test_a_criterion_in_three_parts_reads_as_one_sentence_and_is_read_back_from_one():
    text = "Given a table of four, when one pays, then three parts are open"
    assert criterion(STEPS)["text"] == text
    assert read_line(text) == criterion(STEPS)
    assert read_line("When one pays then it shows")["given"] == ""
    assert read_line("Receipt per part") == {"text": "Receipt per part", "met": False}
    with pytest.raises(ValueError, match="what is then true"):
        criterion({"given": "a table"})


def test_an_earlier_version_brings_back_everything_it_held(world, bob, spec, segment):
    spec_update(
        actor=bob, record=spec, version=None,
        values={"requirements": [], "questions": [], "risks": [], "segments": []},
    )  # fmt: skip
    back = spec_restore_version(actor=bob, spec=spec, number=1)
    row = first(spec)
    assert (row.owner, row.estimate, row.acceptance[0]["given"]) == (
        world.bob,
        3,
        "a table of four",
    )
    assert back.questions[0]["who"] == "Finance"
    assert back.risks[0]["impact"] == "high"
    assert list(back.segment_links.values_list("segment__name", flat=True)) == ["Clinics"]
    assert spec.versions.count() == 3


def test_versions_show_what_changed_in_the_lists(world, bob, spec, sign_in):
    answered = [{**spec.questions[0], "answer": "The payer", "state": "answered"}]
    spec_update(actor=bob, record=spec, version=None, values={"questions": answered})
    page = sign_in(world.bob).get(f"{spec.get_absolute_url()}/versions").content.decode()
    assert "Open questions" in page
    assert "answer: The payer" in page


def test_what_a_row_of_an_existing_requirement_leaves_out_stays(world, bob, spec):
    row = first(spec)
    rows = [{"id": str(row.uuid), "text": "Pay in four parts"}]
    spec_update(actor=bob, record=spec, version=None, values={"requirements": rows})
    row.refresh_from_db()
    assert (row.text, row.owner, len(row.acceptance)) == ("Pay in four parts", world.bob, 2)


def test_two_people_meet_only_where_they_change_the_same_requirement(bob, spec):
    one, other = Requirement.objects.filter(spec=spec)
    for row in (one, other):
        requirement_update(actor=bob, spec=spec, requirement=row, version=1, values={"moscow": "should"})  # fmt: skip
    with pytest.raises(Stale):
        requirement_update(actor=bob, spec=spec, requirement=one, version=1, values={"text": "No"})


def test_a_requirement_is_changed_on_a_page_of_its_own_and_a_stale_save_shows_both(
    world, bob, spec, sign_in
):
    row, browser = first(spec), sign_in(world.bob)
    criterion_check(actor=bob, spec=spec, requirement=str(row.uuid), position=0, met=True)
    url = f"{spec.get_absolute_url()}/requirements/{row.uuid}"
    page = browser.get(url).content.decode()
    assert 'value="a table of four"' in page
    sent = {
        "text": "Pay in four parts", "moscow": "must", "type": "functional", "state": "agreed", "version": "2",
        "owner": "", "estimate": "5", "criterion-0-text": "", "criterion-0-given": "a table of four",
        "criterion-0-when": "one pays", "criterion-0-then": "three parts are open", "criterion-1-text": "Receipt",
    }  # fmt: skip
    assert browser.post(url, sent).status_code == 302
    row.refresh_from_db()
    assert (row.estimate, [p["met"] for p in row.acceptance]) == (5, [True, False])
    stale = browser.post(url, {**sent, "text": "Pay in two parts"})
    assert stale.status_code == 409
    for text in ("Pay in two parts", "Pay in four parts"):
        assert text in stale.content.decode()
    half = browser.post(url, {**sent, "version": "3", "criterion-1-given": "a table"})
    assert half.status_code == 422
    assert "what is then true" in half.content.decode()
    assert browser.post(f"{url}/remove", {"version": "1"}).status_code == 412
    assert browser.post(f"{url}/remove", {"version": "3"}).status_code == 302
    assert Requirement.objects.filter(spec=spec).count() == 1
    assert sign_in(world.carol).get(url).status_code == 403


def test_a_stale_save_of_the_whole_shows_the_requirement_both_ways(world, bob, spec, sign_in):
    row = first(spec)
    requirement_update(actor=bob, spec=spec, requirement=row, version=1, values={"text": "Theirs"})
    sent = {
        "item": spec.item.reference, "title": spec.title, "version": "1", "req-0-id": str(row.uuid),
        "req-0-text": "Mine", "req-0-moscow": "must", "req-0-type": "functional", "req-0-acceptance": "",
    }  # fmt: skip
    answer = sign_in(world.bob).post(f"{spec.get_absolute_url()}/edit", sent)
    assert answer.status_code == 409
    for text in ("Mine", "Theirs"):
        assert text in answer.content.decode()


def test_a_dependency_is_a_text_or_a_record_that_one_may_see(world, bob, spec, sign_in):
    other = make_item(bob, world.atlas, "Card terminals")
    rows = [{"text": "A bank that settles daily"}, {"record": other.reference.lower()}]
    spec = spec_update(actor=bob, record=spec, version=None, values={"dependencies": rows})
    assert spec.dependencies[1] == {"text": "Card terminals", "record": other.reference}
    page = sign_in(world.bob).get(spec.get_absolute_url()).content.decode()
    assert other.get_absolute_url() in page
    for bad in ({"record": "ROC-1"}, {"record": "ZZZ-9"}, {}):
        with pytest.raises(Invalid):
            spec_update(actor=bob, record=spec, version=None, values={"dependencies": [bad]})


def test_the_page_takes_questions_row_by_row(world, spec, sign_in):
    browser, url = sign_in(world.bob), f"{spec.get_absolute_url()}/rows/questions"
    sent = {"question": "Who refunds?", "state": "open", "version": str(spec.version)}
    assert browser.post(f"{url}/new", sent).status_code == 302
    assert browser.post(f"{url}/new", sent).status_code == 409
    page = browser.get(spec.get_absolute_url()).content.decode()
    for text in ("Who refunds?", "Who pays the fee?", "Banks refuse", "Clinics", "3 points"):
        assert text in page


def test_what_customers_said_and_research_found_stands_beside_the_text(world, bob, spec, sign_in):
    idea = make_idea(bob, world.atlas)
    ideas_add(actor=world.actor("alice"), item=spec.item, ideas=[idea])
    said = make_feedback(bob, world.atlas, "We split every bill by hand.")
    quote_add(actor=bob, feedback=said, target=idea, excerpt="split every bill")
    found = make_evidence(
        Research, bob, world.atlas, findings=[{"text": "Two of three groups split"}]
    )
    client = sign_in(world.bob)
    client.post(
        f"{found.get_absolute_url()}/relations", {"target": idea.reference, "type": "relates"}
    )
    page = client.get(spec.get_absolute_url()).content.decode()
    for text in ("split every bill", "Two of three groups split"):
        assert text in page


def test_the_api_reads_and_writes_all_of_it(world, bob, spec, segment, api):
    client = api(world.bob, world.acme)
    url = f"/api/v1/specs/{spec.reference}/"
    body = client.get(url).json()
    row = body["requirements"][0]
    assert (row["owner"], row["estimate"]) == (str(world.bob.uuid), 3)
    assert row["acceptance"][0]["when"] == "one pays"
    assert body["segments"] == [str(segment.uuid)]
    change = {
        "requirements": [{**row, "acceptance": [{"when": "x", "then": "y"}]}], "segments": [],
        "decisions": [{"what": "No cash", "why": "Audits", "on": "2026-03-01"}],
    }  # fmt: skip
    changed = client.patch(
        url, json.dumps(change), content_type="application/json", headers={"If-Match": f'"{body["version"]}"'}
    )  # fmt: skip
    assert changed.status_code == 200, changed.content
    assert changed.json()["requirements"][0]["acceptance"][0]["text"] == "When x, then y"
    assert changed.json()["decisions"][0]["what"] == "No cash"
    assert Spec.objects.get(pk=spec.pk).segment_links.count() == 0
