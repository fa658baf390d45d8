"""API addresses of this room."""

from __future__ import annotations

from django.urls import path

from backlog.api.backlog_past import BacklogAsOfView
from backlog.api.balance import BalanceTargetsView, BalanceView
from backlog.api.comparisons import ComparisonUseView, ComparisonView
from backlog.api.decide import MatrixView
from backlog.api.limits import WipLimitsView
from backlog.api.overrides import OverridesView, OverrideVerdictView
from backlog.api.priority import AssessmentViewSet, ScoringModelViewSet
from backlog.api.reviews import SpecPolicyView
from backlog.api.rounds import RoundViewSet
from backlog.api.rounds_guest import GuestRoundView
from backlog.api.scenarios import ScenarioApplyView, ScenariosView, ScenarioView, WhatIfView
from backlog.api.spec_templates import SpecTemplatesView, SpecTemplateView
from backlog.api.standings import FactorSourcesView, RankingColumnsView, RankingView, StandingsView
from backlog.api.viewsets import ItemViewSet, SpecViewSet, SprintViewSet

viewsets = [
    ("items", ItemViewSet),
    ("sprints", SprintViewSet),
    ("specs", SpecViewSet),
    ("scoring-models", ScoringModelViewSet),
    ("assessments", AssessmentViewSet),
    ("rounds", RoundViewSet),
]

urlpatterns = [
    path("scoring-models/<uuid:uuid>/comparison/", ComparisonView.as_view(), name="comparison"),
    path(
        "scoring-models/<uuid:uuid>/comparison/use/",
        ComparisonUseView.as_view(),
        name="comparison_use",
    ),
    path("products/<str:key>/ranking/", RankingView.as_view(), name="ranking"),
    path(
        "products/<str:key>/ranking/columns/", RankingColumnsView.as_view(), name="ranking_columns"
    ),
    path("products/<str:key>/factor-sources/", FactorSourcesView.as_view(), name="factor_sources"),
    path("products/<str:key>/standings/", StandingsView.as_view(), name="standings"),
    path("products/<str:key>/overrides/", OverridesView.as_view(), name="overrides"),
    path(
        "products/<str:key>/overrides/<uuid:uuid>/verdict/",
        OverrideVerdictView.as_view(),
        name="override_verdict",
    ),
    path("round-links/<str:token>/", GuestRoundView.as_view(), name="round_guest"),
    path("products/<str:key>/backlog/as-of/", BacklogAsOfView.as_view(), name="backlog_as_of"),
    path("products/<str:key>/balance/", BalanceView.as_view(), name="balance"),
    path(
        "products/<str:key>/balance-targets/", BalanceTargetsView.as_view(), name="balance_targets"
    ),
    path("products/<str:key>/matrix/", MatrixView.as_view(), name="matrix"),
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
