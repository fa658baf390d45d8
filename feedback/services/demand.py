"""What customers ask for, counted from their quotes and pushed down to the ideas they speak for."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.db.models import Count

from feedback.models import FeedbackLink
from feedback.models.feedback import FeedbackLinkQuerySet
from ideas.services.demand import Demand, idea_demand_set
from plm.events import service
from plm.models import Product, Workspace
from plm.permissions import SYSTEM


@service
def demand_recompute(*, workspace_id: int, product_id: int | None = None) -> int:
    """Count the demand for every idea of a product, or of all products of a workspace; how many ideas changed.

    Two statements count, however many ideas there are. A person and a company count once per idea, and so does
    what the company pays. Spam and archived feedback counts nothing; neither does revenue in other currencies than
    the workspace's, because adding them up would be a made-up figure.
    """
    products = Product.objects.filter(workspace_id=workspace_id)
    if product_id is not None:
        products = products.filter(pk=product_id)
    counted = _counted(workspace_id, product_id)
    return sum(
        idea_demand_set(actor=SYSTEM, product=product, demand=counted[product.pk])
        for product in products.order_by("pk")
    )


def _counted(workspace_id: int, product_id: int | None) -> defaultdict[int, dict[int, Demand]]:
    """Demand by product and idea."""
    quotes = FeedbackLink.objects.counting().filter(workspace_id=workspace_id, idea__isnull=False)
    if product_id is not None:
        quotes = quotes.filter(idea__product_id=product_id)
    companies, revenue = _companies(quotes, workspace_id)
    found: defaultdict[int, dict[int, Demand]] = defaultdict(dict)
    people = quotes.values_list("idea__product_id", "idea_id").annotate(
        Count("feedback__person_id", distinct=True)
    )
    for product, idea, count in people.order_by():
        found[product][idea] = Demand(count, companies[idea], revenue[idea])
    return found


def _companies(
    quotes: FeedbackLinkQuerySet, workspace_id: int
) -> tuple[defaultdict[int, int], defaultdict[int, Decimal]]:
    """By idea: how many companies, and what they pay a month. One row per idea and company."""
    currency = Workspace.objects.values_list("currency", flat=True).get(pk=workspace_id)
    pairs = quotes.filter(feedback__company__isnull=False).values_list(
        "idea_id", "feedback__company_id", "feedback__company__mrr", "feedback__company__currency",
        "feedback__company__archived_at",
    )  # fmt: skip
    companies: defaultdict[int, int] = defaultdict(int)
    revenue: defaultdict[int, Decimal] = defaultdict(Decimal)
    for idea, _, mrr, paid_in, archived in pairs.order_by().distinct():
        companies[idea] += 1
        if mrr is not None and paid_in == currency and archived is None:
            revenue[idea] += mrr
    return companies, revenue
