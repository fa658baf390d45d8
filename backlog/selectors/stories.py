"""Which stories a specification would be split into."""

from __future__ import annotations

from dataclasses import dataclass

from backlog.models import Requirement, RequirementLink, Spec


@dataclass(frozen=True, slots=True)
class Proposal:
    """A story that one requirement would become."""

    requirement: Requirement
    title: str
    acceptance: list[str]


def proposals(spec: Spec) -> list[Proposal]:
    """A story for each functional requirement that has none yet and will be built, in their order. One statement."""
    covered = RequirementLink.objects.filter(requirement__spec=spec, item__archived_at=None)
    rows = (
        Requirement.objects.filter(spec=spec, type="functional")
        .exclude(moscow="wont")
        .exclude(state="dropped")
        .exclude(pk__in=covered.values("requirement_id"))
    )
    return [
        Proposal(row, _title(row.text), [str(part["text"]) for part in row.acceptance])
        for row in rows
    ]


def _title(text: str) -> str:
    """The first line of a requirement, cut at a word where it is too long for a title."""
    line = " ".join(text.split("\n", 1)[0].split())
    if len(line) <= 120:
        return line
    return f"{line[:119].rsplit(' ', 1)[0]}…"
