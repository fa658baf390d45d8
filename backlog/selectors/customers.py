"""What is built of what a customer asks for."""

from __future__ import annotations

from typing import Any

from backlog.models import BacklogItem, IdeaLink
from ideas.models import Company, Idea, Person, Vote
from plm.permissions import Actor

SHOWN = 100


def built_for(actor: Actor, customer: Company | Person) -> dict[str, Any]:
    """Items that came from ideas they vote for, as far as the actor may see both; what is done first. One statement."""
    whose = {"person__company": customer} if isinstance(customer, Company) else {"person": customer}
    wanted = Vote.objects.filter(idea__in=Idea.objects.visible_to(actor), **whose).values("idea")
    links = IdeaLink.objects.filter(idea__in=wanted).values("item")
    rows: Any = BacklogItem.objects.visible_to(actor).live().filter(pk__in=links)
    found = list(rows.select_related("product__workspace").order_by("-updated_at", "-pk")[:SHOWN])
    found.sort(key=lambda item: item.state != "done")
    return {"items": found, "done": sum(1 for item in found if item.state == "done")}
