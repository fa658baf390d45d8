"""The reading door: every QuerySet of a tenanted model can be cut down to what an actor may see."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

from plm.permissions import Actor, Grant, may

M = TypeVar("M", bound=Model)


def visibility(actor: Actor, action: str, *, product_field: str = "product_id") -> Q:
    """The rows an actor may do `action` on, as a condition on `workspace_id` and a product column.

    An empty `product_field` judges by the workspace alone.
    """
    allowed = Q(pk__in=[])
    if not actor.has_scope(action):
        return allowed
    for workspace_id, grant in actor.grants.items():
        within = _within(actor, workspace_id, grant, action, product_field)
        if within is not None:
            allowed |= Q(workspace_id=workspace_id) & within
    return allowed


def _within(
    actor: Actor, workspace_id: int, grant: Grant, action: str, product_field: str
) -> Q | None:
    """What of one workspace, or None for nothing of it."""
    if not product_field:
        return Q() if may(actor.role_in(workspace_id), action) else None
    if actor.bound_product is not None:
        bound = actor.role_in(workspace_id, actor.bound_product)
        return Q(**{product_field: actor.bound_product}) if may(bound, action) else None
    if may(grant.role, action):
        hidden = [p for p, role in grant.products.items() if not may(role, action)]
        return ~Q(**{f"{product_field}__in": hidden}) if hidden else Q()
    shown = [p for p, role in grant.products.items() if may(role, action)]
    return Q(**{f"{product_field}__in": shown}) if shown else None


class TenantedQuerySet(QuerySet[M]):
    """Rows that belong to a workspace, and mostly to one of its products."""

    product_field = "product_id"

    def visible_to(self, actor: Actor, action: str = "record.view") -> Self:
        """Only what the actor may see (or do `action` on); nothing for a visitor."""
        if actor.system:
            return self.all()
        if actor.is_anonymous or not actor.grants:
            return self.none()
        return self.filter(visibility(actor, action, product_field=self.product_field))
