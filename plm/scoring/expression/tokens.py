"""The words of a formula: numbers, names, signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER, NAME, SIGN, END = "number", "name", "sign", "end"
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|==|!=|[-+*/^(),<>]))"
)
_SPACE = re.compile(r"\s*")
INSTEAD = {
    "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "=": "==", "≤": "<=", "≥": ">=", "≠": "!=",
    ";": ",", "[": "(", "]": ")", "{": "(", "}": ")", "&": "if(…, if(…, a, b), b)",
    "|": "if(…, a, if(…, a, b))", "%": "/ 100", "'": "the name without quotes",
    '"': "the name without quotes",
}  # fmt: skip
"""What people write, and what the language writes for it."""


class FormulaError(ValueError):
    """A text that is no formula: from which character to which, what is wrong, and what would be right."""

    def __init__(self, at: int, end: int, problem: str, fix: str) -> None:
        super().__init__(f"Character {at + 1}: {problem} {fix}")
        self.at, self.end, self.problem, self.fix = at, end, problem, fix


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.text)

    @property
    def shown(self) -> str:
        return f"“{self.text}”" if self.text else "the end"


def tokens(text: str) -> Iterator[Token]:
    """The words in their order, with an end; FormulaError at the first character that starts none."""
    at = 0
    while found := _TOKEN.match(text, at):
        kind = found.lastgroup or SIGN
        yield Token(kind, found[kind], found.start(kind))
        at = found.end()
    space = _SPACE.match(text, at)
    at = space.end() if space else at
    if at < len(text):
        sign = text[at]
        instead = INSTEAD.get(sign)
        fix = (
            f"Write {instead}."
            if instead
            else "A formula has numbers, names of factors, + - * / ^, comparisons and parentheses."
        )
        shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
        raise FormulaError(at, at + 1, f"“{shown}” is no sign of the language.", fix)
    yield Token(END, "", len(text))
