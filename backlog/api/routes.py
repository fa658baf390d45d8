"""API addresses of this room."""

from __future__ import annotations

from backlog.api.priority import AssessmentViewSet, ScoringModelViewSet
from backlog.api.viewsets import ItemViewSet, SpecViewSet, SprintViewSet

viewsets = [
    ("items", ItemViewSet),
    ("sprints", SprintViewSet),
    ("specs", SpecViewSet),
    ("scoring-models", ScoringModelViewSet),
    ("assessments", AssessmentViewSet),
]
