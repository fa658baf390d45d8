"""Formulas that people write themselves, such as `reach * impact * confidence / max(effort, 0.5)`.

`parse` makes a typed tree of a text or raises FormulaError, which says where, what is wrong and what would be right;
`evaluate` gives a score or the reason why there is none, never an exception; `columns.evaluate_columns` does many rows at
once with the same bits (apart, because it loads numpy). Nothing of Python is ever evaluated. Arithmetic is that of IEEE doubles, from left to right.
"""

from plm.scoring.expression.evaluation import Outcome, Step, evaluate, trace
from plm.scoring.expression.parser import MOST_DEPTH, MOST_LENGTH, parse
from plm.scoring.expression.tokens import FormulaError
from plm.scoring.expression.tree import FUNCTIONS, Node, describe, names

__all__ = [
    "FUNCTIONS",
    "MOST_DEPTH",
    "MOST_LENGTH",
    "FormulaError",
    "Node",
    "Outcome",
    "Step",
    "describe",
    "evaluate",
    "names",
    "parse",
    "trace",
]
