"""How far a key result and an objective are. Plain arithmetic.

The formula is the 0.0 to 1.0 grade of OKRs (Google re:Work, "Grade OKRs"; Doerr, "Measure What Matters"):
(current - start) / (target - start), clipped to 0..1. Because it divides by the signed distance it serves figures
that shall rise and figures that shall fall alike. An objective is the weighted mean of its key results.
"""

from __future__ import annotations

from collections.abc import Iterable

AT_RISK_BELOW = 0.7
"""Share of the expected progress below which a goal counts as at risk (Doerr's green band begins there)."""


def key_result_progress(start: float, target: float, current: float) -> float:
    """The grade 0..1; 1 when start and target are the same and it is reached, else 0."""
    if target == start:
        return 1.0 if current == target else 0.0
    return min(1.0, max(0.0, (current - start) / (target - start)))


def objective_progress(grades: Iterable[tuple[float, float]]) -> float | None:
    """The mean of (grade, weight), or None without a key result that weighs anything."""
    pairs = [(grade, weight) for grade, weight in grades if weight > 0]
    total = sum(weight for _, weight in pairs)
    if not total:
        return None
    return sum(grade * weight for grade, weight in pairs) / total


def is_at_risk(progress: float | None, elapsed: float | None) -> bool:
    """Whether a goal is clearly behind its time: progress below 0.7 of the share of the period that has passed."""
    if progress is None or elapsed is None or elapsed <= 0:
        return False
    return progress < AT_RISK_BELOW * min(1.0, elapsed)


def elapsed_share(begin: int, end: int, today: int) -> float:
    """How much of a period has passed, 0..1. Days as ordinals; the last day belongs to the period."""
    return min(1.0, max(0.0, (today - begin) / max(1, end + 1 - begin)))
