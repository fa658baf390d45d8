"""Workspaces, products and teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.events import emit, service
from plm.models import Counter, Membership, Product, Team, User, Workspace
from plm.models.workspace import RESERVED_SLUGS
from plm.permissions import Actor, Role
from plm.services.guard import require, require_in
from plm.services.records import invalid_from

PRODUCT_FIELDS = {"name", "description", "portal_open"}


@service
def workspace_create(*, owner: User, name: str, slug: str) -> Workspace:
    """Make a workspace whose first admin is `owner`. Raises Invalid, Conflict."""
    if slug in RESERVED_SLUGS:
        raise Invalid(fields={"slug": f"{slug!r} is reserved. Choose another address."})
    if Workspace.objects.filter(slug=slug).exists():
        raise Conflict(fields={"slug": "This address is taken. Choose another."})
    workspace = Workspace(name=name.strip(), slug=slug)
    try:
        workspace.clean_fields()
    except ValidationError as error:
        raise invalid_from(error) from None
    workspace.save()
    Membership.objects.create(workspace=workspace, user=owner, role=Role.ADMIN)
    actor = Actor(name=str(owner), user_id=owner.pk)
    emit("workspace.created", actor=actor, workspace_id=workspace.pk, name=workspace.name)
    return workspace


@service
def product_create(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    key: str,
    description: str = "",
    phase: str = "concept",
) -> Product:
    """Make a product; its records will be called `<key>-1`, `<key>-2`. Raises Invalid, Conflict."""
    require_in(actor, "product.create", workspace.pk)
    if actor.bound_product is not None:
        raise NotAllowed("A token of one product cannot make another.")
    product = Product(
        workspace=workspace,
        name=name.strip(),
        key=key.strip().upper(),
        description=description,
        phase=phase,
    )
    try:
        product.clean_fields(exclude=["workspace"])
    except ValidationError as error:
        raise invalid_from(error) from None
    if Product.objects.filter(workspace=workspace, key=product.key).exists():
        raise Conflict(fields={"key": f"This workspace has a product {product.key} already."})
    product.save()
    Counter.objects.create(product=product)
    emit(
        "product.created", actor=actor, workspace_id=workspace.pk, product_id=product.pk,
        name=product.name, key=product.key,
    )  # fmt: skip
    return product


@service
def product_update(
    *,
    actor: Actor,
    product: Product,
    version: int | None,
    values: Mapping[str, Any],
    reason: str = "",
) -> Product:
    """Change a product's name, description or portal; its phase is changed by its life alone. Raises Stale, Invalid."""
    known = {name: values[name] for name in PRODUCT_FIELDS & values.keys()}
    return _product_saved(actor, product, version, known, reason)


@service
def product_phase_set(*, actor: Actor, product: Product, phase: str, reason: str) -> Product:
    """Move a product into a phase. What has to hold before is asked by who calls. Raises Invalid without a reason."""
    if len(reason.strip()) < 3:
        raise Invalid(fields={"reason": "Say why, in a sentence. It stands in the history."})
    return _product_saved(actor, product, None, {"phase": phase}, reason.strip())


def _product_saved(
    actor: Actor, product: Product, version: int | None, values: Mapping[str, Any], reason: str
) -> Product:
    require(actor, "product.edit", product)
    current = Product.objects.select_for_update().get(pk=product.pk)
    if version is not None and version != current.version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    changes = {}
    for name, value in values.items():
        old = getattr(current, name)
        if old != value:
            changes[name] = (old, value)
            setattr(current, name, value)
    if not changes:
        return current
    try:
        current.clean_fields(exclude=["workspace"])
    except ValidationError as error:
        raise invalid_from(error) from None
    current.version += 1
    current.save(update_fields=[*changes, "version"])
    emit(
        "product.updated",
        actor=actor,
        workspace_id=current.workspace_id,
        product_id=current.pk,
        changes=changes,
        reason=reason,
    )
    return current


@service
def product_cycle_begin(*, actor: Actor, product: Product) -> Product:
    """Begin the next round of the seven stages."""
    require(actor, "product.edit", product)
    current = Product.objects.select_for_update().get(pk=product.pk)
    current.cycle += 1
    current.version += 1
    current.save(update_fields=["cycle", "version"])
    emit(
        "product.cycle_began", actor=actor, workspace_id=current.workspace_id, product_id=current.pk,
        changes={"cycle": (current.cycle - 1, current.cycle)},
    )  # fmt: skip
    return current


@service
def product_archived_set(*, actor: Actor, product: Product, archived: bool) -> Product:
    """Put a product away, or bring it back. Its records stay readable; nothing can be added meanwhile."""
    require(actor, "product.archive", product)
    product.archived_at = timezone.now() if archived else None
    Product.objects.filter(pk=product.pk).update(archived_at=product.archived_at)
    emit(
        "product.archived" if archived else "product.restored",
        actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
    )  # fmt: skip
    return product


@service
def team_create(*, actor: Actor, workspace: Workspace, name: str) -> Team:
    """Make a team of the workspace; one of that name that exists already is returned."""
    require_in(actor, "team.edit", workspace.pk)
    label = " ".join(name.split())
    if not label or len(label) > 120:
        raise Invalid(fields={"name": "Give the team a name of at most 120 characters."})
    team, made = Team.objects.get_or_create(workspace=workspace, name=label)
    if made:
        emit("team.created", actor=actor, workspace_id=workspace.pk, name=label)
    return team
