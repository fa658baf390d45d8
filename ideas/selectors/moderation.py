"""What customers sent in: what waits for the team, and what holds it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ideas.models import Idea, ModerationRules, Person, PortalPost
from ideas.models.portal_people import PortalPostQuerySet
from ideas.moderation import blocked_in
from ideas.selectors.boards import person_known
from plm.models import Comment, Product
from plm.models.note import CommentQuerySet
from plm.permissions import Actor

MOST = 100
EVERY = "The team publishes every idea."
FIRST = "Nothing of this person was published before."


def moderation_rules(product: Product) -> ModerationRules:
    """What waits for the team on the portal of a product; the defaults where nobody said."""
    found = ModerationRules.objects.filter(product=product).first()
    return found or ModerationRules(workspace_id=product.workspace_id, product=product)


def why_held(product: Product, person: Person, kind: str, text: str) -> list[str]:
    """What holds a post back, a sentence each; nothing when it may be public at once."""
    rules = moderation_rules(product)
    posts = PortalPost.objects.filter(product=product, person=person)
    why = []
    if kind == "idea" and not rules.publish_at_once:
        why.append(EVERY)
    first_idea = kind == "idea" and rules.publish_at_once
    accepted = posts.accepted()
    if (first_idea and not accepted.filter(kind="idea").exists()) or (
        not first_idea and rules.hold_first and not accepted.exists()
    ):
        why.append(FIRST)
    if words := blocked_in(text, rules.blocked_words):
        why.append(f"Blocked words: {', '.join(words[:5])}.")
    recent = posts.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count()
    if recent >= rules.posts_per_hour:
        why.append(f"More than {rules.posts_per_hour} posts within an hour.")
    return why


def moderation_posts(actor: Actor, product: Product, state: str) -> PortalPostQuerySet:
    """What customers sent in and is held, published or spam now, with its person and idea."""
    rows: PortalPostQuerySet = PortalPost.objects.visible_to(actor).filter(product=product)
    return rows.in_state(state).select_related("person", "decided_by", "idea__product__workspace")


def moderation_queue(actor: Actor, product: Product) -> list[PortalPost]:
    """The hundred oldest posts that wait for the team."""
    return list(moderation_posts(actor, product, "held").order_by("pk")[:MOST])


def comments_public(idea: Idea) -> CommentQuerySet:
    """What is said about an idea in public, with who said it: for the team."""
    rows: CommentQuerySet = Comment.objects.filter(record_id=idea.pk, public=True, deleted_at=None)
    return rows.select_related("author", "portal_post__person")


def comments_waiting(actor: Actor, idea: Idea) -> list[str]:
    """One's own comments on an idea that are with the team."""
    person = person_known(actor, idea.workspace_id)
    rows = PortalPost.objects.filter(idea=idea, person=person, kind="comment", state="held")
    return list(rows.order_by("pk").values_list("body", flat=True)[:20]) if person else []


def name_before(actor: Actor, workspace_id: int) -> tuple[str, str]:
    """How somebody wanted their name shown the last time, and the nickname: `anonymous` for the first."""
    person = person_known(actor, workspace_id)
    last = PortalPost.objects.filter(person=person, kind="comment").order_by("-pk").first()
    if person is None or last is None:
        return "anonymous", ""
    return last.shown_as, last.name if last.shown_as == "nickname" else ""
