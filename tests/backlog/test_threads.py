"""Questions about passages: found again after edits, or their text is gone; answered, resolved, reopened."""

from __future__ import annotations

import json

import pytest

from backlog import anchors
from backlog.selectors.readiness import facts_of
from backlog.selectors.threads import spec_text, thread_rows
from backlog.services.specs import spec_update
from backlog.services.threads import thread_reply, thread_resolve, thread_start
from plm.errors import Invalid
from plm.models import Event, Mention
from tests.make import make_spec

TEXT = "Guests pay one bill. Groups pay apart at the desk. Staff split the bill by hand."


@pytest.mark.parametrize(
    ("edited", "found"),
    [
        (TEXT, "pay apart"),
        (f"Now first this. {TEXT}", "pay apart"),
        (TEXT.replace("pay apart", "pay one by one"), "pay one by one"),
        (TEXT.replace("Groups pay apart at the desk. ", ""), None),
        ("Quite another text.", None),
    ],
)
def test_a_passage_is_found_exactly_then_by_its_surroundings_or_is_gone(edited, found):
    start = TEXT.index("pay apart")
    before, after = anchors.context_of(TEXT, start, start + len("pay apart"))
    place = anchors.find(edited, "pay apart", before, after)
    assert (place and place.text) == found


def test_of_several_places_the_one_with_the_likest_surroundings_is_meant():
    text = "the bill is late. the bill is wrong."
    place = anchors.find(text, "the bill", "late. ", " is wrong")
    assert place is not None
    assert place.start == text.rindex("the bill")
    assert anchors.find(text, "", "late. ", " is") is None


@pytest.fixture
def bob(world):
    return world.actor("bob")


@pytest.fixture
def spec(world, bob):
    return make_spec(
        bob, world.atlas, problem="Groups **pay apart** at the\ndesk & elsewhere.",
        requirements=[{"text": "Pay in parts", "acceptance": [{"text": "The sum is right"}]}],
    )  # fmt: skip


def ask(spec, actor, quote="pay apart at the desk & elsewhere", body="How often?"):
    return thread_start(actor=actor, spec=spec, quote=quote, body=body)


def test_the_text_is_what_a_reader_sees_with_the_part_it_stands_in(spec):
    found = spec_text(spec)
    assert "Groups pay apart at the desk & elsewhere." in found.text
    assert found.part_at(found.text.index("pay apart")) == "Problem"
    assert found.part_at(found.text.index("The sum is right")) == "Requirements"


def test_a_question_follows_its_words_through_an_edit_and_says_when_they_are_gone(spec, bob):
    ask(spec, bob)
    texts = [
        ("Often groups pay apart at the desk & elsewhere.", False, ""),
        ("Groups pay alone at the desk & elsewhere.", False, "pay alone at the desk & elsewhere"),
        ("Something else entirely.", True, ""),
    ]
    for problem, gone, now in texts:
        spec = spec_update(actor=bob, record=spec, version=None, values={"problem": problem})
        (row,) = thread_rows(spec)
        assert (row["gone"], row["now"]) == (gone, now)
    assert row["quote"] == "pay apart at the desk & elsewhere"


def test_words_that_stand_nowhere_are_refused_and_nothing_is_written(spec, bob):
    for quote in ("pay with gold", " ", "x" * 1001):
        with pytest.raises(Invalid) as refused:
            ask(spec, bob, quote)
        assert "quote" in refused.value.fields
    with pytest.raises(Invalid):
        ask(spec, bob, body=" ")
    assert thread_rows(spec) == []


def test_an_open_question_is_answered_resolved_and_reopened(world, spec, bob):
    carol = world.actor("carol")
    thread = ask(spec, carol, body="How often, @bob?")
    assert Mention.objects.get().user == world.bob
    thread_reply(actor=bob, spec=spec, thread=thread, body="Daily.")
    assert facts_of(spec).open_questions == 1
    thread_resolve(actor=bob, spec=spec, thread=thread, resolved=True)
    thread_resolve(actor=bob, spec=spec, thread=thread, resolved=True)
    (row,) = thread_rows(spec)
    assert (row["resolved"], row["resolved_by"], len(row["comments"])) == (True, world.bob, 2)
    assert facts_of(spec).open_questions == 0
    thread_resolve(actor=carol, spec=spec, thread=thread, resolved=False)
    verbs = Event.objects.filter(verb__startswith="passage.").order_by("sequence")
    assert list(verbs.values_list("verb", flat=True)) == ["passage.resolved", "passage.reopened"]


def test_the_page_asks_without_script_and_shows_each_comment_once(world, spec, sign_in):
    carol, url = sign_in(world.carol), spec.get_absolute_url()
    sent = {"quote": "pay apart\nat the desk", "body": "How often is that?"}
    answer = carol.post(f"{url}/passages", sent)
    assert answer.status_code == 302
    page = carol.get(url).content.decode()
    assert page.count("How often is that?") == 1
    assert "in Problem" in page
    uuid = thread_rows(spec)[0]["uuid"]
    assert carol.post(f"{url}/passages/{uuid}/reply", {"body": "Often."}).status_code == 302
    assert carol.post(f"{url}/passages/{uuid}/resolve", {"on": "1"}).status_code == 302
    assert "Resolved" in carol.get(url).content.decode()
    assert carol.post(f"{url}/passages", {**sent, "quote": "nowhere"}).status_code == 422
    other = make_spec(world.actor("bob"), world.atlas).get_absolute_url()
    assert carol.post(f"{other}/passages/{uuid}/reply", {"body": "x"}).status_code == 404
    assert sign_in(world.mallory).post(f"{url}/passages", sent).status_code == 404


def test_the_api_asks_answers_and_resolves(world, spec, api):
    client, url = api(world.carol, world.acme), f"/api/v1/specs/{spec.reference}/threads/"

    def send(path, body):
        return client.post(f"{url}{path}/", json.dumps(body), content_type="application/json")

    asked = send("ask", {"quote": "Pay in parts", "body": "How many?"})
    assert asked.status_code == 200, asked.content
    (row,) = asked.json()["results"]
    assert (row["part"], row["gone"], row["comments"][0]["author"]["name"]) == ("Requirements", False, "Carol")  # fmt: skip
    assert send("reply", {"thread": row["id"], "body": "Four."}).status_code == 200
    done = send("resolve", {"thread": row["id"], "resolved": True})
    assert done.json()["results"][0]["resolved"]
    assert len(client.get(url).json()["results"][0]["comments"]) == 2
    assert send("ask", {"quote": "nowhere", "body": "x"}).status_code == 422
    other = make_spec(world.actor("bob"), world.atlas)
    strange = client.post(
        f"/api/v1/specs/{other.reference}/threads/reply/",
        json.dumps({"thread": row["id"], "body": "x"}), content_type="application/json",
    )  # fmt: skip
    assert strange.status_code == 422
