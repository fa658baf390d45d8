"""A formula that can score something: it reads a factor, and no part of it fails whatever the values are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from plm.scoring.expression.evaluation import evaluate
from plm.scoring.expression.parser import parse
from plm.scoring.expression.tokens import FormulaError
from plm.scoring.expression.tree import Node, literal, names, walk


def parse_score(text: str, known: Collection[str]) -> Node:
    """The tree of a formula over these factors. FormulaError, as `parse`, and where no item could have a score."""
    tree = parse(text, known)
    if not names(tree):
        raise FormulaError(0, len(text), "The formula reads no factor.", "Write the name of one.")
    for node in walk(tree):
        for part in _without_factors(node):
            found = evaluate(part, {})
            if found.reason:
                fix = "Write something that gives a number for every item."
                raise FormulaError(found.at, found.end, found.told(text), fix)
    return tree


def _without_factors(node: Node) -> list[Node]:
    """What of this node is the same for every item: all of it, or a division by something that reads no factor."""
    if not node.children:
        return []
    if not names(node):
        return [node]
    divisors = [
        part
        for sign, part in zip(node.signs, node.children[1:], strict=False)
        if sign == "/" and not names(part)
    ]
    one = literal(1.0)
    return [replace(node, children=(one, part), signs=("/",)) for part in divisors]
