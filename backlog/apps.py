"""Wires the backlog room."""

from __future__ import annotations

from django.apps import AppConfig


class BacklogConfig(AppConfig):
    name = "backlog"

    def ready(self) -> None:
        from backlog import handlers, tasks  # noqa: F401
        from backlog.kinds import ITEM, SPEC, SPRINT
        from backlog.models import IdeaLink
        from backlog.selectors import items, priority, specs
        from ideas.services.carriers import Carrier, register
        from plm import kinds, panels
        from plm.web import lists, shell

        shell.add_settings("Specifications", "backlog:spec_templates")
        lists.keep_views_of("prioritize", "ranking")
        register(Carrier("items", "backlog items", IdeaLink, "idea"))
        for kind in (ITEM, SPRINT, SPEC):
            kinds.register(kind)
        panels.register_tile(panels.Tile("specs", specs.specs_tile))
        panels.register_tile(panels.Tile("delivery", items.delivery_tile))
        panels.register_tile(panels.Tile("priority", priority.priority_tile))
        self._add_panels()
        panels.register_bulk(
            panels.BulkAction(
                "idea", "promote", "Promote", "arrow-up-right", "ideas/promote", "idea.promote"
            )
        )
        for entry in (
            shell.NavEntry("Lifecycle", "Specifications", "file-text", "specs/", order=20, go="s"),
            shell.NavEntry("Lifecycle", "Prioritization", "scale", "prioritize/", order=25, go="p"),
            shell.NavEntry(
                "Lifecycle",
                "Backlog",
                "list-ordered",
                "backlog/",
                order=30,
                go="b",
                rows=items.backlog_rows,
            ),
            shell.NavEntry("Lifecycle", "Delivery", "hammer", "delivery/", order=50, go="d"),
        ):
            shell.add_nav(entry)

    def _add_panels(self) -> None:
        from backlog.selectors import customers, evidence, items, priority
        from plm import panels

        panels.register(
            panels.Panel(
                "home", "top_unplanned", "Highest scores not yet planned", "backlog/_top_unplanned.html",
                priority.top_unplanned, order=30,
            )
        )  # fmt: skip
        panels.register(
            panels.Panel(
                "record:item", "score", "Why this score", "backlog/_why.html", priority.score_panel, order=15
            )
        )  # fmt: skip
        panels.register(
            panels.Panel(
                "record:idea", "became", "Became", "backlog/_became.html", items.became, order=10
            )
        )
        panels.register(
            panels.Panel(
                "evidence:spec", "research", "What research found", "backlog/_research_said.html", evidence.research_said
            )
        )  # fmt: skip
        for slot in ("company", "person"):
            panels.register(
                panels.Panel(
                    slot, "built", "What is built of it", "backlog/_built.html", customers.built_for, order=5
                )
            )  # fmt: skip
