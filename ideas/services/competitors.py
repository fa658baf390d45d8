"""Writes on competitors and on the comparison with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Max
from django.utils import timezone

from ideas.models import Capability, CapabilityRating, Competitor
from ideas.models.competitor import RATINGS
from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.models import Product, Reference
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_update

MOST_CAPABILITIES = 200


@service
def competitor_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Competitor:
    """Write a competitor down. Emits `competitor.created`."""
    return record_create(
        Competitor, actor=actor, product=product, values=values, tags=tags, custom=custom, reason=reason
    )  # fmt: skip


@service
def competitor_update(
    *,
    actor: Actor,
    record: Competitor,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Competitor:
    """Change a competitor. Emits `competitor.updated`."""
    return record_update(
        record, actor=actor, version=version, values=values, tags=tags, custom=custom, reason=reason
    )


@service
def capability_create(
    *, actor: Actor, product: Product, name: str, record: Reference | None = None
) -> Capability:
    """Add a line to the comparison. Emits `capability.created`. Raises Conflict for a name that is there."""
    require(actor, "competitor.edit", product)
    words = " ".join(name.split())
    if not 1 <= len(words) <= 120:
        raise Invalid(fields={"name": "Give a name of 1 to 120 characters."})
    standing = Capability.objects.filter(product=product, archived_at=None)
    if standing.filter(name__iexact=words).exists():
        raise Conflict(
            f"{words} is compared already.", fields={"name": "This one is there already."}
        )
    if standing.count() >= MOST_CAPABILITIES:
        raise Conflict(f"A comparison has at most {MOST_CAPABILITIES} lines.")
    last = Capability.objects.filter(product=product).aggregate(m=Max("position"))["m"]
    made = Capability.objects.create(
        workspace_id=product.workspace_id, product=product, name=words, record=record, position=(last or 0) + 1
    )  # fmt: skip
    emit(
        "capability.created", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, name=words
    )  # fmt: skip
    return made


@service
def capability_archive(*, actor: Actor, capability: Capability) -> None:
    """Take a line off the comparison; its ratings are kept. Emits `capability.archived`."""
    product = capability.product
    require(actor, "competitor.edit", product)
    Capability.objects.filter(pk=capability.pk, archived_at=None).update(archived_at=timezone.now())
    emit(
        "capability.archived", actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
        name=capability.name,
    )  # fmt: skip


@service
def capability_rate(
    *,
    actor: Actor,
    capability: Capability,
    competitor: Competitor | None,
    rating: int,
    on: date,
    evidence: str = "",
    url: str = "",
) -> CapabilityRating:
    """Say how well a competitor (None: we) does it, as seen on a day. Emits `capability.rated`."""
    product = capability.product
    require(actor, "competitor.edit", product)
    wrong = {}
    if rating not in dict(RATINGS):
        wrong["rating"] = f"Choose one of: {', '.join(f'{n} {label}' for n, label in RATINGS)}."
    if on > timezone.localdate():
        wrong["on"] = "Nobody can have seen it on a day to come."
    if url and urlsplit(url).scheme not in {"http", "https"}:
        wrong["url"] = "Give an address that begins with https:// or http://."
    if len(evidence) > 5000:
        wrong["evidence"] = "Give at most 5,000 characters."
    if competitor is not None and competitor.product_id != capability.product_id:
        wrong["competitor"] = "There is no such competitor here."
    if wrong:
        raise Invalid(fields=wrong)
    made = CapabilityRating.objects.create(
        workspace_id=product.workspace_id, capability=capability, competitor=competitor, rating=rating, on=on,
        evidence=evidence.strip(), url=url, by_id=actor.user_id,
    )  # fmt: skip
    emit(
        "capability.rated", actor=actor, record=competitor, workspace_id=product.workspace_id, product_id=product.pk,
        name=capability.name, rating=made.get_rating_display(),
    )  # fmt: skip
    return made
