"""Stage gates as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from ideas.finance.gate import DECISIONS
from ideas.models import Gate
from ideas.selectors.rows import rows_page
from plm.permissions import Actor

HUES = {"go": "green", "kill": "red", "hold": "gray", "recycle": "amber"}


@dataclass(frozen=True, slots=True)
class Decision:
    label: str
    hue: str
    by: str
    at: datetime
    reason: str
    advice: str
    against: bool
    """The decision differs from what the criteria advised."""
    evidence: dict[str, Any]


def _decision(row: dict[str, Any]) -> Decision:
    labels = dict(DECISIONS)
    return Decision(
        labels[row["decision"]], HUES[row["decision"]], row["by"], datetime.fromisoformat(row["at"]), row["reason"],
        labels.get(row["advice"], ""), row["advice"] not in ("", row["decision"]), row["evidence"],
    )  # fmt: skip


def gate_page(actor: Actor, gate: Gate) -> dict[str, Any]:
    """What the page of a gate shows beyond what every record shows."""
    today = timezone.localdate().isoformat()
    found = rows_page(actor, gate)
    page = {
        **found,
        "may_edit_rows": found["may_edit_rows"] and not gate.is_decided,
        "verdict": gate.verdict,
        "due": [row for row in gate.kills if row["by"] <= today and row["true"] is None],
        "decisions": [_decision(row) for row in reversed(gate.decisions)],
        "may_decide": not gate.is_decided and actor.may("gate.decide", gate.workspace_id, gate.product_id),
    }  # fmt: skip
    if gate.state in {"open", "go", "kill"}:
        page["moves"] = []
    return page
