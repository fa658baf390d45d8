"""What titles mean: the arithmetic, what a job keeps, and suggestions that share no word with what was asked.

The model is optional; a stand-in for it gives each title the direction of its first known word. What the real one finds
is measured by `manage.py similar_recall`, whose goals `test_similar` holds where it is installed.
"""

from __future__ import annotations

import numpy as np
import pytest

from ideas import minilm, tasks
from ideas.meaning import SIZE, Meanings, pack, together
from ideas.models import IdeaTerms, SimilarAnswer
from ideas.selectors import similar as selector
from ideas.selectors.similar import similar_published, similar_to, similar_to_text
from ideas.services.ideas import idea_update
from ideas.services.similar import meanings_store, similar_answer, titles_unmeant
from plm.models import Job
from plm.runner import run_due_jobs
from plm.services.records import record_archive
from tests.make import make_idea

AXES = {"dark": 0, "night": 0, "ferry": 1, "boat": 1, "split": 2, "share": 2}


def pointing(axis, rest=0.2):
    """A direction along one axis, with a little of another that is every title's own."""
    made = np.zeros(SIZE, np.float32)
    made[axis], made[100 + axis] = 1, rest
    return made / np.linalg.norm(made)


class Model:
    """Stands for the optional model and counts what it was asked for."""

    def __init__(self):
        self.asked = []

    def embed(self, titles):
        self.asked += titles
        known = [next((AXES[w] for w in t.casefold().split() if w in AXES), 50) for t in titles]
        return np.array([pointing(axis) for axis in known], np.float32)


@pytest.fixture
def model(monkeypatch):
    made = Model()
    monkeypatch.setattr(minilm, "installed", lambda: True)
    monkeypatch.setattr(minilm, "embed", made.embed)
    selector._known.clear()
    yield made
    selector._known.clear()


@pytest.fixture
def ideas(world, model):
    """Four ideas with their meaning taken; no two of them share a word."""
    bob = world.actor("bob")
    made = {
        "dark": make_idea(bob, world.atlas, "Dark theme"),
        "night": make_idea(bob, world.atlas, "Night colours", public=True),
        "ferry": make_idea(bob, world.atlas, "Ferry tickets"),
        "split": make_idea(bob, world.atlas, "Split bill"),
    }
    run_due_jobs()
    model.asked.clear()
    return made


def names(found):
    return [near.idea.reference for near in found]


def test_an_idea_that_says_the_same_in_other_words_is_suggested(world, ideas, model):
    bob = world.actor("bob")
    found = similar_to(bob, ideas["dark"])
    assert names(found) == [ideas["night"].reference]
    assert (found[0].method, 0.15 < found[0].score <= 1) == ("hybrid", True)
    assert model.asked == []  # what the job has computed is not computed again
    assert names(similar_to_text(bob, world.atlas, "A boat for my car")) == [
        ideas["ferry"].reference
    ]
    assert model.asked == ["A boat for my car"]
    assert [i.pk for i in similar_published(world.atlas, "dark")] == [ideas["night"].pk]


def test_without_the_model_all_is_as_it_was(world, ideas, monkeypatch):
    monkeypatch.setattr(minilm, "installed", lambda: False)
    monkeypatch.setattr(minilm, "embed", None)
    selector._known.clear()
    bob = world.actor("bob")
    assert similar_to(bob, ideas["dark"]) == []
    found = similar_to_text(bob, world.atlas, "Ferry")
    assert [(near.idea.pk, near.method) for near in found] == [(ideas["ferry"].pk, "tfidf")]
    idea_update(actor=bob, record=ideas["dark"], version=None, values={"title": "Boat"})
    run_due_jobs()
    assert IdeaTerms.objects.get(idea=ideas["dark"]).meaning is None


def test_meaning_follows_the_title_and_archived_ideas_have_none(world, ideas, model):
    bob = world.actor("bob")
    idea_update(actor=bob, record=ideas["dark"], version=None, values={"title": "Boat trips"})
    run_due_jobs()
    assert model.asked == ["Boat trips"]
    assert names(similar_to(bob, ideas["dark"])) == [ideas["ferry"].reference]
    record_archive(ideas["ferry"], actor=world.actor("alice"))
    run_due_jobs()
    assert names(similar_to_text(bob, world.atlas, "ferry boat")) == [ideas["dark"].reference]
    assert titles_unmeant(world.atlas.pk) == []


def test_a_title_that_changed_while_it_was_computed_is_left_to_the_next_run(world, ideas):
    key = ideas["dark"].pk
    IdeaTerms.objects.filter(pk=key).update(meaning=None)
    late = {key: pack(pointing(1))}
    assert meanings_store(product_id=world.atlas.pk, titles={key: "Old title"}, packed=late) == 0
    assert titles_unmeant(world.atlas.pk) == [(key, "Dark theme")]


def test_a_long_list_is_done_in_several_runs_that_let_others_go_first(
    world, ideas, model, monkeypatch
):
    monkeypatch.setattr(tasks, "MOST_MEANT", 3)
    monkeypatch.setattr(tasks, "MEANT_AT_ONCE", 2)
    IdeaTerms.objects.update(meaning=None)
    make_idea(world.actor("bob"), world.atlas, "Share a cabin")
    before = Job.objects.filter(kind="ideas.terms", state="done").count()
    run_due_jobs()
    assert titles_unmeant(world.atlas.pk) == []
    assert len(model.asked) == 5
    assert Job.objects.filter(kind="ideas.terms", state="done").count() == before + 2


def test_an_installation_that_gets_the_model_later_computes_what_it_lacks(world, ideas, model):
    from plm.services.clock import slot_take

    IdeaTerms.objects.update(meaning=None)
    slot_take("ideas.terms_all", 1)
    run_due_jobs()
    assert len(model.asked) == len(ideas)
    assert names(similar_to(world.actor("bob"), ideas["night"])) == [ideas["dark"].reference]


def test_an_answer_says_by_which_method_the_suggestion_was_found(world, ideas, api):
    bob = world.actor("bob")
    similar_answer(actor=bob, idea=ideas["dark"], other=ideas["night"], accepted=False)
    kept = SimilarAnswer.objects.get()
    assert (kept.rank, kept.method) == (1, "hybrid")
    assert kept.score > 0.15
    client = api(world.bob, world.acme)
    url = "/api/v1/ideas/similar/"
    body = client.get(url, {"product": "ATL", "text": "boat"}).json()
    assert body["method"] == "hybrid"
    assert [row["reference"] for row in body["results"]] == [ideas["ferry"].reference]


# --- arithmetic ---------------------------------------------------------------------------------------


def test_both_together_order_as_the_sum_of_z_scores_does():
    chance = np.random.default_rng(7)
    words = chance.beta(1, 20, 2000)
    meaning = chance.normal(0.15, 0.12, 2000)
    z = (words - words.mean()) / words.std() + (meaning - meaning.mean()) / meaning.std()
    found = together(words, meaning)
    assert np.all((found >= 0) & (found <= 1))
    best = set(np.argsort(-z)[:50].tolist())
    assert len(best & set(np.argsort(-found)[:50].tolist())) >= 48


def test_a_title_without_a_known_meaning_is_judged_by_its_words():
    words, meaning = np.array([0.5, 0.0, 0.2]), np.array([np.nan, 0.3, 0.1])
    found = together(words, meaning)
    assert np.argmax(found) == 0
    assert np.array_equal(together(words, np.full(3, np.nan)), words)


def test_one_idea_alone_and_none_at_all_are_compared():
    assert 0 < together(np.array([0.4]), np.array([0.9]))[0] < 1
    assert together(np.array([]), np.array([])).size == 0


def test_directions_are_kept_changed_and_forgotten():
    first = Meanings({5: pack(pointing(0)), 2: pack(pointing(1))})
    after = first.with_changes({2: pack(pointing(0)), 9: pack(pointing(2)), 5: b"", 77: b""})
    asked = pointing(0)
    assert first.scores(np.array([2, 5, 9]), asked) == pytest.approx(
        [0, 1, np.nan], abs=1e-3, nan_ok=True
    )
    assert after.scores(np.array([9, 5, 2]), asked) == pytest.approx(
        [0, np.nan, 1], abs=1e-3, nan_ok=True
    )
    assert (len(first), len(after)) == (2, 2)
    assert after.direction(5) is None
    assert after.direction(9) == pytest.approx(pointing(2), abs=1e-3)
    assert Meanings({}).direction(1) is None
