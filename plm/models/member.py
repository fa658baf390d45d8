"""Who belongs to a workspace, how they came in, and the tokens that act for them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from plm.models.product import Product
from plm.models.user import User
from plm.models.workspace import Tenanted
from plm.permissions import Role
from plm.querysets import TenantedQuerySet

ROLE_CHOICES = [(int(role), role.label) for role in Role if role is not Role.CUSTOMER]


class MemberQuerySet(TenantedQuerySet["Membership"]):
    product_field = ""


class Membership(Tenanted):
    """One person in one workspace, with one role there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=ROLE_CHOICES, default=Role.STAKEHOLDER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["user__name", "user__email"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[value for value, _ in ROLE_CHOICES]),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({Role(self.role).label})"


class ProductRole(Tenanted):
    """Another role for one member in one product; `Role.NONE` hides the product."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="product_roles"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    role = models.PositiveSmallIntegerField(choices=ROLE_CHOICES)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["membership", "product"], name="product_role_once")
        ]

    def __str__(self) -> str:
        return f"{self.product}: {Role(self.role).label}"


class InvitationQuerySet(TenantedQuerySet["Invitation"]):
    product_field = ""

    def open(self) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


class Invitation(Tenanted):
    """A link that lets one e-mail address in, once. Only the hash of its secret is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254)
    role = models.PositiveSmallIntegerField(choices=ROLE_CHOICES, default=Role.STAKEHOLDER)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.email


class ApiTokenQuerySet(TenantedQuerySet["ApiToken"]):
    product_field = ""

    def live(self, now: Any = None) -> Self:
        """Tokens that work, now or at the given time."""
        now = now or timezone.now()
        return self.filter(revoked_at=None).filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        )


class ApiToken(Tenanted):
    """`plm_<id>_<secret>`: acts for its owner in one workspace, or in one product of it. Only a hash is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=80)
    public_id = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > timezone.now()
        )
