"""Which texts speak of the same thing: TF-IDF over words and pairs of words, and the mixture with an embedding.

Weights are those of scikit-learn's TfidfVectorizer with sublinear_tf: (1 + ln tf) * (1 + ln((1 + n) / (1 + df))), rows of
length 1, compared by cosine. Terms are hashed into a fixed number of buckets, so that no vocabulary has to be kept
and one text can be added without the others. On the SeaMonkey reports of GitBugs (see
`manage.py similar_recall`) two terms in one bucket cost nothing that can be measured.
"""

from __future__ import annotations

import itertools
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

BUCKETS = 1 << 20
WORD = re.compile(r"[^\W_]{2,}")
MOST_WORDS = 2000
"""Of a longer text the beginning speaks for all of it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A text as buckets (ascending, distinct) and how much each weighs before its rarity is known."""

    buckets: np.ndarray
    counts: np.ndarray

    def pack(self) -> bytes:
        """Little-endian uint32 buckets, then float32 weights."""
        return self.buckets.astype("<u4").tobytes() + self.counts.astype("<f4").tobytes()

    @classmethod
    def unpack(cls, packed: bytes) -> Terms:
        middle = len(packed) // 2
        return cls(
            np.frombuffer(packed[:middle], "<u4").astype(np.int64),
            np.frombuffer(packed[middle:], "<f4").astype(np.float64),
        )


def terms_of(*texts: str) -> Terms:
    """Words of two letters and more, and pairs of neighbours within one text."""
    found: Counter[int] = Counter()
    for text in texts:
        words = [match.group() for match in WORD.finditer(text.casefold())][:MOST_WORDS]
        found.update(zlib.crc32(word.encode()) % BUCKETS for word in words)
        found.update(
            zlib.crc32(f"{a} {b}".encode()) % BUCKETS for a, b in itertools.pairwise(words)
        )
    buckets = np.array(sorted(found), dtype=np.int64)
    return Terms(buckets, np.array([1 + math.log(found[b]) for b in sorted(found)]))


class Corpus:
    """The texts of one product, ready to be compared with another. Keys are ids of records."""

    def __init__(self, texts: Mapping[int, Terms]) -> None:
        self.keys = np.fromiter(texts, dtype=np.int64, count=len(texts))
        sizes = [len(text.buckets) for text in texts.values()]
        self._buckets = np.concatenate(
            [t.buckets for t in texts.values()] or [np.array([], np.int64)]
        )
        counts = np.concatenate([t.counts for t in texts.values()] or [np.array([])])
        self._rows = np.repeat(np.arange(len(sizes)), sizes)
        frequency = np.bincount(self._buckets, minlength=BUCKETS)
        self._rarity = 1 + np.log((1 + len(sizes)) / (1 + frequency))
        weights = counts * self._rarity[self._buckets]
        lengths = np.sqrt(np.bincount(self._rows, weights**2, minlength=len(sizes)))
        self._weights = (weights / np.maximum(lengths[self._rows], 1e-12)).astype(np.float32)

    def scores(self, text: Terms) -> np.ndarray:
        """Cosine of the text with each of the corpus, in the order of `keys`; 0 to 1."""
        asked = np.zeros(BUCKETS, np.float32)
        weights = text.counts * self._rarity[text.buckets]
        length = math.sqrt(float(weights @ weights))
        if not length or not len(self.keys):
            return np.zeros(len(self.keys))
        asked[text.buckets] = weights / length
        found: np.ndarray = np.bincount(
            self._rows, self._weights * asked[self._buckets], minlength=len(self.keys)
        )
        return found


def mixed(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The sum of the scores of several methods, each as deviations from its own mean: z(TF-IDF) + z(embedding)."""
    total = np.zeros(len(parts[0]))
    for part in parts:
        spread = float(part.std())
        if spread:
            total += (part - part.mean()) / spread
    return total


def best(keys: np.ndarray, scores: np.ndarray, count: int) -> list[tuple[int, float]]:
    """The `count` best (key, score), best first; of equal scores the older record first."""
    if len(keys) > 4 * count:
        near = np.argpartition(-scores, 2 * count)[: 2 * count]
        keys, scores = keys[near], scores[near]
    order = np.lexsort((keys, -scores))[:count]
    return [(int(keys[i]), float(scores[i])) for i in order]


def recall(
    ranked: Mapping[int, Sequence[int]], duplicates: Mapping[int, Iterable[int]], k: int
) -> float:
    """The share of queries that find at least one of their known duplicates among the first k suggestions."""
    hits = sum(not set(ranked[q][:k]).isdisjoint(known) for q, known in duplicates.items())
    return hits / len(duplicates)
