"""Writes on a product's vision."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from plm.errors import Invalid, Stale
from plm.events import emit, service
from plm.markdown import too_long
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.mentions import page_mentions, told_data
from roadmap.models import Vision
from roadmap.models.vision import VISION_FIELDS

LIMITS = {
    "vision": 1000,
    "mission": 2000,
    "customers": 5000,
    "positioning": 5000,
    "strategy": 20_000,
}


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
    wrong = {
        name: text for name, (_, new) in changes.items() if (text := too_long(new, LIMITS[name]))
    }
    if wrong:
        raise Invalid(fields=wrong)
    for name, (_, new) in changes.items():
        setattr(current, name, new)
    current.version += 1
    current.updated_at = timezone.now()
    current.updated_by_id = actor.user_id
    current.save()
    texts = {name: pair for name, pair in changes.items() if name != "vision"}
    told = page_mentions(actor, product, "plan/vision", texts)
    emit(
        "vision.updated",
        actor=actor,
        workspace_id=product.workspace_id,
        product_id=product.pk,
        changes=changes,
        reason=reason,
        **told_data(told),
    )
    return current
