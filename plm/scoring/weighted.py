"""Weighted scoring: the weighted mean of factors that stand on one declared scale.

Source: the simple additive model (Edwards & Barron, SMARTS, 1994): sum(w * s) / sum(w). Scales have fixed ends, so that
an item that comes or goes changes nobody else's score. Weights are kept as given; the formula divides by their sum.
"""

from __future__ import annotations

from collections.abc import Sequence

from plm.scoring.expression.tree import Node, chain, factor, literal
from plm.scoring.factor import Factor


def weighted(values: Sequence[float | None], weights: Sequence[float]) -> float | None:
    """The weighted mean, or None where a value is missing: what is not known is not 0.

    Added from left to right, not by `sum` (which compensates): SQL repeats it and gets the same bits.
    """
    if not values or len(values) != len(weights):
        return None
    total = whole = 0.0
    for value, weight in zip(values, weights, strict=True):
        if value is None:
            return None
        total += weight * value
        whole += weight
    return total / whole if whole > 0 else None


def weights_total(weights: Sequence[float]) -> float:
    """The divisor of the formula, added in its order."""
    whole = 0.0
    for weight in weights:
        whole += weight
    return whole


def reversed_value(value: float, low: float, high: float) -> float:
    """The same judgement read from the other end of the scale: effort 5 of 1 to 5 is ease 1."""
    return (low + high) - value


def weighted_tree(factors: Sequence[Factor]) -> Node:
    """The weighted mean as a tree, in the order of operations of `weighted`. Raises ValueError without factors."""
    if not factors:
        raise ValueError("A weighted model has at least one criterion.")
    as_share = mixed(factors)
    terms = [chain([literal(f.weight), _counted(f, as_share=as_share)], "*") for f in factors]
    total = chain(terms, "+" * (len(terms) - 1))
    return chain([total, literal(weights_total([f.weight for f in factors]))], "/")


def mixed(factors: Sequence[Factor]) -> bool:
    """Whether the criteria have different ends, so that each counts as a share of its own scale."""
    return len({(f.low, f.high) for f in factors}) > 1


def counted(criterion: Factor, value: float, *, as_share: bool) -> float:
    """A value as the mean counts it, from 0 to 100 if `as_share`."""
    if as_share:
        raised = criterion.high - value if criterion.backward else value - criterion.low
        return raised / (criterion.high - criterion.low) * 100.0
    return reversed_value(value, criterion.low, criterion.high) if criterion.backward else value


def _counted(criterion: Factor, *, as_share: bool) -> Node:
    """`counted` as a tree: the same operations in the same order."""
    value = factor(criterion.key)
    if as_share:
        low, high = literal(criterion.low), literal(criterion.high)
        raised = chain([high, value] if criterion.backward else [value, low], "-")
        return chain([raised, literal(criterion.high - criterion.low), literal(100.0)], "/*")
    if criterion.backward:
        return chain([literal(criterion.low + criterion.high), value], "-")
    return value


def shares(weights: Sequence[float]) -> list[float]:
    """Weights as shares of their sum."""
    whole = weights_total(weights)
    return [weight / whole if whole > 0 else 0.0 for weight in weights]


def rank_order_centroid(count: int) -> list[float]:
    """Weights for factors of which only the order of importance is known (Edwards & Barron 1994): they sum to 1."""
    return [sum(1 / j for j in range(k, count + 1)) / count for k in range(1, count + 1)]
