"""What customers send in is noted, and held where the rules of the portal say so."""

from __future__ import annotations

from django.utils import timezone

from ideas.models import Idea, PortalPost
from ideas.selectors.moderation import why_held
from ideas.services.votes import person_of_account
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.records import record_locked, record_update


@service
def post_note(*, actor: Actor, idea: Idea, kind: str, text: str) -> PortalPost:
    """Note what a customer sent in and whether it is held. Emits `idea.post_held` for what is."""
    person = person_of_account(actor, idea.workspace_id)
    why = why_held(idea.product, person, kind, text)
    post = PortalPost.objects.create(
        workspace_id=idea.workspace_id, product_id=idea.product_id, person=person, kind=kind, idea=idea,
        state="held" if why else "published", why=" ".join(why)[:300], created_at=timezone.now(),
    )  # fmt: skip
    if why:
        emit("idea.post_held", actor=actor, record=idea, post=post.uuid, kind_of_post=kind)
    return post


@service
def idea_publish_at_once(*, actor: Actor, idea: Idea, post: PortalPost) -> Idea:
    """Make an idea public that nothing holds. Emits `idea.updated`."""
    if post.state != "published":
        return idea
    return record_update(
        record_locked(idea, version=None), actor=actor, version=None, values={"public": True}, action="idea.submit"
    )  # fmt: skip
