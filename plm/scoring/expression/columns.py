"""A formula over the columns of many items at once, with the bits that `evaluate` gives for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plm.numeric import np
from plm.scoring.expression.evaluation import (
    COMPARISONS,
    DIVISION,
    MISSING,
    NOT_A_NUMBER,
    NOT_REAL,
    REASONS,
    TOO_LARGE,
    attempted,
)
from plm.scoring.expression.tree import CALL, CHAIN, COMPARE, LITERAL, NAME, NEGATIVE, Node, walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Reasons = NDArray[np.uint8]

CODES = ("", *REASONS)
"""What a figure in `Column.reasons` means: nothing, or why a row has no score."""
_OF = {code: figure for figure, code in enumerate(CODES)}


@dataclass(frozen=True, slots=True)
class Column:
    """A value for each row, NaN where there is none, and the place of the reason in `CODES` (0: there is a value)."""

    values: Floats
    reasons: Reasons


def evaluate_columns(tree: Node, columns: Mapping[str, Floats], rows: int) -> Column:
    """The scores of `rows` items. A column holds NaN where an item has no value; one that is not given is missing."""
    parts: list[Column] = []
    with np.errstate(all="ignore"):
        for node in walk(tree):
            split = len(parts) - len(node.children)
            operands, parts = parts[split:], parts[:split]
            parts.append(_column(node, operands, columns, rows))
    found = parts[0]
    return Column(np.where(found.reasons == 0, found.values + 0.0, np.nan), found.reasons)


def _column(
    node: Node, parts: Sequence[Column], columns: Mapping[str, Floats], rows: int
) -> Column:
    if node.op == LITERAL:
        return Column(np.full(rows, node.number), np.zeros(rows, np.uint8))
    if node.op == NAME:
        return _given(columns.get(node.name), rows)
    if node.op == CALL and node.name == "if":
        return _if(*parts)
    if node.op == CALL and node.name == "coalesce":
        return _coalesce(parts)
    reasons = np.zeros(rows, np.uint8)
    for part in parts:
        reasons = np.where(reasons == 0, part.reasons, reasons)
    return _reckoned(node, [part.values for part in parts], reasons)


def _given(values: Floats | None, rows: int) -> Column:
    if values is None:
        return Column(np.zeros(rows), np.full(rows, _OF[MISSING], np.uint8))
    reasons = np.zeros(rows, np.uint8)
    reasons[np.isinf(values)] = _OF[NOT_A_NUMBER]
    reasons[np.isnan(values)] = _OF[MISSING]
    return Column(np.where(reasons == 0, values, 0.0), reasons)


def _if(condition: Column, then: Column, other: Column) -> Column:
    chosen = condition.values != 0
    reasons = np.where(chosen, then.reasons, other.reasons)
    return Column(
        np.where(chosen, then.values, other.values),
        np.where(condition.reasons == 0, reasons, condition.reasons),
    )


def _coalesce(parts: Sequence[Column]) -> Column:
    values, reasons = parts[0].values, parts[0].reasons
    for part in parts[1:]:
        better = (reasons != 0) & (part.reasons == 0)
        values, reasons = np.where(better, part.values, values), np.where(better, 0, reasons)
    return Column(values, reasons.astype(np.uint8))


def _reckoned(node: Node, values: list[Floats], reasons: Reasons) -> Column:
    if node.op == CHAIN:
        return _chained(node.signs, values, reasons)
    if node.op == NEGATIVE:
        return Column(-values[0], reasons)
    if node.op == COMPARE:
        return Column(COMPARISONS[node.name](values[0], values[1]).astype(np.float64), reasons)  # type: ignore[arg-type, attr-defined]
    if node.name == "sqrt":
        return Column(np.sqrt(values[0]), _marked(reasons, values[0] < 0, NOT_REAL))
    if node.name in _WHOLE:
        return Column(_WHOLE[node.name](values), reasons)
    return _row_by_row(node, values, reasons)


def _marked(reasons: Reasons, where: NDArray[np.bool_], code: str) -> Reasons:
    return np.where((reasons == 0) & where, _OF[code], reasons).astype(np.uint8)


def _chained(signs: Sequence[str], values: list[Floats], reasons: Reasons) -> Column:
    value = values[0]
    for sign, operand in zip(signs, values[1:], strict=True):
        if sign == "/":
            reasons = _marked(reasons, operand == 0, DIVISION)
        value = getattr(np, _SIGNS[sign])(value, operand)
        reasons = _marked(reasons, ~np.isfinite(value), TOO_LARGE)
    return Column(value, reasons)


def _row_by_row(node: Node, values: list[Floats], reasons: Reasons) -> Column:
    """Powers, logarithms and rounding as for one item: numpy's own differ in the last bit from machine to machine."""
    found, why = np.zeros(len(reasons)), reasons.copy()
    for row in np.flatnonzero(reasons == 0):
        outcome = attempted(node, [float(column[row]) for column in values])
        if outcome.value is None:
            why[row] = _OF[outcome.reason]
        else:
            found[row] = outcome.value
    return Column(found, why)


_SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
_WHOLE: dict[str, Callable[[list[Floats]], Floats]] = {
    "min": lambda columns: np.asarray(np.minimum.reduce(columns), np.float64),
    "max": lambda columns: np.asarray(np.maximum.reduce(columns), np.float64),
    "abs": lambda columns: np.abs(columns[0]),
}
