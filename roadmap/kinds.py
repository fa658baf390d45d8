"""What pages, API and importer need to know of objectives, key results, releases and milestones."""

from __future__ import annotations

from typing import Any

from plm.kinds import DEFAULT_ORDERS, Column, Kind, default_columns
from plm.stages import ROADMAP
from roadmap.canvases import points
from roadmap.filters.plan import (
    KeyResultFilter,
    MilestoneFilter,
    ObjectiveFilter,
    PersonaFilter,
    ReleaseFilter,
)
from roadmap.forms.records import KeyResultForm, MilestoneForm, ObjectiveForm, ReleaseForm
from roadmap.forms.strategy import PersonaForm
from roadmap.models import KeyResult, Milestone, Objective, Persona, Release
from roadmap.selectors.goals import key_result_page, objective_page
from roadmap.selectors.releases import release_page
from roadmap.serializers.plan import (
    KeyResultSerializer,
    MilestoneSerializer,
    ObjectiveSerializer,
    PersonaSerializer,
    ReleaseSerializer,
)
from roadmap.services.objectives import (
    key_result_create,
    key_result_update,
    objective_create,
    objective_update,
)
from roadmap.services.releases import (
    milestone_create,
    milestone_update,
    release_create,
    release_update,
)
from roadmap.services.strategy import persona_create, persona_move, persona_update

OBJECTIVE = Kind(
    name="objective",
    label="Goal",
    plural="Goals",
    path="plan/objectives",
    icon="goal",
    stage=ROADMAP,
    model=Objective,
    form=ObjectiveForm,
    filters=ObjectiveFilter,
    serializer=ObjectiveSerializer,
    create=objective_create,
    update=objective_update,
    columns=default_columns(
        Column("period", "Period"),
        Column("starts_on", "Begins", "starts"),
        Column("ends_on", "Ends"),
        Column("weight", "Weight", numeric=True),
    ),
    orders={**DEFAULT_ORDERS, "starts": "starts_on"},
    detail=objective_page,
    detail_template="roadmap/objective_detail.html",
    properties=lambda goal: [
        ("Period", goal.period or "–", ""),
        ("Begins", goal.starts_on or "–", ""),
        ("Ends", goal.ends_on or "–", ""),
        ("Weight", goal.weight, ""),
        ("Share of the work", _percent(goal.target_share), ""),
        ("Cycle", goal.cycle or "–", ""),
    ],
    empty_text="A goal says what the product shall bring about, and its key results say when it has.",
)

KEY_RESULT = Kind(
    name="key_result",
    label="Key result",
    plural="Key results",
    path="plan/key-results",
    icon="target",
    stage=ROADMAP,
    model=KeyResult,
    form=KeyResultForm,
    filters=KeyResultFilter,
    serializer=KeyResultSerializer,
    create=key_result_create,
    update=key_result_update,
    columns=default_columns(
        Column("start", "Start", numeric=True),
        Column("target", "Target", numeric=True),
        Column("current", "Now", numeric=True),
        Column("progress_percent", "Progress in %", numeric=True),
        Column("due", "To be reached by"),
    ),
    orders=DEFAULT_ORDERS,
    related=("objective__product__workspace",),
    detail=key_result_page,
    detail_template="roadmap/key_result_detail.html",
    properties=lambda result: [
        ("Goal", result.objective.title, result.objective.get_absolute_url()),
        ("Metric", result.metric, ""),
        ("Unit", result.unit or "–", ""),
        ("Start", result.start, ""),
        ("Target", result.target, ""),
        ("Now", result.current, ""),
        ("To be reached by", result.due, ""),
        ("Confidence", _percent(result.confidence), ""),
        ("Weight", result.weight, ""),
    ],
    empty_text="A key result is a figure with a start and a target: it shows whether a goal is reached.",
)

RELEASE = Kind(
    name="release",
    label="Release",
    plural="Releases",
    path="plan/releases",
    icon="package",
    stage=ROADMAP,
    model=Release,
    form=ReleaseForm,
    filters=ReleaseFilter,
    serializer=ReleaseSerializer,
    create=release_create,
    update=release_update,
    columns=default_columns(
        Column("release_on", "Planned for", "planned"), Column("released_on", "Released on")
    ),
    orders={**DEFAULT_ORDERS, "planned": "release_on"},
    default_order="-planned",
    detail=release_page,
    detail_template="roadmap/release_detail.html",
    properties=lambda release: [
        ("Work begins", release.cycle_begins or "–", ""),
        ("Freeze", release.freeze_on or "–", ""),
        ("Planned for", release.release_on or "–", ""),
        ("Released on", release.released_on or "–", ""),
    ],
    empty_text="A release gathers what goes out together, with the day it is planned for.",
)

MILESTONE = Kind(
    name="milestone",
    label="Milestone",
    plural="Milestones",
    path="plan/milestones",
    icon="milestone",
    stage=ROADMAP,
    model=Milestone,
    form=MilestoneForm,
    filters=MilestoneFilter,
    serializer=MilestoneSerializer,
    create=milestone_create,
    update=milestone_update,
    columns=default_columns(Column("on", "Date", "on"), Column("type", "Type")),
    orders={**DEFAULT_ORDERS, "on": "on"},
    default_order="-on",
    related=("release__product__workspace",),
    properties=lambda milestone: [
        ("Date", milestone.on, ""),
        ("Type", milestone.get_type_display(), ""),
        _release_property(milestone),
    ],
    empty_text="A milestone is a day by which something has to have happened.",
)


PERSONA = Kind(
    name="persona",
    label="Persona",
    plural="Personas",
    path="plan/personas",
    icon="contact",
    stage=ROADMAP,
    model=Persona,
    form=PersonaForm,
    filters=PersonaFilter,
    serializer=PersonaSerializer,
    create=persona_create,
    update=persona_update,
    move=persona_move,
    columns=default_columns(Column("role", "Who they are")),
    orders=DEFAULT_ORDERS,
    related=("research__product__workspace",),
    detail=lambda actor, persona: {"tasks": points(persona.tasks), "pains": points(persona.pains)},
    detail_template="roadmap/persona_detail.html",
    properties=lambda persona: [
        ("Who they are", persona.role or "–", ""),
        ("Rests on", *_linked(persona.research, "No research yet")),
    ],
    empty_text="A persona is a kind of person the product is for: what they want to get done and what is in their way.",
)


def _percent(value: int | None) -> str:
    return "–" if value is None else f"{value}%"


def _linked(record: Any, nothing: str) -> tuple[Any, str]:
    return (nothing, "") if record is None else (record.title, record.get_absolute_url())


def _release_property(milestone: Any) -> tuple[str, Any, str]:
    release = milestone.release
    if release is None:
        return ("Release", "–", "")
    return ("Release", release.title, release.get_absolute_url())
