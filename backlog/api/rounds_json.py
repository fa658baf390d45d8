"""What the API says of a round: itself, its people, one's own answers, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backlog.models import Round, RoundItem, RoundParticipant
from backlog.models.round import KANO, MAXDIFF, PAIRS, POINTS, SCORES
from backlog.selectors import rounds_needs as needs
from backlog.selectors import rounds_results as found
from backlog.selectors.rounds import answers_of, criteria_gone, criteria_of, items_of, progress_of
from backlog.selectors.rounds_sheet import sheet_of
from backlog.selectors.rounds_use import Mapping as Used
from backlog.serializers.rounds import RoundBrief, criteria_json
from plm.permissions import Actor


def round_json(row: Round) -> dict[str, Any]:
    """A round with its items and how far everybody is."""
    items = items_of(row)
    return {
        **RoundBrief(row).data, "intro": row.intro, "remarks_members": row.remarks_members,
        "remarks_guests": row.remarks_guests, "roles": row.roles, "criteria": criteria_json(row.formula),
        "items": [item_json(item) for item in items], "participants": people_json(row, len(items)),
    }  # fmt: skip


def item_json(item: RoundItem) -> dict[str, Any]:
    """One item of a round."""
    return {
        "id": item.uuid, "reference": item.item.reference, "title": item.title, "about": item.about,
        "with_it": item.with_it, "without_it": item.without_it, "decided": item.decided,
        "decided_reason": item.decided_reason, "decided_at": item.decided_at, "version": item.version,
    }  # fmt: skip


def people_json(row: Round, items: int | None = None) -> list[dict[str, Any]]:
    """Who takes part and how far they are."""
    return [
        {
            "id": p.participant.uuid, "name": p.participant.name, "guest": p.participant.is_guest,
            "role": p.participant.role, "given": p.given, "expected": p.expected,
            "mail": p.participant.mail_state, "mail_problem": p.participant.mail_problem,
        }
        for p in progress_of(row, items=items)
    ]  # fmt: skip


def person_json(row: Round, person: RoundParticipant) -> dict[str, Any]:
    """One of them."""
    return next(known for known in people_json(row) if known["id"] == person.uuid)


def asked_json(guest: RoundParticipant) -> dict[str, Any]:
    """What a guest reads of the round: its words and the scales of what they judge."""
    row, sheet = guest.round, sheet_of(guest)
    names = ("id", "title", "about", "with_it", "without_it")
    return {
        "title": sheet.title, "intro": sheet.intro, "kind": sheet.kind, "state": sheet.state,
        "ends_at": sheet.ends_at, "name": sheet.name,
        "items": [{n: getattr(line.asked, n) for n in names} for line in sheet.rows],
        "remarks": [
            {"item": line.asked.id, "name": one.name, "body": one.body, "created_at": one.at}
            for line in sheet.rows
            for one in line.said
        ],
        "scales": criteria_json(criteria_of(row, guest)),
    }  # fmt: skip


def own_json(me: RoundParticipant, actor: Actor) -> dict[str, Any]:
    """What one participant answered, and what is asked next."""
    row, sheet = me.round, sheet_of(me, actor=actor)
    ids = {item.pk: str(item.uuid) for item in items_of(row)}
    shown = {"number": sheet.set_number, "items": [a.id for a in sheet.set_shown]}
    return {
        "given": sheet.given, "expected": sheet.expected,
        "answers": [_own(row.kind, s, v, ids) for s, v in answers_of(me).items()],
        "criteria": [f.key for f in criteria_of(row, me).factors],
        "pair": [asked.id for asked in sheet.pair], "set": shown if sheet.set_shown else None,
    }  # fmt: skip


def _own(kind: str, subject: str, value: Any, ids: Mapping[int, str]) -> dict[str, Any]:
    first, _, rest = subject.partition(".")
    if kind == MAXDIFF:
        return {"set": int(first), "best": ids.get(value["best"]), "worst": ids.get(value["worst"])}
    item = ids.get(int(first))
    if kind == SCORES:
        return {"item": item, "criterion": rest, "value": value}
    if kind == POINTS:
        return {"item": item, "points": value}
    if kind == PAIRS:
        return {"pair": [item, ids.get(int(rest))], "winner": ids.get(value["winner"])}
    return {
        "item": item,
        "question": "functional" if rest == "with" else "dysfunctional",
        "answer": value,
    }


def results_json(row: Round) -> dict[str, Any]:
    """What the round found; nothing while it is blind."""
    items = items_of(row)
    readers: dict[str, Callable[[Round, Sequence[RoundItem]], dict[str, Any]]] = {
        SCORES: _scores, POINTS: _points, PAIRS: _pairs, KANO: _kano, MAXDIFF: _maxdiff,
    }  # fmt: skip
    empty: dict[str, Any] = {"items": [], "agreement": [], "unspent": [], "dropped": []}
    told = {} if row.is_blind else readers[row.kind](row, items)
    return {"kind": row.kind, "blind": row.is_blind, **empty, **told}


def _named(item: RoundItem) -> dict[str, Any]:
    return {"id": item.uuid, "reference": item.item.reference, "title": item.title}


def _scores(row: Round, items: Sequence[RoundItem]) -> dict[str, Any]:
    scored, agreed = found.score_results(row, items, criteria_gone(row))
    return {
        "items": [
            {
                **_named(one.item),
                "dispute": one.dispute,
                "criteria": [
                    {
                        "key": j.factor.key, "gone": j.gone, "median": j.summary.median if j.summary else None,
                        "low": j.summary.low if j.summary else None, "high": j.summary.high if j.summary else None,
                        "spread": j.summary.spread if j.summary else None, "dispute": j.dispute, "words": j.words,
                        "values": [{"name": d.name, "value": d.value} for d in j.dots],
                    }
                    for j in one.judged
                ],
            }
            for one in scored
        ],
        "agreement": [{"key": a.factor.key, "alpha": a.alpha, "words": a.words} for a in agreed],
    }  # fmt: skip


def _points(row: Round, items: Sequence[RoundItem]) -> dict[str, Any]:
    told = found.point_results(row, items)
    return {
        "items": [
            {
                **_named(s.item), "points": s.points, "share": s.share,
                "from": [{"name": name, "points": given} for name, given in s.each],
            }
            for s in told.shares
        ],
        "unspent": [{"name": name, "points": left} for name, left in told.unspent],
    }  # fmt: skip


def _pairs(row: Round, items: Sequence[RoundItem]) -> dict[str, Any]:
    return {
        "items": [
            {
                **_named(s.item), "share": s.share, "low": s.low if s.share is not None else None,
                "high": s.high if s.share is not None else None, "wins": s.wins, "losses": s.losses,
            }
            for s in found.pair_results(row, items)
        ]
    }  # fmt: skip


def _kano(row: Round, items: Sequence[RoundItem]) -> dict[str, Any]:
    told = needs.kano_results(row, items)
    return {
        "items": [
            {
                **_named(n.item), "answers": n.answers, "counts": {key: count for key, _, count in n.counts},
                "category": n.category or None, "leading": n.leading or None, "strength": n.strength,
                "matters": n.matters,
                "clear": n.clear, "better": n.better, "worse": n.worse,
                "functional": n.place.functional if n.place else None,
                "dysfunctional": n.place.dysfunctional if n.place else None, "quadrant": n.quadrant or None,
            }
            for n in told.needs
        ],
        "dropped": told.dropped,
    }  # fmt: skip


def _maxdiff(row: Round, items: Sequence[RoundItem]) -> dict[str, Any]:
    return {
        "items": [
            {
                **_named(p.item), "share": p.share, "utility": p.utility, "score": p.score, "shown": p.shown,
                "best": p.best, "worst": p.worst,
            }
            for p in needs.maxdiff_results(row, items)
        ]
    }  # fmt: skip


def use_json(found: Used) -> dict[str, Any]:
    """What each item of a round gets, or got, as a factor."""
    return {
        "factor": found.factor.key, "rule": found.rule, "mark": found.mark,
        "items": [
            {
                "id": one.item.uuid, "reference": one.item.item.reference, "result": one.result,
                "value": one.value, "now": one.now,
            }
            for one in found.rows
        ],
    }  # fmt: skip
