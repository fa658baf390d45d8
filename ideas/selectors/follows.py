"""Who follows an idea on the portal, and what they may be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.urls import reverse

from ideas.models import (
    Board,
    BoardPerson,
    Company,
    Idea,
    IdeaFollow,
    MailOptOut,
    Person,
    StatusNotice,
)
from ideas.models.idea import IdeaQuerySet
from ideas.models.portal_people import IdeaFollowQuerySet
from plm.lifecycle import UNDONE
from plm.models import Event, Product
from plm.permissions import Actor

STATE_EVENTS = ("idea.moved", "idea.updated")
AT_ONE_TIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PortalFollowing:
    """Whether the visitor follows an idea. `reached` is False where no address of theirs is confirmed, `mails` where
    they turned the mails of the portal off; on `own_url` they do."""

    on: bool
    url: str
    own_url: str
    reached: bool = True
    mails: bool = True


def told_outside(idea: Idea) -> bool:
    """Whether followers are told of this idea's moves."""
    return idea.public and idea.archived_at is None


def person_behind(actor: Actor, workspace_id: int) -> Person | None:
    """Who votes, follows and comments in a workspace by the actor's account; None for who has done nothing yet."""
    rows = Person.objects.filter(workspace_id=workspace_id, user_id=actor.person_key)
    found = rows.select_related("merged_into").first()
    return found.standing if found else None


def is_mailed(product: Product, person: Person) -> bool:
    """Whether a person wants mails about the ideas they follow in a product."""
    return not MailOptOut.objects.filter(product=product, person=person).exists()


def is_reached(actor: Actor) -> bool:
    """Whether an address of the actor's is confirmed, so that mails go there."""
    found: bool = EmailAddress.objects.filter(user_id=actor.person_key, verified=True).exists()
    return found


def portal_following(actor: Actor, idea: Idea) -> PortalFollowing:
    """Whether the actor follows the idea. Two statements, four for who does; none for a visitor."""
    args = [idea.product.workspace.slug, idea.product.key.lower()]
    url = reverse("ideas:portal_follow", args=[*args, idea.number])
    own_url = reverse("ideas:portal_you", args=args)
    person = None if actor.user_id is None else person_behind(actor, idea.workspace_id)
    rows = IdeaFollow.objects.standing().filter(idea=idea, person=person)
    if person is None or not rows.exists():
        return PortalFollowing(on=False, url=url, own_url=own_url)
    return PortalFollowing(
        on=True, url=url, own_url=own_url, reached=is_reached(actor), mails=is_mailed(idea.product, person)
    )  # fmt: skip


def portal_followings(
    actor: Actor, product: Product, ideas: list[Idea]
) -> dict[int, PortalFollowing]:
    """The same for several ideas of a product, by their numbers. Four statements at most; none for a visitor."""
    args = [product.workspace.slug, product.key.lower()]
    own_url = reverse("ideas:portal_you", args=args)
    person = None if actor.user_id is None else person_behind(actor, product.workspace_id)
    followed: set[int] = set()
    if person is not None:
        rows = IdeaFollow.objects.standing().filter(idea__in=ideas, person=person)
        followed = set(rows.values_list("idea_id", flat=True))
    told = {"reached": True, "mails": True}
    if person is not None and followed:
        told = {"reached": is_reached(actor), "mails": is_mailed(product, person)}
    found = {}
    for idea in ideas:
        url = reverse("ideas:portal_follow", args=[*args, idea.number])
        on = idea.pk in followed
        found[idea.number] = PortalFollowing(
            on=on, url=url, own_url=own_url, **(told if on else {})
        )
    return found


def is_followed(idea_id: int) -> bool:
    """Whether anybody on the portal waits for news of the idea."""
    return IdeaFollow.objects.standing().filter(idea_id=idea_id).exists()


def followers(idea: Idea) -> IdeaFollowQuerySet:
    """Who follows an idea on the portal, newest first, with their companies."""
    rows = IdeaFollow.objects.standing().filter(idea=idea).select_related("person__company")
    return rows.order_by("-created_at", "-pk")


@dataclass(frozen=True, slots=True)
class Decided:
    """The change of state that followers are to be told of: the last one of those they do not know."""

    sequence: int
    state: str
    note: str
    quiet: bool


def decided(idea: Idea) -> Decided | None:
    """What followers of the idea do not know yet; None when its state is the one they know.

    Several moves in a row count as one, and one that was taken back as none. The reason of a move is written for
    followers to read; that of any other change is not.
    """
    last = StatusNotice.objects.filter(idea=idea).order_by("-sequence").first()
    events = Event.objects.filter(
        record_id=idea.pk, verb__in=STATE_EVENTS, changes__has_key="state",
        sequence__gt=last.sequence if last else 0,
    )  # fmt: skip
    newest = events.order_by("-sequence").first()
    if newest is None:
        return None
    if last is None:  # What was before anybody followed is known already.
        events = events.filter(created_at__gte=newest.created_at - AT_ONE_TIME)
    first = events.order_by("sequence").first()
    if first is None or first.changes["state"][0] == newest.changes["state"][1]:
        return None
    said = newest.verb == "idea.moved" and newest.reason != UNDONE
    return Decided(
        sequence=newest.sequence,
        state=newest.changes["state"][1],
        note=newest.reason if said else "",
        quiet=bool(newest.data.get("quiet")) or not told_outside(idea),
    )


def follows_to_tell(notice: StatusNotice) -> list[int]:
    """Keys of the follows since before the notice whose people have no mail of it yet and may read the idea."""
    rows = IdeaFollow.objects.mailed().filter(
        idea_id=notice.idea_id, person__archived_at=None, created_at__lte=notice.created_at
    )
    rows = rows.exclude(person_id__in=notice.mails.values("person_id"))
    board = Board.objects.filter(ideas=notice.idea_id).select_related("segment").first()
    if board is not None and board.privacy == "link" and not board.token_hash:
        return []
    if board is not None and board.privacy == "selected":
        named = Q(person_id__in=BoardPerson.objects.filter(board=board).values("person_id"))
        companies = board.segment.companies() if board.segment else Company.objects.none()
        rows = rows.filter(named | Q(person__company_id__in=companies.values("pk")))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def follows_reached(ideas: IdeaQuerySet) -> IdeaFollowQuerySet:
    """Follows of published ones among these whose people would get a mail of a move; a board may keep some of them out."""
    proved = EmailAddress.objects.filter(verified=True)
    return IdeaFollow.objects.mailed().filter(
        idea__in=ideas.filter(public=True), person__archived_at=None, person__user__in=proved.values("user")
    )  # fmt: skip


def mail_address(person: Person) -> str:
    """Where mails to a person of the portal go: an address that they proved to be theirs, or nowhere."""
    known = EmailAddress.objects.filter(user_id=person.user_id, verified=True)
    found = known.order_by("-primary", "pk").first() if person.user_id else None
    return found.email if found else ""
