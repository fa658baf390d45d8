"""A formula that can score something: it reads a factor, and no part of it fails whatever the values are."""

from __future__ import annotations

from collections.abc import Collection

from plm.scoring.expression.evaluation import evaluate
from plm.scoring.expression.parser import parse
from plm.scoring.expression.tokens import FormulaError
from plm.scoring.expression.tree import Node, names, walk


def parse_score(text: str, known: Collection[str]) -> Node:
    """The tree of a formula over these factors. FormulaError, as `parse`, and where no item could have a score."""
    tree = parse(text, known)
    if not names(tree):
        raise FormulaError(0, len(text), "The formula reads no factor.", "Write the name of one.")
    for node in walk(tree):
        if node.children and not names(node):
            found = evaluate(node, {})
            if found.reason:
                fix = "Write something that gives a number for every item."
                raise FormulaError(found.at, found.end, found.told(text), fix)
        for sign, operand in zip(node.signs, node.children[1:], strict=False):
            if sign == "/" and not names(operand) and evaluate(operand, {}).value == 0:
                told = f"{text[node.at : node.end]} divides by 0."
                fix = "Divide by a factor, or by a number other than 0."
                raise FormulaError(operand.at, operand.end, told, fix)
    return tree
