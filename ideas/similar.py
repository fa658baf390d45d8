"""Which texts speak of the same thing: TF-IDF over words and pairs of words.

Weights are those of scikit-learn's TfidfVectorizer with sublinear_tf: (1 + ln tf) * (1 + ln((1 + n) / (1 + df))), rows of
length 1, compared by cosine. Terms are hashed into a fixed number of buckets, so that no vocabulary has to be kept
and one text can be added without the others. `manage.py similar_recall` measures what it finds.
"""

from __future__ import annotations

import itertools
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plm.numeric import np, sparse

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


class _Matrix:
    """Weights of texts by bucket: whoever asks reads only the columns of their own words."""

    def __init__(self, texts: Mapping[int, Terms], rarity: np.ndarray | None = None) -> None:
        found = list(texts.values())
        self.keys = np.fromiter(texts, dtype=np.int64, count=len(texts))
        ends = np.cumsum([0, *(len(text.buckets) for text in found)])
        buckets = np.concatenate([np.array([], np.int64), *(text.buckets for text in found)])
        counts = np.concatenate([np.array([]), *(text.counts for text in found)])
        if rarity is None:
            frequency = np.bincount(buckets, minlength=BUCKETS)
            rarity = 1 + np.log((1 + len(found)) / (1 + frequency))
        self.rarity = rarity
        weights = (counts * rarity[buckets]).astype(np.float32)
        sums = np.concatenate([[0.0], np.cumsum(weights.astype(np.float64) ** 2)])
        lengths = np.sqrt(sums[ends[1:]] - sums[ends[:-1]])
        weights /= np.repeat(np.maximum(lengths, 1e-12), np.diff(ends)).astype(np.float32)
        by_text = sparse.csr_array((weights, buckets, ends), shape=(len(found), BUCKETS))
        self._by_bucket = by_text.tocsc()

    def scores(self, asked: Mapping[int, float]) -> np.ndarray:
        """The sum of what each bucket weighs there, for each text."""
        found = np.zeros(len(self.keys))
        starts, rows, weights = (
            self._by_bucket.indptr,
            self._by_bucket.indices,
            self._by_bucket.data,
        )
        for bucket, weight in asked.items():
            part = slice(starts[bucket], starts[bucket + 1])
            found[rows[part]] += weight * weights[part]
        return found


class Corpus:
    """The texts of one product, ready to be compared with another. Keys are ids of records."""

    def __init__(
        self,
        texts: Mapping[int, Terms],
        *,
        base: _Matrix | None = None,
        late: Mapping[int, Terms | None] | None = None,
    ) -> None:
        self._base = base or _Matrix(texts)
        self._late = dict(late or {})
        more = {key: text for key, text in self._late.items() if text is not None}
        self._more = _Matrix(more, self._base.rarity)
        self._stands = ~np.isin(self._base.keys, list(self._late))
        self.keys = np.concatenate([self._base.keys[self._stands], self._more.keys])

    def with_changes(self, changed: Mapping[int, Terms | None]) -> Corpus:
        """This corpus with other words for some texts, new texts, and without those that are None.

        How rare a word is stays as it was, which is wrong by as much as was changed; `late` says how much that is.
        """
        return Corpus({}, base=self._base, late={**self._late, **changed})

    @property
    def late(self) -> int:
        """How many texts changed since the rarity of words was counted."""
        return len(self._late)

    def scores(self, text: Terms) -> np.ndarray:
        """Cosine of the text with each of the corpus, in the order of `keys`; 0 to 1."""
        weights = text.counts * self._base.rarity[text.buckets]
        length = math.sqrt(float(weights @ weights))
        if not length:
            return np.zeros(len(self.keys))
        asked = dict(zip(text.buckets.tolist(), (weights / length).tolist(), strict=True))
        base = self._base.scores(asked)[self._stands]
        found: np.ndarray = np.minimum(np.concatenate([base, self._more.scores(asked)]), 1.0)
        return found


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
