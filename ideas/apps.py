"""Wires the ideas room."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "ideas"

    def ready(self) -> None:
        from ideas import handlers, tasks  # noqa: F401 - they register themselves
        from ideas.kinds.cases import BUSINESS_CASE
        from ideas.kinds.competitors import COMPETITOR
        from ideas.kinds.customers import COMPANIES, PEOPLE
        from ideas.kinds.evidence import FEASIBILITY, RESEARCH, TREND
        from ideas.kinds.gates import GATE
        from ideas.kinds.ideas import IDEA
        from ideas.selectors.ideas import ideas_tile
        from ideas.selectors.intake import inbound
        from ideas.selectors.triage import triage_waiting
        from ideas.services import erasing
        from ideas.services.portal_erasing import portal_erase
        from plm import decisions, kinds, panels
        from plm.importing import targets
        from plm.web import shell

        for kind in (IDEA, RESEARCH, TREND, COMPETITOR, FEASIBILITY, BUSINESS_CASE, GATE):
            kinds.register(kind)
        merging = decisions.Rule(("idea.merged", "idea.unmerged", "idea.split"))
        decisions.register("merging", "Merging and splitting", merging)
        for rows in (COMPANIES, PEOPLE):
            targets.register(rows)
        panels.register_tile(panels.Tile("ideas", ideas_tile))
        for name, label, icon in (
            ("accept", "Accept", "check"),
            ("decline", "Decline…", "x"),
            ("snooze", "Put off…", "clock"),
        ):
            panels.register_bulk(
                panels.BulkAction("idea", name, label, icon, "ideas/triage/decide", "idea.move")
            )
        shell.add_nav(shell.NavEntry("Lifecycle", "Ideas", "lightbulb", "ideas/", order=10, go="i"))
        shell.add_nav(
            shell.NavEntry(
                "Lifecycle",
                "Triage",
                "inbox",
                "ideas/triage",
                order=11,
                go="t",
                rows=triage_waiting,
            )
        )
        shell.add_nav(
            shell.NavEntry(
                "Plan", "Customers", "users", "customers/", order=70, action="company.view"
            )
        )
        shell.add_settings("Portal", "ideas:portal_settings")
        panels.register(
            panels.Panel("settings", "by-mail", "Ideas by mail", "ideas/_inbound.html", inbound)
        )
        _register_carriers()
        erasing.register("portal", portal_erase)


def _vote(vote: Any) -> str:
    who = [vote.person.name, vote.person.company and vote.person.company.name]
    return f"{', '.join(str(w) for w in who if w)} ({vote.get_importance_display().lower()})"


def _comment(comment: Any) -> str:
    sort = "public" if comment.public else "internal"
    return f"{comment.author or 'The team'} ({sort}): {' '.join(comment.body.split())[:140]}"


def _register_carriers() -> None:
    """What hangs on an idea, a person or a company and goes along when it is merged."""
    from ideas.models import (
        BoardPerson,
        BusinessCase,
        Company,
        Feasibility,
        Gate,
        IdeaFollow,
        InboundMessage,
        MailOptOut,
        Person,
        PortalPost,
        StatusMail,
        Vote,
    )
    from ideas.services.carriers import Carrier, register
    from plm.models import Attachment, Comment, Follow, Relation, Tagging

    register(Carrier(
        "votes", "votes", Vote, "idea", split=True, both=True, describe=_vote, key="person__uuid",
        related=("person__company",),
    ))  # fmt: skip
    register(Carrier(
        "comments", "comments", Comment, "record", split=True, describe=_comment, related=("author",),
        hidden={"deleted_at__isnull": False},
    ))  # fmt: skip
    register(Carrier("files", "files", Attachment, "record", split=True))
    register(Carrier("portal_follows", "followers on the portal", IdeaFollow, "idea"))
    register(Carrier("follows", "followers", Follow, "record"))
    register(Carrier("tags", "tags", Tagging, "record"))
    register(Carrier("links", "links", Relation, "source", other="target"))
    register(Carrier("links_back", "links from others", Relation, "target", other="source"))
    register(Carrier("cases", "business cases", BusinessCase, "idea"))
    register(Carrier("feasibility", "feasibility studies", Feasibility, "idea"))
    register(Carrier("gates", "gates", Gate, "idea"))
    register(Carrier("votes", "votes", Vote, "person"), of="person")
    register(Carrier("portal_follows", "ideas followed", IdeaFollow, "person"), of="person")
    register(Carrier("mails_off", "portals without mails", MailOptOut, "person"), of="person")
    register(Carrier("portal_mails", "mails about ideas", StatusMail, "person"), of="person")
    register(
        Carrier("portal_posts", "ideas and comments sent in", PortalPost, "person"), of="person"
    )
    register(Carrier("mails_in", "mails they sent", InboundMessage, "person"), of="person")
    register(Carrier("boards", "boards they read", BoardPerson, "person"), of="person")
    register(Carrier("merged", "people merged before", Person, "merged_into"), of="person")
    register(Carrier("people", "people", Person, "company"), of="company")
    register(Carrier("merged", "companies merged before", Company, "merged_into"), of="company")
