"""A team, two releases and five scored items to plan with."""

from __future__ import annotations

from datetime import date

import pytest

from backlog.models import ScoringModel
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from plm.services.workspaces import team_create
from tests.make import make_release
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
