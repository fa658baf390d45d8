"""API addresses of this room."""

from __future__ import annotations

from backlog.api.viewsets import ItemViewSet, SpecViewSet, SprintViewSet

viewsets = [("items", ItemViewSet), ("sprints", SprintViewSet), ("specs", SpecViewSet)]
