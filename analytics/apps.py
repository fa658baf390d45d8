"""Wires the analytics room."""

from __future__ import annotations

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"

    def ready(self) -> None:
        from analytics import tasks  # noqa: F401
        from analytics.kinds import METRIC
        from analytics.selectors.lifecycle import item_figures, product_figures
        from analytics.selectors.measured import measured_of
        from analytics.selectors.tiles import analytics_tile, key_metrics_panel, metrics_of
        from analytics.services.erasing import events_erase
        from backlog.selectors import overrides
        from ideas.services import erasing
        from plm import kinds, panels
        from plm.web import shell
        from roadmap.selectors.lifecycle import register_figures

        overrides.register("metrics", measured_of)
        register_figures(product_figures, item_figures)
        erasing.register("analytics", events_erase)
        kinds.register(METRIC)
        panels.register_tile(panels.Tile("analytics", analytics_tile))
        panels.register(
            panels.Panel(
                "home", "key-metrics", "Key metrics", "analytics/_key_metrics.html",
                key_metrics_panel, order=10, span=2,
            )
        )  # fmt: skip
        panels.register(
            panels.Panel(
                "record:key_result", "metrics", "Measured by", "analytics/_key_metrics.html", metrics_of, order=20
            )
        )  # fmt: skip
        shell.add_nav(
            shell.NavEntry("Lifecycle", "Analytics", "chart-line", "analytics/", order=60, go="a")
        )
