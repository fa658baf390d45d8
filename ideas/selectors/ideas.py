"""Reads of ideas that shape a screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from ideas.models import Idea, InboundMessage, Merge, Vote
from ideas.models.idea import CLOSED
from ideas.selectors.cases import cases_of
from ideas.selectors.demand import demand_shown
from plm.composed import Moment
from plm.counting import Figures
from plm.models import Product
from plm.permissions import Actor


@Figures
def _undecided(actor: Actor, product: Product) -> list[QuerySet[Any]]:
    rows = Idea.objects.visible_to(actor).filter(product=product).undecided()
    week_ago = Moment(timedelta(days=7))
    # What is new was changed since then too, and that has an index.
    return [rows, rows.filter(updated_at__gt=week_ago, created_at__gt=week_ago)]


def ideas_tile(actor: Actor, product: Product) -> tuple[int, str, bool]:
    """(ideas that wait for a decision, what is new about them, needs attention)."""
    waiting, new = _undecided(actor, product)
    return waiting, f"{new} new this week", False


def has_voted(actor: Actor, idea: Idea) -> bool:
    """Whether this person's own vote is counted; False for a visitor."""
    return Vote.objects.of_account(actor.user_id).filter(idea=idea).exists()


VOTERS = 50


def voters(idea: Idea) -> list[Vote]:
    """The votes that weigh most, with who gave them: fifty at most. One statement."""
    rows = Vote.objects.filter(idea=idea).select_related("person__company", "added_by")
    return list(rows.order_by("-importance", "-created_at", "-pk")[:VOTERS])


def idea_page(actor: Actor, idea: Idea) -> dict[str, Any]:
    """What the page of an idea shows beyond what every record shows."""
    return {
        "has_voted": has_voted(actor, idea),
        "may_vote": actor.may("idea.vote", idea.workspace_id, idea.product_id),
        "may_answer": actor.may("idea.answer", idea.workspace_id, idea.product_id),
        "voters": voters(idea) if idea.votes_count else [],
        "demand": demand_shown(idea),
        "may_weigh": actor.may("demand.edit", idea.workspace_id, idea.product_id),
        "may_vote_for": actor.may("idea.vote_for", idea.workspace_id, idea.product_id),
        "takes_votes": idea.state not in CLOSED,
        "cases": cases_of(idea.pk),
        "may_make_case": actor.may("business_case.create", idea.workspace_id, idea.product_id),
        "merged_in": Merge.objects.standing()
        .filter(target=idea)
        .select_related("source__product__workspace")
        .order_by("pk")[:50],
        "mail": InboundMessage.objects.filter(idea=idea).select_related("person").first(),
        "splits": Idea.objects.filter(split_from=idea, duplicate_of=None)
        .select_related("product__workspace")
        .order_by("pk")[:50],
        **_elsewhere(actor, idea),
        "may_merge": actor.may("idea.move", idea.workspace_id, idea.product_id),
        "may_promote": actor.may("idea.promote", idea.workspace_id, idea.product_id),
    }


def _elsewhere(actor: Actor, idea: Idea) -> dict[str, Any]:
    """Where it went on when its product ended, and where it came from so: of what the actor may see."""
    if idea.state != "redirected" and idea.redirected_from_id is None:
        return {}
    seen = Idea.objects.visible_to(actor, "idea.view").select_related("product__workspace")
    return {
        "goes_on_as": seen.filter(redirected_from=idea).order_by("pk").first(),
        "came_from": seen.filter(pk=idea.redirected_from_id or 0).first(),
    }
