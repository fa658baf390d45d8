"""Writes on a product's vision."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils import timezone

from plm.errors import Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import invalid_from
from roadmap.models import Vision
from roadmap.models.vision import VISION_FIELDS


@service
def vision_update(
    *,
    actor: Actor,
    product: Product,
    version: int | None,
    values: Mapping[str, str],
    reason: str = "",
) -> Vision:
    """Write down what the product is for; emits `vision.updated` with the old and the new words.

    `version` is the one the actor read (0 when there was none). Raises Stale, Invalid.
    """
    require(actor, "vision.edit", product)
    Vision.objects.get_or_create(product=product, defaults={"workspace_id": product.workspace_id})
    current = Vision.objects.select_for_update().get(product=product)
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    changes = {
        name: (getattr(current, name), values[name])
        for name in VISION_FIELDS
        if name in values and values[name] != getattr(current, name)
    }
    if not changes:
        return current
    for name, (_, new) in changes.items():
        setattr(current, name, new)
    try:
        current.clean_fields(exclude=["workspace", "product", "updated_by"])
    except ValidationError as error:
        raise invalid_from(error) from None
    current.version += 1
    current.updated_at = timezone.now()
    current.updated_by_id = actor.user_id
    current.save()
    emit(
        "vision.updated",
        actor=actor,
        workspace_id=product.workspace_id,
        product_id=product.pk,
        changes=changes,
        reason=reason,
    )
    return current
