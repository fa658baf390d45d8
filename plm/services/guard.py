"""The writing door: every service asks here first."""

from __future__ import annotations

from plm.errors import NotAllowed, NotVisible
from plm.models import Product
from plm.permissions import Actor, Role, lowest_role, may


def require(actor: Actor, action: str, product: Product) -> None:
    """Raise NotVisible if the product is none of the actor's business, NotAllowed if the role or the scope is too low."""
    require_in(actor, action, product.workspace_id, product.pk)


def require_in(actor: Actor, action: str, workspace_id: int, product_id: int | None = None) -> None:
    """The same for a workspace as a whole, or with a product's key at hand."""
    role = actor.role_in(workspace_id, product_id)
    if role < Role.CUSTOMER:
        raise NotVisible
    if not may(role, action):
        needed = lowest_role(action)
        raise NotAllowed(
            f"This needs the role {needed.label.lower()} or higher; yours is {role.label.lower()}."
        )
    if not actor.has_scope(action):
        raise NotAllowed("The token's scopes do not cover this.")
