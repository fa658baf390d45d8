"""Telling people that a text names them: once for each comment, field of a record, and page of a product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from plm.events import service
from plm.markdown import handles_read
from plm.models import Comment, Mention, Product, StageRecord, User
from plm.permissions import Actor, may
from plm.selectors import handle_of, viewers_of


def people_mentioned(actor: Actor, product: Product, text: str, before: str = "") -> list[User]:
    """Whom a text names by handle that did not stand in the text before: people who may see the product, not the
    writer. Nobody where the writer is a customer or no person at all."""
    if actor.user_id is None or not may(
        actor.role_in(product.workspace_id, product.pk), "record.view"
    ):
        return []
    handles = handles_read(text) - handles_read(before)
    if not handles:
        return []
    others = viewers_of(product).exclude(pk=actor.user_id)
    return [user for user in others if handle_of(user) in handles]


def comment_mentions(actor: Actor, record: StageRecord, comment: Comment) -> list[User]:
    """Tell the people whom a new comment names; who they are."""
    named = people_mentioned(actor, record.product, comment.body)
    return _tell(actor, record.product, named, comment=comment)


def record_mentions(
    actor: Actor, record: StageRecord, changes: Mapping[str, tuple[Any, Any]]
) -> list[User]:
    """Tell the people whom changed texts of a record name anew; who they are. Once for each field, however often it is
    edited."""
    told: dict[int, User] = {}
    for name in record.markdown_fields:
        old, new = changes.get(name, ("", ""))
        named = people_mentioned(actor, record.product, new or "", old or "")
        place: dict[str, Any] = {"record_id": record.pk, "field": name}
        told |= {user.pk: user for user in _tell(actor, record.product, named, **place)}
    return list(told.values())


def page_mentions(
    actor: Actor, product: Product, page: str, changes: Mapping[str, tuple[str, str]]
) -> list[User]:
    """The same for texts of a page that is no record; `page` is its path below the product."""
    told: dict[int, User] = {}
    for name, (old, new) in changes.items():
        named = people_mentioned(actor, product, new, old)
        found = _tell(actor, product, named, record=None, page=page, field=name)
        told |= {user.pk: user for user in found}
    return list(told.values())


def told_data(people: Iterable[User]) -> dict[str, Any]:
    """Whom a text named, as its event says it; nothing where it named nobody."""
    named = [user.uuid for user in people]
    return {"mentioned": named} if named else {}


def _tell(actor: Actor, product: Product, named: Iterable[User], **place: Any) -> list[User]:
    """A mention for each who was not told of this place yet; who they are."""
    people = {user.pk: user for user in named}
    if not people:
        return []
    rows = Mention.objects.filter(product=product, user__in=people, **place)
    for pk in rows.values_list("user_id", flat=True):
        del people[pk]
    now = timezone.now()
    Mention.objects.bulk_create(
        [
            Mention(
                workspace_id=product.workspace_id, product=product, user=user, by_id=actor.user_id, created_at=now,
                **place,
            )
            for user in people.values()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return list(people.values())


@service
def mentions_read(*, actor: Actor, workspace_id: int) -> int:
    """Mark all that names this person in the workspace as seen; how many there were."""
    rows = Mention.objects.filter(user_id=actor.person_key, workspace_id=workspace_id, read_at=None)
    return rows.update(read_at=timezone.now())
