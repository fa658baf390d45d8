"""Which stories fulfil which requirements."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backlog.models.item import BacklogItem
from backlog.models.spec import Requirement
from plm.models import Tenanted


class RequirementLink(Tenanted):
    """One story that fulfils (part of) one requirement. A requirement may need several, a story serve several."""

    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="story_links"
    )
    item = models.ForeignKey(
        BacklogItem, on_delete=models.CASCADE, related_name="requirement_links"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["requirement", "item"], name="requirement_link_once")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} fulfils {self.requirement_id}"
