"""Wires the backlog room."""

from __future__ import annotations

from django.apps import AppConfig


class BacklogConfig(AppConfig):
    name = "backlog"

    def ready(self) -> None:
        from backlog import handlers, tasks  # noqa: F401
        from backlog.kinds import ITEM, SPEC, SPRINT
        from backlog.models import IdeaLink
        from backlog.models.sprint import RUNNING
        from backlog.selectors import balance_groups, items
        from ideas.services.carriers import Carrier, register
        from plm import decisions, kinds, panels
        from plm.web import lists, shell

        lists.keep_views_of("prioritize", "ranking")
        lists.keep_views_of("prioritize/matrix", "matrix")
        decisions.register("rank", "Rank", decisions.Rule(("item.pinned", "item.unpinned")))
        decisions.register(
            "sprint",
            "What a running sprint holds",
            decisions.Rule(("item.created", "item.updated", "item.moved"), ("sprint",), RUNNING),
        )
        balance_groups.register_own()
        register(Carrier("items", "backlog items", IdeaLink, "idea"))
        for kind in (ITEM, SPRINT, SPEC):
            kinds.register(kind)
        _panels_on_pages_of_others()
        _panels_of_specifications()
        shell.add_settings("Specifications", "backlog:spec_settings")
        shell.add_settings("Templates", "backlog:spec_templates")
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


def _panels_on_pages_of_others() -> None:
    from backlog.selectors import customers, items, priority, rounds, specs
    from plm.panels import Panel, Tile, register, register_tile

    register_tile(Tile("specs", specs.specs_tile))
    register_tile(Tile("delivery", items.delivery_tile))
    register_tile(Tile("priority", priority.priority_tile))
    register(
        Panel(
            "home", "top_unplanned", "Highest scores not yet planned", "backlog/_top_unplanned.html",
            priority.top_unplanned, order=30,
        )
    )  # fmt: skip
    register(
        Panel("record:item", "score", "Why this score", "backlog/_why.html", priority.score_panel, order=15)
    )  # fmt: skip
    register(
        Panel(
            "record:item", "rounds", "Rounds", "backlog/_rounds_on_item.html", rounds.rounds_on_item,
            order=17,
        )
    )  # fmt: skip
    register(
        Panel("record:idea", "became", "Became", "backlog/_became.html", items.became, order=10)
    )
    for slot in ("company", "person"):
        register(
            Panel(slot, "built", "What is built of it", "backlog/_built.html", customers.built_for, order=5)
        )  # fmt: skip


def _panels_of_specifications() -> None:
    from backlog.selectors import evidence, readiness, reviews, rounds, threads
    from plm.panels import Panel, register

    register(
        Panel("record:spec", "review", "Review", "backlog/_review.html", reviews.review_of, order=10)
    )  # fmt: skip
    register(
        Panel(
            "record:spec", "passages", "Questions about passages", "backlog/_passages.html",
            threads.threads_panel, order=14,
        )
    )  # fmt: skip
    register(
        Panel(
            "inbox", "reviews", "Reviews that wait for you", "backlog/_reviews_waiting.html",
            reviews.reviews_waiting,
        )
    )  # fmt: skip
    register(
        Panel(
            "inbox", "rounds", "Rounds that wait for you", "backlog/_rounds_waiting.html",
            rounds.rounds_waiting,
        )
    )  # fmt: skip
    register(
        Panel(
            "evidence:spec", "research", "What research found", "backlog/_research_said.html",
            evidence.research_said,
        )
    )  # fmt: skip
    for slot in ("record:item", "record:spec"):
        register(
            Panel(slot, "ready", "Ready to be built?", "backlog/_ready.html", readiness.ready_panel, order=12)
        )  # fmt: skip
