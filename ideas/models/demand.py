"""How a product wants demand to be weighed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from plm.models import Product, Tenanted


class DemandOptions(Tenanted):
    """Options of one product. Without a row nothing decays and every company weighs the same."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    half_life = models.PositiveIntegerField("half-life in days", null=True, blank=True)
    by_segment = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(half_life=None)
                | (models.Q(half_life__gte=1) & models.Q(half_life__lte=3650)),
                name="demand_half_life_bounded",
            )
        ]

    def __str__(self) -> str:
        return (
            f"{self.product_id}: {self.half_life or 'no'} half-life, by segment: {self.by_segment}"
        )
