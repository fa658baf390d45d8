"""Addresses of the analytics room."""

from __future__ import annotations

from django.urls import path

from analytics.views import dashboard, metrics, tree

product_urls = [
    path("analytics/", dashboard.analytics_dashboard, name="dashboard"),
    path("analytics/tree", tree.tree, name="metric_tree"),
    path("analytics/intake", dashboard.intake_warnings, name="intake"),
]

record_urls = [
    path("values", metrics.metric_values, name="metric_values"),
    path("drives", tree.metric_drives, name="metric_drives"),
    path("readings", metrics.metric_readings, name="metric_readings"),
    path("readings/import", metrics.metric_readings_import, name="metric_readings_import"),
    path("readings/remove", metrics.metric_reading_remove, name="metric_reading_remove"),
    path("recompute", metrics.metric_compute, name="metric_recompute"),
]
