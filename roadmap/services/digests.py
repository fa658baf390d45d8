"""Digests of what changed: asked for by their readers, made and sent by jobs, each at most once (docs/adr/0021)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils import timezone

from plm.errors import Conflict, Invalid, InvalidQuery, NotAllowed, NotVisible
from plm.events import emit, service
from plm.models import Product, SavedView, Team
from plm.permissions import Actor
from plm.selectors import views_for
from plm.services.guard import require
from roadmap.cadence import CADENCES, zones
from roadmap.models import Digest, DigestSubscription, Objective, Release
from roadmap.models.digest import DROPPED, FAILED, READY, SENDING, SENT, UNSURE
from roadmap.selectors.digests import (
    Told,
    digests_unsure,
    reader_of,
    told,
    view_items,
)

SALT = "roadmap.digest"
MOST_SUBSCRIPTIONS = 20
NO_ACCESS = "You have no access to the product any more. Once you do, start it again."
NO_VIEW = "The filters of the view fit no more. Choose another part."
WHEN = ("cadence", "weekday", "day", "hour", "time_zone")


@service
def digest_subscribe(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    objective: Objective | None = None,
    release: Release | None = None,
    team: Team | None = None,
    view: SavedView | None = None,
) -> DigestSubscription:
    """Have the actor told what changes on the roadmap, or in the part that belongs to a goal, a release, a team or a
    saved view of the backlog. `values` holds cadence, weekday (0 is Monday), day, hour and time_zone.

    The first digest tells of what changes from now on. Asked again for the same part it changes when that one comes,
    and starts it again. Emits `digest.subscribed`. Raises Invalid, Conflict, NotVisible.
    """
    require(actor, "digest.follow", product)
    if actor.user_id is None:
        raise NotAllowed("Sign in to be told.")
    when = _when(values)
    part = _part(actor, product, objective, release, team, view)
    rows = DigestSubscription.objects.select_for_update(of=("self",))
    rows = rows.filter(product=product, user_id=actor.user_id)
    found = rows.filter(**{name: part[name] for name in part if name != "view"}).first()
    now = timezone.now()
    if found is None:
        if rows.count() >= MOST_SUBSCRIPTIONS:
            raise Conflict(
                f"You have {MOST_SUBSCRIPTIONS} digests of this product. Stop one of them first."
            )
        found = DigestSubscription(
            workspace_id=product.workspace_id, product=product, user_id=actor.user_id, seen_at=now, due_at=now, **part
        )  # fmt: skip
    if found.seen_items is None and found.query:
        found.seen_items = sorted(view_items(actor, found))
    for name, value in when.items():
        setattr(found, name, value)
    found.due_at, found.parked_at, found.problem = found.next_after(now), None, ""
    found.save()
    _said("digest.subscribed", actor, found)
    return found


def _when(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {"cadence": "weekly", "weekday": 0, "day": 1, "hour": 8, "time_zone": "UTC", **values}
    if set(found) != set(WHEN):
        raise Invalid(
            fields=dict.fromkeys(set(found) - set(WHEN), "Nothing of that name can be set.")
        )
    limits = {"weekday": (0, 6, "0 (Monday) to 6 (Sunday)"), "day": (1, 31, "1 to 31"), "hour": (0, 23, "0 to 23")}  # fmt: skip
    wrong = {
        name: f"Give a whole number from {words}."
        for name, (least, most, words) in limits.items()
        if not isinstance(found[name], int) or not least <= found[name] <= most
    }
    if found["cadence"] not in dict(CADENCES):
        wrong["cadence"] = f"Choose one of: {', '.join(dict(CADENCES))}."
    if found["time_zone"] not in zones():
        wrong["time_zone"] = "Give the name of a time zone, such as Europe/Berlin."
    if wrong:
        raise Invalid(fields=wrong)
    return found


def _part(
    actor: Actor,
    product: Product,
    objective: Objective | None,
    release: Release | None,
    team: Team | None,
    view: SavedView | None,
) -> dict[str, Any]:
    if any(record is not None and record.product_id != product.pk for record in (objective, release)) or (
        team is not None and team.workspace_id != product.workspace_id
    ):  # fmt: skip
        raise NotVisible
    part: dict[str, Any] = {"objective": objective, "release": release, "team": team, "query": ""}
    part["view"] = ""
    if view is None:
        return part
    if any((objective, release, team)):
        raise Invalid(fields={"view": "Choose a saved view, or a goal, release or team; not both."})
    if not views_for(actor, product.pk, "item").filter(pk=view.pk).exists():
        raise NotVisible
    part |= {"query": view.query, "view": view.name}
    trial = DigestSubscription(product=product, query=view.query)
    try:
        view_items(actor, trial)
    except InvalidQuery as refused:
        raise Invalid(fields={"view": refused.message}) from refused
    return part


def _said(verb: str, actor: Actor, row: DigestSubscription) -> None:
    emit(verb, actor=actor, workspace_id=row.workspace_id, product_id=row.product_id, id=row.uuid)


@service
def digest_stop(*, actor: Actor, subscription: DigestSubscription) -> None:
    """Tell the actor no more. Emits `digest.stopped`. Raises NotVisible for somebody else's."""
    require(actor, "digest.follow", subscription.product)
    if subscription.user_id != actor.user_id:
        raise NotVisible
    if DigestSubscription.objects.filter(pk=subscription.pk).delete()[0]:
        _said("digest.stopped", actor, subscription)


# --- the link of a mail ------------------------------------------------------------------------------


def digest_token(subscription: DigestSubscription) -> str:
    """What the link in a mail says: which digests it stops, signed, for ever good."""
    return signing.Signer(salt=SALT).sign(str(subscription.uuid))


def digest_named(token: str) -> DigestSubscription | None:
    """The subscription that a link stands for, None where it was stopped. Raises NotVisible for a link not ours."""
    try:
        uuid = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        raise NotVisible from None
    rows = DigestSubscription.objects.select_related("product", "user")
    return rows.filter(uuid=uuid).first()


@service
def digest_stop_by_link(*, token: str) -> None:
    """Stop digests by the link in one of them, without signing in. Twice is once. Emits `digest.stopped`."""
    found = digest_named(token)
    if found is not None and DigestSubscription.objects.filter(pk=found.pk).delete()[0]:
        _said("digest.stopped", Actor(name=str(found.user), user_id=found.user_id), found)


# --- making and sending --------------------------------------------------------------------------------


@service
def digest_make(*, subscription_id: int, until: datetime) -> Digest | None:
    """Move a subscription that is due on to `until`, a settled moment; the digest of the time before, or None.

    There is none where nothing changed for the reader and no earlier digest has to be named, where an earlier one is
    still to be sent, or where the reader has lost access, which parks the subscription where it stood.
    """
    rows = DigestSubscription.objects.select_for_update(of=("self",))
    rows = rows.due(until).select_related("product__workspace", "objective__product", "release__product", "team", "user")  # fmt: skip
    row = rows.filter(pk=subscription_id, seen_at__lte=until).first()
    if row is None or row.digests.filter(state__in=(READY, SENDING)).exists():
        return None
    found, problem = _found(row, row.seen_at, until, row.seen_items)
    if found is None:
        _park(row, problem)
        return None
    digest = None
    if not found.is_empty or digests_unsure(row):
        digest = Digest.objects.create(
            workspace_id=row.workspace_id, subscription=row, due_at=row.due_at, since=row.seen_at, until=until,
            changes=found.changes, left=found.left,
        )  # fmt: skip
    row.seen_at, row.due_at = until, row.next_after(until)
    row.seen_items = _let_through(row)
    row.save(update_fields=["seen_at", "seen_items", "due_at"])
    return digest


def _let_through(row: DigestSubscription) -> list[int] | None:
    """What the view of a subscription lets through now, if it has one."""
    reader = reader_of(row.user, row.product)
    return sorted(view_items(reader, row)) if row.query and reader is not None else None


def _found(
    row: DigestSubscription, since: datetime, until: datetime, known: Collection[int] | None
) -> tuple[Told | None, str]:
    """What the reader is told by their rights of this moment, or why they are told nothing."""
    reader = reader_of(row.user, row.product)
    if reader is None:
        return None, NO_ACCESS
    try:
        return told(reader, row, since, until, known), ""
    except InvalidQuery:
        return None, NO_VIEW


def _park(row: DigestSubscription, problem: str) -> None:
    row.parked_at, row.problem = timezone.now(), problem
    row.save(update_fields=["parked_at", "problem"])


@service
def digest_take(*, digest_id: int) -> tuple[Digest, Told] | None:
    """Claim a digest right before it goes: the digest and what it says by the rights of this moment, or None.

    One that is claimed already was left by a worker that died: whether it went nobody knows, so it is not sent again.
    One whose reader has lost access since it was made is dropped, and the subscription parked where it stood.
    """
    rows = Digest.objects.select_for_update(of=("self",)).select_related(
        "subscription__product__workspace", "subscription__objective__product", "subscription__release__product",
        "subscription__team", "subscription__user",
    )  # fmt: skip
    digest = rows.filter(pk=digest_id, state__in=(READY, SENDING)).first()
    if digest is None:
        return None
    if digest.state == SENDING:
        _settle(digest, UNSURE, "The worker stopped while the mail went out.")
        return None
    found, problem = _found(digest.subscription, digest.since, digest.until, digest.left)
    if found is None:
        _settle(digest, DROPPED, problem)
        _park(digest.subscription, problem)
        return None
    digest.state = SENDING
    digest.save(update_fields=["state"])
    return digest, found


@service
def digest_done(
    *, digest: Digest, state: str, problem: str = "", names: Sequence[int] = ()
) -> None:
    """Note what became of a claimed digest: sent, ready to be tried again, failed, or unsure.

    A worker that was taken for dead may say so late; what it knows is better than what was assumed. `names` are the
    unsure ones that a sent digest told of.
    """
    rows = Digest.objects.select_for_update().filter(pk=digest.pk, state__in=(SENDING, UNSURE))
    current = rows.first()
    if current is None or (current.state == UNSURE and state != SENT):
        return
    _settle(current, state, problem)
    if state == SENT:
        unsure = Digest.objects.filter(pk__in=names, subscription_id=current.subscription_id)
        unsure.filter(state=UNSURE).exclude(pk=current.pk).update(named_by=current)


@service
def digests_give_up(*, subscription_id: int, problem: str) -> None:
    """The last try is over: what waits did not go, and its time is told with the next one."""
    rows = Digest.objects.select_for_update().filter(subscription_id=subscription_id, state=READY)
    for digest in rows:
        _settle(digest, FAILED, problem)


def _settle(digest: Digest, state: str, problem: str) -> None:
    """Keep what became of a digest. The time of one that surely did not go is told later: the subscription goes back."""
    digest.state, digest.problem = state, problem[:200]
    digest.sent_at = timezone.now() if state == SENT else None
    digest.save(update_fields=["state", "problem", "sent_at"])
    if state in {FAILED, DROPPED}:
        rows = DigestSubscription.objects.filter(pk=digest.subscription_id, seen_at=digest.until)
        for row in rows:
            row.seen_at = digest.since
            row.seen_items = sorted({*(row.seen_items or ()), *digest.left}) if row.query else None
            row.save(update_fields=["seen_at", "seen_items"])
