"""Specifications: a first draft, a second version after the review, and what of it is met."""

from __future__ import annotations

from typing import Any

from analytics.demo.backlog import OWNERS
from analytics.demo.telling import Telling, exact
from backlog.models import Spec
from backlog.services.reviews import review_answer, review_ask, spec_sign_off
from backlog.services.specs import criterion_check, spec_create, spec_update
from ideas.models import Segment

REVIEWER = "tomas"
FOR = {
    "chains": "Large customers", "partners": "Large customers", "insight": "Food retail and bakeries",
    "alarms": "Food retail and bakeries",
}  # fmt: skip
"""Whom the features of an epic are for, where it is not everybody."""
POINTS = {"must": (3, 5, 8), "should": (2, 3, 3), "could": (2, 3, 5), "wont": (None, None, None)}
CHANGES = "Say what shall be accepted for the last requirement."


def plan_specs(telling: Telling) -> None:
    for row in telling.features.values():
        if "spec" in row:
            _plan_one(telling, row)


def _plan_one(telling: Telling, row: dict[str, Any]) -> None:
    actor = telling.actors[OWNERS[row["epic"]]]
    found: list[Spec] = []
    begins = row.get("from", 90)
    drafted = max(row["created"] + 2, min(begins - 20, -14))

    def draft() -> None:
        given = _values(telling, row)
        if len(given["requirements"]) > 1:
            given["requirements"] = given["requirements"][:-1]
        found.append(spec_create(actor=actor, product=telling.product, values=given))

    def second() -> None:
        given = _values(telling, row)
        spec = telling.current(found[0])
        known = list(spec.requirements.all())
        for asked, kept in zip(given["requirements"], known, strict=False):
            asked["id"] = str(kept.uuid)
        del given["item"]
        spec_update(
            actor=actor, record=spec, version=None, values=given, reason="After the review with the team"
        )  # fmt: skip

    telling.plan(telling.moment(drafted), draft)
    if begins < 30:
        telling.plan(telling.moment(drafted + 9), second)
    if begins < 60:
        _plan_review(telling, row, found, drafted, agreed=begins < 30)
    if begins < 30:
        _plan_checks(telling, row, found)


def _plan_review(
    telling: Telling, row: dict[str, Any], found: list[Spec], drafted: int, *, agreed: bool
) -> None:
    """Somebody asks for changes; of what is built soon the second version is approved and signed off."""
    actor = telling.actors[OWNERS[row["epic"]]]

    def ask() -> None:
        people = [telling.users[REVIEWER]]
        review_ask(actor=actor, spec=telling.current(found[0]), reviewers=people)

    def answer(verdict: str, number: int, reason: str = "") -> None:
        review_answer(
            actor=telling.actors[REVIEWER], spec=telling.current(found[0]), verdict=verdict, number=number,
            reason=reason,
        )  # fmt: skip

    def sign() -> None:
        spec_sign_off(actor=actor, spec=telling.current(found[0]))

    telling.plan(telling.moment(drafted + 6), ask)
    telling.plan(telling.moment(drafted + 7), lambda: answer("changes", 1, CHANGES))
    if agreed:
        telling.plan(telling.moment(drafted + 10), lambda: answer("approved", 2))
        telling.plan(telling.moment(drafted + 11), sign)


def _values(telling: Telling, row: dict[str, Any]) -> dict[str, Any]:
    spec = row["spec"]
    title, unit, baseline, target = spec["metric"]
    return {
        "title": row["title"], "item": telling.items[row["key"]], "problem": spec["problem"],
        "description": row["text"], "audience": spec["audience"], "goals": spec["goals"],
        "non_goals": spec["non_goals"], "success_metric": title, "success_unit": unit,
        "success_baseline": exact(baseline), "success_target": exact(target), "success_due": telling.day(row["to"] + 60),
        "owner": telling.users[OWNERS[row["epic"]]], "team": telling.teams[row["team"]],
        "segments": [s for s in Segment.objects.filter(workspace=telling.workspace) if s.name == FOR.get(row["epic"])],
        "requirements": [
            {
                "moscow": moscow, "text": text, "state": "agreed", "acceptance": [{"text": t} for t in criteria],
                "estimate": exact(POINTS[moscow][len(text) % 3]),
            }
            for moscow, text, criteria in spec["requirements"]
        ],
    }  # fmt: skip


def _plan_checks(telling: Telling, row: dict[str, Any], found: list[Spec]) -> None:
    """What is done is met; of what is being built, the first requirement."""
    begins, ends = row["from"], row["to"]
    if begins >= 0:
        return
    most = None if ends < 0 else 1

    def check() -> None:
        spec = telling.current(found[0])
        wanted = [r for r in spec.requirements.all() if r.moscow != "wont"][:most]
        for requirement in wanted:
            for place in range(len(requirement.acceptance)):
                criterion_check(
                    actor=telling.actors["tomas"], spec=spec, requirement=str(requirement.uuid),
                    position=place, met=True,
                )  # fmt: skip

    telling.plan(telling.moment(ends - 2 if ends < 0 else -7), check)
