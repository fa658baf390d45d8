"""What customers send in, and what the team does with what is held. Nothing is ever dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ideas.models import Idea, ModerationRules, Person, PortalPost
from ideas.models.portal_people import SHOWN_AS
from ideas.selectors.moderation import moderation_rules
from ideas.selectors.portal import portal_stands_for
from ideas.services.follows import follow_start
from ideas.services.portal import customer_of
from ideas.services.posts import post_note
from ideas.services.votes import person_of_account
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Comment, Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import invalid_from, record_archive, record_update

MODERATE = "portal.edit"
FIELDS = ("hold_first", "publish_at_once", "posts_per_hour", "blocked_words")
LONGEST, MOST_WORDS, MOST_AN_HOUR = 5000, 200, 30


@service
def portal_comment(
    *, actor: Actor, idea: Idea, body: str, shown_as: str = "anonymous", nickname: str = "", keys: Sequence[str] = ()
) -> PortalPost:  # fmt: skip
    """Say something about a published idea, or have it held. Emits `comment.added` or `idea.post_held`.

    Whoever comments follows. `keys` are the secrets of links they came by. Raises NotVisible, Invalid, Conflict.
    """
    customer = customer_of(actor, idea, keys)
    require(customer, "idea.support", idea.product)
    text = body.strip()
    if not text:
        raise Invalid(fields={"body": _("Write something before you send it.")})
    if len(text) > LONGEST:
        raise Invalid(fields={"body": _("A comment has at most 5,000 characters.")})
    person = person_of_account(customer, idea.workspace_id)
    name = _name(person, shown_as, nickname)
    _check_pace(person)
    post = post_note(actor=customer, idea=idea, kind="comment", text=f"{text}\n{name}")
    PortalPost.objects.filter(pk=post.pk).update(body=text, shown_as=shown_as, name=name)
    post.body, post.shown_as, post.name = text, shown_as, name
    follow_start(actor=customer, idea=idea)
    if post.state == "published":
        _say(customer, post, idea)
    return post


def _check_pace(person: Person) -> None:
    hour = timezone.now() - timedelta(hours=1)
    if PortalPost.objects.filter(person=person, created_at__gt=hour).count() >= MOST_AN_HOUR:
        raise Conflict(_("That was a lot within an hour. Come back later."))


def _name(person: Person, shown_as: str, nickname: str) -> str:
    """What stands under the comment. Raises Invalid where the choice cannot be followed."""
    given = " ".join(nickname.split())
    if shown_as not in dict(SHOWN_AS):
        raise Invalid(fields={"shown_as": _("Choose how your name is shown.")})
    if shown_as == "anonymous":
        return ""
    if shown_as == "nickname":
        if not given or len(given) > 60 or "@" in given:
            raise Invalid(fields={"nickname": _("Give a nickname of up to 60 characters.")})
        return given
    words = person.name.split()
    if not words or "@" in person.name:
        raise Invalid(fields={"shown_as": _("We do not know your name. Choose a nickname.")})
    if shown_as == "full" or len(words) == 1:
        return " ".join(words)[:60]
    return f"{words[0]} {words[-1][0]}."[:60]


def _say(actor: Actor, post: PortalPost, idea: Idea) -> None:
    """Make a post a comment that everybody reads. Nobody is named by it: customers do not know our handles."""
    comment = Comment.objects.create(
        workspace_id=idea.workspace_id, record_id=idea.pk, author_id=post.person.user_id, body=post.body,
        public=True, created_at=timezone.now(),
    )  # fmt: skip
    PortalPost.objects.filter(pk=post.pk).update(comment=comment)
    emit(
        "comment.added", actor=actor, record=idea, comment=comment.uuid, body=post.body[:500], public=True,
        mentioned=[],
    )  # fmt: skip


@service
def posts_publish(
    *, actor: Actor, product: Product, posts: Sequence[UUID], reason: str = ""
) -> int:
    """Publish what is held: ideas come up for votes, comments under their idea; how many. Emits `idea.post_published`.

    What was decided in the meantime is left as it is.
    """
    found = _waiting(actor, product, posts)
    for post in found:
        if post.kind == "idea":
            record_update(
                post.idea, actor=actor, version=None, values={"public": True}, action=MODERATE, reason=reason
            )  # fmt: skip
        else:
            _say(actor, post, portal_stands_for(post.idea) or post.idea)
        _decided(actor, post, "published", reason)
    return len(found)


@service
def posts_reject(*, actor: Actor, product: Product, posts: Sequence[UUID], reason: str = "") -> int:
    """Put what is held away; how many. Ideas are archived and can be restored. Emits `idea.post_rejected`.

    The reason stands in the history, for the team alone; without one it is spam.
    """
    found = _waiting(actor, product, posts)
    for post in found:
        if post.kind == "idea":
            record_archive(post.idea, actor=actor, reason=reason or "Spam")
        _decided(actor, post, "rejected", reason)
    return len(found)


def _waiting(actor: Actor, product: Product, posts: Sequence[UUID]) -> list[PortalPost]:
    require(actor, MODERATE, product)
    rows = PortalPost.objects.filter(product=product, uuid__in=list(posts)[:200]).waiting()
    found = rows.select_for_update(of=("self",)).select_related(
        "person", "idea__product__workspace"
    )
    return list(found.order_by("pk"))


def _decided(actor: Actor, post: PortalPost, what: str, reason: str) -> None:
    PortalPost.objects.filter(pk=post.pk).update(
        state="spam" if what == "rejected" else what, decided_at=timezone.now(), decided_by_id=actor.user_id
    )  # fmt: skip
    emit(
        f"idea.post_{what}", actor=actor, record=post.idea, reason=reason, post=post.uuid, kind_of_post=post.kind
    )  # fmt: skip


@service
def moderation_update(
    *, actor: Actor, product: Product, version: int | None, values: Mapping[str, Any]
) -> ModerationRules:
    """Change what waits for the team. Emits `moderation.updated`. Raises Stale, Invalid."""
    require(actor, MODERATE, product)
    Product.objects.select_for_update().get(pk=product.pk)
    current = moderation_rules(product)
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    before = {name: getattr(current, name) for name in FIELDS}
    for name in FIELDS:
        if name in values:
            setattr(current, name, values[name])
    current.blocked_words = _words(current.blocked_words)
    changes = {
        n: (old, getattr(current, n)) for n, old in before.items() if old != getattr(current, n)
    }
    if not changes:
        return current
    if not 1 <= current.posts_per_hour <= 100:
        raise Invalid(fields={"posts_per_hour": "Give 1 to 100 posts."})
    try:
        current.clean_fields(exclude=["workspace", "product"])
    except ValidationError as error:
        raise invalid_from(error) from None
    current.version += 1
    current.save()
    emit(
        "moderation.updated", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, changes=changes
    )  # fmt: skip
    return current


def _words(given: Sequence[str]) -> list[str]:
    words = sorted({" ".join(str(word).split()).casefold() for word in given} - {""})
    if len(words) > MOST_WORDS or any(len(word) > 60 for word in words):
        raise Invalid(
            fields={"blocked_words": f"Give at most {MOST_WORDS} words of up to 60 characters."}
        )
    return words
