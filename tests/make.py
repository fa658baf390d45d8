"""Typed functions that make records through their services, as the product itself would."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from django.utils import timezone

from analytics.models import Metric
from analytics.services.metrics import metric_create
from backlog.models import BacklogItem, Round, RoundItem, Spec, Sprint
from backlog.services.items import item_create
from backlog.services.rounds import round_create, round_move
from backlog.services.rounds_answers import round_answer
from backlog.services.rounds_people import round_guest_add
from backlog.services.rounds_talk import round_comment
from backlog.services.specs import spec_create
from backlog.services.sprints import sprint_create
from feedback.models import Feedback
from feedback.services.feedback import feedback_create
from ideas.models import BusinessCase, Company, Competitor, Gate, Idea, Person, RowRecord
from ideas.services.cases import case_create
from ideas.services.competitors import competitor_create
from ideas.services.customers import company_create, person_create
from ideas.services.evidence import evidence_create
from ideas.services.gates import gate_create
from ideas.services.ideas import idea_create
from plm.models import Component, Product, ProductGroup, Workspace
from plm.permissions import Actor
from plm.services.hierarchy import component_create, group_create
from roadmap.models import (
    KeyResult,
    Milestone,
    Objective,
    Persona,
    Placement,
    Release,
    RoadmapScenario,
)
from roadmap.services.contributions import contribution_set
from roadmap.services.objectives import key_result_create, objective_create
from roadmap.services.placements import placement_set
from roadmap.services.releases import milestone_create, release_create
from roadmap.services.scenario_changes import scenario_place_set
from roadmap.services.scenarios import scenario_create
from roadmap.services.strategy import persona_create

R = TypeVar("R", bound=RowRecord)


def make_idea(actor: Actor, product: Product, title: str = "Split payments", **values: Any) -> Idea:
    return idea_create(actor=actor, product=product, values={"title": title, **values})


def make_case(
    actor: Actor, product: Product, title: str = "Deposits by card", **values: Any
) -> BusinessCase:
    return case_create(actor=actor, product=product, values={"title": title, **values})


def make_evidence(
    model: type[R], actor: Actor, product: Product, title: str = "Why they wait", **values: Any
) -> R:
    return evidence_create(model, actor=actor, product=product, values={"title": title, **values})


def make_competitor(
    actor: Actor, product: Product, title: str = "Terminland", **values: Any
) -> Competitor:
    return competitor_create(actor=actor, product=product, values={"title": title, **values})


def make_gate(
    actor: Actor, product: Product, title: str = "Shall we build it?", **values: Any
) -> Gate:
    return gate_create(actor=actor, product=product, values={"title": title, **values})


def make_item(
    actor: Actor, product: Product, title: str = "Group bookings", **values: Any
) -> BacklogItem:
    return item_create(actor=actor, product=product, values={"title": title, **values})


def make_metric(
    actor: Actor, product: Product, title: str = "Weekly active teams", **values: Any
) -> Metric:
    return metric_create(actor=actor, product=product, values={"title": title, **values})


def event(name: str = "order", at: str = "2026-03-02T10:00:00Z", **values: Any) -> dict[str, Any]:
    """A product event as a client sends it, with an id of its own."""
    return {"id": str(uuid.uuid4()), "name": name, "at": at, "actor": "u1", **values}


def make_objective(
    actor: Actor, product: Product, title: str = "Cut no-shows by a third", **values: Any
) -> Objective:
    return objective_create(actor=actor, product=product, values={"title": title, **values})


def make_key_result(actor: Actor, objective: Objective, **values: Any) -> KeyResult:
    given = {"title": "No-show rate", "start": 9.1, "target": 6.0, "unit": "%", **values}
    given["objective"] = objective
    return key_result_create(actor=actor, product=objective.product, values=given)


def make_persona(
    actor: Actor, product: Product, title: str = "The owner", **values: Any
) -> Persona:
    return persona_create(actor=actor, product=product, values={"title": title, **values})


def make_release(
    actor: Actor, product: Product, title: str = "Spring release", **values: Any
) -> Release:
    return release_create(actor=actor, product=product, values={"title": title, **values})


def make_milestone(
    actor: Actor, product: Product, title: str = "Partner beta", **values: Any
) -> Milestone:
    return milestone_create(actor=actor, product=product, values={"title": title, **values})


def make_placement(actor: Actor, item: BacklogItem, **values: Any) -> Placement:
    return placement_set(actor=actor, item=item, values=values)


def make_scenario(
    actor: Actor, item: BacklogItem, name: str = "Mobile first", **values: Any
) -> RoadmapScenario:
    """A scenario of the roadmap that has an item otherwise: only explored, unless other values are given."""
    made = scenario_create(
        actor=actor, product=item.product, name=name, question="What if mobile joins?"
    )
    scenario_place_set(
        actor=actor, scenario=made, item=item, values=values or {"commitment": "exploring"}
    )
    return made


def make_contribution(actor: Actor, item: BacklogItem, percent: int = 30) -> Objective:
    """A goal that so much of an item serves."""
    goal = make_objective(actor, item.product, "Open the north")
    contribution_set(actor=actor, item=item, objective=goal, percent=percent)
    return goal


def make_company(
    actor: Actor, workspace: Workspace, name: str = "Harbour Clinic", **values: Any
) -> Company:
    return company_create(actor=actor, workspace=workspace, values={"name": name, **values})


def make_person(
    actor: Actor, workspace: Workspace, name: str = "Ana Ruiz", **values: Any
) -> Person:
    return person_create(actor=actor, workspace=workspace, values={"name": name, **values})


def make_feedback(
    actor: Actor, product: Product, text: str = "We split every invoice by hand.", **values: Any
) -> Feedback:
    return feedback_create(actor=actor, product=product, values={"description": text, **values})


def make_spec(
    actor: Actor, product: Product, item: BacklogItem | None = None, **values: Any
) -> Spec:
    """A specification of `item`, or of a new feature."""
    feature = item or make_item(actor, product)
    given = {"title": feature.title, "item": feature, **values}
    return spec_create(actor=actor, product=product, values=given)


def make_sprint(actor: Actor, product: Product, title: str = "Sprint 1", **values: Any) -> Sprint:
    """A sprint that began three days ago and lasts two weeks."""
    first = timezone.localdate() - timedelta(days=3)
    days = {"starts_on": first, "ends_on": first + timedelta(days=13)}
    return sprint_create(actor=actor, product=product, values={"title": title, **days, **values})


def make_round(
    actor: Actor,
    product: Product,
    items: Sequence[BacklogItem],
    kind: str = "scores",
    **values: Any,
) -> Round:
    """A round about these items, open unless `state` says draft."""
    state = values.pop("state", "open")
    given = {"title": "Spring planning", **values}
    made = round_create(actor=actor, product=product, kind=kind, items=items, **given)
    return made if state == "draft" else round_move(actor=actor, row=made, state=state)


def make_revealed_round(actor: Actor, item: BacklogItem) -> Round:
    """A round about one more item and this, in which a guest gave points and somebody spoke; revealed."""
    items = [item, make_item(actor, item.product, "Waiting list")]
    row = make_round(actor, item.product, items, "points")
    RoundItem.objects.filter(round=row).update(about="What guests read")
    guest, _ = round_guest_add(actor=actor, row=row, name="Guest")
    points = {"points": {row.items.all()[0].uuid: 60}}
    round_answer(actor=Actor(name="Guest"), participant=guest, given=points)
    round_comment(actor=actor, item=row.items.all()[0], body="It is what they ask for first")
    return round_move(actor=actor, row=row, state="revealed")


def make_group(
    actor: Actor, workspace: Workspace, name: str = "Bookings", **values: Any
) -> ProductGroup:
    """A product line, or with `level` a portfolio."""
    level = values.pop("level", "line")
    return group_create(actor=actor, workspace=workspace, level=level, name=name, **values)


def make_component(actor: Actor, product: Product, name: str = "Search") -> Component:
    return component_create(actor=actor, product=product, name=name)
