"""What changed on the roadmap, as an audience outside may know it, beside what is known of it inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from backlog.models import BacklogItem
from plm.models import Product, Team
from plm.permissions import Actor
from roadmap.grains import DAY, coarser, whole
from roadmap.models import Share
from roadmap.models.share import every_field
from roadmap.promises import Line
from roadmap.selectors.changes import roadmap_changes
from roadmap.selectors.digests import lines_told
from roadmap.selectors.shared import shared_view
from roadmap.selectors.shared_changes import SharedChange, change_told, reasons_inside
from roadmap.selectors.states import roadmap_states

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BothKinds:
    """One change as it is known inside, with the reasons given there, beside what the audience is told of it: its title
    for readers outside and a sentence, both empty where it is told nothing."""

    reference: str
    title: str
    url: str
    sentence: str
    reasons: tuple[str, ...]
    public_title: str
    public: str


def audience_view(product: Product, share: Share | None) -> Share:
    """The view that says what an audience may know: its own, or one with all that may leave to anybody."""
    if share is not None:
        return share
    return Share(product=product, view="", lanes="none", show=every_field(), filters={})


def outside_changes(
    actor: Actor, product: Product, share: Share | None, since: datetime, until: datetime
) -> dict[int, SharedChange]:
    """By item what is told otherwise at `until` than at `since`, in the public words of now, with the reasons given
    inside: whoever draws this says whether they are told. In the order of the view; a fixed number of statements.

    What an audience may not know at one of the two moments is there as if it were not, so that a date of a time when an
    item was left out is never named. What left its view is not told at all.
    """
    rules = audience_view(product, share)
    view = shared_view(rules)
    before, after = roadmap_states(actor, product, (since, until), also=("hidden",))
    teams = _teams(rules)
    found = {}
    for key, item in zip(view.keys, view.items, strict=True):
        now = _line(rules, teams, item.title, until, after.get(key))
        if now is None:
            continue
        told = change_told(_line(rules, teams, item.title, since, before.get(key)), now)
        if told is not None:
            found[key] = told
    reasons = reasons_inside(found, since)
    return {key: replace(one, reasons=reasons.get(key, ())) for key, one in found.items()}


def _line(
    share: Share, teams: set[str], title: str, at: datetime, values: Values | None
) -> Line | None:
    """What an item of that time tells the audience; None where it was not for them."""
    if values is None or not _is_shown(share, teams, values):
        return None
    start, end, grain = values["starts_on"], values["ends_on"], DAY
    if start is not None and share.shows("dates"):
        grain = coarser(share.grain, values["grain"])
        start, end = whole(grain, date.fromisoformat(start), date.fromisoformat(end))
    else:
        start = end = None
    column = "" if share.view == "timeline" else values["bucket"]
    phase = _phase(values["state"]) if share.shows("progress") else ""
    return Line(at, title, start, end, grain, column, phase)


def _is_shown(share: Share, teams: set[str], values: Values) -> bool:
    """Whether the rules of the share let it through. Tags are those of now: the past of a place does not know them."""
    if values["hidden"] or values["state"] == "cancelled":
        return False
    if share.view == "board" and values["state"] == "done":
        return False
    if share.view == "timeline" and values["starts_on"] is None:
        return False
    asked = {
        "goals": _number(values["objective"]), "releases": _number(values["release"]), "commitments": values["commitment"],
    }  # fmt: skip
    filters = share.filters
    if any(filters.get(name) and value not in filters[name] for name, value in asked.items()):
        return False
    return not filters.get("teams") or values["team"] in teams


def _number(reference: str | None) -> int | None:
    return int(reference.rpartition("-")[2]) if reference else None


def _teams(share: Share) -> set[str]:
    wanted = share.filters.get("teams")
    if not wanted:
        return set()
    rows = Team.objects.filter(workspace_id=share.product.workspace_id, uuid__in=wanted)
    return set(rows.values_list("name", flat=True))


def _phase(state: str) -> str:
    if state == "done":
        return "shipped"
    return "building" if state in BacklogItem.workflow.names("active") else "planned"


def outside_told(change: SharedChange) -> str:
    """A change in one sentence, such as `14 days later: 1 May to 15 May 2027, before 1 May 2027`."""
    if change.what == "new":
        return f"new: {change.after}"
    if change.what == "shipped":
        return "shipped"
    return f"{change.what}: {change.after}, before {change.before}"


def both_kinds(
    actor: Actor, product: Product, share: Share | None, since: datetime, until: datetime
) -> list[BothKinds]:
    """All that changed in that time, for whoever writes of it."""
    outside = outside_changes(actor, product, share, since, until)
    found = roadmap_changes(actor, product, since, until)
    rows = []
    for line, told in zip(found.lines, lines_told(found), strict=True):
        public = outside.get(line.said.key)
        rows.append(
            BothKinds(
                told.reference, told.title, told.url, told.sentence, told.reasons,
                public.title if public else "", outside_told(public) if public else "",
            )
        )  # fmt: skip
    return rows
