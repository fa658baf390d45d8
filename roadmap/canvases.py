"""Canvases: a business or a situation on one page, in boxes whose names are agreed.

Lean canvas: Maurya, Running Lean (2012), after the business model canvas of Osterwalder & Pigneur (2010).
SWOT: Learned, Christensen, Andrews & Guth, Business Policy (1965).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOST_CHARACTERS = 3000


@dataclass(frozen=True, slots=True)
class Box:
    """One box. `help` says what belongs into it; in a box each line is a point."""

    name: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class CanvasType:
    """A canvas with its boxes in the order of reading; `says` is what it is for."""

    name: str
    label: str
    says: str
    boxes: tuple[Box, ...]

    def box(self, name: str) -> Box | None:
        return next((box for box in self.boxes if box.name == name), None)


LEAN = CanvasType(
    "lean", "Lean canvas", "The business on one page, riskiest guesses first.",
    (
        Box("problem", "Problem", "The one to three problems that hurt most, and how people manage today."),
        Box("solution", "Solution", "The smallest thing that takes away each of them."),
        Box("value", "Unique value", "Why you are different and worth attention, in one sentence."),
        Box("advantage", "Unfair advantage", "What cannot be bought or copied. Leave it empty as long as there is none."),
        Box("segments", "Customer segments", "Who has the problem, and who of them buys first."),
        Box("metrics", "Key metrics", "The few figures that show it works."),
        Box("channels", "Channels", "How you reach them."),
        Box("costs", "Cost structure", "What it costs to win a customer, to build and to run."),
        Box("revenue", "Revenue streams", "Who pays what, how often."),
    ),
)  # fmt: skip
SWOT = CanvasType(
    "swot", "SWOT", "Where the product stands, from within and from outside.",
    (
        Box("strengths", "Strengths", "Within: what you do better than the alternatives."),
        Box("weaknesses", "Weaknesses", "Within: what customers and losses tell you."),
        Box("opportunities", "Opportunities", "From outside: changes you can use."),
        Box("threats", "Threats", "From outside: changes that can hurt you."),
    ),
)  # fmt: skip
BUSINESS = CanvasType(
    "business", "Business model", "How the product makes, brings and captures value.",
    (
        Box("partners", "Key partners", "Whom you need, and for what."),
        Box("activities", "Key activities", "What you must do well."),
        Box("resources", "Key resources", "What you must have."),
        Box("value", "Value propositions", "What you do for whom."),
        Box("relationships", "Customer relationships", "How you win, keep and grow them."),
        Box("channels", "Channels", "How it reaches them."),
        Box("segments", "Customer segments", "For whom you create value."),
        Box("costs", "Cost structure", "What costs most."),
        Box("revenue", "Revenue streams", "What customers pay for, and how."),
    ),
)  # fmt: skip
CANVASES = {one.name: one for one in (LEAN, SWOT, BUSINESS)}


def cleaned(canvas: CanvasType, boxes: Mapping[str, object]) -> dict[str, str]:
    """The boxes with a text, without blanks at the ends of lines and without empty lines at the ends.

    Raises CanvasProblem with every problem: a box the canvas has not, no text, too much text.
    """
    problems: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, text in boxes.items():
        if canvas.box(name) is None:
            known = ", ".join(box.name for box in canvas.boxes)
            problems[name[:40]] = f"Unknown here. The boxes are: {known}."
        elif not isinstance(text, str) or "\x00" in text:
            problems[name] = "Give a text."
        elif len(text) > MOST_CHARACTERS:
            problems[name] = f"At most {MOST_CHARACTERS:,} characters; these are {len(text):,}."
        elif text.strip():
            found[name] = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if problems:
        raise CanvasProblem(problems)
    return found


class CanvasProblem(ValueError):
    """`fields` says what is wrong in which box."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = dict(fields)


def points(text: str) -> list[str]:
    """The lines of a box, without a mark that somebody put before them."""
    lines = (line.strip().removeprefix("- ").removeprefix("* ").strip() for line in text.splitlines())  # fmt: skip
    return [line for line in lines if line]
