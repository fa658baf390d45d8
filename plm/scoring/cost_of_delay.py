"""Cost of delay, and CD3: cost of delay divided by duration.

Source: Reinertsen, The Principles of Product Development Flow, 2009; Joshua Arnold, blackswanfarming.com; the order by
falling CD3 is Smith's rule (W. E. Smith, "Various optimizers for single-stage production", 1956). Cost of delay is money
(or any one unit) per week, duration weeks. The order costs least where one team does one job after the other, each week of
delay costs the same, and no job waits for another; `warnings` says which of these is broken. How often the CD3 of one job
contains that of another says nothing about how much better one order is than another: compare delay costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """What a week of waiting costs, and how many weeks the work takes (0 or more)."""

    cost_per_week: float
    weeks: float


def cd3(cost_per_week: float | None, weeks: float | None) -> float | None:
    """Cost of delay per week of work, or None where one is missing or the duration is not above 0."""
    if cost_per_week is None or weeks is None or weeks <= 0:
        return None
    return cost_per_week / weeks


def finishes(order: Sequence[str], jobs: Mapping[str, Job]) -> dict[str, float]:
    """In which week each job is done when they are done one after the other."""
    done, week = {}, 0.0
    for key in order:
        week += jobs[key].weeks
        done[key] = week
    return done


def delay_cost(order: Sequence[str], jobs: Mapping[str, Job]) -> float:
    """What the waiting costs in this order: the sum of cost per week x week of completion."""
    return sum(jobs[key].cost_per_week * week for key, week in finishes(order, jobs).items())


def schedule_output(
    order: Sequence[str], jobs: Mapping[str, Job], horizon_weeks: float, base_rate: float = 0.0
) -> float:
    """What is earned until the horizon: the base rate, and each job's rate from its completion on."""
    earned = base_rate * horizon_weeks
    for key, week in finishes(order, jobs).items():
        earned += jobs[key].cost_per_week * max(0.0, horizon_weeks - week)
    return earned


def best_order(jobs: Mapping[str, Job]) -> list[str]:
    """The order of least delay cost (Smith's rule): falling CD3; equal ones stay as given.

    A job that takes no time comes first, one that nobody waits for or whose delay is a gain among the last.
    """

    def urgency(key: str) -> float:
        job = jobs[key]
        if job.weeks > 0:
            return job.cost_per_week / job.weeks
        return float("inf") if job.cost_per_week >= 0 else float("-inf")

    return sorted(jobs, key=urgency, reverse=True)


def warnings(*, teams: int = 1, deadlines: int = 0, precedences: int = 0) -> list[str]:
    """Why the order by CD3 need not be the best here: nothing where one team works in series at linear cost."""
    found = []
    if teams > 1:
        found.append(f"{teams} teams work side by side; the order is best for one pipeline.")
    if deadlines:
        found.append(
            f"{deadlines} with a deadline: the cost of delay jumps there instead of growing evenly."
        )
    if precedences:
        found.append(f"{precedences} must wait for another job; the order does not know that.")
    if found:
        found.append("Compare schedules by their delay cost instead of by this score.")
    return found
