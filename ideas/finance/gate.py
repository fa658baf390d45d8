"""Stage gates: must-meet criteria, all of them, and should-meet criteria by weight.

Source: R. G. Cooper, "Stage-Gate Systems: A New Tool for Managing New Products", Business Horizons, 1990.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DECISIONS = (("go", "Go"), ("kill", "Kill"), ("hold", "Hold"), ("recycle", "Recycle"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the criteria say. `score` (0 to 10) is None while one of the should-meet criteria has none; `advice` is a
    decision, or empty while something is not answered."""

    must_failed: int
    must_open: int
    should_open: int
    score: float | None
    killed: int
    advice: str


def verdict(
    must: Sequence[bool | None],
    should: Sequence[tuple[float, float | None]],
    kills: Sequence[bool | None],
    threshold: float,
) -> Verdict:
    """`should` are (weight, score); `kills` whether each kill criterion came true.

    A criterion that came true kills, a must that failed too; a score below the threshold advises to work it over again.
    """
    failed, open_ = sum(m is False for m in must), sum(m is None for m in must)
    unscored = sum(score is None for _, score in should)
    whole = sum(weight for weight, _ in should)
    score = None
    if should and not unscored and whole > 0:
        score = sum(weight * (value or 0.0) for weight, value in should) / whole
    killed = sum(kill is True for kill in kills)
    if killed or failed:
        advice = "kill"
    elif open_ or unscored or not (must or should):
        advice = ""
    else:
        advice = "go" if score is None or score >= threshold else "recycle"
    return Verdict(failed, open_, unscored, score, killed, advice)
