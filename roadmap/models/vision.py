"""What a product is for."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet

VISION_FIELDS = ("vision", "mission", "customers", "positioning", "strategy")


class VisionQuerySet(TenantedQuerySet["Vision"]):
    """Reads of visions."""


class Vision(Tenanted):
    """The direction of one product, in words. The events `vision.updated` are its history."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    vision = models.TextField("vision", blank=True, max_length=1000)
    mission = models.TextField("mission", blank=True, max_length=2000)
    customers = models.TextField("target customers", blank=True, max_length=5000)
    positioning = models.TextField("positioning", blank=True, max_length=5000)
    strategy = models.TextField("strategy", blank=True, max_length=20_000)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar = VisionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.vision[:80]
