"""The inbox, quotes and customers in the browser, without JavaScript unless a test says so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feedback.models import Feedback, FeedbackLink
from feedback.services.quotes import quote_add
from ideas.models import Company, Person
from tests.make import make_company, make_feedback, make_idea, make_person

FEEDBACK = "/acme/ATL/feedback/"


@pytest.fixture
def said(world):
    bob = world.actor("bob")
    company = make_company(bob, world.acme, mrr=Decimal(400))
    person = make_person(bob, world.acme, email="ana@clinic.example", company=company)
    return make_feedback(bob, world.atlas, "Line one.\nWe split <b>by hand</b>.", person=person)


def test_the_inbox_lists_filters_and_opens_a_voice(world, said, sign_in):
    make_feedback(world.actor("bob"), world.atlas, "Praise be.", sentiment="positive")
    client = sign_in(world.bob)
    page = client.get(FEEDBACK)
    assert page.status_code == 200
    assert b"Praise be." in page.content
    assert b"Harbour Clinic" in page.content
    opened = client.get(f"{FEEDBACK}?at={said.reference}&source=other").content.decode()
    assert "We split &lt;b&gt;by hand&lt;/b&gt;." in opened
    assert 'class="inbox open"' in opened
    rows = client.get(
        f"{FEEDBACK}?company=harbour", headers={"HX-Request": "true"}
    ).content.decode()
    assert said.title in rows
    assert "Praise be." not in rows
    assert "<html" not in rows
    pane = client.get(f"/acme/{said.reference}/pane", headers={"HX-Request": "true"})
    assert b"data-quote-body" in pane.content


def test_the_inbox_costs_the_same_for_three_and_for_thirty(
    world, said, sign_in, django_assert_max_num_queries
):
    client = sign_in(world.bob)
    bob = world.actor("bob")
    for n in range(30):
        make_feedback(bob, world.atlas, f"Voice {n}", person=said.person)
    client.get(FEEDBACK)
    with django_assert_max_num_queries(16):
        assert client.get(FEEDBACK).status_code == 200


def test_an_empty_inbox_offers_one_action(world, sign_in):
    page = sign_in(world.bob).get(FEEDBACK).content.decode()
    assert "No feedback yet" in page
    assert f"{FEEDBACK}new" in page


def test_a_voice_is_moved_from_the_inbox(world, said, sign_in):
    client = sign_in(world.bob)
    url = f"/acme/{said.reference}/triage"
    answer = client.post(url, {"state": "spam"})
    assert answer["Location"] == f"{FEEDBACK}?at={said.reference}"
    said.refresh_from_db()
    assert said.state == "spam"
    part = client.post(url, {"state": "reviewed"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert f'id="st-{said.reference}" hx-swap-oob="true"' in part.content.decode()
    assert client.post(url, {"state": "gone"}).status_code == 409


def test_feedback_is_written_down_in_a_form(world, said, sign_in):
    client = sign_in(world.bob)
    made = client.post(f"{FEEDBACK}new", {
        "description": "Slow on Mondays.", "person": "Ana Ruiz <ana@clinic.example>", "source": "call",
    })  # fmt: skip
    assert made.status_code == 302, made.content
    row = Feedback.objects.latest("number")
    assert (row.title, row.company.name, row.source) == (
        "Slow on Mondays.",
        "Harbour Clinic",
        "call",
    )
    bad = client.post(
        f"{FEEDBACK}new", {"description": "Kept text", "person": "Nobody", "source": "x"}
    )
    assert bad.status_code == 422
    assert b"There is no person Nobody here" in bad.content
    assert b"Kept text" in bad.content
    edit = client.get(f"/acme/{row.reference}/edit").content.decode()
    assert "Ana Ruiz &lt;ana@clinic.example&gt;" in edit


def test_marked_words_are_linked_with_an_idea_by_its_words(world, said, sign_in):
    idea = make_idea(world.actor("bob"), world.atlas, "Split payments")
    client = sign_in(world.bob)
    url = f"/acme/{said.reference}/quotes"
    done = client.post(
        url, {"excerpt": "by hand", "start": "21", "target": "split pay", "importance": "3"}
    )
    assert done["Location"] == f"/acme/{said.reference}#quotes"
    quote = FeedbackLink.objects.get()
    assert (quote.idea, quote.importance, quote.start) == (idea, 3, 22)
    page = client.get(f"/acme/{said.reference}").content.decode()
    assert f'<mark data-quote="quote-{quote.uuid}">by hand</mark>' in page
    assert "Critical" in page
    gone = client.post(f"{url}/{quote.uuid}/remove")
    assert gone.status_code == 302
    assert not FeedbackLink.objects.exists()


def test_a_bad_quote_keeps_what_was_typed(world, said, sign_in):
    make_idea(world.actor("bob"), world.atlas, "Split payments")
    make_idea(world.actor("bob"), world.atlas, "Split invoices")
    client = sign_in(world.bob)
    url = f"/acme/{said.reference}/quotes"
    for typed, expected in (
        ({"excerpt": "by foot", "target": "ATL-2", "importance": "1"}, "These words do not stand"),
        ({"excerpt": "by hand", "target": "split", "importance": "1"}, "Several match"),
        ({"excerpt": "by hand", "target": "zebra", "importance": "1"}, "No idea or item matches"),
        ({"excerpt": "by hand", "target": "", "importance": "1"}, "Name an idea or item"),
        ({"excerpt": "by hand", "target": "ATL-2", "importance": "9"}, "Select a valid choice"),
    ):
        answer = client.post(url, typed)
        assert answer.status_code == 422
        assert expected in answer.content.decode(), typed
        assert typed["excerpt"] in answer.content.decode()
    assert not FeedbackLink.objects.exists()


def test_an_idea_is_made_of_a_quote_in_one_go(world, said, sign_in):
    client = sign_in(world.bob)
    client.post(f"/acme/{said.reference}/quotes",
                {"excerpt": "by hand", "make": "idea", "title": "Split for us", "importance": "2"})  # fmt: skip
    quote = FeedbackLink.objects.get()
    assert quote.idea.title == "Split for us"
    page = client.get(f"/acme/{quote.idea.reference}").content.decode()
    assert "What customers said" in page
    assert "by hand" in page
    assert "€400" in page


def test_the_voices_of_an_idea_cost_the_same_for_one_and_for_twenty(
    world, said, sign_in, django_assert_max_num_queries
):
    bob = world.actor("bob")
    idea = make_idea(bob, world.atlas)
    client = sign_in(world.bob)
    for n in range(15):
        voice = make_feedback(bob, world.atlas, f"Voice {n}", person=said.person)
        quote_add(actor=bob, feedback=voice, target=idea)
    with django_assert_max_num_queries(34):
        assert client.get(f"/acme/{idea.reference}").status_code == 200


def test_suggestions_answer_while_somebody_types(world, said, sign_in):
    make_idea(world.actor("bob"), world.atlas, "Split payments")
    client = sign_in(world.bob)
    found = client.get(f"/acme/{said.reference}/quotes/targets?target=spl").content.decode()
    assert '<option value="ATL-2">Split payments</option>' in found
    names = client.get("/acme/ATL/customers/suggest?of=person&person=an").content.decode()
    assert "Ana Ruiz &lt;ana@clinic.example&gt;" in names
    assert client.get("/acme/ATL/customers/suggest?of=user").status_code == 400


def test_customers_are_listed_made_edited_and_put_away(world, said, sign_in):
    client = sign_in(world.alice)
    page = client.get("/acme/ATL/customers/").content.decode()
    assert "Harbour Clinic" in page
    made = client.post("/acme/ATL/customers/new", {"name": "Lakes", "mrr": "80", "currency": "eur"})
    assert made.status_code == 302, made.content
    lakes = Company.objects.get(name="Lakes")
    assert lakes.currency == "EUR"
    here = f"/acme/ATL/customers/{lakes.uuid}"
    bad = client.post(f"{here}/edit", {"name": "Lakes", "mrr": "-5", "currency": "EURO"})
    assert bad.status_code == 422
    stale = client.post(f"{here}/edit", {"name": "Lake", "currency": "EUR", "version": "9"})
    assert stale.status_code == 409
    assert (
        client.post(f"{here}/edit", {"name": "Lake", "currency": "EUR", "version": "1"}).status_code
        == 302
    )
    person = client.post("/acme/ATL/customers/people/new", {"name": "Lou", "company": "Lake"})
    assert person.status_code == 302, person.content
    assert Person.objects.get(name="Lou").company == lakes
    assert client.post(f"{here}/archive").status_code == 302
    assert b"Lake<" not in client.get("/acme/ATL/customers/").content
    assert client.get("/acme/ATL/customers/people/?q=lou").status_code == 200


def test_a_company_page_tells_what_became_of_its_words(world, said, sign_in):
    idea = make_idea(world.actor("bob"), world.atlas, "Split payments")
    quote_add(actor=world.actor("bob"), feedback=said, target=idea, excerpt="by hand")
    page = sign_in(world.carol).get(f"/acme/ATL/customers/{said.company.uuid}").content.decode()
    for part in ("Split payments", "1 quote", "Line one.", "Ana Ruiz", "€400"):
        assert part in page
    person = sign_in(world.carol).get(f"/acme/ATL/customers/people/{said.person.uuid}")
    assert b"Line one." in person.content


def test_a_stranger_meets_no_customer_and_no_feedback(world, said, sign_in):
    client = sign_in(world.mallory)
    for url in (
        FEEDBACK,
        f"/acme/{said.reference}/pane",
        f"/acme/{said.reference}/quotes/targets",
        f"/acme/ATL/customers/{said.company.uuid}",
        f"/rival/ROC/customers/{said.company.uuid}",
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(f"/acme/{said.reference}/triage", {"state": "spam"}).status_code == 404
    assert sign_in(world.carol).post(f"/acme/{said.reference}/quotes", {}).status_code == 403


def test_the_home_page_shows_the_latest_voices(world, said, sign_in):
    page = sign_in(world.carol).get("/acme/ATL/").content.decode()
    assert "Latest feedback" in page
    assert "1 unread" in page
    assert "Harbour Clinic" in page


def test_quotes_hang_on_feedback_only(world, said, sign_in):
    idea = make_idea(world.actor("bob"), world.atlas)
    assert sign_in(world.bob).get(f"/acme/{idea.reference}/pane").status_code == 404
    assert (
        sign_in(world.bob).post(f"/acme/{idea.reference}/quotes", {"target": "x"}).status_code
        == 404
    )
