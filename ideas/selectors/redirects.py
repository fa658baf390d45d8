"""Redirections of ideas that stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min

from ideas.models import Redirect
from ideas.models.redirect import RedirectQuerySet
from plm.models import Product, User
from plm.permissions import Actor

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """One redirection of which `count` ideas stand. `went_on` says whether they did elsewhere, `target` where, for those
    who may see it."""

    redirection: UUID
    count: int
    at: datetime
    by: User | None
    went_on: bool
    target: Product | None


def redirections_of(actor: Actor, product: Product) -> list[Standing]:
    """The twenty newest redirections of ideas of the product of which anything stands. Three statements."""
    rows = (
        Redirect.objects.visible_to(actor, "idea.view").standing().filter(idea__product=product)
        .values("redirection").order_by("redirection")
        .annotate(
            count=Count("pk"), at=Min("created_at"), who=Max("by"), went=Count("made"),
            where=Max("made__product"),
        )
    )  # fmt: skip
    found = sorted(rows, key=lambda row: row["at"], reverse=True)[:SHOWN]
    users = User.objects.in_bulk([row["who"] for row in found if row["who"]])
    targets = Product.objects.visible_to(actor).select_related("workspace")
    products = targets.in_bulk([row["where"] for row in found if row["where"]])
    return [
        Standing(
            row["redirection"], row["count"], row["at"], users.get(row["who"] or 0), row["went"] > 0,
            products.get(row["where"] or 0),
        )
        for row in found
    ]  # fmt: skip


def redirects_of(product: Product, redirection: UUID) -> RedirectQuerySet:
    """What stands of a redirection, in the order of its ideas."""
    rows = Redirect.objects.standing().filter(redirection=redirection, idea__product=product)
    return rows.order_by("idea")
