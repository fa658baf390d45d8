"""Wires the roadmap room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_noop


class RoadmapConfig(AppConfig):
    name = "roadmap"

    def ready(self) -> None:
        from plm import kinds, panels
        from plm.web.kept import register_again
        from roadmap import handlers, tasks  # noqa: F401 - they register themselves
        from roadmap.kinds import KEY_RESULT, MILESTONE, OBJECTIVE, PERSONA, RELEASE
        from roadmap.selectors import (
            balance,
            goals,
            places,
            portal,
            questions,
            traceability,
        )
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
        balance.register_balance()
        register_again("/share/", page_again)
        panels.register_public_tab(
            panels.PublicTab(
                "portal", "roadmap", gettext_noop("Roadmap"), "roadmap/portal_roadmap.html", portal.is_published,
                portal_tab,
            )
        )  # fmt: skip
        panels.register_tab(panels.Tab("decide", "plan", "Plan to capacity", "prioritize/plan"))
        _add_settings()
        _add_navigation()
        _add_decisions()
        _answer_earlier_rooms()


def _add_settings() -> None:
    from plm import panels
    from roadmap.selectors.lifecycle import phase_panel

    panels.register(
        panels.Panel(
            "settings", "phase", "Phase", "roadmap/_phase_panel.html", phase_panel, order=10
        )
    )


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


def _add_decisions() -> None:
    from plm.decisions import Rule, register
    from plm.models.event import PLAN_VERBS

    place = ("bucket", "starts_on", "ends_on", "grain", "objective", "release", "commitment")
    days = ("on", "due_on", "starts_on", "ends_on", "cycle_begins", "freeze_on", "release_on")
    planned = ("release", "milestone", "objective", "key_result")
    register(
        "dates", "Dates and place on the roadmap",
        Rule((*PLAN_VERBS, "placement.updated"), place),
        Rule(tuple(f"{name}.updated" for name in planned), days),
    )  # fmt: skip


def _answer_earlier_rooms() -> None:
    """What earlier rooms ask for without knowing who answers."""
    from backlog.selectors.backlog_past import PastColumn, register_past_column
    from backlog.selectors.columns import Column, register_column
    from ideas.selectors.ended import register_ending
    from plm.importing.targets import extend
    from roadmap.selectors import places, sunset
    from roadmap.services.placed_by_files import PLACE

    for name, label, load in (
        ("objective", "Objective", places.objective_column),
        ("release", "Release", places.release_column),
    ):
        register_column(Column(name, label, load=load))
    register_past_column(PastColumn("release", "Release", places.release_now))
    register_ending(sunset.has_ended)
    extend("item", PLACE)
