"""Products, and the one series of numbers that names every record of a product."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

from plm.lifecycle import PHASES
from plm.models.workspace import Tenanted
from plm.querysets import TenantedQuerySet

key_validator = RegexValidator(
    r"^[A-Z][A-Z0-9]{1,9}$", "Use 2 to 10 capital letters and digits, beginning with a letter."
)


class ProductQuerySet(TenantedQuerySet["Product"]):
    product_field = "pk"

    def with_portal(self) -> Self:
        """Products whose customers may look in."""
        return self.filter(portal_open=True, archived_at=None)


class Product(Tenanted):
    """What the lifecycle is about. `cycle` counts how often it has gone round the seven stages."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=10, validators=[key_validator])
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    phase = models.CharField(max_length=16, choices=PHASES, default="concept")
    cycle = models.PositiveIntegerField(default=1)
    portal_open = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "key"],
                name="product_key_once",
                violation_error_message="This workspace has a product with that key already.",
            ),
            models.CheckConstraint(
                condition=models.Q(phase__in=[name for name, _ in PHASES]),
                name="product_phase_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("plm:product_home", args=[self.workspace.slug, self.key])


class Counter(models.Model):
    """The last number given out in a product. Apart from Product, so that numbering locks nothing else."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="counter"
    )
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.product_id}: {self.last}"
