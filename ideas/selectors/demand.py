"""Reads of demand."""

from __future__ import annotations

from dataclasses import dataclass

from ideas.models import DemandOptions, Idea
from plm.models import Product


def demand_options(product: Product) -> DemandOptions:
    """How the product weighs demand; the defaults where nobody said."""
    found = DemandOptions.objects.filter(product=product).first()
    return found or DemandOptions(workspace_id=product.workspace_id, product=product)


@dataclass(frozen=True, slots=True)
class Words:
    """`concentrated`: one company is more than half of the revenue."""

    options: DemandOptions
    concentrated: bool


def demand_shown(idea: Idea) -> Words | None:
    """What the page says about an idea's demand; None when nobody asks for it. One statement."""
    if not (idea.demand_people or idea.demand_companies or idea.demand_importance):
        return None
    return Words(
        demand_options(idea.product), idea.demand_companies > 1 and idea.demand_share > 0.5
    )


def products_that_forget(workspace_id: int) -> list[int]:
    """Products of a workspace in which a voice loses weight with time."""
    rows = DemandOptions.objects.filter(workspace_id=workspace_id).exclude(half_life=None)
    return list(rows.order_by("pk").values_list("product_id", flat=True))
