"""API addresses of the analytics room."""

from __future__ import annotations

from django.urls import path

from analytics.api.events import EventsView
from analytics.api.tree import MetricTreeView
from analytics.api.viewsets import MetricViewSet

viewsets = [("metrics", MetricViewSet)]
urlpatterns = [
    path("events/", EventsView.as_view(), name="events"),
    path("products/<str:key>/metric-tree/", MetricTreeView.as_view(), name="metric_tree"),
]
