"""Links that show the roadmap to people without an account, and who may open those that go by mail."""

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
SHARED_LANES = (("objective", "By goal"), ("release", "By release"), ("none", "One lane"))
SHARED_FIELDS = (
    ("dates", "Dates"),
    ("progress", "Progress"),
    ("goal", "Goal"),
    ("release", "Release"),
    ("note", "Note for readers outside"),
    ("changes", "What changed in the last 30 days"),
    ("reasons", "Why it changed, in the words given inside"),
)
ON_REQUEST = {"reasons"}
"""What was written for colleagues is shown only where somebody chose so."""
GRAINS = (
    ("day", "To the day"),
    ("month", "To the month"),
    ("quarter", "To the quarter"),
    ("half", "To the half of a year"),
)
COLOURS = (("goal", "By goal"), ("state", "By progress"), ("none", "One colour"))
FILTERS = ("goals", "releases", "teams", "tags", "commitments")
MAIL_ASKED, MAIL_SENT, MAIL_FAILED = "asked", "sent", "failed"
MAIL_STATES = ((MAIL_ASKED, "To be sent"), (MAIL_SENT, "Sent"), (MAIL_FAILED, "Did not go"))


def every_field() -> list[str]:
    """What a shared view tells unless somebody chose."""
    return [name for name, _ in SHARED_FIELDS if name not in ON_REQUEST]


class ShareQuerySet(TenantedQuerySet["Share"]):
    """Reads of shares."""

    def live(self) -> Self:
        """Links that still open."""
        return self.filter(revoked_at=None).filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        )


class Share(Tenanted):
    """One view of the roadmap for an audience, read-only. The secret of its link is known to its holders alone.

    `filters` keeps numbers of goals and releases, ids of teams, names of tags and commitments; an empty list lets all
    through. With `by_mail` there is no open link: each viewer has their own. `version` rises with every change, so
    that what was unlocked or kept before it is worth nothing.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    view = models.CharField(max_length=8, choices=VIEWS, default="timeline")
    lanes = models.CharField(max_length=10, choices=SHARED_LANES, default="objective")
    show = models.JSONField(default=every_field)
    filters = models.JSONField(default=dict, blank=True)
    grain = models.CharField(max_length=8, choices=GRAINS, default="day")
    colours = models.CharField(max_length=8, choices=COLOURS, default="goal")
    password = models.CharField(max_length=160, blank=True)
    by_mail = models.BooleanField(default=False)
    allowed_origins = models.JSONField(default=list, blank=True)
    published = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
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
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(revoked_at=None, published=True),
                name="share_published_once",
            ),
            models.CheckConstraint(
                condition=Q(view__in=[name for name, _ in VIEWS]), name="share_view_known"
            ),
            models.CheckConstraint(
                condition=Q(lanes__in=[name for name, _ in SHARED_LANES]), name="share_lanes_known"
            ),
            models.CheckConstraint(
                condition=Q(grain__in=[name for name, _ in GRAINS]), name="share_grain_known"
            ),
            models.CheckConstraint(
                condition=Q(colours__in=[name for name, _ in COLOURS]), name="share_colours_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > timezone.now()
        )

    def shows(self, field: str) -> bool:
        """Whether its readers see this field."""
        return field in self.show


class ShareViewerQuerySet(TenantedQuerySet["ShareViewer"]):
    """Reads of viewers."""

    product_field = "share__product_id"


class ShareViewer(Tenanted):
    """Somebody who may open a share by a link of their own, which came by mail. Its secret is not kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="viewers")
    email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - none until it is mailed
    mail_state = models.CharField(max_length=8, choices=MAIL_STATES, default=MAIL_ASKED)
    mail_problem = models.CharField(max_length=200, blank=True)
    mail_times = models.JSONField(default=list, blank=True)
    mail_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened = models.PositiveIntegerField(default=0)

    objects: ClassVar = ShareViewerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["share", "email"], condition=Q(revoked_at=None), name="share_viewer_once"
            ),
            models.CheckConstraint(
                condition=Q(mail_state__in=[name for name, _ in MAIL_STATES]),
                name="share_viewer_mail_known",
            ),
        ]

    def __str__(self) -> str:
        return self.email
