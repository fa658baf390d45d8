"""When the reviews of a specification are enough to sign it off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One reviewer's last word: asked (none yet), approved or changes, and the version it was about."""

    reviewer: str
    verdict: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the reviews of one version stand."""

    approvals: int
    needed: int
    objecting: tuple[str, ...]

    @property
    def enough(self) -> bool:
        return self.approvals >= self.needed and not self.objecting

    @property
    def lacks(self) -> str:
        """What stands between this and a sign-off, as a sentence; empty where nothing does."""
        parts = []
        if self.approvals < self.needed:
            word = "approval" if self.needed == 1 else "approvals"
            parts.append(f"{self.approvals} of {self.needed} {word} of this version")
        if self.objecting:
            parts.append(f"changes requested by {', '.join(self.objecting)}")
        return "; ".join(parts)


def standing(answers: Collection[Answer], *, number: int, needed: int) -> Standing:
    """Approvals count for the version they were given to; a request for changes stands whatever the version."""
    approvals = sum(1 for a in answers if a.verdict == "approved" and a.number == number)
    objecting = tuple(a.reviewer for a in answers if a.verdict == "changes")
    return Standing(approvals, needed, objecting)
