"""What customers said, pushed down to the ideas it speaks for, which add their votes and store the demand."""

from __future__ import annotations

from collections import defaultdict

from feedback.models import FeedbackLink
from ideas.services.demand import Spoken, idea_demand_set
from plm.events import service
from plm.models import Product
from plm.permissions import SYSTEM


@service
def demand_recompute(
    *, workspace_id: int, product_id: int | None = None, idea_id: int | None = None
) -> int:
    """Count the demand of one idea, a product's or a whole workspace's; how many ideas changed.

    The statements are as many however many ideas there are. Spam and archived feedback counts nothing.
    """
    products = Product.objects.filter(workspace_id=workspace_id)
    if product_id is not None:
        products = products.filter(pk=product_id)
    return sum(
        idea_demand_set(
            actor=SYSTEM, product=product, spoken=_spoken(product.pk, idea_id), idea_id=idea_id
        )
        for product in products.order_by("pk")
    )


def _spoken(product_id: int, idea_id: int | None) -> dict[int, list[Spoken]]:
    """Quotes by the idea they speak for. One statement."""
    quotes = FeedbackLink.objects.counting().filter(idea__product_id=product_id)
    if idea_id is not None:
        quotes = quotes.filter(idea_id=idea_id)
    found: defaultdict[int, list[Spoken]] = defaultdict(list)
    for idea, person, company, importance, at in quotes.values_list(
        "idea_id", "feedback__person_id", "feedback__company_id", "importance", "feedback__received_at"
    ):  # fmt: skip
        found[idea or 0].append(Spoken(person, company, importance, at))
    return found
