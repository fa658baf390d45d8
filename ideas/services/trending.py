"""Keeps where each idea stands in the trending order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from ideas.models import Idea, Vote
from ideas.trending import trending
from plm.events import service
from plm.models import Comment


@service
def trending_store(*, keys: Sequence[int]) -> int:
    """Work out the trending figure of these ideas; how many changed. Comments within the team count nothing."""
    votes: defaultdict[int, list[datetime]] = defaultdict(list)
    for idea, at in Vote.objects.filter(idea__in=keys).values_list("idea_id", "created_at"):
        votes[idea].append(at)
    comments: defaultdict[int, list[datetime]] = defaultdict(list)
    said = Comment.objects.filter(record__in=keys, public=True, deleted_at=None)
    for idea, at in said.values_list("record_id", "created_at"):
        comments[idea].append(at)
    changed = []
    for row in Idea.objects.filter(pk__in=keys).only("created_at", "trending"):
        figure = trending(row.created_at, votes[row.pk], comments[row.pk])
        if abs(figure - row.trending) > 1e-9:
            row.trending = figure
            changed.append(row)
    Idea.objects.bulk_update(changed, ["trending"], batch_size=200)
    return len(changed)
