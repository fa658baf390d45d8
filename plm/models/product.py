"""Products, what stands above them and what they are made of, and the one series of numbers that names every record."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.urls import get_script_prefix, reverse

from plm.lifecycle import PHASES
from plm.models.workspace import Tenanted
from plm.permissions import Actor
from plm.querysets import TenantedQuerySet, visibility

key_validator = RegexValidator(
    r"^[A-Z][A-Z0-9]{1,9}$", "Use 2 to 10 capital letters and digits, beginning with a letter."
)


LEVELS = (("portfolio", "Portfolio"), ("line", "Product line"))


class ProductGroupQuerySet(TenantedQuerySet["ProductGroup"]):
    product_field = ""

    def visible_to(self, actor: Actor, action: str = "product_group.view") -> Self:
        """All of them for those who keep the tree; for others the ones above a product that they may see, so that no
        name tells of one that they may not."""
        if actor.system:
            return self.all()
        seen = Product.objects.visible_to(actor).filter(archived_at=None)
        above = models.Q(pk__in=seen.values("group")) | models.Q(
            pk__in=seen.values("group__parent")
        )
        return self.filter(above | visibility(actor, action, product_field=""))


class ProductGroup(Tenanted):
    """A portfolio, or a product line that may stand below one. Products stand in either.

    The levels are all the depth there is: a portfolio has nothing above it, so no ring can close.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    level = models.CharField(max_length=9, choices=LEVELS)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="lines"
    )
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProductGroupQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "level", "name"],
                name="product_group_name_once",
                violation_error_message="There is one of that name already.",
            ),
            models.CheckConstraint(
                condition=models.Q(level="portfolio", parent=None) | models.Q(level="line"),
                name="product_group_level_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
    group = models.ForeignKey(
        ProductGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="products"
    )
    position = models.PositiveIntegerField(default=0)
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
        return home_url(self.workspace.slug, self.key, get_script_prefix())


@lru_cache(maxsize=512)
def home_url(slug: str, key: str, prefix: str) -> str:
    """A page prints it a dozen times; `prefix` is part of it, so it is part of the key."""
    del prefix
    return reverse("plm:product_home", args=[slug, key])


class ComponentQuerySet(TenantedQuerySet["Component"]):
    def live(self) -> Self:
        return self.filter(archived_at=None)


class Component(Tenanted):
    """A part of a product that work can belong to. One that was put away keeps its items and takes no new ones."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="components")
    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ComponentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "name"],
                name="component_name_once",
                violation_error_message="This product has a component of that name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given out in a product. Apart from Product, so that numbering locks nothing else."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="counter"
    )
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.product_id}: {self.last}"
