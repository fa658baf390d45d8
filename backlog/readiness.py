"""The definition of ready: which conditions a specification and its item meet.

After the definition of ready of the Scrum literature (Pichler, "Agile Product Management with Scrum", 2010): a
checklist that a team agrees on before it begins work. Here each condition is judged from the data; a condition that
has nothing to judge (no must-requirement) is met.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a specification and its item."""

    problem: str = ""
    goals: int = 0
    non_goals: int = 0
    metric: str = ""
    has_baseline: bool = False
    has_target: bool = False
    has_due: bool = False
    bare_musts: tuple[str, ...] = ()
    """Must-requirements without an acceptance criterion."""
    open_questions: int = 0
    signed_off: bool = False
    estimated: bool = False
    owned: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """`lacks` gives what is missing, or "" where the condition is met. `place` is where to mend it: the part of the
    specification's form or page (`spec-form`, `spec`) or of the item's form (`item-form`), and the anchor there."""

    name: str
    label: str
    place: tuple[str, str]
    lacks: Callable[[Facts], str]


@dataclass(frozen=True, slots=True)
class Missing:
    """One condition that is not met."""

    condition: Condition
    text: str


def _metric(facts: Facts) -> str:
    parts = (
        (facts.metric.strip(), "the metric"),
        (facts.has_baseline, "its baseline"),
        (facts.has_target, "its target"),
        (facts.has_due, "the day"),
    )
    absent = [word for there, word in parts if not there]
    return f"The success metric lacks {', '.join(absent)}." if absent else ""


def _acceptance(facts: Facts) -> str:
    bare = facts.bare_musts
    if not bare:
        return ""
    more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
    return f"“{bare[0]}”{more} must be, without acceptance criteria."


def _questions(facts: Facts) -> str:
    count = facts.open_questions
    return f"{count} {'question is' if count == 1 else 'questions are'} open." if count else ""


CONDITIONS: tuple[Condition, ...] = (
    Condition("problem", "The problem is written", ("spec-form", "id_problem"),
              lambda f: "" if f.problem.strip() else "The problem is not written."),
    Condition("goals", "At least one goal", ("spec-form", "id_goals"),
              lambda f: "" if f.goals else "There is no goal."),
    Condition("non_goals", "At least one non-goal", ("spec-form", "id_non_goals"),
              lambda f: "" if f.non_goals else "There is no non-goal."),
    Condition("metric", "A success metric with baseline, target and day", ("spec-form", "id_success_metric"), _metric),
    Condition("acceptance", "Every must-requirement has acceptance criteria", ("spec-form", "requirements"), _acceptance),
    Condition("questions", "No open question", ("spec", "passages"), _questions),
    Condition("signed_off", "Approved by review", ("spec", "review"),
              lambda f: "" if f.signed_off else "It is not approved by review."),
    Condition("estimate", "The item is estimated", ("item-form", "id_estimate"),
              lambda f: "" if f.estimated else "The item has no estimate."),
    Condition("owner", "The item has an owner", ("item-form", "id_owner"),
              lambda f: "" if f.owned else "The item has no owner."),
)  # fmt: skip


def missing(facts: Facts, asked: Collection[str]) -> tuple[Missing, ...]:
    """The asked conditions that are not met, in the order of the checklist; empty means ready."""
    found = ((c, c.lacks(facts)) for c in CONDITIONS if c.name in asked)
    return tuple(Missing(condition, text) for condition, text in found if text)
