"""A team, two releases and five scored items to plan with; a product that ends, with its ideas."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from backlog.models import ScoringModel
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from ideas.models import Vote
from ideas.services.follows import follow_start
from ideas.services.votes import vote_add_for
from plm.runner import run_due_jobs
from plm.services.records import record_move
from plm.services.workspaces import team_create
from tests.make import make_idea, make_person, make_release
from tests.roadmap.planning import EFFORTS, REACH, scored


@pytest.fixture
def team(world):
    scoring_models_ensure(product=world.atlas)
    rice = ScoringModel.objects.get(product=world.atlas, method="rice")
    scoring_model_activate(actor=world.actor("alice"), model=rice)
    return team_create(actor=world.actor("dora"), workspace=world.acme, name="Payments")


@pytest.fixture
def releases(world):
    alice = world.actor("alice")
    days = (date(2030, 3, 1), date(2030, 6, 1))
    return [make_release(alice, world.atlas, f"R{n}", release_on=d) for n, d in enumerate(days, 1)]


@pytest.fixture
def items(world, team):
    rows = zip(EFFORTS, REACH, strict=True)
    return [scored(world, f"Item {n}", reach, effort, team=team) for n, (effort, reach) in enumerate(rows)]  # fmt: skip


@pytest.fixture
def ending(world):
    """Atlas ends, with two open ideas, one of them wanted by a follower on the portal, and one that is decided."""
    alice = world.actor("alice")
    type(world.atlas).objects.filter(pk=world.atlas.pk).update(portal_open=True)
    world.atlas.refresh_from_db()
    wanted = make_idea(alice, world.atlas, "Deposits", public=True, description="Half of it")
    nora = make_person(alice, world.acme, "Nora", email="nora@example.com")
    vote_add_for(actor=alice, idea=wanted, person=nora, importance=3)
    EmailAddress.objects.create(user=world.eve, email="eve@example.com", verified=True)
    follow_start(actor=world.actor("eve"), idea=wanted)
    Vote.objects.update(created_at=timezone.now() - timedelta(days=400))
    inside = make_idea(alice, world.atlas, "Fax")
    closed = make_idea(alice, world.atlas, "Telex")
    record_move(closed, actor=alice, state="declined")
    run_due_jobs()
    mail.outbox.clear()
    return wanted, inside, closed
