"""The tree of a formula: nodes that are a number or a yes or no, and what can be read off them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

NUMBER, BOOLEAN = "number", "boolean"
LITERAL, NAME, CHAIN, NEGATIVE, POWER, COMPARE, CALL = (
    "literal",
    "name",
    "chain",
    "negative",
    "power",
    "compare",
    "call",
)
ANY = 1000


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function takes, and how it is written."""

    least: int
    most: int
    usage: str


FUNCTIONS: dict[str, Function] = {
    "min": Function(2, ANY, "min(a, b, …)"),
    "max": Function(2, ANY, "max(a, b, …)"),
    "round": Function(1, 2, "round(a) or round(a, digits)"),
    "abs": Function(1, 1, "abs(a)"),
    "sqrt": Function(1, 1, "sqrt(a)"),
    "ln": Function(1, 1, "ln(a)"),
    "if": Function(3, 3, "if(condition, a, b)"),
    "coalesce": Function(2, ANY, "coalesce(a, b, …)"),
}
"""`round` takes halves away from 0; `coalesce` gives the first argument that has a value."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation with its operands, and from which character to which it was written.

    `op` says what it is; a chain is a row of sums or of products, with the signs between its operands in `signs`; `name` is
    that of a factor, a function or a comparison.
    """

    op: str
    at: int
    end: int
    kind: str = NUMBER
    children: tuple[Node, ...] = ()
    number: float = 0.0
    name: str = ""
    signs: tuple[str, ...] = ()


def literal(number: float) -> Node:
    """A number that no text was written for."""
    return Node(LITERAL, 0, 0, number=number)


def factor(key: str) -> Node:
    """The value of a factor, likewise; its key may be one that the language could not write."""
    return Node(NAME, 0, 0, name=key)


def chain(operands: Sequence[Node], signs: Sequence[str]) -> Node:
    """A row of sums or of products, as `parse` makes them of a text; one operand is itself."""
    if not signs:
        return operands[0]
    return Node(CHAIN, 0, 0, children=tuple(operands), signs=tuple(signs))


def walk(tree: Node) -> Iterator[Node]:
    """All nodes, each after its operands, from left to right."""
    waiting = [(tree, False)]
    while waiting:
        node, opened = waiting.pop()
        if opened or not node.children:
            yield node
        else:
            waiting.append((node, True))
            waiting += [(child, False) for child in reversed(node.children)]


def names(tree: Node) -> list[str]:
    """The factors a formula reads, each once, in their order."""
    return list(dict.fromkeys(node.name for node in walk(tree) if node.op == NAME))


_SHOWN = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_COMPARISON, _SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(6)


def describe(tree: Node, labels: Mapping[str, str] | None = None) -> str:
    """The formula as people read it: labels for names, × and ÷, parentheses only where they count."""
    parts: list[tuple[str, int]] = []
    for node in walk(tree):
        split = len(parts) - len(node.children)
        operands, parts = parts[split:], parts[:split]
        parts.append(_described(node, operands, labels or {}))
    return parts[0][0]


def _inside(part: tuple[str, int], least: int) -> str:
    return part[0] if part[1] >= least else f"({part[0]})"


def _described(
    node: Node, parts: list[tuple[str, int]], labels: Mapping[str, str]
) -> tuple[str, int]:
    if node.op == LITERAL:
        return repr(node.number).removesuffix(".0"), _ATOM
    if node.op == NAME:
        return labels.get(node.name, node.name), _ATOM
    if node.op == CALL:
        return f"{node.name}({', '.join(text for text, _ in parts)})", _ATOM
    if node.op == NEGATIVE:
        return f"−{_inside(parts[0], _POWER)}", _NEGATIVE
    if node.op == POWER:
        return f"{_inside(parts[0], _ATOM)}^{_inside(parts[1], _NEGATIVE)}", _POWER
    if node.op == COMPARE:
        left, right = (_inside(part, _SUM) for part in parts)
        return f"{left} {_SHOWN.get(node.name, node.name)} {right}", _COMPARISON
    own = _SUM if node.signs[0] in "+-" else _PRODUCT
    text = _inside(parts[0], own)
    for sign, part in zip(node.signs, parts[1:], strict=True):
        text += f" {_SHOWN.get(sign, sign)} {_inside(part, own + 1)}"
    return text, own
