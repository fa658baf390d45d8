"""Merging: nothing is lost, nobody is counted twice, and taking it back gives both what they had."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backlog.models import IdeaLink
from backlog.services.promotion import feature_from_ideas
from feedback.models import FeedbackLink
from feedback.services.quotes import quote_add
from ideas.models import Idea, Merge, SimilarAnswer, Vote
from ideas.services.carriers import carriers
from ideas.services.ideas import idea_move, idea_update
from ideas.services.merging import idea_merge, idea_unmerge
from ideas.services.votes import idea_vote_set
from plm.errors import Conflict, NotAllowed, NotVisible
from plm.models import Attachment, Comment, CustomField, Follow, Membership, Relation, Tagging
from plm.permissions import Role
from plm.selectors import actor_of
from plm.services.notes import attachment_add, comment_add, follow_set, relation_add
from plm.services.records import record_archive, tags_set
from tests.make import make_case, make_feedback, make_idea
from tests.world import make_user

PEOPLE = 6


@pytest.fixture
def crowd(world):
    """Actors who may do what hangs things on ideas."""
    found = []
    for n in range(PEOPLE):
        user = make_user(f"p{n}")
        Membership.objects.create(workspace=world.acme, user=user, role=Role.MANAGER)
        found.append(actor_of(user))
    for name in ("segment", "size"):
        CustomField.objects.create(
            workspace=world.acme, product=world.atlas, kind="idea", name=name, label=name, type="text"
        )  # fmt: skip
    return found


PERSONS = st.sets(st.integers(0, PEOPLE - 1))
CONTENT = st.fixed_dictionaries(
    {
        "votes": PERSONS,
        "follows": PERSONS,
        "comments": st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.booleans()), max_size=3),
        "tags": st.sets(st.sampled_from(["ui", "api", "billing"])),
        "links": st.sets(st.tuples(st.integers(0, 2), st.sampled_from(["relates", "blocks"]), st.booleans())),
        "items": st.sets(st.integers(0, 1)),
        "quotes": st.integers(0, 2),
        "cases": st.integers(0, 1),
        "files": st.integers(0, 1),
        "custom": st.dictionaries(st.sampled_from(["segment", "size"]), st.sampled_from(["a", "b"])),
        "state": st.sampled_from(["open", "under_review", "planned", "shipped"]),
    }
)  # fmt: skip


def filled(world, crowd, others, items, content, title):
    actor = crowd[0]
    idea = make_idea(actor, world.atlas, title)
    for n in content["votes"]:
        idea_vote_set(actor=crowd[n], idea=idea, voting=True)
    for n in content["follows"]:
        follow_set(actor=crowd[n], record=idea, following=True)
    for n, public in content["comments"]:
        comment_add(actor=crowd[n], record=idea, body=f"{title} {n}", public=public)
    tags_set(idea, content["tags"])
    _linked(world, actor, idea, others, items, content, title)
    idea_update(
        actor=actor, record=idea, version=None, values={"state": content["state"]}, custom=content["custom"]
    )  # fmt: skip
    idea.refresh_from_db()
    return idea


def _linked(world, actor, idea, others, items, content, title):
    for n, kind, out in content["links"]:
        ends = (idea, others[n]) if out else (others[n], idea)
        # Of two links "blocks" that would close a ring the second is refused.
        with suppress(Conflict):
            relation_add(actor=actor, source=ends[0], target=ends[1], type=kind)
    for n in content["items"]:
        IdeaLink.objects.create(workspace=world.acme, item=items[n], idea=idea)
    for n in range(content["quotes"]):
        voice = make_feedback(actor, world.atlas, f"{title} says {n}")
        quote_add(actor=actor, feedback=voice, target=idea, excerpt=f"{title} says {n}")
    for _ in range(content["cases"]):
        make_case(actor, world.atlas, idea=idea)
    for n in range(content["files"]):
        attachment_add(actor=actor, record=idea, upload=ContentFile(b"x", "a.txt"), name=f"{n}.txt")


def state_of(*ideas):
    """All that ideas are and all that hangs on them; without what only counts changes."""
    found = []
    for idea in ideas:
        values = Idea.objects.filter(pk=idea.pk).values().get()
        for name in ("version", "updated_at", "moved_at"):
            values.pop(name)
        rows = {c.name: sorted(c.rows(idea.pk).values_list("pk", flat=True)) for c in carriers()}
        found.append((values, rows))
    return found


def voters(*ideas):
    field = "person_id" if hasattr(Vote, "person_id") else "user_id"
    return set(Vote.objects.filter(idea__in=ideas).values_list(field, flat=True))


class _Done(Exception):
    pass


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=CONTENT, second=CONTENT, third=CONTENT, back=st.permutations([0, 1]))
def test_merged_and_taken_back_is_as_if_nothing_had_been(world, crowd, first, second, third, back):
    """Two ideas merged into a third and taken back in either order."""
    with pytest.raises(_Done), transaction.atomic():
        actor = crowd[0]
        others = [make_idea(actor, world.atlas, f"Other {n}") for n in range(3)]
        seeds = [make_idea(actor, world.atlas, f"Seed {n}") for n in range(2)]
        items = [feature_from_ideas(actor=actor, product=world.atlas, ideas=[s], values={"title": "F"}) for s in seeds]  # fmt: skip
        one, two, target = (
            filled(world, crowd, others, items, content, title)
            for content, title in ((first, "One"), (second, "Two"), (third, "Target"))
        )
        everybody = voters(one, two, target)
        before = state_of(one, two, target)
        links, answers = Relation.objects.count(), SimilarAnswer.objects.count()
        for source in (one, two):
            idea_merge(actor=actor, source=source, target=target)
        assert voters(target) == everybody
        target.refresh_from_db()
        assert target.votes_count == len(everybody) == Vote.objects.filter(idea=target).count()
        assert Comment.objects.filter(record_id=target.pk).count() == sum(
            len(content["comments"]) for content in (first, second, third)
        )
        for n in back:
            idea_unmerge(actor=actor, idea=(one, two)[n])
            left = [idea for m, idea in enumerate((one, two)) if m not in back[: back.index(n) + 1]]
            assert voters(target) == voters(target, *left)
        assert state_of(one, two, target) == before
        assert (Relation.objects.count(), SimilarAnswer.objects.count()) == (links, answers)
        raise _Done


def test_everything_goes_along_and_what_both_have_stays_once(world, crowd):
    a, b, c = crowd[:3]
    source, target = make_idea(a, world.atlas, "Source"), make_idea(a, world.atlas, "Target")
    for actor in (a, b):
        idea_vote_set(actor=actor, idea=source, voting=True)
    for actor in (b, c):
        idea_vote_set(actor=actor, idea=target, voting=True)
    comment_add(actor=a, record=source, body="Said about the source")
    attachment_add(actor=a, record=source, upload=ContentFile(b"x", "x"), name="plan.txt")
    tags_set(source, ["ui"])
    item = feature_from_ideas(
        actor=a, product=world.atlas, ideas=[source], values={"title": "Feature"}
    )
    voice = make_feedback(a, world.atlas, "I want the source")
    quote_add(actor=a, feedback=voice, target=source, excerpt="I want the source")
    case = make_case(a, world.atlas, idea=source)
    merge = idea_merge(actor=a, source=source, target=target, reason="One wish")
    for idea in (source, target):
        idea.refresh_from_db()
    assert (source.state, source.duplicate_of, source.votes_count) == ("duplicate", target, 1)
    assert target.votes_count == 3
    on_target = {"record_id": target.pk}
    assert Comment.objects.filter(**on_target).count() == 1
    assert Attachment.objects.filter(**on_target).count() == 1
    assert Tagging.objects.filter(**on_target).count() == 1
    assert Follow.objects.filter(**on_target).count() == 1  # who commented follows
    assert IdeaLink.objects.get(item=item).idea == target
    assert FeedbackLink.objects.get().idea == target
    case.refresh_from_db()
    assert case.idea == target
    assert merge.moved.keys() >= {"votes", "comments", "files", "tags", "items", "quotes", "cases"}


def test_custom_values_fill_gaps_and_say_where_they_came_from(world, crowd, sign_in):
    a = crowd[0]
    source, target = make_idea(a, world.atlas, "Source"), make_idea(a, world.atlas, "Target")
    given_values = {"segment": "Hotels", "size": "Big"}
    idea_update(actor=a, record=source, version=None, values={}, custom=given_values)
    idea_update(actor=a, record=target, version=None, values={}, custom={"size": "Small"})
    idea_merge(actor=a, source=source, target=target)
    target.refresh_from_db()
    assert target.custom == {"segment": "Hotels", "size": "Small"}
    page = sign_in(world.bob).get(target.get_absolute_url()).content.decode()
    assert "brought segment" in page
    idea_update(actor=a, record=target, version=None, values={}, custom={"segment": "Camp sites"})
    idea_unmerge(actor=a, idea=source)
    target.refresh_from_db()
    assert target.custom == {"segment": "Camp sites", "size": "Small"}  # somebody chose it since


def test_what_came_after_the_merge_stays_with_the_idea_it_came_to(world, crowd):
    a, b, c = crowd[:3]
    source, target = make_idea(a, world.atlas, "Source"), make_idea(a, world.atlas, "Target")
    for actor in (a, b):
        idea_vote_set(actor=actor, idea=source, voting=True)
    idea_merge(actor=a, source=source, target=target)
    with pytest.raises(Conflict):
        idea_vote_set(actor=c, idea=source, voting=True)
    idea_vote_set(actor=c, idea=target, voting=True)
    idea_vote_set(actor=b, idea=target, voting=False)
    comment_add(actor=c, record=target, body="New")
    idea_unmerge(actor=a, idea=source)
    for idea in (source, target):
        idea.refresh_from_db()
    assert (source.votes_count, target.votes_count) == (1, 1)
    assert Comment.objects.get().record_id == target.pk


def test_a_merge_into_itself_in_a_ring_or_of_what_is_gone_is_refused(world, crowd):
    a = crowd[0]
    one, two, three = (make_idea(a, world.atlas, t) for t in ("One", "Two", "Three"))
    with pytest.raises(Conflict, match="into itself"):
        idea_merge(actor=a, source=one, target=one)
    idea_merge(actor=a, source=one, target=two)
    with pytest.raises(Conflict, match="duplicate itself"):
        idea_merge(actor=a, source=two, target=one)
    with pytest.raises(Conflict, match="duplicate already"):
        idea_merge(actor=a, source=one, target=three)
    idea_merge(actor=a, source=two, target=three)
    with pytest.raises(Conflict, match="duplicate itself"):
        idea_merge(actor=a, source=three, target=one)
    gone = make_idea(a, world.atlas, "Gone")
    record_archive(gone, actor=a)
    for source, target in ((gone, three), (three, gone)):
        with pytest.raises(Conflict, match="archived"):
            idea_merge(actor=a, source=source, target=target)
    for elsewhere in (make_idea(a, world.boreas), make_idea(world.actor("mallory"), world.rocket)):
        with pytest.raises(NotVisible):
            idea_merge(actor=a, source=three, target=elsewhere)
    with pytest.raises(NotAllowed):
        idea_merge(actor=world.actor("carol"), source=gone, target=three)
    assert Merge.objects.count() == 2


def test_a_later_merge_is_taken_back_first_and_a_merged_idea_moves_nowhere(world, crowd):
    a = crowd[0]
    one, two, three = (make_idea(a, world.atlas, t) for t in ("One", "Two", "Three"))
    idea_vote_set(actor=a, idea=one, voting=True)
    idea_merge(actor=a, source=one, target=two)
    idea_merge(actor=a, source=two, target=three)
    with pytest.raises(Conflict, match="Take that back first"):
        idea_unmerge(actor=a, idea=one)
    one.refresh_from_db()
    for change in (
        lambda: idea_move(one, actor=a, state="open"),
        lambda: idea_update(actor=a, record=one, version=None, values={"state": "planned"}),
    ):
        with pytest.raises(Conflict, match="Take the merge back"):
            change()
    idea_unmerge(actor=a, idea=two)
    idea_unmerge(actor=a, idea=one)
    with pytest.raises(Conflict, match="not merged"):
        idea_unmerge(actor=a, idea=one)
    assert Vote.objects.get().idea == one


# --- pages and API ------------------------------------------------------------------------------------


def test_the_page_merges_leads_to_the_other_and_takes_back(world, crowd, sign_in):
    a = crowd[0]
    source, target = make_idea(a, world.atlas, "Source"), make_idea(a, world.atlas, "Target")
    browser = sign_in(world.bob)
    answer = browser.post(
        f"{source.get_absolute_url()}/merge", {"other": target.reference}, follow=True
    )
    assert answer.redirect_chain[-1][0] == target.get_absolute_url()
    page = answer.content.decode()
    assert f"{source.reference} is a part of {target.reference} now." in page
    assert "Merged into this idea" in page
    assert "Take the merge back" in browser.get(source.get_absolute_url()).content.decode()
    back = browser.post(f"{source.get_absolute_url()}/unmerge", follow=True).content.decode()
    assert "stands for itself again" in back
    again = browser.post(f"{source.get_absolute_url()}/unmerge")
    assert again.status_code == 409
    ring = browser.post(f"{source.get_absolute_url()}/merge", {"other": source.reference})
    assert ring.status_code == 409
    onlooker = sign_in(world.carol)
    refused = onlooker.post(f"{source.get_absolute_url()}/merge", {"other": target.reference})
    assert refused.status_code == 403


def test_the_portal_leads_from_a_merged_idea_to_the_one_that_stands(world, crowd, client):
    world.atlas.portal_open = True
    world.atlas.save()
    a = crowd[0]
    one, two, three = (make_idea(a, world.atlas, t, public=True) for t in ("One", "Two", "Three"))
    idea_merge(actor=a, source=one, target=two)
    idea_merge(actor=a, source=two, target=three)
    answer = client.get(f"/portal/acme/atl/ideas/{one.number}")
    assert answer["Location"] == f"/portal/acme/atl/ideas/{three.number}"
    idea_update(actor=a, record=three, version=None, values={"public": False})
    assert client.get(f"/portal/acme/atl/ideas/{one.number}").status_code == 200


def test_a_client_merges_and_takes_back(world, crowd, api):
    a = crowd[0]
    source, target = make_idea(a, world.atlas, "Source"), make_idea(a, world.atlas, "Target")
    client = api(world.bob, world.acme)

    def call(idea, what, **body):
        url = f"/api/v1/ideas/{idea.reference}/{what}/"
        return client.post(url, body, content_type="application/json")

    merged = call(source, "merge", into=target.reference, reason="One wish")
    assert merged.status_code == 200, merged.content
    assert (merged.json()["state"], merged.json()["duplicate_of"]) == (
        "duplicate",
        target.reference,
    )
    assert call(target, "merge", into=source.reference).status_code == 409
    elsewhere = make_idea(a, world.boreas)
    for into in ("ATL-999", elsewhere.reference, "nonsense"):
        assert call(target, "merge", into=into).json()["errors"].keys() == {"into"}, into
    assert call(source, "unmerge").json()["state"] == "open"
    assert call(source, "unmerge").status_code == 409
