"""What is different in a shared view from what its audience was shown a month ago."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from plm.models import Event
from roadmap.grains import coarser, whole
from roadmap.models import Share, Shown
from roadmap.promises import Line, change
from roadmap.selectors.ledger import MOVE_WORDS, words_of
from roadmap.selectors.shared import SharedItem, SharedView

DAYS = 30
MOST_CHANGES, MOST_REASONS = 60, 3


@dataclass(frozen=True, slots=True)
class SharedChange:
    """One item that is told differently: its title of now, what became of it, and the two tellings (empty for a new
    one). `reasons` are those given inside, the latest first, where the share tells them."""

    title: str
    what: str
    before: str
    after: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedChanges:
    """What changed since the end of the day `since`; `gone` items are not shown any more, and so not named either."""

    since: date
    changes: list[SharedChange]
    more: int
    gone: int


def shared_changes(share: Share, view: SharedView) -> SharedChanges | None:
    """The view against the ledger of what was shown 30 days ago, or at the first look if that is later. Three statements.

    None where the share does not tell changes, or nobody has looked before today. What the share has ceased to tell is
    not told of the past either.
    """
    if not share.shows("changes"):
        return None
    moment = timezone.now() - timedelta(days=DAYS)
    first = Shown.objects.filter(share=share).order_by("pk").values_list("at", flat=True).first()
    if first is None or timezone.localdate(first) >= timezone.localdate():
        return None
    moment = max(moment, first)
    standing = Shown.objects.standing(share, moment).filter(gone=False)
    before = {row.item_id: _line(share, row) for row in standing}
    found: list[tuple[int, SharedChange]] = []
    for key, item in zip(view.keys, view.items, strict=True):
        if (told := _change(before.get(key), item)) is not None:
            found.append((key, told))
    shown = found[:MOST_CHANGES]
    keys = [key for key, _ in shown] if share.shows("reasons") else []
    reasons = reasons_inside(keys, moment)
    changes = [
        SharedChange(one.title, one.what, one.before, one.after, reasons.get(key, ()))
        for key, one in shown
    ]
    gone = len(before.keys() - set(view.keys))
    return SharedChanges(timezone.localdate(moment), changes, len(found) - len(shown), gone)


def _line(share: Share, row: Shown) -> Line:
    """What was shown, without what the share has ceased to tell."""
    start, end, grain = row.starts_on, row.ends_on, coarser(row.grain, share.grain)
    if start is None or end is None or not share.shows("dates"):
        start, end, grain = None, None, "day"
    else:
        start, end = whole(grain, start, end)
    column = row.column if share.view == "board" else ""
    state = row.state if share.shows("progress") else ""
    return Line(row.at, row.title, start, end, grain, column, state)


def _change(before: Line | None, item: SharedItem) -> SharedChange | None:
    moment = before.at if before else timezone.now()
    after = Line(moment, item.title, item.start, item.end, item.grain, item.column, item.phase)
    return change_told(before, after)


def change_told(before: Line | None, after: Line) -> SharedChange | None:
    """What readers of the two tellings would say became of an item; None for nothing. Without a first one it is new."""
    if before is None:
        return SharedChange(after.title, "new", "", words_of(after), ())
    if after.state == "shipped" and before.state not in {"", "shipped"}:
        return SharedChange(after.title, "shipped", words_of(before), words_of(after), ())
    kind, days = change(before, after)
    if not kind:
        return None
    what = f"{abs(days):,} day{'' if abs(days) == 1 else 's'} {kind}" if days else MOVE_WORDS[kind]
    if after.grain != "day" and days:
        what = kind
    return SharedChange(after.title, what, words_of(before), words_of(after), ())


def reasons_inside(keys: Iterable[int], since: datetime) -> Mapping[int, tuple[str, ...]]:
    """By item, the reasons that were given inside for changes of its place since then, the latest three first."""
    wanted = list(keys)
    if not wanted:
        return {}
    rows = (
        Event.objects.filter(
            record_id__in=wanted, verb__startswith="placement.", created_at__gt=since
        )
        .exclude(reason="")
        .order_by("-created_at", "-sequence")
        .values_list("record_id", "reason")
    )
    found: dict[int, tuple[str, ...]] = {}
    for key, reason in rows:
        known = found.get(key, ())
        if reason not in known and len(known) < MOST_REASONS:
            found[key] = (*known, reason)
    return found
