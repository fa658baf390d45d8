"""Wires the roadmap room."""

from __future__ import annotations

from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "roadmap"

    def ready(self) -> None:
        from backlog.selectors.columns import Column, register_column
        from plm import kinds, panels
        from plm.web.kept import register_again
        from roadmap import handlers, tasks  # noqa: F401 - they register themselves
        from roadmap.kinds import KEY_RESULT, MILESTONE, OBJECTIVE, PERSONA, RELEASE
        from roadmap.selectors import balance, goals, places, portal, questions, traceability
        from roadmap.views.portal_tab import portal_tab
        from roadmap.views.shared_kept import page_again

        for kind in (OBJECTIVE, KEY_RESULT, RELEASE, MILESTONE, PERSONA):
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
        register_again("/share/", page_again)
        panels.register_public_tab(
            panels.PublicTab(
                "portal", "roadmap", "Roadmap", "roadmap/portal_roadmap.html", portal.is_published,
                portal_tab,
            )
        )  # fmt: skip
        panels.register_tab(panels.Tab("decide", "plan", "Plan to capacity", "prioritize/plan"))
        _add_navigation()


def _add_navigation() -> None:
    from plm.web.shell import NavEntry, add_nav

    for entry in (
        NavEntry("Lifecycle", "Roadmap", "map", "roadmap/", order=40, go="r"),
        NavEntry("Plan", "Strategy", "compass", "plan/vision", order=5),
        NavEntry("Plan", "Goals", "goal", "plan/objectives/", order=10),
        NavEntry("Plan", "Alignment", "crosshair", "plan/alignment", order=15),
        NavEntry("Plan", "Life", "sprout", "plan/lifecycle", order=17),
        NavEntry("Plan", "Releases", "package", "plan/releases/", order=20),
        NavEntry("Plan", "Milestones", "milestone", "plan/milestones/", order=30),
        NavEntry("Plan", "Status updates", "mail", "plan/updates/", order=35),
        NavEntry("Plan", "Traceability", "list-checks", "traceability/", order=40),
    ):
        add_nav(entry)
