"""Many people who vote on the portal at the same time, and what must be true of the votes when they are done.

Used by a fault test with a short run and by `make bench` with a long one. It speaks HTTP alone; who calls it reads
the database.
"""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Voter:
    """One signed-in browser. `votes` is what was answered: idea by number to whether the person votes for it."""

    def __init__(self, url: str, portal: str, cookie: str, seed: int) -> None:
        self.address, self.portal, self.cookie = urlsplit(url), portal, cookie
        self.chance = random.Random(seed)
        self.votes: dict[int, bool] = {}
        self.unknown: set[int] = set()
        self.took: list[float] = []
        self.refused: Counter[int] = Counter()
        self.line = self._line()
        self.token = ""

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            self.address.hostname or "", self.address.port, timeout=60
        )

    def sign_in(self, number: int) -> None:
        """Read the page of an idea as a browser does, for the token of its form."""
        self.line.request("GET", f"{self.portal}ideas/{number}", headers={"Cookie": self.cookie})
        answer = self.line.getresponse()
        page = answer.read().decode()
        found = TOKEN.search(page)
        if answer.status != 200 or found is None:
            raise AssertionError(f"{self.portal}{number}: {answer.status} without a form to vote.")
        self.token = found[1]
        for given in answer.headers.get_all("Set-Cookie") or []:
            self.cookie += "; " + given.partition(";")[0]

    def vote(self, number: int, *, on: bool) -> None:
        """Vote or take it back. Without an answer nobody knows what the database holds."""
        body = urlencode({"on": "1" if on else "0", "csrfmiddlewaretoken": self.token})
        headers = {
            "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true",
            "Origin": f"{self.address.scheme}://{self.address.netloc}",
        }  # fmt: skip
        began = time.perf_counter()
        try:
            self.line.request("POST", f"{self.portal}ideas/{number}/vote", body, headers)
            answer = self.line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            self.line = self._line()
            self.unknown.add(number)
            self.refused[0] += 1
            return
        self.took.append(time.perf_counter() - began)
        if answer.status == 200:
            self.votes[number] = on
            self.unknown.discard(number)
        else:
            self.refused[answer.status] += 1

    def go_on(self, numbers: Sequence[int], until: float) -> None:
        """Every other time the first idea, over which all meet; votes are taken back as often as given."""
        while time.monotonic() < until:
            number = numbers[0] if self.chance.random() < 0.5 else self.chance.choice(numbers)
            self.vote(number, on=not self.votes.get(number, False))


@dataclass
class Outcome:
    """What all of them were answered. `votes` is by place of the voter, `unknown` are votes without an answer and
    `refused` answers of failure by status (0: none came)."""

    votes: list[dict[int, bool]]
    unknown: set[tuple[int, int]]
    refused: Counter[int]
    took: list[float] = field(repr=False)


def vote_at_once(
    url: str, portal: str, cookies: Sequence[str], numbers: Sequence[int], seconds: float
) -> Outcome:
    """All vote for `seconds`, each in a thread of its own; `portal` is the address of the portal below `url`."""
    voters = [Voter(url, portal, cookie, seed) for seed, cookie in enumerate(cookies)]
    for voter in voters:
        voter.sign_in(numbers[0])
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=v.go_on, args=(numbers, until)) for v in voters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for voter in voters:
        voter.line.close()
    return Outcome(
        [voter.votes for voter in voters],
        {(place, number) for place, voter in enumerate(voters) for number in voter.unknown},
        sum((voter.refused for voter in voters), Counter()),
        [seconds for voter in voters for seconds in voter.took],
    )


VOTES = (
    "SELECT u.email, i.number FROM ideas_vote v JOIN ideas_person p ON p.id = v.person_id"
    " JOIN plm_user u ON u.id = p.user_id JOIN ideas_idea i ON i.id = v.idea_id WHERE u.email LIKE 'voter%'"
)
COUNTS = (
    "SELECT i.number, i.votes_count, count(v.id) FROM ideas_idea i LEFT JOIN ideas_vote v ON v.idea_id = i.id"
    " GROUP BY i.id, i.number, i.votes_count"
)


def wrong_votes(
    outcome: Outcome, rows: Sequence[tuple[str, int]], counts: Sequence[tuple[int, int, int]]
) -> dict[str, int]:
    """What differs between answers and database, which gave `rows` for `VOTES` and `counts` for `COUNTS`. The address
    of a voter is `voter` and their place."""
    pairs = [(int(email.partition("@")[0].removeprefix("voter")), number) for email, number in rows]
    there = Counter(pair for pair in pairs if pair not in outcome.unknown)
    answered = {
        (place, number): on
        for place, votes in enumerate(outcome.votes)
        for number, on in votes.items()
        if (place, number) not in outcome.unknown
    }
    return {
        "lost": sum(on and not there[pair] for pair, on in answered.items()),
        "unasked": sum(not answered.get(pair, False) for pair in there),
        "doubled": sum(count - 1 for count in there.values()),
        "miscounted": sum(stored != real for _, stored, real in counts),
    }
