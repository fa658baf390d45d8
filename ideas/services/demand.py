"""What customers ask for, as later rooms push it down to the ideas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from ideas.models import Idea
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require


@dataclass(frozen=True, slots=True)
class Demand:
    """Who stands behind one idea. `revenue` is a month's, each company counted once."""

    people: int = 0
    companies: int = 0
    revenue: Decimal = Decimal(0)


NONE = Demand()


@service
def idea_demand_set(*, actor: Actor, product: Product, demand: Mapping[int, Demand]) -> int:
    """Bring the demand columns of a product's ideas up to date; how many ideas changed.

    `demand` is keyed by the idea's primary key; an idea that is not in it has none. Writes and emits
    `idea.demand_set` only when something differs.
    """
    require(actor, "idea.edit", product)
    rows = Idea.objects.filter(product=product).only(
        "demand_people", "demand_companies", "demand_revenue"
    )
    known = rows.filter(
        Q(demand_people__gt=0) | Q(demand_companies__gt=0) | Q(demand_revenue__gt=0)
        | Q(pk__in=list(demand))
    )  # fmt: skip
    changed = [idea for idea in known.order_by("pk").select_for_update() if _differs(idea, demand)]
    if not changed:
        return 0
    Idea.objects.bulk_update(
        changed, ["demand_people", "demand_companies", "demand_revenue"], batch_size=500
    )
    emit(
        "idea.demand_set",
        actor=actor,
        workspace_id=product.workspace_id,
        product_id=product.pk,
        ideas=len(changed),
    )
    return len(changed)


def _differs(idea: Idea, demand: Mapping[int, Demand]) -> bool:
    """Put the new figures on the row; whether they are new."""
    found = demand.get(idea.pk, NONE)
    stood = Demand(idea.demand_people, idea.demand_companies, idea.demand_revenue)
    idea.demand_people, idea.demand_companies = found.people, found.companies
    idea.demand_revenue = found.revenue
    return stood != found
