"""What pages, API and importer need to know of research, trends and feasibility."""

from __future__ import annotations

from functools import partial

from ideas.filters.evidence import FeasibilityFilter, ResearchFilter, TrendFilter
from ideas.forms.evidence import FeasibilityForm, ResearchForm, TrendForm
from ideas.kinds.tabs import DISCOVERY
from ideas.models import Feasibility, Research, Trend
from ideas.selectors.rows import rows_page
from ideas.serializers.evidence import FeasibilitySerializer, ResearchSerializer, TrendSerializer
from ideas.services.evidence import evidence_create, evidence_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind, default_columns
from plm.stages import IDEAS

RESEARCH = Kind(
    name="research",
    label="Research",
    plural="Research",
    path="research",
    icon="microscope",
    stage=IDEAS,
    model=Research,
    form=ResearchForm,
    filters=ResearchFilter,
    serializer=ResearchSerializer,
    create=partial(evidence_create, Research),
    update=evidence_update,
    columns=default_columns(
        Column("type", "About"), Column("confidence", "Confidence"), Column("valid_until", "Valid until", "valid")
    ),
    orders={**DEFAULT_ORDERS, "valid": "valid_until"},
    detail=rows_page,
    detail_template="ideas/research_detail.html",
    properties=lambda research: [
        ("About", research.get_type_display(), ""),
        ("Method", research.method, ""),
        ("Confidence", research.get_confidence_display(), ""),
        ("Valid until", research.valid_until, ""),
    ],
    tabs=DISCOVERY,
    empty_text="Research keeps a question, how you answered it and what you found, with its sources. Write down what you want to know next.",
)  # fmt: skip

TREND = Kind(
    name="trend",
    label="Trend",
    plural="Trends",
    path="trends",
    icon="trending-up",
    stage=IDEAS,
    model=Trend,
    form=TrendForm,
    filters=TrendFilter,
    serializer=TrendSerializer,
    create=partial(evidence_create, Trend),
    update=evidence_update,
    columns=default_columns(Column("direction", "Direction"), Column("segments", "Segments")),
    orders=DEFAULT_ORDERS,
    detail=rows_page,
    detail_template="ideas/rows_detail.html",
    properties=lambda trend: [
        ("Direction", trend.get_direction_display(), ""),
        ("Affected segments", trend.segments, ""),
    ],
    tabs=DISCOVERY,
    empty_text="A trend is a movement of the market that may make ideas worth more or less. Note one with what shows it.",
)

FEASIBILITY = Kind(
    name="feasibility",
    label="Feasibility",
    plural="Feasibility",
    path="feasibility",
    icon="traffic-cone",
    stage=IDEAS,
    model=Feasibility,
    form=FeasibilityForm,
    filters=FeasibilityFilter,
    serializer=FeasibilitySerializer,
    create=partial(evidence_create, Feasibility),
    update=evidence_update,
    columns=default_columns(Column("verdict_label", "Verdict")),
    orders=DEFAULT_ORDERS,
    detail=rows_page,
    detail_template="ideas/rows_detail.html",
    related=("idea__product__workspace",),
    properties=lambda found: [
        ("Idea", found.idea.reference if found.idea else None, found.idea.get_absolute_url() if found.idea else ""),
        ("Verdict", found.verdict_label, ""),
    ],
    tabs=DISCOVERY,
    empty_text="Feasibility asks of an idea: can we build it, run it, may we, can we pay for it? Begin with an idea that is about to be promoted.",
)  # fmt: skip
