"""Stage 1 with 20,000 ideas: the portal, triage, a vote, 64 people voting at once, and similar ideas."""

from __future__ import annotations

import statistics
import time
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import connection, reset_queries

from ideas import minilm
from ideas.models import Idea, Person
from ideas.selectors import similar
from ideas.services.votes import idea_vote_set
from plm.selectors import actor_of
from tests.bench.data import Data
from tests.bench.ideas_data import FIRST_KEY, IDEAS, KEY, VOTERS, Ideas, fill_ideas
from tests.bench.load import Target, described, median, ratio, rounds
from tests.bench.report import Row
from tests.bench.servers import Server
from tests.bench.workloads.pages import cookie_header
from tests.voters import COUNTS, VOTES, Outcome, Voter, vote_at_once, wrong_votes

PORTAL = f"/portal/bench/{KEY.lower()}/"
# Published ideas of the product that take votes: their numbers are neither multiples of 3 nor end with 9.
ASKED = [n for n in range(1, 80) if n % 3 and n % 10 != 9]
SINGLE_VOTES = 60
TYPED = "split the payment of a booking among all guests"


def run(
    data: Data, servers: Mapping[str, Server], count: int, seconds: float, voting: float
) -> list[Row]:
    given = fill_ideas(data)
    _wake(servers["ours"], cookie_header(data.user))
    rows = _lists(data, given, servers, count, seconds)
    rows += _similar(data, given, servers["ours"], count, seconds)
    rows += _one_vote(given, servers, count, seconds)
    return rows + _many_votes(given, servers["ours"], voting)


def _wake(ours: Server, headers: Mapping[str, str]) -> None:
    """Each process reads all texts at its first question, for longer than a warm-up lasts."""

    def ask(_: int) -> None:
        url = f"{ours.url}/bench/{KEY}/ideas/triage"
        asked = urllib.request.Request(url, headers=dict(headers))  # noqa: S310 - our own address
        urllib.request.urlopen(asked, timeout=120).close()  # noqa: S310 - our own address

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(24)))


def _lists(
    data: Data, given: Ideas, servers: Mapping[str, Server], count: int, seconds: float
) -> list[Row]:
    ours, signed_in = servers["ours"], cookie_header(data.user)
    targets = {
        "portal, top": Target(ours, PORTAL, signed_in),
        "portal, new": Target(ours, f"{PORTAL}?sort=new", signed_in),
        "portal, a word": Target(ours, f"{PORTAL}?q={_word(given)}", signed_in),
        "portal, two letters": Target(ours, f"{PORTAL}?q={_word(given)[:2]}", signed_in),
        "triage": Target(ours, f"/bench/{KEY}/ideas/triage", signed_in),
        "R0": Target(servers["r0 more"], f"/portal?product={given.product.pk}"),
    }
    found = rounds(targets, count, seconds, clients=1)
    rows = []
    for name in list(targets)[:-1]:
        p50 = median(found[name], "p50")
        bare = name == "portal, top"
        rows.append(
            Row(
                f"13 {name}, {IDEAS:,} ideas, 1 client", f"p50 {p50:.0f} ms, {described(found[name])}",
                f"R0 {described(found['R0'])}" if bare else "",
                f"{ratio(found, name, 'R0'):.2f}" if bare else "", "p50 <= 150 ms", p50 <= 150,
            )
        )  # fmt: skip
    return rows


def _word(given: Ideas) -> str:
    title: str = Idea.objects.filter(product=given.product).values_list("title", flat=True)[0]
    return title.split(maxsplit=1)[0]


def _one_vote(given: Ideas, servers: Mapping[str, Server], count: int, seconds: float) -> list[Row]:
    """A vote as the portal's button gives it, one after the other; beside it the bare statement over HTTP."""
    ours = servers["ours"]
    voter = Voter(ours.url, PORTAL, _cookie(given.voters[0]), 0)
    voter.sign_in(ASKED[0])
    for n in range(SINGLE_VOTES):
        voter.vote(ASKED[n // 2 % len(ASKED)], on=n % 2 == 0)
    voter.line.close()
    if voter.refused:
        raise SystemExit(f"Votes were refused: {voter.refused}")
    p50 = statistics.median(voter.took[10:]) * 1000
    person = Person.objects.filter(workspace_id=given.product.workspace_id, user=None)[0].pk
    path = f"/vote?idea={FIRST_KEY + ASKED[-1]}&person={person}"
    found = rounds({"R0": Target(servers["r0 more"], path)}, count, seconds, clients=1)
    bare = median(found["R0"], "p50")
    Idea.objects.filter(pk=FIRST_KEY + ASKED[-1]).update(votes_count=_real(ASKED[-1]))
    asked = _statements(given)
    return [
        Row(
            f"13 a vote, {IDEAS:,} ideas, 1 client", f"p50 {p50:.1f} ms, the service {asked} statements",
            f"R0 p50 {bare:.1f} ms", f"{bare / p50:.2f}", "p50 <= 50 ms", p50 <= 50,
        )
    ]  # fmt: skip


def _real(number: int) -> int:
    return Idea.objects.get(pk=FIRST_KEY + number).votes.count()


def _statements(given: Ideas) -> int:
    """Of the service alone, the second time: the first vote makes the person."""
    actor, idea = actor_of(given.boss), Idea.objects.get(pk=FIRST_KEY + ASKED[0])
    count = 0

    def counted(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    idea_vote_set(actor=actor, idea=idea, voting=True)
    idea_vote_set(actor=actor, idea=idea, voting=False)
    with connection.execute_wrapper(counted):
        idea_vote_set(actor=actor, idea=idea, voting=True)
    reset_queries()
    return count


def _many_votes(given: Ideas, ours: Server, seconds: float) -> list[Row]:
    cookies = [_cookie(session) for session in given.voters]
    # Not those of the single votes: there the answers of this run are not all that is known.
    outcome = vote_at_once(ours.url, PORTAL, cookies, ASKED[len(ASKED) // 2 :], seconds)
    wrong = wrong_votes(outcome, _asked(VOTES), _asked(COUNTS))
    return [_voted(outcome, wrong, seconds)]


def _voted(outcome: Outcome, wrong: Mapping[str, int], seconds: float) -> Row:
    answers = len(outcome.took)
    p95 = statistics.quantiles(outcome.took, n=20)[-1] * 1000
    failed = sum(outcome.refused.values())
    said = ", ".join(f"{count} {what}" for what, count in wrong.items())
    return Row(
        f"13 {VOTERS} people vote at once for {seconds:g} s",
        f"{answers / seconds:,.0f}/s, p50 {statistics.median(outcome.took) * 1000:.0f} ms, p95 {p95:.0f} ms; {answers:,}"
        f" answers, {failed} failed; {said}",
        goal="nothing lost, doubled or miscounted", met=not failed and not any(wrong.values()),
    )  # fmt: skip


def _asked(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _cookie(session: str) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={session}"


def _similar(data: Data, given: Ideas, ours: Server, count: int, seconds: float) -> list[Row]:
    actor = actor_of(data.user)
    began = time.perf_counter()
    similar.similar_to_text(actor, given.product, TYPED)
    first = time.perf_counter() - began
    path = f"/api/v1/ideas/similar/?product={KEY}&text={_word(given)}%20{_word(given)}"
    found = rounds({"asked": Target(ours, path, data.headers)}, count, seconds, clients=1)
    p50 = median(found["asked"], "p50")
    how = "words and meaning" if minilm.installed() else "words"
    return [
        Row(
            f"13 similar among {IDEAS:,}, by {how}, 1 client", f"p50 {p50:.0f} ms, {described(found['asked'])}",
            goal="p50 <= 100 ms", met=p50 <= 100,
        ),
        Row(f"13 the first question of a process about {IDEAS:,} ideas", f"{first:.1f} s"),
    ]  # fmt: skip
