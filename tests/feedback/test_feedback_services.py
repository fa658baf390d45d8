"""Feedback, quotes, customers and the demand they push down."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from backlog.models import BacklogItem
from feedback.models import FeedbackLink
from feedback.services.demand import demand_recompute
from feedback.services.feedback import feedback_update
from feedback.services.quotes import idea_from_quote, quote_add, quote_remove
from ideas.models import Idea, Person
from ideas.services.customers import company_update, customer_archive, person_update
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, Stale
from plm.lineage import trace
from plm.models import Event, Job
from plm.runner import run_due_jobs
from plm.services.records import record_archive, record_move
from tests.make import make_company, make_feedback, make_idea, make_person, make_release


@pytest.fixture
def cast(world):
    """Two companies in euros and one in dollars, with people in them, and an idea."""
    bob = world.actor("bob")
    harbour = make_company(bob, world.acme, "Harbour", mrr=Decimal("900.50"))
    lakes = make_company(bob, world.acme, "Lakes", mrr=Decimal(100))
    coast = make_company(bob, world.acme, "Coast", mrr=Decimal(5000), currency="USD")
    people = {
        "ana": make_person(bob, world.acme, "Ana", email="Ana@Harbour.example", company=harbour),
        "ben": make_person(bob, world.acme, "Ben", company=harbour),
        "lou": make_person(bob, world.acme, "Lou", company=lakes),
        "cleo": make_person(bob, world.acme, "Cleo", company=coast),
    }
    return {**people, "harbour": harbour, "lakes": lakes, "idea": make_idea(bob, world.atlas)}


def say(world, cast, name, text="Please split payments. We do it by hand."):
    return make_feedback(world.actor("bob"), world.atlas, text, person=cast[name])


def test_the_title_is_the_first_line_and_the_company_that_of_the_person(world, cast):
    made = say(world, cast, "ana", "Split them!\r\nPlease.")
    assert made.title == "Split them!"
    assert made.description == "Split them!\nPlease."
    assert made.company == cast["harbour"]
    assert made.received_at is not None
    with pytest.raises(Invalid):
        make_feedback(world.actor("bob"), world.atlas, "  ")


def test_the_company_follows_the_person_unless_it_is_set_by_hand(world, cast):
    made = say(world, cast, "ana")
    moved = feedback_update(
        actor=world.actor("bob"), record=made, version=1, values={"person": cast["lou"]}
    )
    assert moved.company == cast["lakes"]
    kept = feedback_update(
        actor=world.actor("bob"), record=moved, version=2,
        values={"person": cast["ana"], "company": cast["lakes"], "description": "x"},
    )  # fmt: skip
    assert kept.company == cast["harbour"]


def test_a_quote_stands_where_its_words_stand_and_reviews_new_feedback(world, cast):
    said = say(world, cast, "ana")
    quote = quote_add(
        actor=world.actor("bob"),
        feedback=said,
        target=cast["idea"],
        excerpt="by hand",
        importance=3,
    )
    assert said.description[quote.start : quote.end] == quote.excerpt == "by hand"
    said.refresh_from_db()
    assert said.state == "reviewed"
    assert Event.objects.filter(record_id=said.pk, verb="feedback.linked").count() == 1


def test_words_that_do_not_stand_in_the_text_are_refused_and_nothing_is_written(world, cast):
    said = say(world, cast, "ana")
    with pytest.raises(Invalid) as caught:
        quote_add(actor=world.actor("bob"), feedback=said, target=cast["idea"], excerpt="telepathy")
    assert "excerpt" in caught.value.fields
    with pytest.raises(Invalid):
        quote_add(actor=world.actor("bob"), feedback=said, target=cast["idea"], importance=7)
    assert not FeedbackLink.objects.exists()


def test_a_quote_follows_its_words_and_says_when_they_are_gone(world, cast):
    bob, said = world.actor("bob"), say(world, cast, "ana")
    quote = quote_add(actor=bob, feedback=said, target=cast["idea"], excerpt="by hand")
    said = feedback_update(
        actor=bob, record=said, version=None,
        values={"description": "Hello. Please split payments. We do it by hand."},
    )  # fmt: skip
    quote.refresh_from_db()
    assert said.description[quote.start : quote.end] == "by hand"
    feedback_update(actor=bob, record=said, version=None, values={"description": "Never mind."})
    quote.refresh_from_db()
    assert (quote.start, quote.end, quote.excerpt) == (None, None, "by hand")


def test_the_same_words_speak_for_an_idea_once(world, cast):
    bob, said = world.actor("bob"), say(world, cast, "ana")
    quote_add(actor=bob, feedback=said, target=cast["idea"], excerpt="by hand")
    with pytest.raises(Conflict):
        quote_add(actor=bob, feedback=said, target=cast["idea"], excerpt="by hand")


def test_the_database_wants_exactly_one_target(world, cast):
    said = say(world, cast, "ana")
    for target in ({}, {"idea": cast["idea"], "item": BacklogItem(pk=cast["idea"].pk)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FeedbackLink.objects.create(
                workspace=world.acme, feedback=said, excerpt="x", start=0, end=1, **target
            )


def test_stakeholders_do_not_link_and_strangers_see_nothing(world, cast):
    said = say(world, cast, "ana")
    with pytest.raises(NotAllowed):
        quote_add(actor=world.actor("carol"), feedback=said, target=cast["idea"])
    with pytest.raises(NotVisible):
        quote_add(actor=world.actor("mallory"), feedback=said, target=cast["idea"])


def test_an_idea_of_another_product_is_no_target(world, cast):
    other = make_idea(world.actor("bob"), world.boreas)
    with pytest.raises(Invalid):
        quote_add(actor=world.actor("bob"), feedback=say(world, cast, "ana"), target=other)


def test_an_idea_made_from_a_quote_descends_from_the_feedback(world, cast):
    bob, said = world.actor("bob"), say(world, cast, "ana")
    quote = idea_from_quote(actor=bob, feedback=said, excerpt="split payments")
    assert quote.idea.title == "split payments"
    assert quote.idea.source == "customer"
    before, after = trace(bob, quote.idea.pk)
    assert [r.record.key for r in before] == [said.reference]
    assert after == []
    _, led_to = trace(bob, said.pk)
    assert [r.record.key for r in led_to] == [quote.idea.reference]


def demand(idea):
    idea.refresh_from_db()
    return idea.demand_people, idea.demand_companies, idea.demand_revenue


def test_demand_counts_each_person_and_each_company_once(world, cast):
    bob, idea = world.actor("bob"), cast["idea"]
    for name in ("ana", "ana", "ben", "lou", "cleo"):
        quote_add(actor=bob, feedback=say(world, cast, name), target=idea)
    unknown = make_feedback(bob, world.atlas, "Me too.")
    quote_add(actor=bob, feedback=unknown, target=idea)
    assert Job.objects.filter(kind="feedback.demand_recompute", state="queued").count() == 1
    run_due_jobs()
    assert demand(idea) == (4, 3, Decimal("1000.50"))


def test_demand_falls_with_spam_archive_and_quotes_taken_back(world, cast):
    bob, alice, idea = world.actor("bob"), world.actor("alice"), cast["idea"]
    said = {name: say(world, cast, name) for name in ("ana", "lou", "cleo")}
    quotes = {n: quote_add(actor=bob, feedback=f, target=idea) for n, f in said.items()}
    run_due_jobs()
    assert demand(idea) == (3, 3, Decimal("1000.50"))
    record_move(said["ana"], actor=bob, state="spam")
    record_archive(said["lou"], actor=alice)
    run_due_jobs()
    assert demand(idea) == (1, 1, 0)
    quote_remove(actor=bob, feedback=said["cleo"], uuid=quotes["cleo"].uuid)
    run_due_jobs()
    assert demand(idea) == (0, 0, 0)


def test_a_change_of_revenue_reaches_the_ideas_and_an_archived_company_pays_nothing(world, cast):
    bob, idea = world.actor("bob"), cast["idea"]
    quote_add(actor=bob, feedback=say(world, cast, "lou"), target=idea)
    run_due_jobs()
    company_update(actor=bob, company=cast["lakes"], values={"mrr": Decimal(250)})
    run_due_jobs()
    assert demand(idea) == (1, 1, 250)
    cast["lakes"].refresh_from_db()
    assert cast["lakes"].as_of is not None
    customer_archive(actor=world.actor("alice"), customer=cast["lakes"])
    run_due_jobs()
    assert demand(idea) == (1, 1, 0)


def test_nothing_is_written_when_the_demand_stands_as_it_was(
    world, cast, django_assert_max_num_queries
):
    bob = world.actor("bob")
    for n in range(12):
        idea = make_idea(bob, world.atlas, f"Idea {n}")
        quote_add(actor=bob, feedback=say(world, cast, "ana"), target=idea)
    assert demand_recompute(workspace_id=world.acme.pk, product_id=world.atlas.pk) == 12
    events = Event.objects.count()
    with django_assert_max_num_queries(9):
        assert demand_recompute(workspace_id=world.acme.pk, product_id=world.atlas.pk) == 0
    assert Event.objects.count() == events
    assert Idea.objects.filter(demand_people=1).count() == 12


def test_addresses_are_small_letters_and_unique_in_a_workspace(world, cast):
    bob = world.actor("bob")
    assert cast["ana"].email == "ana@harbour.example"
    with pytest.raises(Conflict) as caught:
        make_person(bob, world.acme, "Twin", email="ANA@harbour.example")
    assert "email" in caught.value.fields
    make_person(bob, world.acme, "No address")
    make_person(bob, world.acme, "No address either")
    make_person(world.actor("mallory"), world.rival, "Theirs", email="ana@harbour.example")
    assert Person.objects.filter(email="ana@harbour.example").count() == 2


def test_an_external_id_names_one_company(world, cast):
    bob = world.actor("bob")
    make_company(bob, world.acme, "One", external_id="crm-1")
    with pytest.raises(Conflict) as caught:
        make_company(bob, world.acme, "Two", external_id="crm-1")
    assert "external_id" in caught.value.fields


def test_a_stale_change_of_a_customer_is_refused(world, cast):
    bob, ana = world.actor("bob"), cast["ana"]
    person_update(actor=bob, person=ana, values={"name": "Ana R."}, version=1)
    with pytest.raises(Stale):
        person_update(actor=bob, person=ana, values={"name": "Ana Q."}, version=1)


def test_customers_belong_to_the_workspace_and_to_contributors(world, cast):
    with pytest.raises(NotAllowed):
        make_company(world.actor("carol"), world.acme)
    with pytest.raises(NotVisible):
        make_company(world.actor("mallory"), world.acme)
    with pytest.raises(Invalid):
        make_company(world.actor("bob"), world.acme, mrr=Decimal(-1), currency="EURO")


def test_feedback_on_a_release_descends_from_it(world, cast):
    release = make_release(world.actor("alice"), world.atlas)
    said = make_feedback(
        world.actor("bob"), world.atlas, "Since the update it flies.", release=release
    )
    _, after = trace(world.actor("bob"), release.pk)
    assert [r.record.key for r in after] == [said.reference]
