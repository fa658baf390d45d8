"""What a new specification of a product may begin with."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet


class SpecTemplateQuerySet(TenantedQuerySet["SpecTemplate"]):
    """Reads of templates."""

    def live(self) -> Self:
        """The templates that are offered."""
        return self.filter(archived_at=None)


class SpecTemplate(Tenanted):
    """Texts a specification begins with. `questions` are the open questions it asks, one text each.

    A template only fills in: what is written from it does not change when the template does.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    about = models.CharField("when to use it", max_length=250, blank=True)
    description = models.TextField("background", blank=True)
    problem = models.TextField(blank=True)
    audience = models.TextField("who for", blank=True)
    goals = models.JSONField(default=list, blank=True)
    non_goals = models.JSONField(default=list, blank=True)
    questions = models.JSONField("open questions", default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = SpecTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "template"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "name"],
                condition=Q(archived_at=None),
                name="spec_template_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
