"""What people judged of a weighted model's criteria in pairs, for weights by AHP."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from backlog.models.priority import ScoringModel
from plm.models import Tenanted


class CriteriaComparison(Tenanted):
    """How many times more one criterion matters than another, in the eyes of one person: 1/9 to 9.

    `first` and `second` are keys of criteria, the one of the lower slot first, so that a pair stands once a person.
    """

    scoring_model = models.ForeignKey(
        ScoringModel, on_delete=models.CASCADE, related_name="comparisons"
    )
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    first = models.CharField(max_length=40)
    second = models.CharField(max_length=40)
    value = models.FloatField()
    judged_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scoring_model", "judge", "first", "second"], name="criteria_compared_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0.11, value__lte=9), name="criteria_comparison_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} over {self.second}: {self.value:g}"
