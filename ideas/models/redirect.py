"""What became of an idea when its product ended, so that it can be taken back exactly."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ideas.models.idea import Idea
from plm.models import Tenanted
from plm.querysets import TenantedQuerySet


class RedirectQuerySet(TenantedQuerySet["Redirect"]):
    """Reads of redirected ideas."""

    product_field = "idea__product_id"

    def standing(self) -> RedirectQuerySet:
        return self.filter(undone_at=None)


class Redirect(Tenanted):
    """One open idea of a product that ended. It was closed, and goes on as `made` where a product followed.

    Those of one `redirection` were one confirmation. `before` is what the idea was, `given` what it became.
    """

    redirection = models.UUIDField()
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="redirects")
    made = models.ForeignKey(
        Idea, null=True, blank=True, on_delete=models.SET_NULL, related_name="made_by_redirects"
    )
    before = models.JSONField(default=dict)
    given = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = RedirectQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["redirection", "idea"], condition=Q(undone_at=None), name="redirected_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} to {self.made_id}"
