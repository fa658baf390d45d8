"""Who belongs to a workspace: invitations, roles, tokens."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.events import emit, service
from plm.models import ApiToken, Invitation, Membership, Product, ProductRole, User, Workspace
from plm.permissions import MEMBER_ROLES, SCOPES, Actor, Role
from plm.selectors import secret_hash
from plm.services.guard import require_in

INVITATION_DAYS = 7
TOKEN_LIMIT = 50


def _lawful_role(actor: Actor, workspace_id: int, role: int) -> Role:
    """The role, if the actor may give it: nobody raises anyone above themselves."""
    if role not in [*MEMBER_ROLES, Role.NONE]:
        raise Invalid(
            fields={"role": f"Choose one of: {', '.join(r.label for r in MEMBER_ROLES)}."}
        )
    if role > actor.role_in(workspace_id):
        raise NotAllowed("You cannot give a role above your own.")
    return Role(role)


@service
def invitation_create(
    *, actor: Actor, workspace: Workspace, email: str, role: int
) -> tuple[Invitation, str]:
    """Invite one address; the invitation and the secret of its link, which is not kept. Replaces an open one."""
    require_in(actor, "member.edit", workspace.pk)
    given = _lawful_role(actor, workspace.pk, role)
    address = email.strip().lower()
    try:
        User(email=address).clean_fields(exclude=["password"])
    except ValidationError:
        raise Invalid(
            fields={"email": "Enter an e-mail address such as ana@example.com."}
        ) from None
    if Membership.objects.filter(workspace=workspace, user__email=address).exists():
        raise Conflict(fields={"email": "This person is a member already."})
    Invitation.objects.open().filter(workspace=workspace, email=address).update(
        revoked_at=timezone.now()
    )
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=address,
        role=given,
        secret_hash=secret_hash(secret),
        invited_by_id=actor.user_id,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    emit("member.invited", actor=actor, workspace_id=workspace.pk, email=address, role=given.label)
    return invitation, secret


@service
def invitation_revoke(*, actor: Actor, invitation: Invitation) -> None:
    """The link stops working; nothing happens to an invitation that was accepted."""
    require_in(actor, "member.edit", invitation.workspace_id)
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(revoked_at=timezone.now())
    emit(
        "member.invitation_revoked",
        actor=actor,
        workspace_id=invitation.workspace_id,
        email=invitation.email,
    )


def invitation_of(secret: str) -> Invitation:
    """The open invitation of a link's secret. Raises NotVisible for used, revoked, expired and invented ones alike."""
    found = (
        Invitation.objects.open()
        .select_related("workspace")
        .filter(secret_hash=secret_hash(secret))
        .first()
    )
    if found is None:
        raise NotVisible(
            "This invitation does not exist, was used, or has expired. Ask for a new one."
        )
    return found


@service
def invitation_accept(*, user: User, secret: str) -> Membership:
    """Join by an invitation that was sent to this person's address. It works once."""
    invitation = invitation_of(secret)
    if invitation.email != user.email.lower():
        raise NotAllowed(f"This invitation is for {invitation.email}. Sign in with that address.")
    taken = Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=timezone.now())
    if not taken:
        raise NotVisible("This invitation was used already.")
    membership, _ = Membership.objects.get_or_create(
        workspace_id=invitation.workspace_id, user=user, defaults={"role": invitation.role}
    )
    emit(
        "member.joined", actor=Actor(name=str(user), user_id=user.pk), workspace_id=invitation.workspace_id,
        role=Role(membership.role).label,
    )  # fmt: skip
    return membership


def _keep_an_admin(membership: Membership) -> None:
    admins = Membership.objects.select_for_update().filter(
        workspace_id=membership.workspace_id, role=Role.ADMIN, user__is_active=True
    )
    if membership.role == Role.ADMIN and set(admins.values_list("pk", flat=True)) == {
        membership.pk
    }:
        raise Conflict("This is the last admin. Make somebody else admin first.")


@service
def member_role_set(*, actor: Actor, membership: Membership, role: int) -> Membership:
    """Give a member another role. The last admin stays one."""
    require_in(actor, "member.edit", membership.workspace_id)
    given = _lawful_role(actor, membership.workspace_id, role)
    if membership.role == given:
        return membership
    if given < Role.ADMIN:
        _keep_an_admin(membership)
    old = Role(membership.role)
    membership.role = given
    membership.save(update_fields=["role"])
    emit(
        "member.role_changed", actor=actor, workspace_id=membership.workspace_id,
        changes={"role": (old.label, given.label)}, member=str(membership.user),
    )  # fmt: skip
    return membership


@service
def product_role_set(
    *, actor: Actor, membership: Membership, product: Product, role: int | None
) -> None:
    """Give a member another role in one product, or none of its own (None) there."""
    require_in(actor, "member.edit", membership.workspace_id)
    if role is None:
        ProductRole.objects.filter(membership=membership, product=product).delete()
    else:
        ProductRole.objects.update_or_create(
            membership=membership,
            product=product,
            defaults={
                "workspace_id": membership.workspace_id,
                "role": _lawful_role(actor, membership.workspace_id, role),
            },
        )
    emit(
        "member.product_role_changed", actor=actor, workspace_id=membership.workspace_id, product_id=product.pk,
        member=str(membership.user), role=None if role is None else Role(role).label,
    )  # fmt: skip


@service
def member_remove(*, actor: Actor, membership: Membership) -> None:
    """End a membership, at once, with its tokens. Everybody may leave; only an admin removes others."""
    if membership.user_id != actor.user_id:
        require_in(actor, "member.edit", membership.workspace_id)
    _keep_an_admin(membership)
    ApiToken.objects.filter(
        workspace_id=membership.workspace_id, user_id=membership.user_id
    ).update(revoked_at=timezone.now())
    emit(
        "member.removed",
        actor=actor,
        workspace_id=membership.workspace_id,
        member=str(membership.user),
    )
    membership.delete()


@service
def token_create(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    scopes: list[str],
    product: Product | None = None,
    days: int | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for oneself; the token and its text, which is shown once and not kept."""
    require_in(actor, "token.create", workspace.pk, product.pk if product else None)
    if actor.user_id is None or actor.token_id is not None:
        raise NotAllowed("A token cannot make tokens. Sign in.")
    label = " ".join(name.split())[:80]
    if not label:
        raise Invalid(fields={"name": "Say what the token is for."})
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Invalid(fields={"scopes": f"Choose at least one of: {', '.join(SCOPES)}."})
    if (
        ApiToken.objects.live().filter(user_id=actor.user_id, workspace=workspace).count()
        >= TOKEN_LIMIT
    ):
        raise Conflict(f"You have {TOKEN_LIMIT} tokens here. Revoke one first.")
    public_id, secret = secrets.token_hex(6), secrets.token_urlsafe(30).replace("_", "-")
    token = ApiToken.objects.create(
        workspace=workspace,
        product=product,
        user_id=actor.user_id,
        name=label,
        public_id=public_id,
        secret_hash=secret_hash(secret),
        scopes=sorted(scopes),
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    emit("token.created", actor=actor, workspace_id=workspace.pk, name=label, scopes=sorted(scopes))
    return token, f"plm_{public_id}_{secret}"


@service
def token_revoke(*, actor: Actor, token: ApiToken) -> None:
    """End a token at once: one's own, or anybody's as an admin."""
    if token.user_id != actor.user_id:
        require_in(actor, "member.edit", token.workspace_id)
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    emit("token.revoked", actor=actor, workspace_id=token.workspace_id, name=token.name)


def token_used_today(token_id: int) -> None:
    """Note the day of last use; once a day, so that reading costs no write."""
    today = timezone.now().date()
    ApiToken.objects.filter(pk=token_id).update(last_used_on=today)


@service
def profile_update(*, user: User, name: str, theme: str, density: str) -> None:
    """Change one's own name and look."""
    if theme not in {"auto", "light", "dark"} or density not in {"compact", "normal", "roomy"}:
        raise Invalid(fields={"theme": "Choose auto, light or dark."})
    User.objects.filter(pk=user.pk).update(
        name=" ".join(name.split())[:120], theme=theme, density=density
    )
