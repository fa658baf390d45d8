"""The end of a product or of a feature, and whom it hits."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from backlog.models import BacklogItem, IdeaLink
from ideas.models import Idea, Person, Vote
from plm.lineage import trace
from plm.models import Product
from plm.permissions import Actor
from roadmap.models import Sunset

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Affected:
    """Somebody who asked for what ends, with the ideas they asked with."""

    person: Person
    ideas: list[Idea]


@dataclass(frozen=True, slots=True)
class AffectedAll:
    """The first 200 by company and name, all of them counted, and in words how they were found."""

    people: list[Affected]
    count: int
    companies: int
    how: str


def sunset_of(actor: Actor, product: Product, item: BacklogItem | None) -> Sunset:
    """The plan, or an empty one that stands nowhere yet."""
    rows = Sunset.objects.visible_to(actor, "lifecycle.view").filter(product=product, item=item)
    found = rows.select_related("successor__workspace", "updated_by").first()
    return found or Sunset(workspace_id=product.workspace_id, product=product, item=item)


def has_ended(product: Product) -> tuple[Product | None] | None:
    """None while a product goes on; from its last day on, or once it is retired, the product that follows it, if one does.
    One statement."""
    rows = Sunset.objects.filter(product=product, item=None)
    plan = rows.select_related("successor__workspace").first()
    over = plan is not None and plan.final_on < timezone.localdate()
    if not over and product.phase != "retired":
        return None
    return (plan.successor if plan else None,)


def affected_by(actor: Actor, product: Product, item: BacklogItem | None) -> AffectedAll:
    """Who asked for what ends, by the lineage: the ideas behind the item, or behind all that is done of the product."""
    if item is None:
        links = IdeaLink.objects.filter(item__product=product, item__state="done")
        keys = set(links.values_list("idea_id", flat=True))
        how = "Everybody who voted for an idea from which something that is done came."
    else:
        before, _ = trace(actor, item.pk)
        keys = {one.record.pk for one in before if one.record.kind == "idea"}
        how = f"Everybody who voted for one of the {len(keys)} ideas that lead to {item.reference} in the lineage."
        if len(keys) == 1:
            how = f"Everybody who voted for the one idea that leads to {item.reference} in the lineage."  # fmt: skip
    ideas = {
        idea.pk: idea
        for idea in Idea.objects.visible_to(actor, "idea.view")
        .filter(pk__in=keys)
        .select_related("product__workspace")
    }
    if not actor.may("person.view", product.workspace_id):
        return AffectedAll([], 0, 0, how)
    rows = Vote.objects.filter(idea__in=ideas, person__merged_into=None)
    wished: dict[int, Affected] = {}
    for vote in rows.select_related("person__company").order_by(
        "person__company__name", "person__name", "pk"
    ):
        one = wished.setdefault(vote.person_id, Affected(vote.person, []))
        one.ideas.append(ideas[vote.idea_id])
    companies = {one.person.company_id for one in wished.values()} - {None}
    return AffectedAll(list(wished.values())[:SHOWN], len(wished), len(companies), how)
