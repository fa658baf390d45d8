"""Scenarios of a roadmap: what would be otherwise than in the plan, kept beside it and not in it."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from backlog.models import BacklogItem
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet
from roadmap.changes import Otherwise

OUTCOMES = (("applied", "Applied"), ("left", "Left as the plan has it"))


class RoadmapScenarioQuerySet(TenantedQuerySet["RoadmapScenario"]):
    """Reads of scenarios."""

    def live(self) -> Self:
        """Those that are not archived."""
        return self.filter(archived_at=None)


class RoadmapScenario(Tenanted):
    """A roadmap that differs from the plan in some items. It changes nothing until it is applied, once.

    `version` is that of its name and question, `revision` counts the changes of its items.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    question = models.CharField("what it asks", max_length=300)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # fmt: skip
    applied_reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar = RoadmapScenarioQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "name"],
                condition=Q(archived_at=None),
                name="roadmap_scenario_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return self.applied_at is None and self.archived_at is None

    @property
    def state(self) -> str:
        """`open`, `applied` or `archived`."""
        if self.archived_at is not None:
            return "archived"
        return "open" if self.applied_at is None else "applied"


class ScenarioChange(Tenanted):
    """One item that stands otherwise in a scenario: see `roadmap.changes.Otherwise`, of which this is a row.

    Values are plain, goals and releases by their reference. `version` is the revision of the scenario that wrote it.
    Once the scenario is applied, `base` is what the plan had just before and `outcome` what became of the row.
    """

    scenario = models.ForeignKey(RoadmapScenario, on_delete=models.CASCADE, related_name="changes")
    item = models.ForeignKey(BacklogItem, on_delete=models.CASCADE, related_name="+")
    base = models.JSONField(default=dict, blank=True)
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=OUTCOMES, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # fmt: skip
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "item"], name="scenario_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.scenario_id}"

    @property
    def otherwise(self) -> Otherwise:
        return Otherwise(self.base, self.values)
