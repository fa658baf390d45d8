"""Splitting: what is chosen goes along, all else stays, nothing is lost, and merging back undoes it."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.models import FeedbackLink
from feedback.services.quotes import quote_add
from ideas.models import Idea, Vote
from ideas.services.carriers import carriers
from ideas.services.ideas import idea_move, idea_update
from ideas.services.merging import idea_merge, idea_unmerge
from ideas.services.splitting import idea_split, sharing
from ideas.services.votes import idea_vote_set
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, Stale
from plm.lineage import trace
from plm.models import Comment, Event, Follow, Membership, Tagging
from plm.permissions import Role
from plm.runner import run_due_jobs
from plm.selectors import actor_of
from plm.services.notes import attachment_add, comment_add, comment_delete, follow_set
from plm.services.records import record_archive, tags_set
from tests.make import make_feedback, make_idea
from tests.world import make_user

PEOPLE = 5


@pytest.fixture
def crowd(world):
    found = []
    for n in range(PEOPLE):
        user = make_user(f"p{n}")
        Membership.objects.create(workspace=world.acme, user=user, role=Role.MANAGER)
        found.append(actor_of(user))
    return found


def full(world, crowd, votes=3, comments=2, quotes=2, files=1, title="Split payments"):
    actor = crowd[0]
    idea = make_idea(actor, world.atlas, title)
    for n in range(votes):
        idea_vote_set(actor=crowd[n], idea=idea, voting=True)
    for n in range(comments):
        comment_add(actor=crowd[n], record=idea, body=f"Said {n}", public=bool(n % 2))
    for n in range(quotes):
        words = f"I want it {n}"
        quote_add(actor=actor, feedback=make_feedback(actor, world.atlas, words), target=idea, excerpt=words)  # fmt: skip
    for n in range(files):
        attachment_add(actor=actor, record=idea, upload=ContentFile(b"x", "a"), name=f"{n}.txt")
    idea.refresh_from_db()
    return idea


def ids(idea, name):
    carrier = next(c for c in carriers() if c.name == name)
    return list(carrier.shown(idea.pk).values_list("split_key", flat=True))


def hanging(*ideas):
    """What hangs on ideas, by carrier: keys of rows, and of votes the persons."""
    found = {}
    for carrier in carriers():
        what = "person_id" if carrier.name == "votes" else "pk"
        if carrier.name in {"follows", "links", "links_back"}:
            continue
        rows = [carrier.rows(i.pk).values_list(what, flat=True) for i in ideas]
        found[carrier.name] = sorted({pk for part in rows for pk in part})
    return found


class _Done(Exception):
    pass


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), counts=st.tuples(*[st.integers(0, 3)] * 4))
def test_a_split_loses_nothing_and_merging_back_is_as_if_it_had_not_been(
    world, crowd, data, counts
):
    with pytest.raises(_Done), transaction.atomic():
        actor = crowd[0]
        idea = full(world, crowd, *counts)
        before, row = hanging(idea), Idea.objects.filter(pk=idea.pk).values().get()
        own = {c.name: sorted(c.rows(idea.pk).values_list("pk", flat=True)) for c in carriers()}
        everything = {c.name: ids(idea, c.name) for c in sharing()}
        chosen = {
            name: [key for key in keys if data.draw(st.booleans())]
            for name, keys in everything.items()
        }
        both = [k for k in everything["votes"] if k not in chosen["votes"] and data.draw(st.booleans())]  # fmt: skip
        going = sum(map(len, chosen.values()))
        left = sum(map(len, everything.values())) - going
        values = {"title": "The other half"}

        def split():
            return idea_split(
                actor=actor, idea=idea, version=idea.version, values=values, chosen=chosen, both=both
            )  # fmt: skip

        if left == 0 or going + len(both) == 0:
            with pytest.raises(Invalid) as refused:
                split()
            assert refused.value.fields.keys() == {"move"}
            assert hanging(idea) == before
            assert Idea.objects.filter(title="The other half").count() == 0
            raise _Done
        made = split()
        assert hanging(idea, made) == before
        for name, keys in chosen.items():
            extra = both if name == "votes" else []
            assert sorted(ids(made, name)) == sorted([*keys, *extra])
        for one in (idea, made):
            one.refresh_from_db()
            assert one.votes_count == Vote.objects.filter(idea=one).count()
        idea_merge(actor=actor, source=made, target=idea)
        assert hanging(idea) == before
        after = Idea.objects.filter(pk=idea.pk).values().get()
        assert {
            n: v for n, v in after.items() if n not in {"version", "updated_at", "moved_at"}
        } == {n: v for n, v in row.items() if n not in {"version", "updated_at", "moved_at"}}
        now = {c.name: sorted(c.rows(idea.pk).values_list("pk", flat=True)) for c in carriers()}
        del now["links_back"], own["links_back"]  # the link that says what it is a duplicate of
        assert now == own
        idea_unmerge(actor=actor, idea=made)
        assert sorted(ids(made, "votes")) == sorted([*chosen["votes"], *both])
        raise _Done


def test_both_lead_to_each_other_and_say_what_happened(world, crowd):
    a, b = crowd[:2]
    idea = full(world, crowd)
    tags_set(idea, ["ui", "pay"])
    follow_set(actor=b, record=idea, following=True)
    quote = ids(idea, "quotes")[0]
    made = idea_split(
        actor=a, idea=idea, version=idea.version, values={"title": " By  invoice ", "description": "x"},
        chosen={"quotes": [quote], "votes": ids(idea, "votes")[:1]}, tags=["pay"],
    )  # fmt: skip
    assert (made.title, made.split_from, made.state, made.source) == (
        "By invoice",
        idea,
        "open",
        "team",
    )
    assert [r.record.pk for r in trace(a, idea.pk)[1]][:1] == [made.pk]
    assert idea.pk in [r.record.pk for r in trace(a, made.pk)[0]]
    told = Event.objects.filter(record_id=idea.pk).latest("sequence")
    assert (told.verb, told.changes["split"]) == ("idea.split", [None, made.reference])
    assert told.reason == "1 votes, 1 quotes"
    assert FeedbackLink.objects.get(uuid=quote).idea == made
    assert set(Tagging.objects.filter(record_id=made.pk).values_list("tag__name", flat=True)) == {"pay"}  # fmt: skip
    assert Tagging.objects.filter(record_id=idea.pk).count() == 2
    assert Follow.objects.filter(record_id=made.pk).count() == Follow.objects.filter(record_id=idea.pk).count()  # fmt: skip


def test_demand_and_votes_are_counted_anew_for_both(world, crowd):
    idea = full(world, crowd, votes=3, quotes=0)
    run_due_jobs()
    persons = ids(idea, "votes")
    idea.refresh_from_db()
    made = idea_split(
        actor=crowd[0], idea=idea, version=None, values={"title": "Half"},
        chosen={"votes": persons[:1]}, both=persons[1:2],
    )  # fmt: skip
    old = Vote.objects.get(idea=idea, person__uuid=persons[1])
    copy = Vote.objects.get(idea=made, person__uuid=persons[1])
    assert (copy.created_at, copy.importance) == (old.created_at, old.importance)
    run_due_jobs()
    for one, count in ((idea, 2), (made, 2)):
        one.refresh_from_db()
        assert (one.votes_count, one.demand_people) == (count, count)


def test_what_cannot_be_split_is_refused_and_nothing_is_written(world, crowd):
    a, idea = crowd[0], full(world, crowd)
    vote = ids(idea, "votes")[:1]
    other = full(world, crowd, title="Other")
    count = Idea.objects.count()

    def split(who=a, what=idea, version=None, title="New", both=(), **chosen):
        return idea_split(actor=who, idea=what, version=version, values={"title": title}, chosen=chosen, both=both)  # fmt: skip

    for field, call in (
        ("move", split),
        ("move", lambda: split(follows=vote)),
        ("title", lambda: split(title="  ", votes=vote)),
        ("comments", lambda: split(comments=ids(other, "comments"))),
        ("votes", lambda: split(votes=[uuid.uuid4()])),
        ("both", lambda: split(both=[uuid.uuid4()])),
        ("both", lambda: split(votes=vote, both=vote)),
        ("move", lambda: split(**{c.name: ids(idea, c.name) for c in sharing()})),
    ):
        with pytest.raises(Invalid) as refused:
            call()
        assert refused.value.fields.keys() == {field}
    with pytest.raises(Stale):
        split(version=idea.version - 1 or 99, votes=vote)
    with pytest.raises(NotAllowed):
        split(who=world.actor("carol"), votes=vote)
    with pytest.raises(NotVisible):
        split(who=world.actor("mallory"), votes=vote)
    idea_merge(actor=a, source=other, target=idea)
    with pytest.raises(Conflict, match="duplicate"):
        split(what=other, votes=vote)
    record_archive(idea, actor=a)
    with pytest.raises(Conflict, match="archived"):
        split(votes=vote)
    assert Idea.objects.count() == count


def test_a_deleted_comment_is_not_offered_and_a_closed_idea_gives_one_to_look_at(world, crowd):
    a, idea = crowd[0], full(world, crowd)
    comment_delete(actor=a, record=idea, comment=Comment.objects.filter(record_id=idea.pk).first())
    assert len(ids(idea, "comments")) == 1
    idea_move(idea, actor=a, state="declined")
    made = idea_split(actor=a, idea=idea, version=None, values={"title": "Half"}, chosen={"votes": ids(idea, "votes")[:1]})  # fmt: skip
    assert made.state == "under_review"


# --- pages and API ------------------------------------------------------------------------------------


def test_the_page_offers_all_that_hangs_on_the_idea_and_splits_it(world, crowd, sign_in):
    idea = full(world, crowd)
    browser = sign_in(world.bob)
    url = f"{idea.get_absolute_url()}/split"
    assert url in browser.get(idea.get_absolute_url()).content.decode()
    page = browser.get(url).content.decode()
    for words in ("Said 1", "(public)", "(internal)", "I want it 0", "0.txt", "wants both"):
        assert words in page, words
    votes = [str(k) for k in ids(idea, "votes")]
    body = {"title": "By invoice", "description": "", "tags": "pay", "votes": votes[:2], "both": votes[1:2]}  # fmt: skip
    nothing = browser.post(url, {"title": "By invoice", "version": idea.version})
    assert nothing.status_code == 422
    assert "Choose what goes to the new idea" in nothing.content.decode()
    idea_update(actor=crowd[0], record=idea, version=None, values={"title": "Changed since"})
    stale = browser.post(url, {**body, "version": idea.version})
    assert stale.status_code == 409
    again = stale.content.decode()
    assert "Somebody changed" in again
    assert again.count(" checked") == 3
    assert 'name="version" value="' + str(idea.version + 1) in again
    answer = browser.post(url, {**body, "version": idea.version + 1}, follow=True)
    made = Idea.objects.get(title="By invoice")
    assert answer.redirect_chain[-1][0] == made.get_absolute_url()
    assert "Split off from" in answer.content.decode()
    old = browser.get(idea.get_absolute_url()).content.decode()
    assert "Split off from this idea" in old
    assert "Merge back" in old
    assert (Vote.objects.filter(idea=made).count(), Vote.objects.filter(idea=idea).count()) == (2, 2)  # fmt: skip
    assert browser.post(url, {**body, "votes": "x", "version": 99}).status_code == 422
    assert sign_in(world.carol).get(url).status_code == 403


def browse(browser, url, body):
    """Look at each page of the votes; what stood on each, and the last page's form as a browser would send it."""
    pages, sent = [], dict(body)
    while True:
        answer = browser.post(url, sent)
        assert answer.status_code == 200
        part = next(p for p in answer.context["parts"] if p["name"] == "votes")
        pages.append([row["id"] for row in part["rows"]])
        sent = {
            **body, "votes_at": part["at"], "votes_kept": part["kept"], "both_kept": part["both_kept"],
            "votes": [r["id"] for r in part["rows"] if r["ticked"]], "both": [r["id"] for r in part["rows"] if r["both"]],
        }  # fmt: skip
        if not part["after"]:
            return pages, sent
        sent["votes"] = [*sent["votes"], part["rows"][0]["id"]]
        sent["show"] = f"votes:{part['after']}"


def test_many_votes_come_in_pages_and_what_is_ticked_on_each_goes_along(
    world, crowd, sign_in, monkeypatch
):
    monkeypatch.setattr("ideas.views.splitting.SHOWN", 2)
    idea = full(world, crowd, votes=5)
    browser, url = sign_in(world.bob), f"{idea.get_absolute_url()}/split"
    assert "1 to 2 of 5" in browser.get(url).content.decode()
    body = {
        "title": "By invoice",
        "description": "d",
        "tags": "",
        "version": idea.version,
        "form_key": "a" * 32,
    }
    everybody = [str(key) for key in ids(idea, "votes")]
    pages, sent = browse(browser, url, {**body, "show": f"votes:{everybody[0]}"})
    assert [key for page in pages for key in page] == everybody
    back = browser.post(url, {**sent, "show": f"votes:{everybody[2]}"})
    part = next(p for p in back.context["parts"] if p["name"] == "votes")
    assert [row["ticked"] for row in part["rows"]] == [True, False]
    assert (part["kept"], part["chosen"]) == (everybody[0], 2)
    assert 'value="By invoice"' in back.content.decode()
    del sent["show"]
    assert browser.post(url, sent).status_code == 302
    made = Idea.objects.get(title="By invoice")
    assert [str(key) for key in ids(made, "votes")] == [everybody[0], everybody[2]]


def test_all_of_a_kind_go_along_those_that_nobody_was_shown_too(
    world, crowd, sign_in, api, monkeypatch
):
    monkeypatch.setattr("ideas.views.splitting.SHOWN", 2)
    idea = full(world, crowd, votes=5)
    one = str(ids(idea, "votes")[4])
    body = {
        "title": "All",
        "version": idea.version,
        "everything": ["votes", "comments"],
        "both_kept": one,
    }
    assert sign_in(world.bob).post(f"{idea.get_absolute_url()}/split", body).status_code == 302
    made = Idea.objects.get(title="All")
    assert (len(ids(made, "votes")), len(ids(made, "comments"))) == (5, 2)
    assert [str(key) for key in ids(idea, "votes")] == [one]
    assert ids(idea, "comments") == []
    client = api(world.bob, world.acme)
    url = f"/api/v1/ideas/{made.reference}/split/"
    again = client.post(
        url, {"title": "On", "everything": ["votes"]}, content_type="application/json"
    )
    assert again.status_code == 201
    wrong = client.post(
        url, {"title": "On", "everything": ["wishes"]}, content_type="application/json"
    )
    assert wrong.json()["errors"].keys() == {"move"}


def test_a_client_splits(world, crowd, api):
    idea = full(world, crowd)
    client = api(world.bob, world.acme)
    url = f"/api/v1/ideas/{idea.reference}/split/"

    def call(headers=None, **body):
        return client.post(url, body, content_type="application/json", headers=headers)

    comment = str(ids(idea, "comments")[0])
    stale = call({"If-Match": '"99"'}, title="Half", move={"comments": [comment]})
    assert stale.status_code == 412
    made = call({"If-Match": f'"{idea.version}"'}, title="Half", move={"comments": [comment]})
    assert made.status_code == 201, made.content
    assert (made.json()["title"], made.json()["split_from"]) == ("Half", idea.reference)
    for body, field in (
        ({"title": "Half"}, "move"),
        ({"title": "Half", "move": {"comments": [comment]}}, "comments"),
        ({"title": "Half", "move": {"wishes": [comment]}}, "move"),
        ({"move": {"comments": [comment]}}, "title"),
    ):
        answer = call(**body)
        assert answer.status_code == 422, answer.content
        assert answer.json()["errors"].keys() == {field}
