"""Writes on stage gates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from ideas.finance.gate import DECISIONS
from ideas.models import Feasibility, Gate
from ideas.services.evidence import rows_cleaned
from ideas.services.origins import check_origins
from plm.errors import Conflict, Invalid
from plm.events import plain, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_move, record_update

CRITERIA = ("must", "should", "kills", "threshold")
BEFOREHAND = ("metric", "when", "threshold", "by")
"""What a kill criterion says; changing one of these is writing another."""


@service
def gate_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Gate:
    """Prepare a decision. Emits `gate.created`."""
    require(actor, "gate.create", product)
    check_origins(Gate, product.pk, values)
    given = _criteria({**values, "state": "open"}, ())
    return record_create(
        Gate, actor=actor, product=product, values=given, tags=tags, custom=custom, reason=reason
    )


@service
def gate_update(
    *,
    actor: Actor,
    record: Gate,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Gate:
    """Change criteria or answers. Emits `gate.updated`.

    Raises Conflict once the decision is made, and for a kill criterion whose day has passed: that one can only be answered.
    """
    require(actor, "gate.edit", record.product)
    check_origins(Gate, record.product_id, values)
    current = record_locked(record, version=version)
    given = _criteria(values, current.kills)
    if current.is_decided and any(
        name in given and given[name] != getattr(current, name) for name in CRITERIA
    ):
        raise Conflict(f"{current.reference} is decided; its criteria stay as they were.")
    if "kills" in given:
        _check_kept(current.kills, given["kills"])
    if given.get("state") not in (None, current.state, "open"):
        raise Invalid(
            fields={"state": "A decision is made with its reason, not by a change of state."}
        )
    return record_update(
        current, actor=actor, version=version, values=given, tags=tags, custom=custom, reason=reason
    )


@service
def gate_decide(
    *, actor: Actor, gate: Gate, version: int | None, decision: str, reason: str
) -> Gate:
    """Go, kill, hold or recycle, with a reason and a frozen copy of the evidence. Emits `gate.decided`.

    The advice of the criteria binds nobody, but it is kept beside the decision. Raises Invalid without a reason, Conflict
    where go or kill has been decided before.
    """
    require(actor, "gate.decide", gate.product)
    current = record_locked(gate, version=version)
    if current.is_decided:
        raise Conflict(f"{current.reference} was decided before: {current.state_label.lower()}.")
    wrong = {}
    if decision not in dict(DECISIONS):
        wrong["decision"] = f"Choose one of: {', '.join(dict(DECISIONS))}."
    if not reason.strip():
        wrong["reason"] = "Say why: in a year nobody will remember."
    if wrong:
        raise Invalid(fields=wrong)
    made = {
        "decision": decision,
        "by": actor.name,
        "at": timezone.now().isoformat(),
        "reason": reason.strip()[:5000],
        "advice": current.verdict.advice,
        "evidence": evidence_of(current),
    }
    return record_update(
        current, actor=actor, version=version, action="gate.decide", verb="decided", reason=reason.strip()[:2000],
        values={"decisions": [*current.decisions, made], "state": decision},
    )  # fmt: skip


@service
def gate_move(
    record: Gate, *, actor: Actor, state: str, version: int | None = None, reason: str = ""
) -> Gate:
    """Open a gate on hold, or one worked over, again. Decisions are `gate_decide`'s. Emits `gate.moved`."""
    if state in dict(DECISIONS):
        raise Invalid(
            fields={"state": "A decision is made with its reason, not by a change of state."}
        )
    return record_move(record, actor=actor, state=state, version=version, reason=reason)


def evidence_of(gate: Gate) -> dict[str, Any]:
    """What the decision stands on, as plain values: criteria, what the idea's demand is, what the case says."""
    idea, case = gate.idea, gate.case
    feasibility = (
        Feasibility.objects.live().filter(idea_id=gate.idea_id or 0).order_by("-pk").first()
    )
    found: dict[str, Any] = {
        "must": gate.must, "should": gate.should, "kills": gate.kills, "threshold": gate.threshold,
        "verdict": asdict(gate.verdict),
    }  # fmt: skip
    if idea is not None:
        found["idea"] = {
            "reference": idea.reference, "title": idea.title, "votes": idea.votes_count, "people": idea.demand_people,
            "companies": idea.demand_companies, "revenue": plain(idea.demand_revenue),
        }  # fmt: skip
    if case is not None:
        found["case"] = {
            "reference": case.reference, "title": case.title, "currency": case.currency, "npv": case.npv, "p10": case.npv_p10,
            "p90": case.npv_p90, "loss": case.loss, "lines": case.lines,
        }  # fmt: skip
    if isinstance(feasibility, Feasibility):
        found["feasibility"] = {"reference": feasibility.reference, "verdict": feasibility.verdict}
    return found


def _criteria(values: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The values with rows in stored form; each kill criterion with the day it was written."""
    given = dict(values)
    if isinstance(given.get("kills"), list):
        given["kills"] = [
            {n: v for n, v in row.items() if n != "written_on"} if isinstance(row, dict) else row
            for row in given["kills"]
        ]
    given = rows_cleaned(Gate, given)
    threshold = given.get("threshold", 6.0)
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 10:
        raise Invalid(fields={"threshold": "Give a score from 0 to 10."})
    known = {tuple(row[name] for name in BEFOREHAND): row["written_on"] for row in before}
    today = timezone.localdate().isoformat()
    for row in given.get("kills", []):
        row["written_on"] = known.get(tuple(row[name] for name in BEFOREHAND), today)
    return given


def _check_kept(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> None:
    today = timezone.localdate().isoformat()
    stays = {tuple(row[name] for name in BEFOREHAND) for row in after}
    for row in before:
        if row["by"] < today and tuple(row[name] for name in BEFOREHAND) not in stays:
            raise Conflict(
                f"The day of “{row['metric']}” has passed: answer whether it came true; it can no longer be changed or taken out."
            )
