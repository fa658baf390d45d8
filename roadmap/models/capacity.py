"""Planning to capacity: what teams can do in a release, what a plan is to keep, and the plan that was proposed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from plm.models import Product, Team, Tenanted
from roadmap.models.release import Release

MOST_SCOPE = 200
FIRST_SCOPE = 100
MOST_RELEASES = 8


class PlanSettings(Tenanted):
    """What the plan of a product is made of, and the version of it and of all its capacities.

    `scope` is how many scored items from the top may be planned. `releases` are keys of the releases to fill; empty
    means the next ones. `shares` says whether the goals' shares of the work are kept, within `tolerance` points.
    `unit` is what the capacities were entered in, the unit of the items' effort at that time.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    scope = models.PositiveSmallIntegerField(default=FIRST_SCOPE)
    releases = models.JSONField(default=list, blank=True)
    shares = models.BooleanField(default=False)
    tolerance = models.PositiveSmallIntegerField(default=10)
    unit = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope__gte=1, scope__lte=MOST_SCOPE), name="plan_scope_range"
            ),
            models.CheckConstraint(condition=Q(tolerance__lte=100), name="plan_tolerance_range"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.scope} items"


class TeamCapacity(Tenanted):
    """How much work a team can do for a release of one product, in the unit of the product's efforts."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="capacities")
    amount = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "release"], name="team_capacity_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="team_capacity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} in {self.release_id}: {self.amount:g}"


class PlanProposal(Tenanted):
    """The plan that was computed last for a product.

    `number` counts the computations. `mark` is a digest of all that `result` follows from. `result` holds keys, no
    texts: items [{item, release, team, effort, value}], value, bound, stopped, unpriced (capacities whose price there
    was no time for), loads [{team, release, load, limit, full, price, proved}] and targets [{goal, kind, price,
    proved}]. `problem` says why the last computation gave no plan, empty where it did: {kind, items}; the result
    before it stays.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    number = models.PositiveIntegerField(default=0)
    mark = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict, blank=True)
    problem = models.JSONField(default=dict, blank=True)
    computed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.product_id}: {self.number}"
