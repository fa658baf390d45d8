"""Merging what two people made of one text, list or table, against what both began with.

Texts: diff3 (Khanna, Kunal and Pierce, "A formal investigation of diff3", 2007), first over lines, then over the words
of the lines that both changed. Parts are kept with all three texts, so that nothing of any side can get lost.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

MINE, THEIRS, BOTH = "mine", "theirs", "both"
PICKS = (MINE, THEIRS, BOTH)
MOST_WORDS = 3000
"""Of more words than this on a side, a clash is shown whole: finding what they have in common would take too long."""
ALIKE = 0.5
"""Rows of a table whose words agree this far are taken for one row that was changed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text as it was and as both sides have it. `base` is None where nobody knows how it was."""

    base: str | None
    mine: str
    theirs: str

    @property
    def settled(self) -> str | None:
        """What stands there without asking: what one side alone changed, or both alike. None where they clash."""
        if self.theirs in (self.mine, self.base):
            return self.mine
        return self.theirs if self.mine == self.base else None

    def picked(self, pick: str) -> str:
        if pick == MINE:
            return self.mine
        return self.theirs if pick == THEIRS else joined(self.mine, self.theirs)


def joined(one: str, other: str) -> str:
    """One text after the other, with something between them where they would run together."""
    if not one or not other or one[-1].isspace() or other[0].isspace():
        return one + other
    return f"{one}\n{other}" if "\n" in one + other else f"{one} {other}"


def merge(base: str | None, mine: str, theirs: str) -> list[Part]:
    """The parts of a text, in order: joined by side they are `base`, `mine` and `theirs` again."""
    if mine == theirs or base in (mine, theirs):
        return [Part(base, mine, theirs)] if mine or theirs or base else []
    if base is None:
        return list(_two_way(_words(mine), _words(theirs)))
    parts: list[Part] = []
    for part in _three_way(_lines(base), _lines(mine), _lines(theirs), least=1):
        parts += [part] if part.settled is not None else _finer(part)
    return _gathered(parts)


def put_together(parts: Sequence[Part], picks: Mapping[int, str]) -> str:
    """The merged text. `picks` is by the place of a clash among the clashes; without a pick both stand."""
    text, place = "", 0
    for part in parts:
        if part.settled is None:
            text += part.picked(picks.get(place, BOTH))
            place += 1
        else:
            text += part.settled
    return text


def merge_sets(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """What both kept and what either added, in the order of mine."""
    gone = {one for one in base if one not in mine or one not in theirs}
    return [one for one in dict.fromkeys((*mine, *theirs)) if one not in gone]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _finer(part: Part) -> list[Part]:
    base, mine, theirs = (_words(text) for text in (part.base or "", part.mine, part.theirs))
    if max(len(base), len(mine), len(theirs)) > MOST_WORDS:
        return [part]
    return list(_three_way(base, mine, theirs, least=2))


def _matches(one: Sequence[str], other: Sequence[str]) -> Sequence[difflib.Match]:
    return difflib.SequenceMatcher(a=one, b=other, autojunk=False).get_matching_blocks()


def _shared(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int, int]]:
    """Stretches that all three have: where in base, mine and theirs they begin, and how long they are."""
    left, right = _matches(base, mine), _matches(base, theirs)
    at, to = 0, 0
    while at < len(left) and to < len(right):
        one, other = left[at], right[to]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if end > start:
            yield start, one.b + start - one.a, other.b + start - other.a, end - start
        if one.a + one.size < other.a + other.size:
            at += 1
        else:
            to += 1


def _three_way(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], *, least: int
) -> Iterator[Part]:
    """Between two changes must stand `least` things that are no blanks (words: "5 seconds" becomes "3 seconds" here
    and "5 minutes" there; both belong together), or the ends of the text."""
    ends = (len(base), len(mine), len(theirs))
    shared = [
        (b, m, t, size)
        for b, m, t, size in _shared(base, mine, theirs)
        if least == 1
        or (b, m, t) == (0, 0, 0)
        or (b + size, m + size, t + size) == ends
        or sum(1 for word in base[b : b + size] if not word.isspace()) >= least
    ]
    for before, here in pairwise([(0, 0, 0, 0), *shared, (*ends, 0)]):
        from_b, from_m, from_t = (start + before[3] for start in before[:3])
        between = (base[from_b : here[0]], mine[from_m : here[1]], theirs[from_t : here[2]])
        if any(between):
            yield Part(*("".join(side) for side in between))
        if here[3]:
            text = "".join(base[here[0] : here[0] + here[3]])
            yield Part(text, text, text)


def _two_way(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Part]:
    if max(len(mine), len(theirs)) > MOST_WORDS:
        yield Part(None, "".join(mine), "".join(theirs))
        return
    at, to = 0, 0
    for match in _matches(mine, theirs):
        if at < match.a or to < match.b:
            yield Part(None, "".join(mine[at : match.a]), "".join(theirs[to : match.b]))
        text = "".join(mine[match.a : match.a + match.size])
        if text:
            yield Part(None, text, text)
        at, to = match.a + match.size, match.b + match.size


def _gathered(parts: Sequence[Part]) -> list[Part]:
    """Neighbours that nobody changed become one part."""
    found: list[Part] = []
    for part in parts:
        same = part.base == part.mine == part.theirs
        last = found[-1] if found else None
        if last is not None and same and last.base == last.mine == last.theirs:
            text = f"{last.base}{part.base}"
            found[-1] = Part(text, text, text)
        else:
            found.append(part)
    return found


def align(one: Sequence[str], other: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Rows of two tables side by side, each given as its words: the same row, a row that was changed, or one alone."""
    pairs: list[tuple[int | None, int | None]] = []
    matcher = difflib.SequenceMatcher(a=one, b=other, autojunk=False)
    for verb, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if verb == "equal":
            pairs += zip(range(a_from, a_to), range(b_from, b_to), strict=True)
        else:
            pairs += _likely(one, other, range(a_from, a_to), range(b_from, b_to))
    return pairs


def _likely(
    one: Sequence[str], other: Sequence[str], left: range, right: range
) -> Iterator[tuple[int | None, int | None]]:
    """Of two stretches, in order: each row with the next one that is like it."""
    begin = right.start
    for row in left:
        found = next((n for n in range(begin, right.stop) if _alike(one[row], other[n])), None)
        if found is None:
            yield row, None
            continue
        yield from ((None, n) for n in range(begin, found))
        yield row, found
        begin = found + 1
    yield from ((None, n) for n in range(begin, right.stop))


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(a=_words(one), b=_words(other), autojunk=False).ratio() >= ALIKE
