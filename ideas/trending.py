"""What people care about lately: votes and comments that lose half their weight in a fortnight.

Source: forward decay (Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay: A Practical Time Decay Model for Streaming
Systems", ICDE 2009). Instead of each thing's age, its time since a fixed landmark is weighed:

    sum over votes and comments of  weight * 2 ^ ((time - landmark) / half-life)

All weights shrink alike as time goes by, so the order of two ideas changes only when somebody votes or comments: the
figure can be kept and needs no clock. What is kept is its logarithm to base 2. The weights 5 and 3 are those of
Fider's trending order; making the idea counts 1, so that a new one without votes stands above an old one without.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

LANDMARK = datetime(2020, 1, 1, tzinfo=UTC)
HALF_LIFE = 14 * 86_400.0
MADE, VOTED, COMMENTED = 1.0, 5.0, 3.0


def trending(
    made: datetime, votes: Iterable[datetime] = (), comments: Iterable[datetime] = ()
) -> float:
    """The figure of one idea, in half-lives since 2020: 1 more means twice the weight, or a fortnight younger."""
    things = [(MADE, made), *((VOTED, at) for at in votes), *((COMMENTED, at) for at in comments)]
    logs = [math.log2(weight) + _half_lives(at) for weight, at in things]
    most = max(logs)
    return most + math.log2(math.fsum(2 ** (log - most) for log in logs))


def _half_lives(at: datetime) -> float:
    return (at - LANDMARK).total_seconds() / HALF_LIFE
