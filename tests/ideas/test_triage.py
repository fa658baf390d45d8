"""Triage: new ideas are accepted, declined, put off, marked as duplicates; every decision can be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from ideas.models import Idea, SimilarAnswer
from ideas.selectors.triage import triage_next, triage_queue, triage_waiting
from ideas.services import triage
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.models import Event, Relation
from plm.runner import run_due_jobs
from plm.services.records import record_archive
from tests.make import make_idea

HOME = "/acme/ATL/ideas/triage"


@pytest.fixture
def three(world):
    bob = world.actor("bob")
    return [make_idea(bob, world.atlas, f"{word} payments") for word in ("Split", "Share", "Late")]


def waiting(world, name="bob"):
    return [idea.reference for idea in triage_queue(world.actor(name), world.atlas).ideas]


def test_new_ideas_wait_oldest_first_until_somebody_decides(world, three):
    bob = world.actor("bob")
    make_idea(bob, world.boreas, "Elsewhere")
    assert waiting(world) == [idea.reference for idea in three]
    assert triage.idea_accept(actor=bob, idea=three[0]).state == "under_review"
    declined = triage.idea_decline(actor=bob, idea=three[1], reason="Against our principles")
    assert declined.state == "declined"
    assert waiting(world) == [three[2].reference]
    told = Event.objects.filter(record_id=three[1].pk).latest("sequence")
    assert (told.verb, told.reason) == ("idea.moved", "Against our principles")
    record_archive(three[2], actor=world.actor("alice"))
    assert not triage_waiting(bob, world.atlas).exists()


def test_an_idea_put_off_comes_back_on_its_day_by_itself(world, three):
    today = timezone.localdate()
    triage.idea_snooze(actor=world.actor("bob"), idea=three[0], until=today + timedelta(days=7))
    assert three[0].reference not in waiting(world)
    assert triage_waiting(world.actor("bob"), world.atlas).count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=6), tick=False):
        assert three[0].reference not in waiting(world)
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        assert waiting(world)[0] == three[0].reference


@pytest.mark.parametrize("days", [-1, 0, 1000])
def test_a_day_that_is_gone_or_too_far_is_refused(world, three, days):
    until = timezone.localdate() + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        triage.idea_snooze(actor=world.actor("bob"), idea=three[0], until=until)
    assert refused.value.fields.keys() == {"until"}
    assert Idea.objects.get(pk=three[0].pk).snoozed_until is None


def test_nobody_is_declined_without_a_reason(world, three):
    with pytest.raises(Invalid) as refused:
        triage.idea_decline(actor=world.actor("bob"), idea=three[0], reason="  ")
    assert refused.value.fields.keys() == {"reason"}


def test_what_one_decided_another_does_not_decide_over(world, three):
    triage.idea_accept(actor=world.actor("bob"), idea=three[0])
    with pytest.raises(Conflict, match="under review already"):
        triage.idea_decline(actor=world.actor("alice"), idea=three[0], reason="No")
    with pytest.raises(NotAllowed):
        triage.idea_accept(actor=world.actor("carol"), idea=three[1])
    with pytest.raises(NotVisible):
        triage.idea_accept(actor=world.actor("mallory"), idea=three[1])


def test_a_duplicate_points_to_the_idea_that_stands_for_it(world, three):
    split, share, _ = three
    run_due_jobs()
    marked = triage.idea_duplicate(actor=world.actor("bob"), idea=share, target=split)
    assert (marked.state, marked.duplicate_of) == ("duplicate", split)
    kept = SimilarAnswer.objects.get()
    assert (kept.accepted, kept.rank) == (True, 1)
    assert Relation.objects.filter(source_id=share.pk, target_id=split.pk).exists()


def test_a_duplicate_of_itself_of_a_duplicate_or_of_an_idea_elsewhere_is_refused(world, three):
    bob, (split, share, late) = world.actor("bob"), three
    triage.idea_duplicate(actor=bob, idea=share, target=split)
    for target in (late, share):
        with pytest.raises(Conflict):
            triage.idea_duplicate(actor=bob, idea=late, target=target)
    elsewhere = make_idea(bob, world.boreas)
    rival = make_idea(world.actor("mallory"), world.rocket)
    for target in (elsewhere, rival):
        with pytest.raises(NotVisible):
            triage.idea_duplicate(actor=bob, idea=late, target=target)
    record_archive(split, actor=world.actor("alice"))
    with pytest.raises(Conflict):
        triage.idea_duplicate(actor=bob, idea=late, target=split)


def test_every_decision_can_be_taken_back(world, three):
    bob, (split, share, late) = world.actor("bob"), three
    triage.idea_accept(actor=bob, idea=split)
    triage.idea_duplicate(actor=bob, idea=share, target=split)
    triage.idea_snooze(actor=bob, idea=late, until=timezone.localdate() + timedelta(days=3))
    assert waiting(world) == []
    for idea in three:
        triage.idea_reopen(actor=bob, idea=idea)
    assert waiting(world) == [idea.reference for idea in three]
    assert Idea.objects.get(pk=share.pk).duplicate_of is None


def test_the_next_one_is_the_one_behind_it_and_after_the_last_the_first(world, three):
    bob = world.actor("bob")
    assert triage_next(bob, three[0]) == three[1]
    assert triage_next(bob, three[2]) == three[0]
    triage.ideas_decide(actor=bob, ideas=three[1:], decision="accept")
    assert triage_next(bob, three[0]) is None


# --- pages --------------------------------------------------------------------------------------------


def test_the_page_opens_the_oldest_and_leads_from_decision_to_decision(world, three, sign_in):
    browser = sign_in(world.bob)
    run_due_jobs()
    page = browser.get(HOME).content.decode()
    assert f'id="{three[0].reference}"' in page
    assert "Duplicate of this" in page
    for key in "adsm1":
        assert f'data-key="{key}"' in page
    url = f"{three[0].get_absolute_url()}/intake"
    answer = browser.post(url, {"do": "accept"})
    assert answer["Location"] == f"{HOME}?at={three[1].reference}"
    following = browser.get(answer["Location"]).content.decode()
    assert "is under review" in following
    assert url in following  # Undo, in the toast
    back = browser.post(url, {"do": "undo"})
    assert back["Location"] == f"{HOME}?at={three[0].reference}"
    assert waiting(world) == [idea.reference for idea in three]


def test_the_last_decision_leaves_an_empty_page_that_says_so(world, sign_in):
    idea = make_idea(world.actor("bob"), world.atlas)
    browser = sign_in(world.bob)
    url = f"{idea.get_absolute_url()}/intake"
    answer = browser.post(url, {"do": "decline", "reason": "Not ours"}, follow=True)
    assert answer.redirect_chain == [(HOME, 302)]
    assert "Nothing waits" in answer.content.decode()


def test_what_is_wrong_is_said_and_the_same_idea_stays_open(world, three, sign_in):
    browser = sign_in(world.bob)
    url = f"{three[0].get_absolute_url()}/intake"
    for body in (
        {"do": "decline", "reason": ""},
        {"do": "snooze", "until": "2020-01-01"},
        {"do": "snooze", "until": "2026-13-45"},
        {"do": "snooze"},
        {"do": "duplicate", "other": three[0].reference},
    ):
        answer = browser.post(url, body)
        assert answer["Location"] == f"{HOME}?at={three[0].reference}", body
    assert browser.post(url, {"do": "explode"}).status_code == 422
    assert browser.post(url, {"do": "duplicate", "other": "ATL-999"}).status_code == 404
    assert browser.get(HOME, {"at": "ATL-999"}).status_code == 404
    assert waiting(world) == [idea.reference for idea in three]


def test_who_only_looks_sees_the_queue_and_decides_nothing(world, three, sign_in):
    carol = sign_in(world.carol)
    page = carol.get(HOME).content.decode()
    assert three[0].title in page
    assert 'value="accept"' not in page
    assert carol.post(f"{three[0].get_absolute_url()}/intake", {"do": "accept"}).status_code == 403


def test_the_navigation_counts_what_waits_and_marks_one_page(world, three, sign_in):
    page = sign_in(world.bob).get(HOME).content.decode()
    assert page.count('aria-current="page"') == 1
    assert triage_waiting(world.actor("bob"), world.atlas).count() == 3
    assert not triage_waiting(world.actor("mallory"), world.atlas).exists()


MANY = f"{HOME}/decide"


def test_chosen_ideas_of_the_list_are_accepted_at_once(world, three, sign_in):
    browser = sign_in(world.bob)
    triage.idea_accept(actor=world.actor("bob"), idea=three[0])
    chosen = {"ref": [i.reference for i in three], "action": "accept"}
    answer = browser.post(MANY, chosen, follow=True)
    page = answer.content.decode()
    assert "2 ideas taken under review." in page
    assert f"{three[0].reference} is under review already." in page
    assert browser.post(MANY).status_code == 422
    assert browser.post(MANY, {"ref": three[0].reference, "do": "explode"}).status_code == 422
    assert browser.post(MANY, {"ref": "ATL-999", "do": "accept"}).status_code == 404
    assert sign_in(world.carol).post(MANY, chosen).status_code == 403


def test_several_are_declined_with_one_reason_which_is_asked_for(world, three, sign_in):
    browser = sign_in(world.bob)
    chosen = {"ref": [i.reference for i in three], "do": "decline", "from": "triage"}
    asked = browser.post(MANY, chosen)
    assert asked.status_code == 200
    page = asked.content.decode()
    assert "Why not?" in page
    assert all(i.title in page for i in three)
    empty = browser.post(MANY, {**chosen, "reason": " "})
    assert (empty.status_code, len(waiting(world))) == (422, 3)
    answer = browser.post(MANY, {**chosen, "reason": "Out of scope"}, follow=True)
    assert answer.redirect_chain == [(HOME, 302)]
    assert "3 ideas declined." in answer.content.decode()
    assert waiting(world) == []
    told = Event.objects.filter(verb="idea.moved").values_list("reason", flat=True)
    assert list(told) == ["Out of scope"] * 3
    refs = ",".join(i.reference for i in three)
    back = browser.post(MANY, {"do": "undo", "refs": refs, "from": "triage"}, follow=True)
    assert "3 ideas back in triage." in back.content.decode()
    assert len(waiting(world)) == 3


def test_several_are_put_off_until_one_day(world, three, sign_in):
    browser = sign_in(world.bob)
    chosen = {"ref": [i.reference for i in three[:2]], "do": "snooze", "from": "triage"}
    assert "come back to triage" in browser.post(MANY, chosen).content.decode()
    for wrong in ("2020-01-01", "2026-13-45", ""):
        assert browser.post(MANY, {**chosen, "until": wrong}).status_code == 422
    day = timezone.localdate() + timedelta(days=8)
    browser.post(MANY, {**chosen, "until": day.isoformat()})
    assert set(Idea.objects.filter(snoozed_until=day)) == set(three[:2])
    assert waiting(world) == [three[2].reference]


def test_fifty_ideas_are_emptied_from_the_page_in_three_decisions(world, sign_in):
    bob = world.actor("bob")
    ideas = [make_idea(bob, world.atlas, f"Wish {n}") for n in range(50)]
    browser = sign_in(world.bob)
    page = browser.get(HOME).content.decode()
    assert page.count("data-pick") == 50
    for key in "ads*":
        assert f'data-key="{key}"' in page
    refs = [i.reference for i in ideas]
    browser.post(MANY, {"ref": refs[:20], "do": "accept", "from": "triage"})
    browser.post(MANY, {"ref": refs[20:40], "do": "decline", "reason": "No", "from": "triage"})
    last = {"ref": refs[40:], "do": "snooze", "from": "triage"}
    day = (timezone.localdate() + timedelta(days=8)).isoformat()
    answer = browser.post(MANY, {**last, "day": day}, follow=True)
    assert "Nothing waits" in answer.content.decode()


# --- API ----------------------------------------------------------------------------------------------


def decide(client, idea, **body):
    url = f"/api/v1/ideas/{idea.reference}/triage/"
    return client.post(url, body, content_type="application/json")


def test_a_client_empties_triage(world, three, api):
    client = api(world.bob, world.acme)
    listed = client.get("/api/v1/ideas/?product=ATL&waiting=true&order=created").json()["results"]
    assert {row["reference"] for row in listed} == {idea.reference for idea in three}
    assert decide(client, three[0], decision="accept").json()["state"] == "under_review"
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    assert decide(client, three[1], decision="snooze", until=day).json()["snoozed_until"] == day
    same = decide(client, three[2], decision="duplicate", other=three[0].reference)
    assert same.json()["duplicate_of"] == three[0].reference
    assert client.get("/api/v1/ideas/?product=ATL&waiting=true").json()["results"] == []
    assert len(client.get("/api/v1/ideas/?product=ATL&waiting=false").json()["results"]) == 3
    undone = decide(client, three[2], decision="undo").json()
    assert (undone["state"], undone["duplicate_of"]) == ("open", None)


def test_a_client_is_told_what_a_decision_needs(world, three, api):
    client = api(world.bob, world.acme)
    for body, field in (
        ({"decision": "decline"}, "reason"),
        ({"decision": "snooze"}, "until"),
        ({"decision": "snooze", "until": date(2020, 1, 1).isoformat()}, "until"),
        ({"decision": "duplicate"}, "other"),
        ({"decision": "duplicate", "other": "ATL-999"}, "other"),
        ({"decision": "later"}, "decision"),
    ):
        answer = decide(client, three[0], **body)
        assert answer.status_code == 422, answer.content
        assert answer.json()["errors"].keys() == {field}, body
    decide(client, three[0], decision="accept")
    assert decide(client, three[0], decision="accept").status_code == 409


def test_a_client_decides_about_several_alike(world, three, api):
    client = api(world.bob, world.acme)
    triage.idea_accept(actor=world.actor("bob"), idea=three[0])

    def many(**body):
        return client.post("/api/v1/ideas/triage/", body, content_type="application/json")

    refs = [i.reference for i in three]
    for body, field in (
        ({"ideas": refs, "decision": "decline"}, "reason"),
        ({"ideas": refs, "decision": "snooze"}, "until"),
        ({"ideas": refs, "decision": "duplicate"}, "decision"),
        ({"ideas": [], "decision": "accept"}, "ideas"),
    ):
        answer = many(**body)
        assert answer.status_code == 422, answer.content
        assert answer.json()["errors"].keys() == {field}, body
    assert len(waiting(world)) == 2
    report = many(ideas=[*refs, "ATL-999"], decision="decline", reason="Out of scope").json()
    assert report["decided"] == refs[1:]
    assert report["refused"].keys() == {refs[0], "ATL-999"}
    assert waiting(world) == []
