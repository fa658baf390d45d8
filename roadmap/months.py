"""A month as whole weeks, Monday first. Plain arithmetic."""

from __future__ import annotations

import re
from calendar import month_name
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1900, 9000


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the years that the roadmap shows."""

    year: int
    month: int

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        following = self.step(1)
        return date(following[0], following[1], 1) - timedelta(days=1)

    @property
    def label(self) -> str:
        return f"{month_name[self.month]} {self.year}"

    @property
    def key(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def step(self, months: int) -> tuple[int, int]:
        """(year, month) so many months later."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return year, month + 1

    def neighbour(self, months: int) -> str:
        """The key of the month so many later; empty where the roadmap shows none."""
        year, month = self.step(months)
        return f"{year:04}-{month:02}" if FIRST_YEAR <= year <= LAST_YEAR else ""

    def weeks(self) -> list[list[date]]:
        """The weeks that hold the month, with the days before and after it that belong to them."""
        begin = self.first - timedelta(days=self.first.weekday())
        count = ((self.last - begin).days // 7) + 1
        return [[begin + timedelta(days=7 * w + d) for d in range(7)] for w in range(count)]


def month_of(text: str) -> Month | None:
    """The month of a text such as 2027-03; None where it is none."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return Month(year, month)
