"""Companies and people: what they pay, what the team wants to know of them, who looks after them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideas import attributes
from ideas.models import Company, Person
from ideas.services.customers import company_update
from plm.errors import Invalid
from tests.make import make_company, make_person

CUSTOMERS = "/acme/ATL/customers/"
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**6), 10**6, places=3).map(float),
    st.text(max_size=80).map(lambda text: " ".join(text.replace("\x00", "").split())).filter(bool),
)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9 ]{0,20}[A-Za-z0-9]", fullmatch=True).map(
    lambda text: " ".join(text.split())
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_attributes_typed_are_those_that_were_written(values):
    assert attributes.read(attributes.written(values)) == attributes.cleaned(values)


@pytest.mark.parametrize(
    "text", ["no colon", ": nameless", "a: 1\na: 2", "2024: 1", f"x: {'y' * 501}", 'a"b: 1']
)
def test_an_attribute_that_cannot_be_read_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"[.]$"):
        attributes.read(text)


def test_month_and_year_follow_from_one_another(world):
    alice = world.actor("alice")
    company = make_company(alice, world.acme, arr=Decimal(1000))
    assert (company.mrr, company.arr, company.as_of is not None) == (Decimal("83.33"), 1000, True)
    company = company_update(actor=alice, company=company, values={"mrr": Decimal(50)})
    assert (company.mrr, company.arr) == (50, 600)
    with pytest.raises(Invalid):
        company_update(
            actor=alice, company=company, values={"mrr": Decimal(60), "arr": Decimal(601)}
        )
    company = company_update(actor=alice, company=company, values={"arr": None})
    assert (company.mrr, company.arr, company.as_of) == (None, None, None)


def test_an_owner_is_a_member_of_the_workspace(world):
    company = make_company(world.actor("alice"), world.acme, owner=world.bob)
    assert company.owner == world.bob
    with pytest.raises(Invalid):
        company_update(actor=world.actor("alice"), company=company, values={"owner": world.mallory})


def test_a_company_is_edited_with_all_it_has(world, sign_in):
    client = sign_in(world.bob)
    made = client.post(f"{CUSTOMERS}new", {
        "name": "Lakes", "arr": "1200", "currency": "chf", "segment": "Hotel", "plan": "Pro",
        "owner": str(world.carol.uuid), "attributes": 'employees: 40\ntrial: no\nsince: 2026-03-31\ncode: "7"',
    })  # fmt: skip
    assert made.status_code == 302, made.content
    lakes = Company.objects.get()
    assert (lakes.mrr, lakes.owner) == (100, world.carol)
    assert lakes.attributes == {"employees": 40, "trial": False, "since": "2026-03-31", "code": "7"}
    page = client.get(made["Location"]).content.decode()
    for part in ("CHF", "1,200", "employees", "Carol", "Hotel"):
        assert part in page
    edit = client.get(f"{made['Location']}/edit").content.decode()
    assert "code: &quot;7&quot;" in edit
    bad = client.post(
        f"{made['Location']}/edit", {"name": "Lakes", "currency": "CHF", "attributes": "nothing"}
    )
    assert bad.status_code == 422
    assert b"Line 1" in bad.content


def test_a_person_has_a_role_and_attributes(world, sign_in):
    client = sign_in(world.bob)
    made = client.post(
        f"{CUSTOMERS}people/new", {"name": "Ana", "role": "Head nurse", "attributes": "vip: yes"}
    )
    ana = Person.objects.get()
    assert (ana.role, ana.attributes) == ("Head nurse", {"vip": True})
    assert b"Head nurse" in client.get(made["Location"]).content


def test_the_list_is_filtered_and_sorted(world, sign_in):
    alice = world.actor("alice")
    for n, segment in enumerate(("Hotel", "Bakery", "Hotel"), start=1):
        make_company(alice, world.acme, f"C{n}", segment=segment, mrr=Decimal(n * 100))
    make_person(alice, world.acme, "Lou", role="Chef", company=Company.objects.get(name="C1"))
    client = sign_in(world.carol)
    page = client.get(f"{CUSTOMERS}?segment=Hotel").content.decode()
    assert page.index(">C3<") < page.index(">C1<")
    assert ">C2<" not in page
    assert ">C1<" not in client.get(f"{CUSTOMERS}?min_mrr=150").content.decode()
    people = client.get(f"{CUSTOMERS}people/?role=chef&company=c1").content.decode()
    assert "Lou" in people
    for bad in ("?min_mrr=lots", "?order=colour", "?owner=bob"):
        assert client.get(f"{CUSTOMERS}{bad}").status_code == 400, bad


def test_the_api_takes_and_gives_it_all(world, api):
    client = api(world.bob, world.acme)
    made = client.post("/api/v1/companies/", {
        "name": "Lakes", "arr": "1200.00", "owner": str(world.carol.uuid), "segment": "Hotel",
        "attributes": {"employees": 40, "trial": False},
    }, content_type="application/json", headers={"Idempotency-Key": "c1"})  # fmt: skip
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["mrr"], body["owner"]) == (100, str(world.carol.uuid))
    assert body["attributes"] == {"employees": 40, "trial": False}
    assert client.get("/api/v1/companies/?segment=Bakery").json()["results"] == []
    assert len(client.get("/api/v1/companies/?segment=Hotel&min_mrr=100").json()["results"]) == 1
    assert client.get("/api/v1/companies/?min_mrr=x").status_code == 400
    for wrong in (
        {"attributes": [1]},
        {"attributes": {"a": {"b": 1}}},
        {"owner": str(world.mallory.uuid)},
    ):
        answer = client.post("/api/v1/companies/", {"name": "X", **wrong}, content_type="application/json",
                             headers={"Idempotency-Key": str(wrong)[:40]})  # fmt: skip
        assert answer.status_code in {400, 422}, wrong
