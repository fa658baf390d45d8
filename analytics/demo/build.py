"""The demo as a whole: planned from the story, told day by day, then the jobs it asked for are done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from analytics.demo.backlog import plan_items
from analytics.demo.discovery import plan_discovery
from analytics.demo.figures import plan_figures
from analytics.demo.filler import plan_filler
from analytics.demo.ideas import plan_ideas
from analytics.demo.informing import not_mailed, plan_informing
from analytics.demo.life import plan_life
from analytics.demo.people import opened
from analytics.demo.portal import plan_portal
from analytics.demo.roadmap import plan_roadmap
from analytics.demo.rounds import plan_rounds
from analytics.demo.scenarios import plan_scenario
from analytics.demo.scores import plan_scores
from analytics.demo.specs import plan_specs
from analytics.demo.sprints import plan_sprints
from analytics.demo.telling import Telling, clock_at
from analytics.demo.voices import plan_voices
from analytics.demo.wipe import workspace_wipe
from plm.models import Job, Workspace
from plm.runner import run_due_jobs

MOST_JOBS = 200


UNFINISHED = " (loading)"
"""Ends the name of a workspace whose story is still being told, or was when the power went."""


def demo_build(*, slug: str, items: int, seed: int, now: datetime) -> Telling:
    """Make the workspace `slug` with about `items` backlog items. All of it, or on any fault nothing but the accounts.

    It is told in many transactions: in a single one every check of a link to the workspace would walk through all the
    versions that its row has had since, which made a hundred thousand items take minutes.
    """
    with transaction.atomic():
        telling = opened(slug, now=now, size=items, seed=seed)
        name = telling.workspace.name
        _name_set(telling.workspace, name + UNFINISHED)
    try:
        _told(telling, items)
        _name_set(telling.workspace, name)
    except BaseException:
        workspace_wipe(workspace=telling.workspace)
        raise
    return telling


def _name_set(workspace: Workspace, name: str) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(name=name)


def _told(telling: Telling, items: int) -> None:
    plan_ideas(telling)
    plan_discovery(telling)
    plan_sprints(telling)
    told = plan_items(telling)
    plan_roadmap(telling)
    plan_scenario(telling)
    plan_specs(telling)
    plan_scores(telling)
    plan_rounds(telling)
    plan_voices(telling)
    plan_portal(telling)
    plan_figures(telling)
    plan_life(telling)
    plan_informing(telling)
    plan_filler(telling, max(0, items - told))
    telling.tell()
    # Nobody of the story exists: what was decided in it is mailed to none of them.
    Job.objects.filter(workspace=telling.workspace, kind="ideas.status").delete()
    not_mailed(telling)
    with clock_at(telling.now - timedelta(minutes=1)):
        run_due_jobs(MOST_JOBS)
