"""What is known before anybody builds: research, trends, competitors, feasibility, business cases, gates."""

from __future__ import annotations

from functools import partial
from typing import Any

from analytics.demo.telling import Telling, story
from ideas.models import BusinessCase, Competitor, Feasibility, Research, Trend
from ideas.services.cases import case_create
from ideas.services.competitors import capability_create, capability_rate, competitor_create
from ideas.services.evidence import evidence_create
from ideas.services.gates import gate_create, gate_decide
from plm.models import Reference
from plm.services.notes import relation_add


def plan_discovery(telling: Telling) -> None:
    told = story("discovery")
    cases: dict[str, BusinessCase] = {}
    rivals: list[Competitor] = []
    acts: list[tuple[dict[str, Any], Any]] = [
        *((row, partial(_research, telling, row)) for row in told["research"]),
        *((row, partial(_trend, telling, row)) for row in told["trend"]),
        *((row, partial(_rival, telling, row, rivals)) for row in told["competitor"]),
        *((row, partial(_feasibility, telling, row)) for row in told["feasibility"]),
        *((row, partial(_case, telling, row, cases)) for row in told["case"]),
        *((row, partial(_gate, telling, row, cases)) for row in told["gate"]),
    ]
    for row, act in acts:
        telling.plan(telling.moment(-row["ago"]), act)
    for place, row in enumerate(told["capability"]):
        telling.plan(
            telling.moment(-8, hour=8 + place * 0.2), partial(_capability, telling, row, rivals)
        )


def _values(telling: Telling, row: dict[str, Any], owner: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "title": row["title"],
        "description": row.get("text", ""),
        "owner": telling.users[owner],
    }
    if "state" in row:
        found["state"] = row["state"]
    if "idea" in row:
        found["idea"] = telling.current(telling.record(f"idea:{row['idea']}"))
    return found


def _informs(telling: Telling, record: Any, row: dict[str, Any]) -> None:
    for begin in row["informs"]:
        relation_add(
            actor=telling.actors["maren"], source=record, target=telling.record(f"idea:{begin}"), type="informs"
        )  # fmt: skip


def _research(telling: Telling, row: dict[str, Any]) -> None:
    valid = telling.day(row["valid"]) if "valid" in row else None
    values = {
        **_values(telling, row, "hanne"), "type": row["type"], "confidence": row["confidence"], "method": row["method"],
        "question": row["question"], "valid_until": valid, "findings": row["findings"], "sources": row["sources"],
    }  # fmt: skip
    made = evidence_create(
        Research, actor=telling.actors["hanne"], product=telling.product, values=values
    )
    _informs(telling, made, row)


def _trend(telling: Telling, row: dict[str, Any]) -> None:
    values = {
        **_values(telling, row, "priya"), "direction": row["direction"], "segments": row["segments"],
        "evidence": row["evidence"],
    }  # fmt: skip
    made = evidence_create(
        Trend, actor=telling.actors["maren"], product=telling.product, values=values
    )
    _informs(telling, made, row)


def _rival(telling: Telling, row: dict[str, Any], rivals: list[Competitor]) -> None:
    values = {
        **_values(telling, row, "maren"),
        **{n: row[n] for n in ("positioning", "strengths", "weaknesses")},
    }
    made = competitor_create(actor=telling.actors["maren"], product=telling.product, values=values)
    rivals.append(made)


def _capability(telling: Telling, row: dict[str, Any], rivals: list[Competitor]) -> None:
    actor = telling.actors["maren"]
    record = Reference.objects.get(pk=telling.items[row["of"]].pk) if "of" in row else None
    line = capability_create(actor=actor, product=telling.product, name=row["name"], record=record)
    known = {rival.title: rival for rival in rivals}
    order = [None, *(known[told["title"]] for told in story("discovery")["competitor"])]
    for rival, ratings in zip(order, row["ratings"], strict=True):
        for age, rating in zip((200, 20)[-len(ratings) :], ratings, strict=True):
            capability_rate(
                actor=actor, capability=line, competitor=rival, rating=rating, on=telling.day(-age),
                evidence=row["evidence"] if age == 20 else "",
            )  # fmt: skip


def _feasibility(telling: Telling, row: dict[str, Any]) -> None:
    values = {**_values(telling, row, "luca"), "aspects": row["aspects"]}
    evidence_create(
        Feasibility, actor=telling.actors["luca"], product=telling.product, values=values
    )


def _case(telling: Telling, row: dict[str, Any], cases: dict[str, BusinessCase]) -> None:
    values = {
        **_values(telling, row, "maren"), "annual_rate": row["rate"], "periods": row["periods"], "lines": row["lines"],
    }  # fmt: skip
    cases[row["key"]] = case_create(
        actor=telling.actors["maren"], product=telling.product, values=values
    )


def _gate(telling: Telling, row: dict[str, Any], cases: dict[str, BusinessCase]) -> None:
    actor = telling.actors["maren"]
    kills = [
        {**{n: v for n, v in kill.items() if n != "in"}, "by": telling.day(kill["in"] - row["ago"]).isoformat()}
        for kill in row["kills"]
    ]  # fmt: skip
    values = {
        **_values(telling, row, "maren"), "case": telling.current(cases[row["case"]]), "must": row["must"],
        "should": row["should"], "kills": kills,
    }  # fmt: skip
    gate = gate_create(actor=actor, product=telling.product, values=values)
    if "decision" in row:
        gate_decide(
            actor=actor, gate=gate, version=None, decision=row["decision"], reason=row["reason"]
        )
