"""Effort and value of an item, each with its unit: what bubbles and shares are measured in."""

from __future__ import annotations

from collections.abc import Mapping

from backlog.models import BacklogItem
from backlog.selectors.standings import effort_unit
from plm.scoring.definition import Definition
from plm.scoring.methods import RICE, WEIGHTED

Judged = Mapping[str, float | None]


def item_effort(definition: Definition, item: BacklogItem, values: Judged) -> float | None:
    """The factor that divides the score, or the estimate in points where the method has none."""
    if definition.divisor is not None:
        return values.get(definition.divisor.key)
    return None if item.estimate is None else float(item.estimate)


def item_value(definition: Definition, item: BacklogItem, values: Judged) -> float | None:
    """What is gained. A score that is a gain for each unit of effort is multiplied by the effort again: ratios add up to
    nothing. A score that is no ratio is the value itself.
    """
    if item.score is None or definition.divisor is None:
        return item.score
    effort = values.get(definition.divisor.key)
    return None if effort is None else item.score * effort


def value_unit(definition: Definition) -> str:
    """In what a value is counted."""
    if definition.method == RICE:
        return "impact-people"
    if definition.divisor is None:
        return "points of score"
    unit = definition.divisor.unit or definition.divisor.label.lower()
    return f"score × {unit}"


def value_words(definition: Definition) -> str:
    """What a value is under this method and where a sum of values misleads, in a sentence."""
    label = definition.described.label
    if definition.divisor is not None:
        return (
            f"Value is the score times {definition.divisor.label.lower()}, in {value_unit(definition)}:"
            f" {label} is a ratio, and ratios cannot be added."
        )
    if definition.method == WEIGHTED:
        return "Value is the weighted mean of the criteria; a sum of means ranks no better than the means do."
    return f"Value is the score of {label}, which divides by nothing; what counts ease counts it here too."


def effort_words(definition: Definition) -> str:
    """What effort is under this method, in a sentence."""
    if definition.divisor is not None:
        return f"Effort is what the model calls {definition.divisor.label.lower()}, in {effort_unit(definition)}."
    return "Effort is the estimate in points: this method has no effort of its own."
