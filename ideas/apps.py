"""Wires the ideas room."""

from __future__ import annotations

from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "ideas"

    def ready(self) -> None:
        from ideas import handlers, tasks  # noqa: F401 - they register themselves
        from ideas.kinds.cases import BUSINESS_CASE
        from ideas.kinds.competitors import COMPETITOR
        from ideas.kinds.evidence import FEASIBILITY, RESEARCH, TREND
        from ideas.kinds.gates import GATE
        from ideas.kinds.ideas import IDEA
        from ideas.selectors.ideas import ideas_tile
        from plm import kinds, panels
        from plm.web import shell

        for kind in (IDEA, RESEARCH, TREND, COMPETITOR, FEASIBILITY, BUSINESS_CASE, GATE):
            kinds.register(kind)
        panels.register_tile(panels.Tile("ideas", ideas_tile))
        shell.add_nav(shell.NavEntry("Lifecycle", "Ideas", "lightbulb", "ideas/", order=10, go="i"))
