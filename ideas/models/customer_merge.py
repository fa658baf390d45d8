"""Which customer was merged into which, with all that moved, so that it can be taken back exactly."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from ideas.models.customer import Company, Person
from plm.models import Tenanted
from plm.querysets import TenantedQuerySet


class CustomerMergeQuerySet(TenantedQuerySet[Any]):
    """Reads of merges of customers."""

    product_field = ""

    def standing(self) -> CustomerMergeQuerySet:
        return self.filter(undone_at=None)


class CustomerMerge(Tenanted):
    """One row that became a part of another: what persons and companies have in common.

    `moved` names the rows that went along, by carrier. `aside` holds whole those rows of the source that the target
    had already (both voted for one idea): they are out of the database until the merge is taken back, so that
    nothing has to remember not to count them. `taken` are the values the target lacked; `before` is what either was.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    moved = models.JSONField(default=dict)
    aside = models.JSONField(default=dict)
    taken = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar[Any] = CustomerMergeQuerySet.as_manager()
    source: Any
    target: Any

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at=None), name="%(class)s_into_one"
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="%(class)s_into_another"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.source} into {self.target}"


class PersonMerge(CustomerMerge):
    """A person who was known twice."""

    source = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_in")


class CompanyMerge(CustomerMerge):
    """A company that was known twice."""

    source = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="merged_in")
