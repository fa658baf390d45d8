"""A formula as SQL over double precision columns, with the bits that `evaluate` gives: NULL where there is no score.

Only for trees of which that is sure. PostgreSQL stops at a result that is too large or too small for a double, where
`evaluate` gives a reason; so the size of every step is bounded beforehand, from the ends of the factors' scales and the
six decimals that are kept of a value. Powers, logarithms and rounding are left to Python: libraries differ there in the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plm.scoring.expression.tree import CALL, CHAIN, COMPARE, LITERAL, NAME, NEGATIVE, Node, walk

NUMBER = "CAST(%s AS double precision)"
LEAST_STEP = 1e-6
"""The least distance of a kept value from 0, and from another one."""
LARGEST, SMALLEST = 1e290, 1e-290
MOST_SQL = 20_000
"""Characters. Functions name their arguments twice, so deep nesting grows."""
EPSILON = 2.0**-53


@dataclass(frozen=True, slots=True)
class Dialect:
    """What two databases call the least and the greatest of several."""

    least: str = "LEAST"
    greatest: str = "GREATEST"


POSTGRESQL, SQLITE = Dialect(), Dialect("MIN", "MAX")


@dataclass(frozen=True, slots=True)
class Column:
    """The SQL of a factor and the largest size its value can have."""

    sql: str
    size: float


@dataclass(frozen=True, slots=True)
class _Part:
    """SQL with its parameters, the largest size of its value and the least of those that are not 0."""

    sql: str
    numbers: tuple[float, ...]
    most: float
    least: float


def sql_of(
    tree: Node, columns: Mapping[str, Column], dialect: Dialect = POSTGRESQL
) -> tuple[str, list[float]] | None:
    """The expression and its parameters, or None where Python has to compute it."""
    parts: list[_Part] = []
    for node in walk(tree):
        split = len(parts) - len(node.children)
        operands, parts = parts[split:], parts[:split]
        part = _part(node, operands, columns, dialect)
        if part is None or len(part.sql) > MOST_SQL:
            return None
        if part.most > LARGEST or part.least < SMALLEST:
            return None
        parts.append(part)
    # Adding 0 turns -0 into 0, as `evaluate` does.
    return f"({parts[0].sql} + 0.0)", list(parts[0].numbers)


def _part(
    node: Node, parts: list[_Part], columns: Mapping[str, Column], dialect: Dialect
) -> _Part | None:
    if node.op == LITERAL:
        size = abs(node.number)
        return _Part(NUMBER, (node.number,), size, size or 1.0)
    if node.op == NAME:
        column = columns.get(node.name)
        if column is None:
            return _Part("CAST(NULL AS double precision)", (), 0.0, 1.0)
        return _Part(column.sql, (), column.size, LEAST_STEP)
    if node.op == CHAIN:
        return _chained(node.signs, parts)
    if node.op == NEGATIVE:
        return _like(f"(-{parts[0].sql})", parts, parts[0].numbers)
    if node.op == COMPARE:
        sign = {"==": "=", "!=": "<>"}.get(node.name, node.name)
        return _Part(f"({parts[0].sql} {sign} {parts[1].sql})", _numbers(parts), 1.0, 1.0)
    if node.op == CALL:
        return _called(node.name, parts, dialect)
    return None


def _numbers(parts: list[_Part]) -> tuple[float, ...]:
    return tuple(number for part in parts for number in part.numbers)


def _like(sql: str, parts: list[_Part], numbers: tuple[float, ...]) -> _Part:
    """One of the operands, whichever: as large and as small as they are."""
    return _Part(sql, numbers, max(p.most for p in parts), min(p.least for p in parts))


def _chained(signs: tuple[str, ...], parts: list[_Part]) -> _Part | None:
    value = parts[0]
    for sign, operand in zip(signs, parts[1:], strict=True):
        right = f"NULLIF({operand.sql}, 0.0)" if sign == "/" else operand.sql
        if sign in "+-":
            # A difference that is not 0 is at least one step of the smaller operand.
            most, least = value.most + operand.most, min(value.least, operand.least) * EPSILON
        elif sign == "*":
            most, least = value.most * operand.most, value.least * operand.least
        else:
            most, least = value.most / operand.least, value.least / (operand.most or 1.0)
        value = _Part(f"({value.sql} {sign} {right})", value.numbers + operand.numbers, most, least)
        if most > LARGEST or least < SMALLEST:
            return None
    return value


def _called(name: str, parts: list[_Part], dialect: Dialect) -> _Part | None:
    numbers, listed = _numbers(parts), ", ".join(part.sql for part in parts)
    if name in ("min", "max"):
        function = dialect.least if name == "min" else dialect.greatest
        given = " AND ".join(f"{part.sql} IS NOT NULL" for part in parts)
        return _like(f"CASE WHEN {given} THEN {function}({listed}) END", parts, numbers * 2)
    if name == "abs":
        return _like(f"abs({listed})", parts, numbers)
    if name == "coalesce":
        return _like(f"COALESCE({listed})", parts, numbers)
    if name == "if":
        condition, then, other = (part.sql for part in parts)
        sql = f"CASE {condition} WHEN TRUE THEN {then} WHEN FALSE THEN {other} END"
        return _like(sql, parts[1:], numbers)
    if name == "sqrt":
        (part,) = parts
        sql = f"CASE WHEN {part.sql} >= 0.0 THEN sqrt({part.sql}) END"
        return _Part(sql, numbers * 2, max(part.most, 1.0), min(part.least, 1.0))
    return None
