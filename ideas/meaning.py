"""What titles mean beside the words of the whole text: two opinions on which ideas are alike, heard together.

Where a title points is a matter of `ideas.minilm`; here directions are kept and compared. Words and meaning are added as
z-scores, each measured by how far it spreads over the texts of the product, so that neither drowns the other.
"""

from __future__ import annotations

from collections.abc import Mapping

from plm.numeric import np

SIZE = 384
USUAL_WORDS, USUAL_MEANING = 0.037, 0.12
"""How far cosines of a text with all others spread in a tracker of a thousand reports."""
USUAL_WEIGHT = 100
"""In a product of so many ideas what is usual and what is measured weigh the same: four ideas have no spread to speak of."""
BLOCK = 4096


def pack(direction: np.ndarray) -> bytes:
    """Little-endian float16."""
    return direction.astype("<f2").tobytes()


class Meanings:
    """Directions of the titles of one product, by ids of records. Never changed: changes make another one."""

    def __init__(self, packed: Mapping[int, bytes]) -> None:
        self.keys = np.array(sorted(packed), np.int64)
        data = b"".join(packed[key] for key in self.keys.tolist())
        self._rows = np.frombuffer(data, "<f2").reshape(len(packed), SIZE)

    def __len__(self) -> int:
        return len(self.keys)

    def with_changes(self, changed: Mapping[int, bytes]) -> Meanings:
        """These and other directions; one that is empty is forgotten."""
        if not changed:
            return self
        stands = ~np.isin(self.keys, list(changed))
        more = Meanings({key: packed for key, packed in changed.items() if packed})
        keys = np.concatenate([self.keys[stands], more.keys])
        order = np.argsort(keys)
        made = Meanings({})
        made.keys = keys[order]
        made._rows = np.concatenate([self._rows[stands], more._rows])[order]
        return made

    def direction(self, key: int) -> np.ndarray | None:
        """Of one record; None where it is not known."""
        place = int(np.searchsorted(self.keys, key))
        if place == len(self.keys) or self.keys[place] != key:
            return None
        found: np.ndarray = self._rows[place].astype(np.float32)
        return found

    def scores(self, keys: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """Cosine of the direction asked for with each of the `keys`; NaN where theirs is not known."""
        found = np.full(len(keys), np.nan)
        if not len(self.keys):
            return found
        # Half precision halves what a process keeps; blocks, because it multiplies as slowly as it is small.
        cosines = np.concatenate(
            [
                self._rows[start : start + BLOCK].astype(np.float32) @ asked
                for start in range(0, len(self.keys), BLOCK)
            ]
        )
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[places] == keys
        found[known] = cosines[places[known]]
        return found


def together(words: np.ndarray, meaning: np.ndarray) -> np.ndarray:
    """What both say, 0 to 1, in the order of z(words) + z(meaning): the mean of both cosines, each weighed by one over
    its spread. Where the meaning of a title is not known, the mean of the others stands for it."""
    known = ~np.isnan(meaning)
    if not known.any():
        return words
    usual = float(meaning[known].mean())
    filled = np.where(known, meaning, usual)
    per_word = 1 / _spread(words, USUAL_WORDS)
    per_meaning = 1 / _spread(meaning[known], USUAL_MEANING)
    both = (words * per_word + filled * per_meaning) / (per_word + per_meaning)
    found: np.ndarray = np.clip(both, 0, 1)
    return found


def _spread(values: np.ndarray, usual: float) -> float:
    seen = len(values) * float(np.var(values)) + USUAL_WEIGHT * usual**2
    return float(np.sqrt(seen / (len(values) + USUAL_WEIGHT)))
