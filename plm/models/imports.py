"""Files that become records: what was sent, how it is read, what came of each row."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from plm.models.job import Job
from plm.models.product import Product
from plm.models.record import Reference
from plm.models.workspace import Tenanted
from plm.querysets import TenantedQuerySet

DRAFT, CHECKING, CHECKED = "draft", "checking", "checked"
RUNNING, FINISHED, FAILED, UNDONE = "running", "done", "failed", "undone"
BATCH_STATES = [
    (DRAFT, "Mapping"), (CHECKING, "Being checked"), (CHECKED, "Checked"), (RUNNING, "Running"),
    (FINISHED, "Done"), (FAILED, "Failed"), (UNDONE, "Taken back"),
]  # fmt: skip
OUTCOMES = [
    ("created", "New"), ("updated", "Changed"), ("unchanged", "As it is"), ("refused", "Refused"),
    ("warning", "In, with a warning"),
]  # fmt: skip


class ImportBatchQuerySet(TenantedQuerySet["ImportBatch"]):
    pass


class ImportBatch(Tenanted):
    """One file on its way to becoming records of one kind.

    `position` rows of `phase` are done; it is written in the transaction of the rows themselves, so that an
    interrupted import goes on exactly where it stood. `shape` is what was seen in the file: form, columns, samples.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    shape = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=BATCH_STATES, default=DRAFT)
    phase = models.CharField(max_length=10, default="rows")
    position = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _ in BATCH_STATES]), name="import_state_known"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "-created_at"], name="import_of_product")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(
            "plm:import_batch", args=[self.product.workspace.slug, self.product.key, self.uuid]
        )

    @property
    def job_key(self) -> str:
        return f"import:{self.uuid}"

    @property
    def job(self) -> Job | None:
        """The job that was asked for last: the check, the run, or the taking back."""
        return Job.objects.filter(key=self.job_key).order_by("-pk").first()

    @property
    def is_working(self) -> bool:
        return self.state in {CHECKING, RUNNING}

    @property
    def may_change(self) -> bool:
        """Whether the mapping may still be changed: nothing of it runs and nothing of it is in."""
        return self.state in {DRAFT, CHECKED, FAILED}

    def count(self, outcome: str) -> int:
        return int(self.counts.get(outcome, 0))


class ImportRowQuerySet(TenantedQuerySet["ImportRow"]):
    product_field = "batch__product_id"

    def with_problems(self, *, trial: bool) -> ImportRowQuerySet:
        return self.filter(trial=trial, outcome__in=["refused", "warning"]).order_by("row", "pk")


class ImportRow(Tenanted):
    """What came of one row, or in a `trial` would come of it. Rows that change nothing are only counted.

    `problems` is a list of {column, value, problem, hint}. `made` is the id of a new row that is no record: a company.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    trial = models.BooleanField(default=False)
    row = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    title = models.CharField(max_length=250, blank=True)
    record = models.ForeignKey(Reference, null=True, on_delete=models.SET_NULL, related_name="+")
    made = models.UUIDField(null=True)
    problems = models.JSONField(default=list)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "trial", "row", "outcome"], name="import_row_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[name for name, _ in OUTCOMES]),
                name="import_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.row}: {self.outcome}"

    @property
    def sentences(self) -> list[str]:
        """The problems, one sentence each."""
        return [problem_text(problem) for problem in self.problems]


def problem_text(problem: dict[str, Any]) -> str:
    """A problem of one row as a sentence: the column, what is wrong, what would be right."""
    column = f"{problem['column']}: " if problem.get("column") else ""
    return f"{column}{problem.get('problem', '')} {problem.get('hint', '')}".strip()


class ImportMappingQuerySet(TenantedQuerySet["ImportMapping"]):
    pass


class ImportMapping(Tenanted):
    """A mapping kept under a name, for the next file of the same make."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImportMappingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "kind", "name"], name="import_mapping_once")
        ]

    def __str__(self) -> str:
        return self.name
