"""How a score depends on each of its factors, read off the tree of its formula.

Where a score is a line in each factor or in its reciprocal, the others held, expectations of independent factors are
exact (the score of their means) and the value that makes a score is a division. Any other dependence needs numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plm.scoring.expression.tree import CHAIN, NAME, NEGATIVE, Node, names, walk

ABSENT, TIMES, LINE, PER, PER_LINE, OTHER = "absent", "times", "line", "per", "per_line", "other"
"""k, k x, k x + c, k / x, k / x + c, anything else; k and c being made of the other factors."""
_INVERSE = {ABSENT: ABSENT, TIMES: PER, PER: TIMES}
_WITH_OFFSET = {TIMES: LINE, LINE: LINE, PER: PER_LINE, PER_LINE: PER_LINE}


def roles(tree: Node) -> Mapping[str, str]:
    """The role of each factor the formula reads."""
    return {name: _role(tree, name) for name in names(tree)}


def _role(tree: Node, name: str) -> str:
    parts: list[str] = []
    for node in walk(tree):
        split = len(parts) - len(node.children)
        operands, parts = parts[split:], parts[:split]
        parts.append(_of(node, operands, name))
    return parts[0]


def _of(node: Node, operands: Sequence[str], name: str) -> str:
    if node.op == NAME:
        return TIMES if node.name == name else ABSENT
    found = set(operands) - {ABSENT}
    if not found:
        return ABSENT
    if node.op == NEGATIVE:
        return operands[0]
    if node.op != CHAIN:
        return OTHER
    return _sum(operands, found) if node.signs[0] in "+-" else _product(operands, node.signs)


def _sum(operands: Sequence[str], found: set[str]) -> str:
    if found in ({TIMES}, {PER}):
        (only,) = found
        return _WITH_OFFSET[only] if ABSENT in operands else only
    offset = {_WITH_OFFSET.get(role, OTHER) for role in found}
    return offset.pop() if len(offset) == 1 else OTHER


def _product(operands: Sequence[str], signs: Sequence[str]) -> str:
    found = ABSENT
    for sign, role in zip(("*", *signs), operands, strict=True):
        own = role if sign == "*" else _INVERSE.get(role, OTHER)
        if ABSENT not in (found, own):
            return OTHER
        found = own if found == ABSENT else found
    return found
