"""What changed between two texts, word by word.

Longest matching blocks as in difflib.SequenceMatcher (Ratcliff and Obershelp, "Pattern matching: the gestalt
approach", 1988), first over lines, then over the words of the lines that changed, so that long texts stay cheap.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

EQUAL, ADDED, REMOVED = "equal", "added", "removed"
MOST_WORDS = 3000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, came in or went out."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field of a document in both versions. `pieces` is empty where nothing changed."""

    name: str
    pieces: tuple[Piece, ...]


def words(text: str) -> list[str]:
    """Words and the spaces between them; joined they are the text again."""
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def diff(old: str, new: str) -> list[Piece]:
    """How `old` becomes `new`. The pieces without the added ones are `old`, without the removed ones `new`."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    for verb, lines_a, lines_b in _blocks(before, after):
        gone, come = "".join(lines_a), "".join(lines_b)
        pieces += [Piece(EQUAL, gone)] if verb == "equal" else _word_diff(gone, come)
    return _merged(pieces)


def _word_diff(gone: str, come: str) -> list[Piece]:
    before, after = words(gone), words(come)
    if len(before) > MOST_WORDS or len(after) > MOST_WORDS:
        return [Piece(REMOVED, gone), Piece(ADDED, come)]
    pieces = []
    for verb, words_a, words_b in _blocks(before, after):
        if verb == "equal":
            pieces.append(Piece(EQUAL, "".join(words_a)))
        else:
            pieces += [Piece(REMOVED, "".join(words_a)), Piece(ADDED, "".join(words_b))]
    return pieces


def _blocks(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for verb, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        yield verb, before[a_from:a_to], after[b_from:b_to]


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Without empty pieces, neighbours of one kind as one; what went out stands before what came in."""
    merged: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if merged and merged[-1].kind == piece.kind:
            merged[-1] = Piece(piece.kind, merged[-1].text + piece.text)
        else:
            merged.append(piece)
    return merged


def document_diff(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Sequence[str]
) -> list[FieldDiff]:
    """The fields of two documents that differ, in the order of `names`."""
    found = []
    for name in names:
        before, after = as_text(old.get(name)), as_text(new.get(name))
        if before != after:
            found.append(FieldDiff(name, tuple(diff(before, after))))
    return found


def as_text(value: Any) -> str:
    """A value of a document as lines: lists one element a line, a row by its first value with the others below it."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return _row_text(value)
    if isinstance(value, list | tuple):
        return "".join(f"{as_text(part)}\n" for part in value)
    return str(value)


def _row_text(row: Mapping[str, Any]) -> str:
    if "moscow" not in row:
        first, *rest = [(n, v) for n, v in row.items() if n != "id" and v not in (None, "")] or [
            ("", "")
        ]
        return "\n".join([as_text(first[1]), *(f"  {name}: {as_text(v)}" for name, v in rest)])
    marks = [str(row["moscow"]).capitalize()]
    if row.get("type", "functional") != "functional":
        marks.append(str(row["type"]))
    if row.get("dropped"):
        marks.append("dropped")
    if row.get("estimate") is not None:
        marks.append(f"{row['estimate']} points")
    if row.get("owner"):
        marks.append(str(row["owner"].get("name", "")))
    criteria = [f"  - {part.get('text', '')}" for part in row.get("acceptance", [])]
    return "\n".join([f"{', '.join(marks)}: {row.get('text', '')}", *criteria])
