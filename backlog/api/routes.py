"""API addresses of this room."""

from __future__ import annotations

from django.urls import path

from backlog.api.limits import WipLimitsView
from backlog.api.priority import AssessmentViewSet, ScoringModelViewSet
from backlog.api.reviews import SpecPolicyView
from backlog.api.scenarios import ScenarioApplyView, ScenariosView, ScenarioView, WhatIfView
from backlog.api.spec_templates import SpecTemplatesView, SpecTemplateView
from backlog.api.viewsets import ItemViewSet, SpecViewSet, SprintViewSet

viewsets = [
    ("items", ItemViewSet),
    ("sprints", SprintViewSet),
    ("specs", SpecViewSet),
    ("scoring-models", ScoringModelViewSet),
    ("assessments", AssessmentViewSet),
]

urlpatterns = [
    path("products/<str:key>/what-if/", WhatIfView.as_view(), name="what_if"),
    path("products/<str:key>/scenarios/", ScenariosView.as_view(), name="scenarios"),
    path("products/<str:key>/scenarios/<uuid:uuid>/", ScenarioView.as_view(), name="scenario"),
    path(
        "products/<str:key>/scenarios/<uuid:uuid>/apply/",
        ScenarioApplyView.as_view(),
        name="scenario_apply",
    ),
    path("products/<str:key>/wip-limits/", WipLimitsView.as_view(), name="wip_limits"),
    path("products/<str:key>/spec-policy/", SpecPolicyView.as_view(), name="spec_policy"),
    path("products/<str:key>/spec-templates/", SpecTemplatesView.as_view(), name="spec_templates"),
    path(
        "products/<str:key>/spec-templates/<uuid:uuid>/",
        SpecTemplateView.as_view(),
        name="spec_template",
    ),
]
