"""What people judged of the criteria of a weighted model in pairs, for its weights (AHP)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from backlog.models.priority import ScoringModel
from plm.models import Tenanted
from plm.querysets import TenantedQuerySet


class CriteriaComparisonQuerySet(TenantedQuerySet["CriteriaComparison"]):
    """Reads of comparisons."""


class CriteriaComparison(Tenanted):
    """The judgements of one person about one model.

    `judgements` holds by "key:key" (the keys of two criteria, in the order of the alphabet) how many times more the
    first matters than the second, 1/9 to 9. What is said of a criterion that was taken out of the model stays here and
    counts again when it comes back.
    """

    scoring_model = models.ForeignKey(
        ScoringModel, on_delete=models.CASCADE, related_name="comparisons"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    judgements = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CriteriaComparisonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scoring_model", "person"], name="criteria_comparison_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.scoring_model_id}"

    def value(self, first: str, second: str) -> float | None:
        """How many times more `first` matters than `second`, or None where it was not judged."""
        kept: float | None = self.judgements.get(":".join(sorted((first, second))))
        return kept if kept is None or first < second else 1 / kept
