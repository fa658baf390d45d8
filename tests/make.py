"""Typed functions that make records through their services, as the product itself would."""

from __future__ import annotations

import uuid
from typing import Any

from analytics.models import Metric
from analytics.services.metrics import metric_create
from ideas.models import Idea
from ideas.services.ideas import idea_create
from plm.models import Product
from plm.permissions import Actor


def make_idea(actor: Actor, product: Product, title: str = "Split payments", **values: Any) -> Idea:
    return idea_create(actor=actor, product=product, values={"title": title, **values})


def make_metric(
    actor: Actor, product: Product, title: str = "Weekly active teams", **values: Any
) -> Metric:
    return metric_create(actor=actor, product=product, values={"title": title, **values})


def event(name: str = "order", at: str = "2026-03-02T10:00:00Z", **values: Any) -> dict[str, Any]:
    """A product event as a client sends it, with an id of its own."""
    return {"id": str(uuid.uuid4()), "name": name, "at": at, "actor": "u1", **values}
