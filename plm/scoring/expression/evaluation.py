"""What a formula gives for the values of one item: a score, or the reason why there is none."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plm.scoring.expression.tree import (
    CALL,
    CHAIN,
    COMPARE,
    LITERAL,
    NAME,
    NEGATIVE,
    Node,
    walk,
)

MISSING, DIVISION, TOO_LARGE, NOT_REAL, NOT_A_NUMBER = (
    "missing",
    "division",
    "too_large",
    "not_real",
    "not_a_number",
)
REASONS = {
    MISSING: "{what} has no value.",
    DIVISION: "{what} divides by 0.",
    TOO_LARGE: "{what} is too large to reckon with.",
    NOT_REAL: "{what} has no real result.",
    NOT_A_NUMBER: "{what} is not a finite number.",
}
CHOOSING = ("if", "coalesce")
"""Functions that give one of their arguments, whatever became of the others."""
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value, or None with the code of the reason and the place of what caused it. Comparisons give 1 or 0."""

    value: float | None
    reason: str = ""
    at: int = 0
    end: int = 0

    def told(self, text: str, labels: Mapping[str, str] | None = None) -> str:
        """The reason in words, with the part of the formula `text` it is about; empty where there is a value."""
        if not self.reason:
            return ""
        part = text[self.at : self.end]
        return REASONS[self.reason].format(what=(labels or {}).get(part, part))


@dataclass(frozen=True, slots=True)
class Step:
    """What one node gave. `used` is false for what the result does not rest on (the other arm of an `if`)."""

    node: Node
    outcome: Outcome
    used: bool


def evaluate(tree: Node, values: Mapping[str, float | None]) -> Outcome:
    """The score of one item. Never an exception, never infinite, never not a number: where one would come, a reason."""
    found = list(_outcomes(tree, values).values())[-1]
    if found.value is None:
        return found
    return Outcome(found.value + 0.0)


def trace(tree: Node, values: Mapping[str, float | None]) -> list[Step]:
    """The value of every node, operands before what is made of them, the whole last: the score explained."""
    outcomes = _outcomes(tree, values)
    used = {id(tree)}
    steps = []
    for node in reversed(list(walk(tree))):
        if id(node) in used:
            used |= {id(child) for child in _rested_on(node, outcomes)}
        steps.append(Step(node, outcomes[id(node)], id(node) in used))
    return steps[::-1]


def _rested_on(node: Node, outcomes: Mapping[int, Outcome]) -> tuple[Node, ...]:
    if node.op != CALL or node.name not in CHOOSING:
        return node.children
    if node.name == "if":
        condition, then, other = node.children
        asked = outcomes[id(condition)].value
        return (condition,) if asked is None else (condition, then if asked else other)
    given = (n for n, c in enumerate(node.children) if outcomes[id(c)].value is not None)
    return node.children[: next(given, len(node.children)) + 1]


def _outcomes(tree: Node, values: Mapping[str, float | None]) -> dict[int, Outcome]:
    """Outcomes by node, in the order of `walk`."""
    found: dict[int, Outcome] = {}
    for node in walk(tree):
        found[id(node)] = _outcome(node, [found[id(child)] for child in node.children], values)
    return found


def _outcome(node: Node, parts: list[Outcome], values: Mapping[str, float | None]) -> Outcome:
    if node.op == NAME:
        return _given(node, values.get(node.name))
    if node.op == CALL and node.name in CHOOSING:
        return _chosen(node, parts)
    operands = []
    for part in parts:
        if part.value is None:
            return part
        operands.append(part.value)
    return attempted(node, operands)


def _chosen(node: Node, parts: list[Outcome]) -> Outcome:
    if node.name == "coalesce":
        return next((part for part in parts if part.value is not None), parts[0])
    condition, then, other = parts
    if condition.value is None:
        return condition
    return then if condition.value else other


def attempted(node: Node, operands: list[float]) -> Outcome:
    """What a node makes of operands that all have a value."""
    try:
        value = _reckoned(node, operands)
    except ZeroDivisionError:
        return Outcome(None, DIVISION, node.at, node.end)
    except OverflowError:
        return Outcome(None, TOO_LARGE, node.at, node.end)
    except ValueError:
        return Outcome(None, NOT_REAL, node.at, node.end)
    return Outcome(value)


def _given(node: Node, value: float | None) -> Outcome:
    if value is None:
        return Outcome(None, MISSING, node.at, node.end)
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        return Outcome(None, NOT_A_NUMBER, node.at, node.end)
    return Outcome(number)


def _reckoned(node: Node, operands: list[float]) -> float:
    if node.op == LITERAL:
        return node.number
    if node.op == CHAIN:
        return _chained(node.signs, operands)
    if node.op == NEGATIVE:
        return -operands[0]
    if node.op == COMPARE:
        return float(COMPARISONS[node.name](operands[0], operands[1]))
    if node.op == CALL:
        return _CALLS[node.name](operands)
    return power(*operands)


def _chained(signs: tuple[str, ...], operands: list[float]) -> float:
    """From left to right; what grows too large on the way does not come back."""
    value = operands[0]
    for sign, operand in zip(signs, operands[1:], strict=True):
        if sign == "+":
            value += operand
        elif sign == "-":
            value -= operand
        elif sign == "*":
            value *= operand
        else:
            value /= operand
        if not math.isfinite(value):
            raise OverflowError
    return value


def power(base: float, exponent: float) -> float:
    """A power of doubles. 0 to a negative power divides by 0; a negative base needs a whole exponent."""
    if base == 0 and exponent < 0:
        raise ZeroDivisionError
    return math.pow(base, exponent)


def rounded(value: float, digits: float = 0.0) -> float:
    """Rounded to digits, halves away from 0: what people expect of a score, unlike Python's rounding to even."""
    factor = 10.0**digits
    raised = abs(value) * factor
    if not raised < 2.0**52:
        return value
    whole = math.floor(raised)
    return math.copysign((whole + (raised - whole >= 0.5)) / factor, value)


_CALLS: dict[str, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "round": lambda operands: rounded(*operands),
    "abs": lambda operands: abs(operands[0]),
    "sqrt": lambda operands: math.sqrt(operands[0]),
    "ln": lambda operands: math.log(operands[0]),
}
