"""Segments: rules that say who belongs, alike on every database."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ideas.models import Segment
from ideas.segments import rules_of
from ideas.selectors.segments import segment_weights
from ideas.services.customers import customer_archive
from ideas.services.segments import segment_create, segment_update
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from tests.make import make_company

COMPANIES = {
    "Alpha": {"plan": "Pro", "segment": "Hotel", "mrr": 900, "attributes": {"size": 40, "vip": True, "exact": "Nord"}},
    "Beta": {"plan": "pro", "segment": "Bakery", "mrr": 90, "attributes": {"size": "40", "since": "2026-03-31"}},
    "Gamma": {"plan": "Free", "segment": "", "attributes": {"size": 7, "vip": False, "since": "2025-01-01"}},
    "Delta": {"plan": "", "segment": "Hotel", "mrr": 10, "attributes": {"vip": "true"}},
}  # fmt: skip


@pytest.fixture
def companies(world):
    return {
        name: make_company(world.actor("alice"), world.acme, name, **values)
        for name, values in COMPANIES.items()
    }


def segment(world, *rules, **values):
    rows = [dict(zip(("field", "test", "value"), (*rule, None)[:3], strict=True)) for rule in rules]
    return segment_create(
        actor=world.actor("alice"), workspace=world.acme,
        values={"name": f"S{Segment.objects.count()}", "rules": rows, **values},
    )  # fmt: skip


@pytest.mark.parametrize(("rule", "names"), [
    (("plan", "is", "PRO"), "Alpha Beta"),
    (("plan", "is_not", "pro"), "Delta Gamma"),
    (("segment", "unknown"), "Gamma"),
    (("segment", "known"), "Alpha Beta Delta"),
    (("name", "contains", "LPH"), "Alpha"),
    (("mrr", "at_least", 90), "Alpha Beta"),
    (("mrr", "at_most", 90), "Beta Delta"),
    (("mrr", "unknown"), "Gamma"),
    (("attribute:size", "is", 40), "Alpha"),
    (("attribute:size", "at_least", 1), "Alpha Gamma"),
    (("attribute:size", "at_most", 10), "Gamma"),
    (("attribute:size", "is_not", 40), "Beta Delta Gamma"),
    (("attribute:size", "contains", "4"), "Beta"),
    (("attribute:vip", "is", True), "Alpha"),
    (("attribute:vip", "is", False), "Gamma"),
    (("attribute:vip", "unknown"), "Beta"),
    (("attribute:since", "at_least", "2026-01-01"), "Beta"),
    (("attribute:exact", "is", "nord"), "Alpha"),
    (("attribute:it's; DROP TABLE--%s", "known"), ""),
])  # fmt: skip
def test_a_rule_finds_whom_it_describes(world, companies, rule, names):
    found = segment(world, rule).companies().order_by("name")
    assert " ".join(found.values_list("name", flat=True)) == names


def test_all_of_the_rules_or_any_of_them(world, companies, django_assert_num_queries):
    rules = (("segment", "is", "Hotel"), ("attribute:size", "is", 40))
    with django_assert_num_queries(1):
        assert segment_names(Segment(workspace=world.acme, rules=stored(rules))) == ["Alpha"]
    either = Segment(workspace=world.acme, rules=stored(rules), any_of=True)
    assert segment_names(either) == ["Alpha", "Delta"]


def stored(rules):
    return [
        {"field": field, "test": test, "value": rest[0] if rest else None}
        for field, test, *rest in rules
    ]


def segment_names(found):
    return list(found.companies().order_by("name").values_list("name", flat=True))


def test_strangers_and_archived_companies_are_in_no_segment(world, companies):
    make_company(world.actor("mallory"), world.rival, "Theirs", plan="Pro")
    customer_archive(actor=world.actor("alice"), customer=companies["Alpha"])
    assert segment_names(segment(world, ("plan", "is", "pro"))) == ["Beta"]


def test_a_company_weighs_what_its_heaviest_segment_does(world, companies):
    segment(world, ("segment", "is", "Hotel"), weight=Decimal(2))
    segment(world, ("name", "is", "Alpha"), weight=Decimal("0.5"))
    segment(world, ("name", "is", "Gamma"), weight=Decimal(0))
    weights = segment_weights(world.acme.pk)
    named = {name: weights.get(row.pk) for name, row in companies.items()}
    assert named == {"Alpha": 2, "Beta": None, "Gamma": 0, "Delta": 2}


@pytest.mark.parametrize("rules", [
    [], "x", [{"field": "colour", "test": "is", "value": "x"}], [{"field": "plan", "test": "like", "value": "x"}],
    [{"field": "mrr", "test": "is", "value": "much"}], [{"field": "plan", "test": "at_least", "value": "x"}],
    [{"field": "as_of", "test": "is", "value": "yesterday"}], [{"field": 'attribute:a"b', "test": "known"}],
    [{"field": "attribute:2024", "test": "known"}], [{"field": "attribute:a", "test": "is", "value": [1]}],
    [{"field": "mrr", "test": "at_least", "value": float("inf")}], [{"field": "plan", "test": "is", "value": ""}],
    [{"field": "plan", "test": "is", "value": "x", "more": 1}], [{"field": "mrr", "test": "known"}] * 21,
])  # fmt: skip
def test_a_rule_that_says_nothing_is_refused(world, rules):
    with pytest.raises(ValueError, match=r"[.]$"):
        rules_of(rules)
    with pytest.raises(Invalid):
        segment_create(
            actor=world.actor("alice"),
            workspace=world.acme,
            values={"name": "S", "rules": rules},
        )


def test_names_are_taken_once_stale_edits_refused_and_contributors_only_look(world):
    one = segment(world, ("plan", "known"))
    with pytest.raises(Conflict):
        segment(world, ("plan", "known"), name=one.name)
    segment_update(
        actor=world.actor("alice"), segment=one, values={"weight": Decimal(3)}, version=1
    )
    with pytest.raises(Stale):
        segment_update(
            actor=world.actor("alice"), segment=one, values={"weight": Decimal(4)}, version=1
        )
    with pytest.raises(NotAllowed):
        segment_update(actor=world.actor("bob"), segment=one, values={"weight": Decimal(4)})


def test_a_segment_is_made_changed_and_taken_away_in_the_browser(world, companies, sign_in):
    client = sign_in(world.alice)
    base = "/acme/ATL/customers/segments/"
    assert b"No segments yet" in client.get(base).content
    made = client.post(f"{base}new", {
        "name": "Big", "any_of": "", "weight": "2", "field_0": "attribute", "attribute_0": "size", "test_0": "at_least",
        "value_0": "40", "field_1": "plan", "test_1": "is", "value_1": "pro",
    })  # fmt: skip
    assert made.status_code == 302, made.content
    page = client.get(made["Location"]).content.decode()
    for part in ("Alpha", "size is at least 40", "plan is pro"):
        assert part in page
    assert "Beta" not in page
    edit = client.get(f"{made['Location']}/edit").content.decode()
    assert 'value="size"' in edit
    assert 'value="40"' in edit
    empty = client.post(f"{made['Location']}/edit", {"name": "Big", "weight": "2"})
    assert empty.status_code == 422
    assert b"at least one rule" in empty.content
    stale = client.post(f"{made['Location']}/edit", {
        "name": "Other", "weight": "2", "version": "7", "field_0": "plan", "test_0": "known",
    })  # fmt: skip
    assert stale.status_code == 409, stale.status_code
    assert b"Other" in stale.content
    listed = sign_in(world.carol).get(base).content.decode()
    assert "size is at least 40 and plan is pro" in listed
    assert sign_in(world.bob).post(f"{made['Location']}/remove").status_code == 403
    assert client.post(f"{made['Location']}/remove").status_code == 302
    assert not Segment.objects.exists()


def test_the_api_does_the_same(world, companies, api):
    client = api(world.alice, world.acme)
    body = {
        "name": "Hotels",
        "rules": [{"field": "segment", "test": "is", "value": "Hotel"}],
        "weight": "1.50",
    }
    made = client.post("/api/v1/segments/", body, content_type="application/json",
                       headers={"Idempotency-Key": "s1"})  # fmt: skip
    assert made.status_code == 201, made.content
    here = f"/api/v1/segments/{made.json()['id']}/"
    names = [row["name"] for row in client.get(f"{here}companies/").json()["results"]]
    assert names == ["Alpha", "Delta"]
    changed = client.patch(here, {"any_of": True}, content_type="application/json",
                           headers={"If-Match": made["ETag"]})  # fmt: skip
    assert changed.status_code == 200, changed.content
    stale = client.patch(here, {"any_of": False}, content_type="application/json",
                         headers={"If-Match": made["ETag"]})  # fmt: skip
    assert stale.status_code == 412
    assert [row["name"] for row in client.get("/api/v1/segments/").json()["results"]] == ["Hotels"]
    assert api(world.mallory, world.rival).get(here).status_code == 404
    assert client.delete(here).status_code == 204
