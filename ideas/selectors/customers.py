"""Reads of companies and people that shape a screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from ideas.models import Company, Idea, Person, Vote
from plm.permissions import Actor

SHOWN = 200


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


@dataclass(slots=True)
class Wish:
    """An idea that people vote for or sent in. `importance` is the highest any of them gave, None without a vote."""

    idea: Idea
    at: datetime
    importance: int | None = None
    importance_label: str = ""
    people: list[Person] = field(default_factory=list)
    added_by: Any = None
    sent_in: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """What customers ask for, the newest first, and how much of it is there or on its way."""

    rows: list[Wish]

    def _in(self, *groups: str) -> int:
        return sum(1 for wish in self.rows if wish.idea.state_now.group in groups)

    @property
    def shipped(self) -> int:
        return self._in("done")

    @property
    def under_way(self) -> int:
        return self._in("active")


def wishes_of(actor: Actor, people: list[Person]) -> Wishes:
    """Ideas that these people vote for or sent in through the portal, as far as the actor may see them.

    Two statements, of at most two hundred rows each.
    """
    seen = Idea.objects.visible_to(actor)
    votes = Vote.objects.filter(person__in=people, idea__in=seen)
    found: dict[int, Wish] = {}
    for vote in votes.select_related("idea__product__workspace", "person", "added_by").order_by(
        "-created_at", "-pk"
    )[:SHOWN]:
        wish = found.setdefault(vote.idea_id, Wish(vote.idea, vote.created_at))
        wish.people.append(vote.person)
        wish.added_by = wish.added_by or vote.added_by
        if wish.importance is None or vote.importance > wish.importance:
            wish.importance, wish.importance_label = (
                vote.importance,
                vote.get_importance_display(),
            )
    accounts = [person.user_id for person in people if person.user_id is not None]
    if accounts:
        sent = seen.live().filter(created_by__in=accounts, source="customer")
        for idea in sent.select_related("product__workspace").order_by("-created_at")[:SHOWN]:
            found.setdefault(idea.pk, Wish(idea, idea.created_at)).sent_in = True
    return Wishes(sorted(found.values(), key=lambda wish: wish.at, reverse=True))
