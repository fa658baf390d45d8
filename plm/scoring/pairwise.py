"""Votes in pairs: how strong each item is, how sure that is, and which pair to ask next.

Source: Bradley & Terry 1952, P(i beats j) = p_i / (p_i + p_j); fitted by MM (Zermelo 1929; Hunter 2004),
p_i <- W_i / sum_j n_ij / (p_i + p_j), with Newton's step wherever that goes up. An item that never lost would be infinitely
strong, so each item also has half a win and half a loss against a phantom of strength 1; errors come from the Hessian. The
share is that of All Our Ideas (Salganik & Levy 2015): 100 x the mean probability to beat another item, 50 without votes;
its simple form is a Beta mean. Elo (1978) is for a stream: it depends on the order of the votes. Strengths are natural
logarithms. One voter cannot outvote the others: see `capped`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plm.numeric import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PHANTOM = 0.5
"""Wins, and losses, of each item against the phantom."""
NO_VOTES = 50.0
TOLERANCE = 1e-11
MOST_STEPS = 1_000
ELO_K, ELO_SPREAD, ELO_START = 32.0, 400.0, 1500.0


@dataclass(frozen=True, slots=True)
class Duel:
    """One vote, by the places of the items; `weight` is how much it counts."""

    winner: int
    loser: int
    weight: float = 1.0


def capped(votes: Iterable[tuple[str, int, int]], most: float) -> list[Duel]:
    """Votes (voter, winner, loser) as duels: the votes of one voter together count `most` votes at the most."""
    rows = list(votes)
    given = Counter(voter for voter, _, _ in rows)
    return [Duel(won, lost, min(1.0, most / given[voter])) for voter, won, lost in rows]


@dataclass(frozen=True, slots=True)
class Strengths:
    """Log-strengths by item, their covariance, and the weight of the votes each item was in."""

    values: Floats
    covariance: Floats
    votes: Floats

    @property
    def errors(self) -> Floats:
        """The standard error of each strength, against the phantom (without one: against the mean item)."""
        found: Floats = np.sqrt(np.clip(np.diag(self.covariance), 0, None))
        return found

    def chance(self, one: int, other: int) -> float:
        """The probability that one item beats another."""
        return float(_chance(self.values[one] - self.values[other]))

    def difference_error(self, one: int, other: int) -> float:
        """The standard error of the difference of two strengths."""
        c = self.covariance
        return float(np.sqrt(max(0.0, c[one, one] + c[other, other] - 2 * c[one, other])))

    def shares(self) -> list[float]:
        """For each item 100 x the mean probability to beat another; 50 without votes or without another."""
        count = len(self.values)
        if count < 2:
            return [NO_VOTES] * count
        beats = _chance(self.values[:, None] - self.values[None, :])
        means = 100 * (beats.sum(axis=1) - 0.5) / (count - 1)
        return [float(m) if v > 0 else NO_VOTES for m, v in zip(means, self.votes, strict=True)]


def _chance(difference: Floats | np.float64) -> Floats:
    return np.asarray(1 / (1 + np.exp(-difference)), dtype=np.float64)


def bradley_terry(count: int, duels: Iterable[Duel], phantom: float = PHANTOM) -> Strengths:
    """Strengths of `count` items. Without a phantom (0) they are relative to their mean.

    Raises ValueError for a duel of an item with itself or with one there is not, and, without a phantom, where some items
    never lost to the others or never beat them: then there is no finite answer.
    """
    rows = list(duels)
    for duel in rows:
        one, other = sorted((duel.winner, duel.loser))
        if not 0 <= one < other < count:
            raise ValueError(f"A duel is between two of {count} items; {duel} is not.")
    tally = _Tally.of(count, rows, phantom)
    if phantom <= 0 and not _is_strongly_connected(tally):
        raise ValueError("Without a prior each item must lose and win, by a chain of votes.")
    values = np.zeros(count)
    for _ in range(MOST_STEPS):
        moved = tally.step(values)
        change = np.abs(moved - values).max(initial=0.0)
        values = moved
        if change <= TOLERANCE:
            break
    votes = tally.total(tally.won, tally.weight) + tally.total(tally.lost, tally.weight)
    return Strengths(values, tally.covariance(values), votes)


@dataclass(frozen=True, slots=True)
class _Tally:
    """All duels as columns, and what the likelihood says at given strengths."""

    count: int
    won: NDArray[np.intp]
    lost: NDArray[np.intp]
    weight: Floats
    phantom: float

    @classmethod
    def of(cls, count: int, rows: Sequence[Duel], phantom: float) -> _Tally:
        return cls(
            count,
            np.array([d.winner for d in rows], dtype=np.intp),
            np.array([d.loser for d in rows], dtype=np.intp),
            np.array([d.weight for d in rows], dtype=np.float64),
            max(0.0, phantom),
        )

    def total(self, places: NDArray[np.intp], weights: Floats) -> Floats:
        return np.bincount(places, weights=weights, minlength=self.count).astype(np.float64)

    def step(self, values: Floats) -> Floats:
        """Newton's step where it raises the likelihood, else the step of MM, which always does."""
        before = self.likelihood(values)
        leap: Floats = values + self.covariance(values) @ self.slope(values)
        if self.likelihood(leap) >= before - TOLERANCE * abs(before):
            return leap
        return self.mm_step(values)

    def likelihood(self, values: Floats) -> float:
        """The logarithm of the likelihood of the duels, those against the phantom included."""
        real = -(self.weight * np.logaddexp(0, values[self.lost] - values[self.won])).sum()
        prior = -self.phantom * (np.logaddexp(0, -values) + np.logaddexp(0, values)).sum()
        return float(real + prior)

    def slope(self, values: Floats) -> Floats:
        surprise = self.weight * _chance(values[self.lost] - values[self.won])
        won, lost = self.total(self.won, surprise), self.total(self.lost, surprise)
        return won - lost + self.phantom * (1 - 2 * _chance(values))

    def mm_step(self, values: Floats) -> Floats:
        """p_i <- W_i / sum_j n_ij / (p_i + p_j); without a phantom the mean of the logarithms stays 0."""
        p = np.exp(values)
        meets = self.weight / (p[self.won] + p[self.lost])
        asked = self.total(self.won, meets) + self.total(self.lost, meets)
        wins = self.total(self.won, self.weight) + self.phantom
        moved: Floats = np.log(wins / (asked + 2 * self.phantom / (p + 1)))
        return moved if self.phantom > 0 else moved - moved.mean()

    def covariance(self, values: Floats) -> Floats:
        """The inverse of the negative Hessian; without a phantom its pseudo-inverse, whose sum is 0."""
        chance = _chance(values[self.won] - values[self.lost])
        known = self.weight * chance * (1 - chance)
        hessian = np.zeros((self.count, self.count))
        np.add.at(hessian, (self.won, self.lost), -known)
        np.add.at(hessian, (self.lost, self.won), -known)
        against = _chance(values)
        own = 2 * self.phantom * against * (1 - against)
        diagonal = self.total(self.won, known) + self.total(self.lost, known) + own
        hessian[np.diag_indices(self.count)] = diagonal
        found = (
            np.linalg.inv(hessian) if self.phantom > 0 else np.linalg.pinv(hessian, hermitian=True)
        )
        return np.asarray(found, dtype=np.float64)


def _is_strongly_connected(tally: _Tally) -> bool:
    def reaches_all(start: NDArray[np.intp], end: NDArray[np.intp]) -> bool:
        ways: list[list[int]] = [[] for _ in range(tally.count)]
        for a, b, w in zip(start, end, tally.weight, strict=True):
            if w > 0:
                ways[a].append(int(b))
        reached, waiting = {0}, [0]
        while waiting:
            for item in ways[waiting.pop()]:
                if item not in reached:
                    reached.add(item)
                    waiting.append(item)
        return len(reached) == tally.count

    won, lost = tally.won, tally.lost
    return tally.count < 2 or (reaches_all(won, lost) and reaches_all(lost, won))


def next_pair(
    found: Strengths, asked: Collection[tuple[int, int]] = (), seed: int | None = None
) -> tuple[int, int] | None:
    """The pair whose answer would teach most: the variance of its difference x p (1 - p). None when all were asked.

    Pairs in `asked` (either way round) are left out: those this voter has judged. With a seed one of the ten best is
    drawn and its sides too, so that voters who come at once do not all get the same.
    """
    count = len(found.values)
    if count < 2:
        return None
    own = np.diag(found.covariance)
    variance = own[:, None] + own[None, :] - 2 * found.covariance
    chance = _chance(found.values[:, None] - found.values[None, :])
    gain = variance * chance * (1 - chance)
    gain[np.tril_indices(count)] = -1
    for one, other in asked:
        gain[min(one, other), max(one, other)] = -1
    order = np.argsort(-np.round(gain, 12), axis=None, kind="stable")
    best = [(int(n // count), int(n % count)) for n in order[:10] if gain.flat[n] >= 0]
    if not best:
        return None
    if seed is None:
        return best[0]
    draw = random.Random(seed)  # noqa: S311 - which pair is shown is no secret
    one, other = draw.choice(best)
    return (one, other) if draw.random() < 0.5 else (other, one)


def beta_share(wins: float, losses: float) -> float:
    """The simple form of the share: 100 x (wins + 1) / (wins + losses + 2). It does not ask who was beaten."""
    return 100 * (wins + 1) / (wins + losses + 2)


def elo_expected(rating: float, opponent: float) -> float:
    """The expected score against an opponent, 0 to 1: 1 / (1 + 10^((opponent - rating) / 400))."""
    difference = np.clip((opponent - rating) / ELO_SPREAD, -300, 300)
    return float(1 / (1 + 10.0**difference))


def elo_update(
    rating: float, opponents: Sequence[float], actual_score: float, k: float = ELO_K
) -> float:
    """The rating after games against these opponents: each win scores 1, each draw a half."""
    expected = sum(elo_expected(rating, opponent) for opponent in opponents)
    return rating + k * (actual_score - expected)
