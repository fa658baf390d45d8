"""RICE: reach x impact x confidence / effort.

Source: Sean McBride, "RICE: Simple prioritization for product managers", Intercom, 2016.
Reach is people (or events) per quarter, impact per person (3 massive, 2 high, 1 medium, 0.5 low, 0.25 minimal),
confidence a share (1 high, 0.8 medium, 0.5 low; less is a moonshot), effort person-months. The score is impact-people
per person-month. It orders; its digits mean little.
"""

from __future__ import annotations

IMPACTS = ((3.0, "Massive"), (2.0, "High"), (1.0, "Medium"), (0.5, "Low"), (0.25, "Minimal"))
CONFIDENCES = ((1.0, "High"), (0.8, "Medium"), (0.5, "Low"))
LEAST_EFFORT = 0.5

QUARTERS = {"month": 3.0, "quarter": 1.0, "year": 0.25}


def rice(
    reach: float | None, impact: float | None, confidence: float | None, effort: float | None
) -> float | None:
    """The score, or None where a factor is missing or the effort is not above 0: never 0 and never infinite.

    The order of the operations is part of the definition: SQL repeats it and gets the same bits.
    """
    if reach is None or impact is None or confidence is None or effort is None or effort <= 0:
        return None
    return reach * impact * confidence / effort


def rice_unweighted(
    reach: float | None, impact: float | None, confidence: float | None, effort: float | None
) -> float | None:
    """The score where confidence is a width (`plm.scoring.confidence`) and no factor: it may be missing."""
    del confidence
    if reach is None or impact is None or effort is None or effort <= 0:
        return None
    return reach * impact / effort


def rice_reach(prospects_per_period: float, conversion: float, period: str = "quarter") -> float:
    """Reach per quarter from how many come by in a `period` and which share of them takes it up."""
    return prospects_per_period * conversion * QUARTERS[period]
