"""From the text of a formula to its tree, by recursive descent.

From loose to tight: comparison, + and -, * and /, minus before an operand, ^ (to the right: 2^3^2 is 2^9, and -2^2 is -4).
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection
from dataclasses import replace

from plm.scoring.expression import tokens as words
from plm.scoring.expression.tokens import FormulaError, Token
from plm.scoring.expression.tree import (
    BOOLEAN,
    CALL,
    CHAIN,
    COMPARE,
    FUNCTIONS,
    LITERAL,
    NAME,
    NEGATIVE,
    NUMBER,
    POWER,
    Node,
)

MOST_LENGTH, MOST_DEPTH, MOST_DIGITS = 2000, 50, 12
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


def parse(text: str, known: Collection[str] | None = None) -> Node:
    """The tree of a formula that gives a number. FormulaError for any other text.

    `known` are the factors there are; without them any name is one.
    """
    if len(text) > MOST_LENGTH:
        raise FormulaError(
            MOST_LENGTH,
            len(text),
            f"The formula has {len(text):,} characters.",
            f"Write {MOST_LENGTH:,} at the most.",
        )
    found = _Parser(text, known).whole()
    return _wanted(found, NUMBER, "A formula gives a number")


class _Parser:
    def __init__(self, text: str, known: Collection[str] | None) -> None:
        self.words = list(words.tokens(text))
        self.known = known
        self.place = 0
        self.depth = 0

    @property
    def here(self) -> Token:
        return self.words[self.place]

    def take(self, *signs: str) -> Token | None:
        """The next word where it is one of these signs."""
        token = self.here
        if token.kind != words.SIGN or token.text not in signs:
            return None
        self.place += 1
        return token

    def whole(self) -> Node:
        if self.here.kind == words.END:
            raise FormulaError(0, 0, "The formula is empty.", "Write one, such as value / effort.")
        found = self.comparison()
        token = self.here
        if token.kind == words.END:
            return found
        if token.text == ")":
            raise _error(
                token, "This parenthesis closes nothing.", "Take it away or open one before."
            )
        if token.text == ",":
            raise _error(
                token,
                "A comma stands between arguments of a function only.",
                "Write decimals with a point (0.5) and thousands without a sign (1000).",
            )
        if token.text in COMPARISONS:
            raise _error(
                token,
                "Comparisons do not follow each other.",
                "Compare two values: if(a < b, …, …).",
            )
        raise _error(
            token,
            f"A sign is missing before {token.shown}.",
            "Write + - * / or ^ between two values.",
        )

    def nested(self, token: Token, inside: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _error(
                token,
                f"The formula is nested more than {MOST_DEPTH} deep here.",
                "Write it flatter, with fewer parentheses.",
            )
        found = inside()
        self.depth -= 1
        return found

    def comparison(self) -> Node:
        left = self.chain(self.product, "+", "-")
        token = self.take(*COMPARISONS)
        if token is None:
            return left
        right = self.chain(self.product, "+", "-")
        for side in (left, right):
            _wanted(side, NUMBER, "Numbers are compared")
        return Node(COMPARE, left.at, right.end, BOOLEAN, (left, right), name=token.text)

    def product(self) -> Node:
        return self.chain(self.signed, "*", "/")

    def chain(self, operand: Callable[[], Node], *signs: str) -> Node:
        found, between = [operand()], []
        while token := self.take(*signs):
            between.append(token.text)
            found.append(operand())
        if not between:
            return found[0]
        for node in found:
            _wanted(node, NUMBER, "Arithmetic needs numbers")
        return Node(CHAIN, found[0].at, found[-1].end, children=tuple(found), signs=tuple(between))

    def signed(self) -> Node:
        token = self.take("-", "+")
        if token is None:
            return self.power()
        operand = self.nested(token, self.signed)
        _wanted(operand, NUMBER, "Arithmetic needs numbers")
        if token.text == "+":
            return operand
        return Node(NEGATIVE, token.at, operand.end, children=(operand,))

    def power(self) -> Node:
        base = self.atom()
        token = self.take("^")
        if token is None:
            return base
        exponent = self.nested(token, self.signed)
        for node in (base, exponent):
            _wanted(node, NUMBER, "Arithmetic needs numbers")
        return Node(POWER, base.at, exponent.end, children=(base, exponent))

    def atom(self) -> Node:
        token = self.here
        if token.kind == words.NUMBER:
            self.place += 1
            return _literal(token)
        if token.kind == words.NAME:
            self.place += 1
            opened = self.take("(")
            return self.call(token) if opened else self.factor(token)
        if opened := self.take("("):
            found = self.nested(opened, self.comparison)
            return replace(found, at=opened.at, end=self.close(opened).end)
        if token.kind == words.END:
            raise _error(
                token, "The formula ends too early.", "Write a number or a factor at the end."
            )
        fix = "Write ^ for a power." if token.text == "*" else "Write a number or a factor here."
        raise _error(token, f"{token.shown} stands where a value should be.", fix)

    def close(self, opened: Token) -> Token:
        token = self.take(")")
        if token is None:
            raise _error(
                self.here,
                f"The parenthesis opened at character {opened.at + 1} is not closed before {self.here.shown}.",
                "Write ) here, or a sign between two values.",
            )
        return token

    def factor(self, token: Token) -> Node:
        if self.known is not None and token.text not in self.known:
            if token.text in FUNCTIONS:
                usage = FUNCTIONS[token.text].usage
                raise _error(token, f"{token.shown} is a function.", f"Write {usage}.")
            raise _unknown(token, self.known, "factor")
        return Node(NAME, token.at, token.end, name=token.text)

    def call(self, token: Token) -> Node:
        function = FUNCTIONS.get(token.text)
        if function is None:
            raise _unknown(token, FUNCTIONS, "function")
        opened = self.words[self.place - 1]
        found: list[Node] = []
        if self.here.text != ")":
            found.append(self.nested(opened, self.comparison))
            while self.take(","):
                found.append(self.nested(opened, self.comparison))
        end = self.close(opened).end
        if not function.least <= len(found) <= function.most:
            count = f"{len(found)} argument{'' if len(found) == 1 else 's'}"
            raise FormulaError(
                token.at, end, f"“{token.text}” does not take {count}.", f"Write {function.usage}."
            )
        return _typed_call(token, end, found)


def _typed_call(token: Token, end: int, found: list[Node]) -> Node:
    if token.text == "if":
        _wanted(found[0], BOOLEAN, "The condition of “if” is a comparison")
        _wanted(found[2], found[1].kind, "Both results of “if” are of one kind")
        return Node(CALL, token.at, end, found[1].kind, tuple(found), name="if")
    for node in found:
        _wanted(node, NUMBER, f"“{token.text}” needs numbers")
    if token.text == "round" and len(found) == 2:
        digits = found[1]
        if digits.op != LITERAL or digits.number not in range(MOST_DIGITS + 1):
            raise FormulaError(
                digits.at,
                digits.end,
                "The digits of “round” are not a plain whole number.",
                f"Write 0 to {MOST_DIGITS}, such as round(a, 2).",
            )
    return Node(CALL, token.at, end, children=tuple(found), name=token.text)


def _literal(token: Token) -> Node:
    number = float(token.text)
    if not math.isfinite(number):
        raise _error(token, f"{token.shown} is too large.", "Write a number below 1e308.")
    return Node(LITERAL, token.at, token.end, number=number)


def _wanted(node: Node, kind: str, rule: str) -> Node:
    if node.kind == kind:
        return node
    if kind == NUMBER:
        found, fix = "this gives yes or no", "Turn it into a number: if(a > b, 1, 0)."
    else:
        found, fix = "this gives a number", "Compare it with another: a > 0."
    raise FormulaError(node.at, node.end, f"{rule}; {found}.", fix)


def _error(token: Token, problem: str, fix: str) -> FormulaError:
    return FormulaError(token.at, token.end, problem, fix)


def _unknown(token: Token, known: Collection[str], what: str) -> FormulaError:
    """Names the nearest there is, or those there are."""
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(token.text.casefold(), list(folded), n=1, cutoff=0.5)
    if near:
        fix = f"Did you mean {folded[near[0]]}?"
    elif known:
        fix = f"There are: {', '.join(list(known)[:12])}."
    else:
        fix = f"There is no {what} yet."
    return _error(token, f"There is no {what} {token.shown}.", fix)
