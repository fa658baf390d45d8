"""Typed functions that make records through their services, as the product itself would."""

from __future__ import annotations

from typing import Any

from ideas.models import Idea
from ideas.services.ideas import idea_create
from plm.models import Product
from plm.permissions import Actor


def make_idea(actor: Actor, product: Product, title: str = "Split payments", **values: Any) -> Idea:
    return idea_create(actor=actor, product=product, values={"title": title, **values})
