"""Workspaces, and what every row of a workspace has in common."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.urls import get_script_prefix, reverse

from plm.permissions import Actor
from plm.querysets import TenantedQuerySet

RESERVED_SLUGS = {
    "accounts", "api", "admin", "assets", "invite", "livez", "me", "new", "portal", "readyz", "share", "static",
}  # fmt: skip


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def visible_to(self, actor: Actor) -> Self:
        """The workspaces an actor belongs to."""
        return self.all() if actor.system else self.filter(pk__in=list(actor.grants))


class Workspace(models.Model):
    """One organisation's room. Nothing in it links to anything outside it; the database refuses that."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9-]{1,39}$",
                "Use 2 to 40 small letters, digits and hyphens, beginning with a letter.",
            )
        ],
    )
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3, default="EUR")
    time_zone = models.CharField(max_length=64, default="UTC")
    last_event = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return portfolio_url(self.slug, get_script_prefix())


@lru_cache(maxsize=256)
def portfolio_url(slug: str, prefix: str) -> str:
    """A page prints it a dozen times; `prefix` is part of it, so it is part of the key."""
    del prefix
    return reverse("plm:portfolio", args=[slug])


class Tenanted(models.Model):
    """A row that belongs to one workspace for ever. Links to rows of other workspaces are refused by triggers."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class TeamQuerySet(TenantedQuerySet["Team"]):
    product_field = ""


class Team(Tenanted):
    """People who build together. Teams belong to the workspace: several products may share one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="team_name_once")
        ]

    def __str__(self) -> str:
        return self.name
