"""Customers known twice: merged, nobody counts twice and nothing is lost; taken back, both are who they were."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import ForeignKey
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feedback.services.demand import demand_recompute
from ideas.duplicates import company_key, mailbox, own_domain, person_key
from ideas.models import Company, CompanyMerge, Idea, Person, PersonMerge, Vote
from ideas.selectors.duplicates import likely_duplicates
from ideas.services.carriers import carriers
from ideas.services.customer_merging import customer_merge, customer_unmerge
from ideas.services.customers import customer_archive, person_update
from ideas.services.votes import idea_vote_set, vote_add_for, vote_remove_for
from plm.errors import Conflict, NotAllowed, NotVisible
from plm.models import Event, User
from plm.selectors import actor_of
from tests.make import make_company, make_feedback, make_idea, make_person

IDEAS = 4


class _Done(Exception):
    pass


once = settings(
    max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
VOTES = st.dictionaries(st.integers(0, IDEAS - 1), st.integers(0, 3))
PERSON = st.fixed_dictionaries(
    {
        "votes": VOTES,
        "feedback": st.integers(0, 2),
        "email": st.booleans(),
        "role": st.sampled_from(["", "Nurse", "Owner"]),
        "external_id": st.booleans(),
        "company": st.sampled_from([None, 0, 1]),
        "account": st.booleans(),
        "attributes": st.dictionaries(
            st.sampled_from(["vip", "since", "floor"]), st.sampled_from([True, 3, "x"])
        ),
    }
)


def person_with(world, actor, ideas, companies, content, name):
    values = {
        "role": content["role"], "attributes": content["attributes"],
        "company": None if content["company"] is None else companies[content["company"]],
        "email": f"{name}@clinic.example" if content["email"] else "",
        "external_id": f"crm-{name}" if content["external_id"] else "",
    }  # fmt: skip
    person = make_person(actor, world.acme, name, **values)
    if content["account"]:
        user = User.objects.create_user(f"{name}@portal.example", name=name)
        Person.objects.filter(pk=person.pk).update(user=user)
    for n, importance in content["votes"].items():
        vote_add_for(actor=actor, idea=ideas[n], person=person, importance=importance)
    for n in range(content["feedback"]):
        make_feedback(actor, world.atlas, f"{name} says {n}", person=person)
    person.refresh_from_db()
    return person


def whole(noun, *rows):
    """All that customers are and all that hangs on them, whole rows; without what only counts changes."""
    found = []
    for row in rows:
        values = type(row).objects.filter(pk=row.pk).values().get()
        values.pop("version")
        hanging = {}
        for carrier in carriers(noun):
            kept = list(carrier.rows(row.pk).values())
            hanging[carrier.name] = [{k: v for k, v in r.items() if k != "version"} for r in kept]
        found.append((values, hanging))
    return found


def counts(world):
    demand_recompute(workspace_id=world.acme.pk)
    rows = Idea.objects.order_by("pk")
    return list(rows.values_list("votes_count", "demand_people", "demand_companies"))


@once
@given(first=PERSON, second=PERSON, third=PERSON, back=st.permutations([0, 1]))
def test_persons_merged_and_taken_back_are_who_they_were(world, first, second, third, back):
    """Two persons merged into a third and taken back in either order; votes are the union, never the sum."""
    with pytest.raises(_Done), transaction.atomic():
        actor = world.actor("alice")
        ideas = [make_idea(actor, world.atlas, f"Idea {n}") for n in range(IDEAS)]
        companies = [make_company(actor, world.acme, f"C{n}") for n in range(2)]
        people = [
            person_with(world, actor, ideas, companies, content, name)
            for content, name in ((first, "one"), (second, "two"), (third, "target"))
        ]
        before, counted, votes = whole("person", *people), counts(world), Vote.objects.count()
        target = people[2]
        for source in people[:2]:
            customer_merge(actor=actor, source=source, target=target)
        union = set(first["votes"]) | set(second["votes"]) | set(third["votes"])
        assert {v.idea for v in Vote.objects.all()} == {ideas[n] for n in union}
        assert set(Vote.objects.values_list("person", flat=True)) <= {target.pk}
        for n, (on_idea, demanding, _) in enumerate(counts(world)):
            assert on_idea == demanding == (1 if n in union else 0)
        for n in back:
            customer_unmerge(actor=actor, customer=people[n])
        assert whole("person", *people) == before
        assert counts(world) == counted
        assert Vote.objects.count() == votes
        raise _Done


COMPANY = st.fixed_dictionaries(
    {
        "people": st.integers(0, 2),
        "feedback": st.integers(0, 2),
        "mrr": st.sampled_from([None, 0, 100]),
        "plan": st.sampled_from(["", "Pro"]),
        "external_id": st.booleans(),
        "owner": st.booleans(),
        "attributes": st.dictionaries(st.sampled_from(["beds", "city"]), st.sampled_from([1, "x"])),
    }
)


@once
@given(first=COMPANY, second=COMPANY, third=COMPANY, back=st.permutations([0, 1]))
def test_companies_merged_and_taken_back_are_what_they_were(world, first, second, third, back):
    with pytest.raises(_Done), transaction.atomic():
        actor = world.actor("alice")
        rows = []
        for content, name in ((first, "One"), (second, "Two"), (third, "Target")):
            company = make_company(
                actor, world.acme, name, mrr=content["mrr"], plan=content["plan"], attributes=content["attributes"],
                owner=world.bob if content["owner"] else None, external_id=name if content["external_id"] else "",
            )  # fmt: skip
            for n in range(content["people"]):
                make_person(actor, world.acme, f"{name} {n}", company=company)
            for n in range(content["feedback"]):
                make_feedback(actor, world.atlas, f"{name} says {n}", company=company)
            rows.append(company)
        before = whole("company", *rows)
        for source in rows[:2]:
            customer_merge(actor=actor, source=source, target=rows[2])
        assert rows[2].people.count() == Person.objects.count()
        for n in back:
            customer_unmerge(actor=actor, customer=rows[n])
        assert whole("company", *rows) == before
        raise _Done


def test_everything_that_hangs_on_a_customer_goes_along():
    """A room that adds a link to a person or a company has to register it (`ideas.services.carriers`)."""
    known = {
        (c.model, c.field, of) for of in ("person", "company") for c in carriers(of)
    } | {(PersonMerge, n, "person") for n in ("source", "target")} | {
        (CompanyMerge, n, "company") for n in ("source", "target")
    }  # fmt: skip
    links = {
        (model, field.name, "person" if field.remote_field.model is Person else "company")
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.remote_field.model in {Person, Company}
    }
    assert links - known == set()


@pytest.fixture
def pair(world):
    alice = world.actor("alice")
    return tuple(
        make_person(alice, world.acme, "Ana Ruiz", email=f"ana{n}@clinic.example") for n in "12"
    )


def test_what_cannot_be_merged_is_refused_with_a_reason(world, pair):
    alice, (one, two) = world.actor("alice"), pair
    with pytest.raises(Conflict, match="into itself"):
        customer_merge(actor=alice, source=one, target=one)
    with pytest.raises(NotAllowed):
        customer_merge(actor=world.actor("bob"), source=one, target=two)
    foreign = make_person(world.actor("mallory"), world.rival, "Ana Ruiz")
    company = make_company(alice, world.acme)
    for other in (foreign, company):
        with pytest.raises(NotVisible):
            customer_merge(actor=alice, source=one, target=other)
    customer_merge(actor=alice, source=one, target=two)
    with pytest.raises(Conflict, match="already"):  # a ring
        customer_merge(actor=alice, source=two, target=one)
    with pytest.raises(Conflict, match="already"):
        customer_merge(actor=alice, source=one, target=two)
    with pytest.raises(Conflict, match="part of"):
        person_update(actor=alice, person=one, values={"name": "X"})
    with pytest.raises(Conflict, match="part of"):
        customer_archive(actor=alice, customer=one, archived=False)
    with pytest.raises(Conflict, match="not merged"):
        customer_unmerge(actor=alice, customer=two)
    gone = make_person(alice, world.acme, "Old")
    customer_archive(actor=alice, customer=gone)
    with pytest.raises(Conflict, match="archived"):
        customer_merge(actor=alice, source=two, target=gone)


def test_merges_of_merges_lead_to_whoever_stands_and_are_taken_back_from_the_end(world, pair):
    alice, (one, two) = world.actor("alice"), pair
    three = make_person(alice, world.acme, "A. Ruiz")
    customer_merge(actor=alice, source=one, target=two)
    customer_merge(actor=alice, source=two, target=three)
    one.refresh_from_db()
    assert one.standing == three
    with pytest.raises(Conflict, match="merged itself"):
        customer_unmerge(actor=alice, customer=one)
    customer_unmerge(actor=alice, customer=two)
    one.refresh_from_db()
    assert one.standing == two
    customer_unmerge(actor=alice, customer=one)
    one.refresh_from_db()
    assert (one.standing, one.archived_at, one.email) == (one, None, "ana1@clinic.example")


def test_either_account_of_a_merged_person_votes_once_and_sees_the_vote(world, pair):
    alice, people = world.actor("alice"), pair
    users = [User.objects.create_user(f"ana{n}@portal.example") for n in "12"]
    for person, user in zip(people, users, strict=True):
        Person.objects.filter(pk=person.pk).update(user=user)
    customer_merge(actor=alice, source=people[0], target=people[1])
    idea = make_idea(alice, world.atlas)
    for user in users:
        actor = world.actor("bob").__class__(user_id=user.pk, grants=alice.grants)
        assert idea_vote_set(actor=actor, idea=idea, voting=True) == 1
        assert Vote.objects.of_account(user.pk).count() == 1
    assert Vote.objects.get().person == people[1]


def test_what_was_changed_while_merged_stays_as_it_was_left(world, pair):
    alice, (one, two) = world.actor("alice"), pair
    ideas = [make_idea(alice, world.atlas, f"Idea {n}") for n in range(2)]
    one = person_update(
        actor=alice, person=one, values={"role": "Nurse", "attributes": {"vip": True}}
    )
    for idea in ideas:
        vote_add_for(actor=alice, idea=idea, person=one)
    customer_merge(actor=alice, source=one, target=two)
    two = person_update(actor=alice, person=two, values={"role": "Head nurse"})
    assert two.attributes == {"vip": True}
    vote_remove_for(actor=alice, idea=ideas[0], person=two)
    customer_unmerge(actor=alice, customer=one)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.role, two.role, two.attributes) == ("Nurse", "Head nurse", {})
    assert [v.idea for v in Vote.objects.filter(person=one)] == [ideas[1]]


def test_an_address_given_to_somebody_else_meanwhile_is_named(world):
    alice = world.actor("alice")
    one = make_person(alice, world.acme, "One", email="one@clinic.example")
    two = make_person(alice, world.acme, "Two")
    customer_merge(actor=alice, source=one, target=two)
    two.refresh_from_db()
    assert two.email == "one@clinic.example"
    person_update(actor=alice, person=two, values={"email": "two@clinic.example"})
    make_person(alice, world.acme, "Three", email="one@clinic.example")
    with pytest.raises(Conflict, match="somebody else"):
        customer_unmerge(actor=alice, customer=one)
    one.refresh_from_db()
    assert one.merged_into == two


def test_likely_duplicates_are_named_with_what_speaks_for_them(world, pair):
    alice = world.actor("alice")
    one = pair[0]
    make_person(alice, world.acme, "Ruiz, Ana", email="ana1+news@clinic.example")
    make_person(alice, world.acme, "Ana Ruizova")
    found = {(d.customer.name, d.why) for d in likely_duplicates(alice, one)}
    assert found == {("Ana Ruiz", "the same name"), ("Ruiz, Ana", "the same mailbox")}
    lakes = make_company(alice, world.acme, "Lakes & Co. GmbH")
    make_company(alice, world.acme, "LAKES AND CO")
    other = make_company(alice, world.acme, "See-Klinik")
    for n, company in enumerate((lakes, other)):
        make_person(alice, world.acme, f"P{n}", email=f"p{n}@lakes.example", company=company)
    found = {(d.customer.name, d.why) for d in likely_duplicates(alice, lakes)}
    assert found == {
        ("LAKES AND CO", "the same name"), ("See-Klinik", "people with addresses of the same domain")
    }  # fmt: skip


def test_spellings_of_one_customer_have_one_key():
    assert company_key("Lakes & Co. GmbH") == company_key("lakes and Co") == "lakes and"
    assert company_key("GmbH") == "gmbh"
    assert person_key("Ruiz, Ána") == person_key("ana ruiz")
    assert mailbox("Ana+x@Clinic.example") == "ana@clinic.example"
    assert mailbox("") == own_domain("") == own_domain("a@gmail.com") == ""


CUSTOMERS = "/acme/ATL/customers/"


def test_a_manager_merges_on_the_page_and_takes_it_back(world, sign_in, pair):
    one, two = pair
    client = sign_in(world.alice)
    here = f"{CUSTOMERS}people/{one.uuid}"
    page = client.get(here).content.decode()
    assert "the same name" in page
    answer = client.post(f"{here}/merge", {"into": two.label})
    assert answer["Location"].endswith(str(two.uuid))
    assert "Ana Ruiz" in client.get(here).content.decode()
    assert f"{one.uuid}/unmerge" in client.get(f"{CUSTOMERS}people/{two.uuid}").content.decode()
    assert f"{one.uuid}" not in client.get(f"{CUSTOMERS}people/").content.decode()
    client.post(f"{here}/unmerge")
    one.refresh_from_db()
    assert one.merged_into is None
    assert client.post(f"{here}/merge", {"into": "nobody"}).status_code == 422
    assert b"merge" not in sign_in(world.bob).get(here).content.lower().split(b"<main")[1]
    lakes, see = (make_company(world.actor("alice"), world.acme, n) for n in ("Lakes", "See"))
    client.post(f"{CUSTOMERS}{lakes.uuid}/merge", {"into": str(see.uuid)})
    lakes.refresh_from_db()
    assert lakes.merged_into == see
    client.post(f"{CUSTOMERS}{lakes.uuid}/unmerge")
    lakes.refresh_from_db()
    assert lakes.merged_into is None


def test_the_api_merges_and_takes_back(world, api, pair):
    one, two = pair
    client = api(world.alice, world.acme)
    address = f"/api/v1/persons/{one.uuid}/"

    def post(verb, **body):
        return client.post(f"{address}{verb}/", body, content_type="application/json",
                           headers={"Idempotency-Key": f"{verb}{len(body)}"})  # fmt: skip

    assert client.get(f"{address}duplicates/").json()["results"][0]["id"] == str(two.uuid)
    done = post("merge", into=str(two.uuid))
    assert done.status_code == 200, done.content
    assert done.json()["merged_into"] == str(two.uuid)
    assert post("unmerge").json()["merged_into"] is None
    assert post("merge", into=str(two.pk)).status_code == 422
    assert Event.objects.filter(verb__in=["person.merged", "person.unmerged"]).count() == 2
    assert actor_of(world.alice).may("person.merge", world.acme.pk)
