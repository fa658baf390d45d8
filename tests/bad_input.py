"""What the tests of bad input share: a lawful body per kind, and the looks at an answer."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from ideas.models import Feasibility, Research, Trend
from plm.config.api import router
from plm.kinds import Kind, all_kinds
from tests.make import (
    make_case,
    make_competitor,
    make_evidence,
    make_feedback,
    make_gate,
    make_idea,
    make_item,
    make_key_result,
    make_metric,
    make_milestone,
    make_objective,
    make_persona,
    make_release,
    make_spec,
    make_sprint,
)

KINDS = [kind.name for kind in all_kinds()]


def one_of_each_kind(world: Any) -> dict[str, Any]:
    manager = world.actor("alice")
    objective = make_objective(manager, world.atlas)
    return {
        "idea": make_idea(manager, world.atlas), "business_case": make_case(manager, world.atlas), "gate": make_gate(manager, world.atlas), "competitor": make_competitor(manager, world.atlas), "research": make_evidence(Research, manager, world.atlas), "trend": make_evidence(Trend, manager, world.atlas), "feasibility": make_evidence(Feasibility, manager, world.atlas), "item": make_item(manager, world.atlas),
        "spec": make_spec(manager, world.atlas), "sprint": make_sprint(manager, world.atlas), "objective": objective,
        "key_result": make_key_result(manager, objective), "release": make_release(manager, world.atlas),
        "milestone": make_milestone(manager, world.atlas, on=date(2026, 9, 30)), "metric": make_metric(manager, world.atlas),
        "feedback": make_feedback(manager, world.atlas), "persona": make_persona(manager, world.atlas),
    }  # fmt: skip


def lawful_body(name: str, records: dict[str, Any]) -> dict[str, Any]:
    """What a POST to the collection of a kind takes."""
    own = {
        "spec": lambda: {"item": records["item"].reference},
        "sprint": lambda: {"starts_on": "2027-01-04", "ends_on": "2027-01-15"},
        "key_result": lambda: {"objective": records["objective"].reference, "start": 1, "target": 2},
        "milestone": lambda: {"on": "2027-02-01"},
    }  # fmt: skip
    return {"product": "ATL", "title": "Lawful", **own.get(name, dict)()}


def collection(kind: Kind) -> str:
    found = (p for p, viewset, _ in router.registry if getattr(viewset, "kind", None) is kind)
    return f"/api/v1/{next(found)}/"


def send(client: Any, method: str, url: str, body: Any, **headers: str) -> Any:
    """The answer to a JSON body, given as an object or as the bytes themselves."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.generic(
        method.upper(), url, data, content_type="application/json", headers=headers
    )


def refusal(answer: Any, *statuses: int) -> dict[str, Any]:
    """The problem document of an answer that refuses, checked for what each of them holds."""
    expected = statuses or (400, 404, 409, 413, 422)
    assert answer.status_code in expected, (answer.status_code, answer.content[:400])
    assert answer["Content-Type"] == "application/problem+json", answer["Content-Type"]
    body: dict[str, Any] = json.loads(answer.content)
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer["X-Request-Id"]
    assert body["title"]
    assert body["detail"]
    return body
