"""RICE's confidence as the width of a range instead of a multiplier: one of the two, never both.

Confidence says how sure the estimate is, and so does a range. As McBride has it, confidence multiplies the score. As
width it is no factor of the score: it says how far the impact may be from its likely value. 80 % of the outcomes lie
between impact x confidence and impact / confidence (lognormal, the likely value its median): 100 % spreads nothing, 80 %
gives 0.8 to 1.25 times, 50 % half to double. The drawn impact is not held to the scale, whose ends would pull it to one
side. That mapping is this product's own convention; no publication is known that would settle it. What is below 10 %
counts as 10 %: a factor of ten either way says that nobody knows.

An impact with a range of its own keeps it: who gave it said more than a level of confidence does.
"""

from __future__ import annotations

from collections.abc import Mapping

from plm.scoring.definition import Definition
from plm.scoring.methods import WIDTH
from plm.scoring.ranges import LOGNORMAL, P10_P90, Estimate, Range

CONFIDENCE, IMPACT = "confidence", "impact"
LEAST = 0.1
Inputs = Mapping[str, Estimate | None]


def spread(likely: float, confidence: float) -> Estimate:
    """The range around a likely value that a confidence of 0 to 1 stands for. Raises ValueError beyond."""
    if not 0 <= confidence <= 1:
        raise ValueError("A confidence is a share of 0 to 1.")
    share = max(LEAST, confidence)
    if share == 1 or likely <= 0:
        return Estimate.exactly(likely)
    return Estimate(Range(likely * share, likely, likely / share), LOGNORMAL, P10_P90)


def widened(definition: Definition, inputs: Inputs) -> Inputs:
    """The inputs of an item as they are drawn: under "width" the confidence has moved into the range of the impact."""
    if definition.confidence != WIDTH:
        return inputs
    sure, impact = inputs.get(CONFIDENCE), inputs.get(IMPACT)
    found = dict(inputs)
    if sure is None:
        return found
    found[CONFIDENCE] = Estimate.exactly(sure.points.likely)
    if impact is not None and impact.certain:
        found[IMPACT] = spread(impact.points.likely, sure.points.likely)
    return found
