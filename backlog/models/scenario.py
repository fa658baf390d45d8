"""Weights that were tried on the ranking and kept to be compared."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from backlog.models.priority import ScoringModel
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet


class ScenarioQuerySet(TenantedQuerySet["Scenario"]):
    """Reads of scenarios."""


class Scenario(Tenanted):
    """How a product would be ranked under one model with other weights. It changes nothing until it is applied.

    `weights` are by key of the criteria and empty where the method has none. `model_version` is the version of the
    model it was tried on.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    scoring_model = models.ForeignKey(ScoringModel, on_delete=models.CASCADE, related_name="+")
    model_version = models.PositiveIntegerField()
    weights = models.JSONField(default=dict)
    name = models.CharField(max_length=80)
    why = models.TextField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "name"], name="scenario_name_once")
        ]

    def __str__(self) -> str:
        return self.name
