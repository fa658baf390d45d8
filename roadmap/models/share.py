"""Links that show the roadmap to people without an account."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet

VIEWS = (("timeline", "Timeline"), ("board", "Now, next, later"))
SHARED_LANES = (("objective", "By goal"), ("release", "By release"))


class ShareQuerySet(TenantedQuerySet["Share"]):
    """Reads of shares."""

    def live(self) -> Self:
        """Links that still open."""
        return self.filter(revoked_at=None).filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        )


class Share(Tenanted):
    """A link that shows one view of the roadmap, read-only. The secret in it is known to its holders alone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    view = models.CharField(max_length=8, choices=VIEWS, default="timeline")
    lanes = models.CharField(max_length=10, choices=SHARED_LANES, default="objective")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_viewed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ShareQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "name"],
                condition=Q(revoked_at=None),
                name="share_name_once",
            ),
            models.CheckConstraint(
                condition=Q(view__in=[name for name, _ in VIEWS]), name="share_view_known"
            ),
            models.CheckConstraint(
                condition=Q(lanes__in=[name for name, _ in SHARED_LANES]), name="share_lanes_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > timezone.now()
        )
