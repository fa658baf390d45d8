"""What tests of planning to capacity make and ask for."""

from __future__ import annotations

from backlog.services.assessments import assessment_set
from plm.models import Relation
from plm.runner import run_due_jobs
from roadmap.models import PlanProposal
from roadmap.services.capacity import capacities_set
from tests.make import make_item

EFFORTS = (1, 2, 3, 2.5, 1.5)
REACH = (900, 400, 2100, 800, 1200)


def scored(world, title, reach, effort, **values):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, title, **values)
    values = {"reach": reach, "impact": 1, "confidence": 1, "effort": effort}
    assessment_set(actor=alice, item=item, values=values)
    return item


def allow(world, team, releases, amounts=(3, 2), **values):
    given = {(team, r): a for r, a in zip(releases, amounts, strict=True)}
    capacities_set(
        actor=world.actor("alice"), product=world.atlas, version=None, values=values, amounts=given, unit="person-months"
    )  # fmt: skip


def proposal(world):
    run_due_jobs()
    return PlanProposal.objects.get(product=world.atlas)


def blocks(world, source, target):
    """A link as it may stand from before rings were refused."""
    Relation.objects.create(
        workspace_id=source.workspace_id, source_id=source.pk, target_id=target.pk, type="blocks"
    )
