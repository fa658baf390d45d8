"""Reads of the talk about passages of a specification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.html import strip_tags

from backlog.anchors import Place, find, flat
from backlog.models import Requirement, Spec, SpecThread, ThreadComment
from plm.markdown import Links, names_written, render
from plm.permissions import Actor, Role
from plm.selectors import links_for, people_named


@dataclass(frozen=True, slots=True)
class SpecText:
    """All words of a specification in the order of its page, and where each part of it ends."""

    text: str
    ends: tuple[tuple[int, str], ...]

    def part_at(self, position: int) -> str:
        """The name of the part in which a passage begins."""
        return next((name for end, name in self.ends if position < end), "")


def spec_text(spec: Spec) -> SpecText:
    """What a reader of the page sees, without marks of Markdown, as one text."""
    # Records stand as their keys for every reader, people by name.
    _, handles = names_written([spec.description, spec.problem])
    names = Links(people=people_named(spec.product, handles))
    parts = [
        ("Title", spec.title),
        ("Background", _shown(spec.description, names)),
        ("Problem", _shown(spec.problem, names)),
        ("Who for", spec.audience),
        ("Goals", "\n".join(spec.goals)),
        ("Non-goals", "\n".join(spec.non_goals)),
        ("Requirements", "\n".join(_requirements(spec))),
        ("Success metric", spec.success_metric),
    ]
    text, ends = "", []
    for name, words in parts:
        said = flat(words)
        if said:
            text += f"{said} "
            ends.append((len(text), name))
    return SpecText(text, tuple(ends))


def _shown(markdown: str, names: Links) -> str:
    return unescape(strip_tags(render(markdown, names))) if markdown else ""


def _requirements(spec: Spec) -> list[str]:
    lines = []
    for row in Requirement.objects.filter(spec=spec):
        lines += [row.text, *(part["text"] for part in row.acceptance)]
    return lines


def threads_of(spec: Spec) -> QuerySet[SpecThread]:
    """The threads of a specification in which something is said still."""
    said = ThreadComment.objects.filter(thread=OuterRef("pk"), comment__deleted_at=None)
    return SpecThread.objects.filter(Exists(said), spec=spec)


def thread_rows(spec: Spec) -> list[dict[str, Any]]:
    """Each thread with what was said, whether it is resolved, and where its passage stands now: open ones first."""
    found = spec_text(spec)
    said = defaultdict(list)
    rows = ThreadComment.objects.filter(thread__spec=spec, comment__deleted_at=None)
    for row in rows.select_related("comment__author").order_by("comment__created_at", "pk"):
        said[row.thread_id].append(row.comment)
    threads = list(threads_of(spec).select_related("resolved_by"))
    shown = [_row(thread, found, said[thread.pk]) for thread in threads]
    return sorted(shown, key=lambda row: row["resolved"])


def _row(thread: SpecThread, found: SpecText, said: list[Any]) -> dict[str, Any]:
    place: Place | None = find(found.text, thread.quote, thread.before, thread.after)
    return {
        "uuid": thread.uuid,
        "quote": thread.quote,
        "resolved": thread.resolved_at is not None,
        "resolved_at": thread.resolved_at,
        "resolved_by": thread.resolved_by,
        "gone": place is None,
        "part": found.part_at(place.start) if place else "",
        "now": place.text.strip() if place and place.text != thread.quote else "",
        "comments": said,
    }


def threads_panel(actor: Actor, spec: Spec) -> Mapping[str, Any]:
    """The talk about passages as the page of a specification shows it."""
    manages = actor.role_in(spec.workspace_id, spec.product_id) >= Role.MANAGER
    rows = thread_rows(spec)
    links = links_for(actor, spec.product, [c.body for row in rows for c in row["comments"]])
    for row in rows:
        row["comments"] = [
            {
                "uuid": c.uuid, "author": c.author, "body_html": render(c.body, links), "created_at": c.created_at,
                "may_delete": manages or c.author_id == actor.user_id,
            }
            for c in row["comments"]
        ]  # fmt: skip
    return {"rows": rows, "may_comment": actor.may("spec.comment", spec.workspace_id, spec.product_id)}  # fmt: skip


def open_threads(spec: Spec) -> int:
    """How many questions about passages are open."""
    return threads_of(spec).filter(resolved_at=None).count()


def comments_in_threads(spec: Spec) -> QuerySet[ThreadComment, int]:
    """Keys of the comments that stand in a thread, so that no other list repeats them."""
    return ThreadComment.objects.filter(thread__spec=spec).values_list("comment_id", flat=True)
