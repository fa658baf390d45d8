"""Similar ideas: suggested while somebody writes, beside an idea and over the API; judged by people only."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from ideas import minilm
from ideas.management.commands.similar_recall import recalls
from ideas.models import IdeaTerms, SimilarAnswer
from ideas.selectors import similar as selector
from ideas.selectors.similar import similar_published, similar_to, similar_to_text
from ideas.services.ideas import idea_update
from ideas.services.similar import similar_answer
from ideas.similar import Corpus, Terms, best, terms_of
from plm.errors import Conflict, NotAllowed, NotVisible
from plm.models import Job, Relation
from plm.runner import run_due_jobs
from plm.services.records import record_archive, record_move, record_restore
from tests.make import make_idea

ROOT = Path(__file__).resolve().parents[2]
GITBUGS = ROOT.parent / "shared" / "data" / "gitbugs"


@pytest.fixture
def ideas(world, monkeypatch):
    """Four ideas of Atlas with their words taken, one of Boreas, one of another workspace; nothing known of meaning."""
    monkeypatch.setattr(minilm, "installed", lambda: False)
    bob = world.actor("bob")
    made = {
        "split": make_idea(bob, world.atlas, "Split payments between guests", description="Each pays a share."),
        "share": make_idea(bob, world.atlas, "Guests split the payment", public=True),
        "dark": make_idea(bob, world.atlas, "Dark mode for the calendar"),
        "night": make_idea(bob, world.atlas, "Calendar with a dark theme at night", public=True),
        "elsewhere": make_idea(bob, world.boreas, "Split payments between guests"),
        "rival": make_idea(world.actor("mallory"), world.rocket, "Split payments between guests"),
    }  # fmt: skip
    run_due_jobs()
    return made


def names(found):
    return [near.idea.reference for near in found]


def test_ideas_like_a_text_are_found_in_this_product_alone(world, ideas):
    found = similar_to_text(world.actor("carol"), world.atlas, "split a payment among guests")
    assert set(names(found)) == {ideas["split"].reference, ideas["share"].reference}
    assert [near.rank for near in found] == [1, 2]
    assert found[0].score >= found[1].score > 0
    assert similar_to_text(world.actor("mallory"), world.atlas, "split payments") == []


def test_nothing_is_like_a_text_without_words(world, ideas):
    for text in ("", "  ", "?!", "x", "\x00", "völlig anders"):
        assert similar_to_text(world.actor("bob"), world.atlas, text) == []


def test_an_idea_is_not_like_itself_and_a_judged_pair_is_suggested_to_nobody_again(world, ideas):
    bob, split, share = world.actor("bob"), ideas["split"], ideas["share"]
    assert names(similar_to(bob, split)) == [share.reference]
    similar_answer(actor=bob, idea=split, other=share, accepted=False)
    assert similar_to(bob, split) == []
    assert similar_to(world.actor("alice"), share) == []


def test_an_answer_keeps_rank_score_method_and_who(world, ideas):
    bob, split, share = world.actor("bob"), ideas["split"], ideas["share"]
    similar_answer(actor=bob, idea=split, other=share, accepted=True, rank=1)
    kept = SimilarAnswer.objects.get()
    assert (kept.rank, kept.method, kept.by, kept.accepted) == (1, "tfidf", world.bob, True)
    assert 0.1 < kept.score <= 1
    link = Relation.objects.get()
    assert (link.source_id, link.target_id, link.type) == (split.pk, share.pk, "duplicates")
    split.refresh_from_db()
    assert split.state == "open"  # nothing is merged by itself
    unlikely = similar_answer(actor=bob, idea=split, other=ideas["dark"], accepted=False)
    assert (unlikely.rank, unlikely.score) == (0, None)


def test_who_may_not_edit_judges_nothing_and_no_pair_leaves_the_product(world, ideas):
    split, bob = ideas["split"], world.actor("bob")
    with pytest.raises(NotAllowed):
        similar_answer(actor=world.actor("carol"), idea=split, other=ideas["share"], accepted=True)
    with pytest.raises(Conflict):
        similar_answer(actor=bob, idea=split, other=split, accepted=True)
    for other in (ideas["elsewhere"], ideas["rival"]):
        with pytest.raises(NotVisible):
            similar_answer(actor=bob, idea=split, other=other, accepted=True)
    assert not SimilarAnswer.objects.exists()


def test_words_follow_every_change_and_only_what_changed_is_read(world, ideas, monkeypatch):
    bob = world.actor("bob")
    split = ideas["split"]
    similar_to_text(bob, world.atlas, "anything at all")  # this process knows all of them now
    read = []
    unpack = Terms.unpack
    monkeypatch.setattr(Terms, "unpack", lambda packed: read.append(1) or unpack(packed))
    idea_update(actor=bob, record=split, version=None, values={"title": "Ferry tickets"})
    run_due_jobs()
    assert names(similar_to_text(bob, world.atlas, "ferry tickets")) == [split.reference]
    assert read == [1]
    record_archive(split, actor=world.actor("alice"))
    run_due_jobs()
    assert similar_to_text(bob, world.atlas, "ferry tickets") == []
    record_restore(split, actor=world.actor("alice"))
    record_move(split, actor=bob, state="duplicate")
    run_due_jobs()
    assert similar_to_text(bob, world.atlas, "ferry tickets") == []
    record_move(split, actor=bob, state="open")
    run_due_jobs()
    assert names(similar_to_text(bob, world.atlas, "ferry tickets")) == [split.reference]


def test_what_the_job_has_not_seen_yet_is_not_shown_to_whom_it_is_hidden_from(world, ideas):
    """The words may lag behind; what is shown is read through the door of the moment."""
    record_archive(ideas["share"], actor=world.actor("alice"))
    idea_update(
        actor=world.actor("bob"), record=ideas["night"], version=None, values={"public": False}
    )
    assert similar_published(world.atlas, "guests split a payment") == []
    assert similar_published(world.atlas, "dark calendar") == []
    assert similar_to(world.actor("bob"), ideas["split"]) == []


def test_many_changes_ask_for_one_run(world):
    bob = world.actor("bob")
    for n in range(5):
        make_idea(bob, world.atlas, f"Idea {n}")
    assert Job.objects.filter(kind="ideas.terms", state="queued").count() == 1
    run_due_jobs()
    assert IdeaTerms.objects.count() == 5


def test_ideas_that_came_without_an_event_are_found_by_the_daily_look(world, ideas):
    IdeaTerms.objects.all().delete()
    from plm.services.clock import slot_take

    slot_take("ideas.terms_all", 1)
    run_due_jobs()
    assert IdeaTerms.objects.count() == len(ideas)


def test_an_idea_of_a_megabyte_and_an_empty_product_are_compared(world):
    bob = world.actor("bob")
    assert similar_to_text(bob, world.boreas, "anything") == []
    long = make_idea(bob, world.atlas, "Long", description="ferry tickets " * 7000)
    run_due_jobs()
    assert names(similar_to_text(bob, world.atlas, "ferry tickets " * 70_000)) == [long.reference]


# --- pages --------------------------------------------------------------------------------------------


def test_the_form_of_a_new_idea_asks_while_somebody_types(world, ideas, sign_in):
    browser = sign_in(world.bob)
    form = browser.get("/acme/ATL/ideas/new").content.decode()
    assert 'hx-get="/acme/ATL/ideas/similar"' in form
    part = browser.get("/acme/ATL/ideas/similar", {"title": "Split a payment"})
    assert ideas["split"].reference in part.content.decode()
    assert "<html" not in part.content.decode()
    none = browser.get("/acme/ATL/ideas/similar", {"title": "Nothing like it"})
    assert "No idea here is like it." in none.content.decode()


def test_without_script_the_form_comes_back_with_suggestions_and_all_that_was_written(
    world, ideas, sign_in
):
    body = {"title": "Split payments of guests", "description": "Kept text", "source": "expert"}
    page = sign_in(world.bob).post("/acme/ATL/ideas/similar", body).content.decode()
    assert ideas["split"].reference in page
    assert "Kept text" in page
    assert 'value="expert" selected' in page
    assert 'action="/acme/ATL/ideas/new"' in page


def test_the_page_of_an_idea_judges_suggestions(world, ideas, sign_in):
    browser, split = sign_in(world.bob), ideas["split"]
    url = f"{split.get_absolute_url()}/similar"
    assert f'hx-get="{url}"' in browser.get(split.get_absolute_url()).content.decode()
    assert ideas["share"].title in browser.get(url).content.decode()
    body = {"other": ideas["share"].reference, "answer": "other", "rank": "1"}
    answer = browser.post(url, body, headers={"HX-Request": "true"})
    assert "No other idea is like this one." in answer.content.decode()
    assert not SimilarAnswer.objects.get().accepted
    assert browser.post(url, {"other": "ATL-999"}).status_code == 404
    onlooker = sign_in(world.carol)
    assert "Not the same" not in onlooker.get(url).content.decode()
    assert onlooker.post(url, body).status_code == 403


def test_the_portal_suggests_published_ideas_only(world, ideas, sign_in, client):
    world.atlas.portal_open = True
    world.atlas.save()
    for browser in (client, sign_in(world.eve)):
        part = browser.get("/portal/acme/atl/similar", {"title": "Split payments between guests"})
        assert ideas["share"].title in part.content.decode()
        assert ideas["split"].title not in part.content.decode()
    page = sign_in(world.eve).post(
        "/portal/acme/atl/submit", {"title": "Guests split", "description": "Mine", "look": "1"}
    )
    assert ideas["share"].title in page.content.decode()
    assert "Mine" in page.content.decode()
    assert client.get("/portal/rival/roc/similar", {"title": "Split"}).status_code == 404


# --- API ----------------------------------------------------------------------------------------------


def test_a_client_asks_for_ideas_like_a_text_and_says_what_it_thinks(world, ideas, api):
    client = api(world.bob, world.acme)
    found = client.get("/api/v1/ideas/similar/", {"product": "ATL", "text": "split a payment"})
    assert found.status_code == 200, found.content
    body = found.json()
    assert body["method"] == "tfidf"
    assert {row["reference"] for row in body["results"]} == {
        ideas["split"].reference, ideas["share"].reference,
    }  # fmt: skip
    url = f"/api/v1/ideas/{ideas['split'].reference}/similar/"
    assert [row["reference"] for row in client.get(url).json()["results"]] == [
        ideas["share"].reference
    ]
    answer = client.post(
        url,
        {"other": ideas["share"].reference, "same": False, "rank": 1},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["rank"] == 1
    assert client.get(url).json()["results"] == []


def test_a_client_is_told_what_is_missing(world, ideas, api):
    client = api(world.bob, world.acme)
    where = "/api/v1/ideas/similar/"
    assert client.get(where).json()["errors"].keys() == {"product"}
    assert client.get(where, {"product": "ATL", "text": " "}).json()["errors"].keys() == {"text"}
    assert client.get(where, {"product": "ROC", "text": "split"}).status_code == 404
    assert client.get(where, {"product": "ATL", "text": "x", "limit": 3}).status_code == 400
    url = f"/api/v1/ideas/{ideas['split'].reference}/similar/"
    for other in ("ATL-999", ideas["elsewhere"].reference, ideas["rival"].reference):
        body = {"other": other, "same": True}
        refused = client.post(url, body, content_type="application/json")
        assert refused.json()["errors"].keys() == {"other"}, other
    reader = api(world.bob, world.acme, ["read"])
    body = {"other": ideas["share"].reference, "same": True}
    assert reader.post(url, body, content_type="application/json").status_code == 403


# --- the comparison itself -----------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(["split", "pay", "guest", "dark", "mode", "calendar", "ferry", "ticket"]),
    max_size=12,
)


@given(st.dictionaries(st.integers(1, 30), WORDS.map(" ".join), max_size=12), WORDS.map(" ".join))
def test_a_score_is_the_cosine_of_the_weights_in_the_open(texts, asked):
    """Against the formula written out, word by word."""
    terms = {key: terms_of(text) for key, text in texts.items()}
    corpus, query = Corpus(terms), terms_of(asked)
    seen = [set(t.buckets.tolist()) for t in terms.values()]

    def weighed(text):
        rarity = [1 + math.log((1 + len(seen)) / (1 + sum(b in s for s in seen))) for b in text.buckets.tolist()]  # fmt: skip
        weights = [count * r for count, r in zip(text.counts.tolist(), rarity, strict=True)]
        length = math.sqrt(sum(w * w for w in weights)) or 1.0
        return {b: w / length for b, w in zip(text.buckets.tolist(), weights, strict=True)}

    q = weighed(query)
    for key, score in zip(corpus.keys.tolist(), corpus.scores(query).tolist(), strict=True):
        row = weighed(terms[key])
        assert score == pytest.approx(sum(w * row.get(b, 0.0) for b, w in q.items()), abs=1e-5)


def test_changes_are_compared_like_all_others_before_rarity_is_counted_anew():
    many = {n: terms_of(f"word{n} word{n + 1} common") for n in range(200)}
    corpus = Corpus(many)
    after = corpus.with_changes({3: terms_of("ferry common"), 7: None, 500: many[9]})
    assert corpus.keys.tolist() == list(range(200))
    assert sorted(after.keys.tolist()) == sorted({*range(200), 500} - {7})
    found = dict(zip(after.keys.tolist(), after.scores(many[9]).tolist(), strict=True))
    assert found[500] == pytest.approx(found[9]) == pytest.approx(1, abs=1e-5)
    assert best(after.keys, after.scores(terms_of("ferry common")), 1)[0][0] == 3
    again = after.with_changes({3: many[3], 7: many[7], 500: None})
    assert sorted(again.keys.tolist()) == list(range(200))
    assert again.late == 3


def test_words_packed_and_unpacked_are_the_same():
    terms = terms_of("Zahlung teilen, Zahlung", "für Gäste")
    back = Terms.unpack(terms.pack())
    assert back.buckets.tolist() == terms.buckets.tolist()
    assert back.counts.tolist() == pytest.approx(terms.counts.tolist())


# --- how good it is -----------------------------------------------------------------------------------


@pytest.mark.skipif(not GITBUGS.is_dir(), reason="the GitBugs files are not beside the checkout")
def test_known_duplicates_are_found_as_often_as_promised():
    measured = recalls(GITBUGS)
    assert (measured.reports, measured.queries) == (1076, 75)
    assert measured.found["tfidf"][5] >= 0.62
    if "hybrid" in measured.found:
        assert measured.found["hybrid"][5] >= 0.70
        assert measured.found["hybrid"][10] >= 0.75


def test_the_command_counts_known_duplicates_and_says_what_file_is_missing(tmp_path, capsys):
    (tmp_path / "X_bugs.csv").write_text(
        "Summary,Issue id,Description\nDark mode,1,at night\nMode that is dark,2,\nFerry,3,tickets\n"
    )
    with pytest.raises(CommandError, match="combined"):
        call_command("similar_recall", str(tmp_path))
    (tmp_path / "X_bugs-combined.csv").write_text('Issue id,Duplicate id\n1,"2, 99"\n3,98\n')
    call_command("similar_recall", str(tmp_path))
    said = capsys.readouterr().out
    assert "1 queries" in said
    assert ("hybrid is left out" in said) == (not minilm.installed())
    assert recalls(tmp_path).found["tfidf"] == {1: 1.0, 5: 1.0, 10: 1.0}


def test_a_process_forgets_the_product_it_was_asked_about_longest_ago(world, ideas, monkeypatch):
    monkeypatch.setattr(selector, "KEPT_PRODUCTS", 1)
    bob = world.actor("bob")
    similar_to_text(bob, world.atlas, "split payments")
    similar_to_text(bob, world.boreas, "split payments")
    assert list(selector._known) == [world.boreas.uuid]
    assert len(similar_to_text(bob, world.atlas, "split payments")) == 2
