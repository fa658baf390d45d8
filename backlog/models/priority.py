"""How items are scored: models, their factors and versions, and what people judged."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backlog.models.item import BacklogItem
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet
from plm.scoring.definition import MOST_FACTORS, Definition
from plm.scoring.methods import METHODS
from plm.scoring.ranges import Estimate, Range

SLOTS = tuple(range(1, MOST_FACTORS + 1))


class ScoringModelQuerySet(TenantedQuerySet["ScoringModel"]):
    """Reads of scoring models."""

    def active_in(self, product_id: int) -> ScoringModelQuerySet:
        """The one model that ranks this product, if it has any model yet."""
        return self.filter(product_id=product_id, active=True)


class ScoringModel(Tenanted):
    """One way to score the items of a product. One model of a product is active: its scores are the items' scores."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    method = models.CharField(max_length=16, choices=METHODS)
    active = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScoringModelQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "name"], name="scoring_model_name_once"),
            models.UniqueConstraint(
                fields=["product"], condition=Q(active=True), name="scoring_model_active_once"
            ),
            models.CheckConstraint(
                condition=Q(method__in=[name for name, _ in METHODS]),
                name="scoring_model_method_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(Tenanted):
    """One factor of a model. `levels` are pairs of a value and what it means; `scale` is a kind of
    `plm.scoring.scales`. `slot` is the column of Assessment that holds its values, for good: a factor that is
    taken out keeps its row (`removed`) and its slot, so that older scores still find their values."""

    scoring_model = models.ForeignKey(
        ScoringModel, on_delete=models.CASCADE, related_name="criteria"
    )
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    slot = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    weight = models.FloatField(default=1)
    scale_min = models.FloatField(default=1)
    scale_max = models.FloatField(default=5)
    backward = models.BooleanField("counts from the other end", default=False)
    scale = models.CharField(max_length=16, default="linear")
    unit = models.CharField(max_length=40, blank=True)
    help = models.CharField(max_length=500, blank=True)
    levels = models.JSONField(default=list, blank=True)
    removed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position", "slot"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scoring_model", "key"], name="criterion_key_once"),
            models.UniqueConstraint(fields=["scoring_model", "slot"], name="criterion_slot_once"),
            models.CheckConstraint(condition=Q(slot__in=SLOTS), name="criterion_slot_fits"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="criterion_weight_positive"),
            models.CheckConstraint(
                condition=Q(scale_max__gt=F("scale_min")), name="criterion_scale_has_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ScoringModelVersion(Tenanted):
    """A model as it stood: its whole definition. Never changed, so that any score can be computed again."""

    scoring_model = models.ForeignKey(
        ScoringModel, on_delete=models.CASCADE, related_name="versions"
    )
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scoring_model", "version"], name="scoring_model_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def formula(self) -> Definition:
        return Definition.from_json(self.definition)


class ScoreBasis(Tenanted):
    """The version of the model from which every score of a product comes. Scores of two versions never stand in one
    list: a new version counts from the moment its recomputation commits."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    model_version = models.ForeignKey(
        ScoringModelVersion, on_delete=models.PROTECT, related_name="+"
    )
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.product_id}: {self.model_version_id}"


class AssessmentQuerySet(TenantedQuerySet["Assessment"]):
    """Reads of assessments."""


class Assessment(Tenanted):
    """What was judged of one item under one model: the inputs of its score.

    One wide row per item and model: `v1` to `v10` are the values of the factors by their slot (Criterion.slot), null
    is "not judged yet". Columns rather than a row per factor, so that a million scores are one statement. The
    score of an item is always that of these values under the product's ScoreBasis, to the last bit.
    `inputs` holds by factor what else is known of its value: {source, by (user), at}, and of a range low, high, shape and
    meaning (`plm.scoring.ranges`); the value itself is then the likely one.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey(BacklogItem, on_delete=models.CASCADE, related_name="assessments")
    scoring_model = models.ForeignKey(
        ScoringModel, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    v1 = models.FloatField(null=True)
    v2 = models.FloatField(null=True)
    v3 = models.FloatField(null=True)
    v4 = models.FloatField(null=True)
    v5 = models.FloatField(null=True)
    v6 = models.FloatField(null=True)
    v7 = models.FloatField(null=True)
    v8 = models.FloatField(null=True)
    v9 = models.FloatField(null=True)
    v10 = models.FloatField(null=True)
    inputs = models.JSONField(default=dict, blank=True)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    assessed_at = models.DateTimeField()

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scoring_model", "item"], name="assessment_once_a_model"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} under {self.scoring_model_id}"

    def values(self, definition: Definition) -> dict[str, float | None]:
        """The values by the keys of the factors."""
        return {f.key: getattr(self, f"v{f.slot}") for f in definition.factors}

    def take(self, definition: Definition, values: Mapping[str, float | None]) -> None:
        """Put values, given by key, into their columns."""
        for factor in definition.factors:
            if factor.key in values:
                setattr(self, f"v{factor.slot}", values[factor.key])

    def estimates(self, definition: Definition) -> dict[str, Estimate | None]:
        """The values with their ranges, by the keys of the factors."""
        return {key: self._estimate(key, value) for key, value in self.values(definition).items()}

    def _estimate(self, key: str, value: float | None) -> Estimate | None:
        kept = self.inputs.get(key) or {}
        if value is None:
            return None
        if "low" not in kept:
            return Estimate.exactly(value)
        return Estimate(Range(kept["low"], value, kept["high"]), kept["shape"], kept["meaning"])
