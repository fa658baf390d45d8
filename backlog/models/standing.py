"""How sure ranks are: where the line is drawn, what was drawn, where each item may stand."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from backlog.models.item import BacklogItem
from backlog.models.priority import ScoringModel, ScoringModelVersion
from plm.models import Product, Tenanted

FIRST_TOP = 10
STALE_DAYS = 90


class RankingSettings(Tenanted):
    """Where the ranked list of a product is cut, and when an input counts as old.

    The line stands after `top` items, or where the next one's effort no longer fits into `capacity`: one of the two.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="+")
    top = models.PositiveIntegerField(null=True, blank=True, default=FIRST_TOP)
    capacity = models.FloatField(null=True, blank=True)
    stale_days = models.PositiveSmallIntegerField(default=STALE_DAYS)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(top__gte=1, capacity=None) | Q(top=None, capacity__gt=0),
                name="ranking_one_line",
            ),
            models.CheckConstraint(condition=Q(stale_days__gte=1), name="ranking_stale_days"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.top or self.capacity}"


class RankingColumns(Tenanted):
    """Which columns of the ranked list one person wants to see in one product, in their order."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "product"], name="ranking_columns_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.product_id}"


class FactorSource(Tenanted):
    """Where the values of one factor come from: a source by its name, times a number that converts its unit."""

    scoring_model = models.ForeignKey(
        ScoringModel, on_delete=models.CASCADE, related_name="sources"
    )
    key = models.SlugField(max_length=40)
    source = models.CharField(max_length=40)
    times = models.FloatField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scoring_model", "key"], name="factor_source_once"),
            models.CheckConstraint(condition=Q(times__gt=0), name="factor_source_times"),
        ]

    def __str__(self) -> str:
        return f"{self.key} from {self.source}"


class StandingBasis(Tenanted):
    """What the standings of a product were drawn from.

    `draws` is 1 where no input is a range: then there is nothing to draw. `uncertain` counts the inputs that are
    ranges. Left out are open items without a score (`unscored`), behind the first five hundred (`beyond`), and, where
    the line is a capacity, without an effort (`unestimated`). `cut_after` is the last place above the line. `problem`
    says why nothing was drawn. `mark` is a digest of all that the figures depend on. `worths` are the estimates worth
    knowing: {item (pk), factor, gain, changes}, the gain in `unit`.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    model_version = models.ForeignKey(
        ScoringModelVersion, on_delete=models.PROTECT, related_name="+"
    )
    top = models.PositiveIntegerField(null=True)
    capacity = models.FloatField(null=True)
    items = models.PositiveIntegerField(default=0)
    uncertain = models.PositiveIntegerField(default=0)
    draws = models.PositiveIntegerField(default=0)
    seed = models.BigIntegerField(default=0)
    unscored = models.PositiveIntegerField(default=0)
    beyond = models.PositiveIntegerField(default=0)
    unestimated = models.PositiveIntegerField(default=0)
    cut_after = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    mark = models.CharField(max_length=64)
    worths = models.JSONField(default=list)
    unit = models.CharField(max_length=80, blank=True)
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.product_id}: {self.draws} draws"


class Standing(Tenanted):
    """Where one item may stand: the probability of being above the line, its ranks (80 % lie from low to high), and
    the number of the group of neighbours it cannot be told from (0: it stands apart)."""

    item = models.OneToOneField(
        BacklogItem, on_delete=models.CASCADE, primary_key=True, related_name="standing"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    inside = models.FloatField()
    median = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    tie = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(inside__gte=0, inside__lte=1), name="standing_inside_share"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.low:g} to {self.high:g}"
