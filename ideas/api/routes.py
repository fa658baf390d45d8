"""API addresses of the ideas room."""

from __future__ import annotations

from ideas.api.cases import CaseViewSet
from ideas.api.viewsets import IdeaViewSet

viewsets = [("ideas", IdeaViewSet), ("business-cases", CaseViewSet)]
