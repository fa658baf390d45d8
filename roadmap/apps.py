"""Wires the roadmap room."""

from __future__ import annotations

from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "roadmap"

    def ready(self) -> None:
        from backlog.selectors.columns import Column, register_column
        from plm import kinds, panels
        from plm.web.shell import NavEntry, add_nav
        from roadmap import handlers, tasks  # noqa: F401 - they register themselves
        from roadmap.kinds import KEY_RESULT, MILESTONE, OBJECTIVE, RELEASE
        from roadmap.selectors import balance, goals, places, questions, traceability

        for kind in (OBJECTIVE, KEY_RESULT, RELEASE, MILESTONE):
            kinds.register(kind)
        panels.register_tile(panels.Tile("roadmap", goals.roadmap_tile))
        panels.register(
            panels.Panel(
                "home", "goals", "Goals", "roadmap/_goals_panel.html", goals.goals_panel, order=30
            )
        )
        panels.register(
            panels.Panel(
                "record:item", "placement", "On the roadmap", "roadmap/_placement_panel.html",
                places.placement_panel, order=20,
            )
        )  # fmt: skip
        panels.register(
            panels.Panel(
                "record:spec", "traceability", "Traceability", "roadmap/_trace_panel.html",
                traceability.trace_panel, order=10,
            )
        )  # fmt: skip
        for name in ("item", "objective", "key_result", "release", "milestone"):
            panels.register(
                panels.Panel(
                    f"record:{name}", "questions", "Input of others", "roadmap/_questions_panel.html",
                    questions.questions_panel, order=60,
                )
            )  # fmt: skip
        for name, label, load in (
            ("objective", "Objective", places.objective_column),
            ("release", "Release", places.release_column),
        ):
            register_column(Column(name, label, load=load))
        balance.register_balance()
        panels.register_tab(panels.Tab("decide", "plan", "Plan to capacity", "prioritize/plan"))
        add_nav(NavEntry("Plan", "Traceability", "list-checks", "traceability/", order=40))
        add_nav(NavEntry("Lifecycle", "Roadmap", "map", "roadmap/", order=40, go="r"))
        add_nav(NavEntry("Plan", "Vision", "compass", "plan/vision", order=5))
        add_nav(NavEntry("Plan", "Goals", "goal", "plan/objectives/", order=10))
        add_nav(NavEntry("Plan", "Releases", "package", "plan/releases/", order=20))
        add_nav(NavEntry("Plan", "Status updates", "mail", "plan/updates/", order=35))
        add_nav(NavEntry("Plan", "Milestones", "milestone", "plan/milestones/", order=30))
