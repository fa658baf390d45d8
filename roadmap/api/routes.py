"""API addresses of the roadmap room."""

from __future__ import annotations

from django.urls import path

from roadmap.api.capacity import CapacitiesView, PlanApplyView, PlanView
from roadmap.api.changes import RoadmapChangesView
from roadmap.api.communication import CommunicationView, UpdateSendView, UpdatesView, UpdateView
from roadmap.api.digests import DigestsView, DigestView
from roadmap.api.places import PlacementsView, PlacementView, RoadmapView
from roadmap.api.questions import QuestionReplyView, QuestionsView, QuestionView
from roadmap.api.shares import SharesView, ShareView
from roadmap.api.traceability import OrphansView, TraceabilityView
from roadmap.api.viewsets import (
    KeyResultViewSet,
    MilestoneViewSet,
    ObjectiveViewSet,
    ReleaseViewSet,
)

viewsets = [
    ("objectives", ObjectiveViewSet),
    ("key-results", KeyResultViewSet),
    ("releases", ReleaseViewSet),
    ("milestones", MilestoneViewSet),
]

urlpatterns = [
    path("roadmap/", RoadmapView.as_view(), name="roadmap"),
    path("placements/", PlacementsView.as_view(), name="placements"),
    path("placements/<str:reference>/", PlacementView.as_view(), name="placement"),
    path("products/<str:key>/capacities/", CapacitiesView.as_view(), name="capacities"),
    path("products/<str:key>/digests/", DigestsView.as_view(), name="digests"),
    path("digests/<uuid:uuid>/", DigestView.as_view(), name="digest"),
    path("products/<str:key>/plan/", PlanView.as_view(), name="plan"),
    path("products/<str:key>/plan/apply/", PlanApplyView.as_view(), name="plan_apply"),
    path(
        "products/<str:key>/roadmap/changes/", RoadmapChangesView.as_view(), name="roadmap_changes"
    ),
    path("products/<str:key>/traceability/", TraceabilityView.as_view(), name="traceability"),
    path("products/<str:key>/traceability/orphans/", OrphansView.as_view(), name="orphans"),
    path("records/<str:reference>/questions/", QuestionsView.as_view(), name="questions"),
    path("records/<str:reference>/questions/<uuid:uuid>/", QuestionView.as_view(), name="question"),
    path(
        "records/<str:reference>/questions/<uuid:uuid>/answer/",
        QuestionReplyView.as_view(),
        name="question_answer",
    ),
    path("products/<str:key>/communication/", CommunicationView.as_view(), name="communication"),
    path("products/<str:key>/updates/", UpdatesView.as_view(), name="updates"),
    path("updates/<uuid:uuid>/", UpdateView.as_view(), name="update"),
    path("updates/<uuid:uuid>/send/", UpdateSendView.as_view(), name="update_send"),
    path("shares/", SharesView.as_view(), name="shares"),
    path("shares/<uuid:uuid>/", ShareView.as_view(), name="share"),
]
