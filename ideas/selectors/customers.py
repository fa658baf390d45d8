"""Reads of companies and people that shape a screen."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from ideas.models import Company, Idea, Person, Vote
from plm.permissions import Actor


def customer_suggestions(actor: Actor, workspace_id: int, noun: str, text: str) -> list[str]:
    """Companies or people whose name begins with or holds these words, as a form takes them."""
    model: Any = Company if noun == "company" else Person
    rows = model.objects.visible_to(actor, f"{noun}.view").live().filter(workspace_id=workspace_id)
    match = Q(name__icontains=text.strip())
    if model is Person:
        match |= Q(email__istartswith=text.strip())
    return [row.label for row in rows.filter(match).order_by("name", "pk")[:12]]


def company_people(company: Company) -> list[Person]:
    """The first two hundred people of a company by name."""
    return list(company.people.live().order_by("name", "pk")[:200])


def merged_into_it(customer: Company | Person) -> list[Any]:
    """The merges that made others a part of this one, as they can be taken back: the latest first."""
    rows: Any = customer.merged_in.standing().select_related("source")
    return list(rows.order_by("-created_at", "-pk")[:50])


def voted_for(actor: Actor, people: list[Person]) -> list[Idea]:
    """Ideas that any of these people vote for, the newest vote first, as far as the actor may see them."""
    votes = (
        Vote.objects.filter(person__in=people, idea__in=Idea.objects.visible_to(actor))
        .select_related("idea__product__workspace").order_by("-created_at")[:100]
    )  # fmt: skip
    return list({vote.idea_id: vote.idea for vote in votes}.values())
