"""Which ideas are like a text: suggestions while typing, in triage, on the page of an idea.

A process keeps the words of the products it was asked about, and reads only what a job has changed since. Where the
optional model is installed, the meaning of titles is heard beside them. What it suggests is read from the database
again, through the same door as everything else.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from ideas import minilm
from ideas.meaning import Meanings, together
from ideas.models import Idea, IdeaTerms, SimilarAnswer
from ideas.similar import Corpus, Terms, best, terms_of
from plm.models import Product
from plm.numeric import np
from plm.permissions import Actor

WORDS, BOTH = "tfidf", "hybrid"
SHOWN = 5
LEAST = {WORDS: 0.1, BOTH: 0.15}
"""Below this two texts share little more than common words. Of the known duplicates in GitBugs' SeaMonkey two in three
have more by words, and more than four in five by both."""
CANDIDATES = 40
MOST_TEXT, MOST_TITLE = 20_000, 500
KEPT_PRODUCTS = 8
MOST_LATE = 50
"""Of so many changes, or two in a hundred, the rarity of words is counted anew."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An idea that may be the same. `score` is from 0 to 1: the cosine of the words, or what `ideas.meaning` makes of
    words and meaning."""

    idea: Idea
    score: float
    rank: int
    method: str


@dataclass(frozen=True, slots=True)
class _Ranked:
    """(key, score) of the likeliest ideas, best first, and how they were compared."""

    method: str
    found: list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class _Texts:
    """What is compared with: the corpus, which of its rows are published, and what titles mean."""

    corpus: Corpus
    public: np.ndarray
    meanings: Meanings


@dataclass
class _Known:
    """The words of one product's ideas as this process knows them."""

    stamp: int = -1
    words: dict[int, Terms] = field(default_factory=dict)
    public: set[int] = field(default_factory=set)
    texts: _Texts | None = None


_known: OrderedDict[UUID, _Known] = OrderedDict()
_lock = threading.Lock()


def _texts_of(product: Product) -> _Texts:
    """The product's texts, brought up to date. One statement when nothing has changed, two otherwise."""
    rows = IdeaTerms.objects.filter(product=product)
    last = rows.order_by("-stamp").values_list("stamp", flat=True).first() or 0
    with _lock:
        known = _known.setdefault(product.uuid, _Known())
        _known.move_to_end(product.uuid)
        while len(_known) > KEPT_PRODUCTS:
            _known.popitem(last=False)
        if known.texts is None or last != known.stamp:
            known.texts = _read(known, rows, last)
        return known.texts


def _read(known: _Known, rows: Any, last: int) -> _Texts:
    if last < known.stamp:  # The database was put back to an earlier day.
        known.stamp, known.words, known.public, known.texts = -1, {}, set(), None
    changed: dict[int, Terms | None] = {}
    meant: dict[int, bytes] = {}
    fresh = rows.filter(stamp__gt=known.stamp, stamp__lte=last)
    for pk, public, words, meaning in fresh.values_list("pk", "public", "words", "meaning"):
        changed[pk] = Terms.unpack(bytes(words)) if words else None
        meant[pk] = bytes(meaning) if words and meaning and minilm.installed() else b""
        (known.public.add if public and words else known.public.discard)(pk)
    known.stamp = last
    known.words |= {pk: words for pk, words in changed.items() if words is not None}
    for pk in [pk for pk, words in changed.items() if words is None]:
        known.words.pop(pk, None)
    texts = known.texts
    if texts is None or texts.corpus.late + len(changed) > max(MOST_LATE, len(known.words) // 50):
        corpus = Corpus(known.words)
    else:
        corpus = texts.corpus.with_changes(changed)
    meanings = (Meanings({}) if texts is None else texts.meanings).with_changes(meant)
    return _Texts(corpus, np.isin(corpus.keys, list(known.public)), meanings)


def method_here() -> str:
    """How ideas are compared by this installation."""
    return BOTH if minilm.installed() else WORDS


def _meant(against: _Texts, title: str, key: int | None) -> np.ndarray | None:
    """How near each title's meaning is to this one's; None where no meaning is known. The direction of an idea that
    has one is not computed again."""
    if not minilm.installed() or not len(against.meanings):
        return None
    asked = None if key is None else against.meanings.direction(key)
    if asked is None:
        asked = minilm.embed([title])[0]
    return against.meanings.scores(against.corpus.keys, asked)


def _ranked(
    product: Product,
    texts: tuple[str, ...],
    *,
    public: bool = False,
    without: set[int] | None = None,
    key: int | None = None,
) -> _Ranked:
    """The likeliest ideas; none when there is too little to compare. The first text is the title, of the idea `key`."""
    terms = terms_of(*(text[:MOST_TEXT] for text in texts))
    if not len(terms.buckets):
        return _Ranked(method_here(), [])
    against = _texts_of(product)
    keys, scores = against.corpus.keys, against.corpus.scores(terms)
    meaning = _meant(against, texts[0][:MOST_TITLE], key)
    method = WORDS if meaning is None else BOTH
    if meaning is not None:
        scores = together(scores, meaning)
    if public:
        scores = np.where(against.public, scores, 0)
    if without:
        scores = np.where(np.isin(keys, list(without)), 0, scores)
    likely = best(keys, scores, CANDIDATES)
    return _Ranked(method, [(pk, score) for pk, score in likely if score >= LEAST[method]])


def _shown(rows: Any, ranked: _Ranked, count: int) -> list[Suggestion]:
    """The first `count` of the ranked ideas that `rows` lets through, in their order."""
    scores = dict(ranked.found)
    found = {idea.pk: idea for idea in rows.filter(pk__in=list(scores))}
    keys = [pk for pk, _ in ranked.found if pk in found][:count]
    return [
        Suggestion(found[pk], scores[pk], rank, ranked.method) for rank, pk in enumerate(keys, 1)
    ]


def _open(rows: Any, product: Product) -> Any:
    return rows.live().filter(product=product).exclude(state="duplicate")


def similar_to_text(
    actor: Actor, product: Product, *texts: str, count: int = SHOWN
) -> list[Suggestion]:
    """Ideas like what somebody is writing, most alike first."""
    rows = _open(Idea.objects.visible_to(actor, "idea.view"), product)
    return _shown(rows.with_people(), _ranked(product, texts), count)


def similar_published(
    product: Product, text: str, *, boards: Iterable[int] | None = None, count: int = 3
) -> list[Idea]:
    """Published ideas like what a customer is writing, on boards they may read (by default the public ones), most
    alike first."""
    rows = _open(Idea.objects.published(boards), product).select_related("product__workspace")
    found = _shown(rows, _ranked(product, (text,), public=True), count)
    return [suggestion.idea for suggestion in found]


def similar_to(actor: Actor, idea: Idea, *, count: int = SHOWN) -> list[Suggestion]:
    """Ideas that may be the same as this one, without those a person has judged already."""
    judged = SimilarAnswer.objects.filter(Q(idea=idea) | Q(other=idea))
    pairs = judged.values_list("idea_id", "other_id")
    without = {idea.pk} | {pk for pair in pairs for pk in pair}
    texts = (idea.title, idea.title, idea.description)
    rows = _open(Idea.objects.visible_to(actor, "idea.view"), idea.product)
    ranked = _ranked(idea.product, texts, without=without, key=idea.pk)
    return _shown(rows.with_people(), ranked, count)


def place_of(actor: Actor, idea: Idea, other: Idea) -> Suggestion | None:
    """`other` as it stands among the suggestions for `idea`, if it does."""
    likely = similar_to(actor, idea, count=CANDIDATES)
    return next((found for found in likely if found.idea.pk == other.pk), None)
