"""Writes on releases and milestones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from backlog.models import IdeaLink
from ideas.models import Idea
from ideas.models.idea import CLOSED
from plm.errors import Invalid
from plm.events import service
from plm.models import Product
from plm.permissions import SYSTEM, Actor
from plm.services.records import record_create, record_locked, record_move, record_update
from roadmap.models import Milestone, Release


def _with_day(values: Mapping[str, Any], current: Release | None) -> dict[str, Any]:
    """A release that goes out without a day went out today."""
    given = dict(values)
    day = given.get("released_on", current.released_on if current else None)
    if given.get("state") == "released" and day is None:
        given["released_on"] = timezone.localdate()
    return given


@service
def release_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Release:
    """Plan a release. Emits `release.created`."""
    return record_create(
        Release, actor=actor, product=product, values=_with_day(values, None), tags=tags,
        custom=custom, reason=reason,
    )  # fmt: skip


@service
def release_update(
    *,
    actor: Actor,
    record: Release,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Release:
    """Change a release. Emits `release.updated`; the state "released" sets the day if none is given."""
    return record_update(
        record, actor=actor, version=version, values=_with_day(values, record), tags=tags,
        custom=custom, reason=reason,
    )  # fmt: skip


@service
def release_ship(*, release_id: int) -> list[str]:
    """Draw the consequences of a release that went out: its day, and the ideas that are fulfilled by it.

    An idea becomes "shipped" when every item that came from it is done (cancelled and archived ones aside) and at
    least one of them is placed in this release; settled ideas stay as they are. Doing it twice changes nothing.
    Returns the references of the ideas.
    """
    found = Release.objects.filter(pk=release_id, state="released").first()
    if found is None:
        return []
    release = record_locked(found, version=None)
    if release.released_on is None:
        record_update(
            release, actor=SYSTEM, version=None, values={"released_on": timezone.localdate()}
        )
    shipped = []
    for idea in _fulfilled(release):
        record_move(idea, actor=SYSTEM, state="shipped", reason=f"Released in {release.title}.")
        shipped.append(idea.reference)
    return shipped


def _fulfilled(release: Release) -> list[Idea]:
    """Ideas behind done items of the release of which no item is still to be done."""
    here = IdeaLink.objects.filter(
        item__placement__release_id=release.pk, item__state="done", item__archived_at=None
    )
    unfinished = IdeaLink.objects.filter(item__archived_at=None).exclude(
        item__state__in=("done", "cancelled")
    )
    return list(
        Idea.objects.live()
        .filter(pk__in=here.values("idea_id"))
        .exclude(pk__in=unfinished.values("idea_id"))
        .exclude(state__in=CLOSED)
        .select_related("product__workspace")
        .order_by("pk")
    )


def _release_of_product(product_id: int, values: Mapping[str, Any]) -> None:
    release = values.get("release")
    if release is not None and release.product_id != product_id:
        raise Invalid(fields={"release": f"{release.reference} belongs to another product."})


@service
def milestone_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Milestone:
    """Set a milestone. Emits `milestone.created`."""
    if values.get("on") is None:
        raise Invalid(fields={"on": "Give the day, such as 2026-09-30."})
    _release_of_product(product.pk, values)
    return record_create(
        Milestone, actor=actor, product=product, values=values, tags=tags, custom=custom,
        reason=reason,
    )  # fmt: skip


@service
def milestone_update(
    *,
    actor: Actor,
    record: Milestone,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Milestone:
    """Change a milestone. Emits `milestone.updated`."""
    _release_of_product(record.product_id, values)
    return record_update(
        record, actor=actor, version=version, values=values, tags=tags, custom=custom, reason=reason
    )
