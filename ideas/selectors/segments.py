"""Reads of segments that shape a screen, and what they weigh."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ideas.models import Segment
from ideas.segments import rules_of


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment as the list shows it: how many companies, what they pay, the rules in words."""

    segment: Segment
    rules: str
    count: int


def segment_lines(rows: Iterable[Segment]) -> list[SegmentLine]:
    """Segments with how many companies are in each: one statement a segment, of which there are fifty at most."""
    return [
        SegmentLine(
            row,
            (" or " if row.any_of else " and ").join(map(str, rules_of(row.rules))),
            row.companies().count(),
        )
        for row in rows
    ]


def segment_weights(workspace_id: int) -> dict[int, Decimal]:
    """The weight of each company that is in a segment: the largest where it is in several. Others weigh 1."""
    found: dict[int, Decimal] = {}
    for segment in Segment.objects.filter(workspace_id=workspace_id).exclude(weight=1):
        for pk in segment.companies().values_list("pk", flat=True):
            found[pk] = max(found.get(pk, segment.weight), segment.weight)
    return found
