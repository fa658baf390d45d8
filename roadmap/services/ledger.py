"""Keeps what was shown to whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from plm.events import service
from roadmap.models import Share, Shown
from roadmap.selectors.shared import SharedView
from roadmap.services.shares import share_locked


@service
def shown_note(*, share: Share, view: SharedView, at: datetime | None = None) -> int:
    """Keep what a share shows from now on (or since `at`), where it differs from what it showed last; how many lines.

    Whoever looks in needs no right beyond the link. The share's row is the lock, so two readers write a line once.
    """
    if not _news(share, view):
        return 0
    current = share_locked(share)
    lines = _news(current, view)
    moment = at or timezone.now()
    for line in lines:
        line.at = moment
    Shown.objects.bulk_create(lines, batch_size=500)
    return len(lines)


def _news(share: Share, view: SharedView) -> list[Shown]:
    """Lines for what is different from the last ones, in the order of the view; then for what is gone."""
    last = {line.item_id: line for line in Shown.objects.standing(share)}
    lines = []
    for key, item in zip(view.keys, view.items, strict=True):
        line = _line(
            share, key, title=item.title, starts_on=item.start, ends_on=item.end, column=item.column, state=item.phase,
            grain=item.grain,
        )  # fmt: skip
        if key not in last or last[key].said != line.said:
            lines.append(line)
    shown = set(view.keys)
    gone = [key for key, line in last.items() if key not in shown and not line.gone]
    return lines + [_line(share, key, title=last[key].title, gone=True) for key in gone]


def _line(share: Share, key: int, **said: Any) -> Shown:
    return Shown(
        workspace_id=share.workspace_id, product_id=share.product_id, share=share, item_id=key, **said
    )  # fmt: skip
