"""The reading door: every QuerySet of a tenanted model can be cut down to what an actor may see."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from plm.permissions import Actor, Role, may

M = TypeVar("M", bound=Model)


def visibility(actor: Actor, action: str, *, product_field: str = "product_id") -> Q:
    """The rows an actor may do `action` on, as a condition on `workspace_id` and a product column.

    An empty `product_field` judges by the workspace alone.
    """
    if not actor.has_scope(action):
        return Q(pk__in=[])
    allowed = Q(pk__in=[])
    for workspace_id, grant in actor.grants.items():
        here = Q(workspace_id=workspace_id)
        if actor.bound_product is not None and product_field:
            role = actor.role_in(workspace_id, actor.bound_product)
            if may(role, action):
                allowed |= here & Q(**{product_field: actor.bound_product})
            continue
        if not product_field:
            if may(grant.role, action):
                allowed |= here
            continue
        within = [p for p, role in grant.products.items() if may(role, action)]
        without = [p for p, role in grant.products.items() if not may(role, action)]
        if may(grant.role, action):
            allowed |= here & ~Q(**{f"{product_field}__in": without}) if without else here
        elif within:
            allowed |= here & Q(**{f"{product_field}__in": within})
    return allowed


class TenantedQuerySet(QuerySet[M]):
    """Rows that belong to a workspace, and mostly to one of its products."""

    product_field = "product_id"

    def visible_to(self, actor: Actor, action: str = "record.view") -> TenantedQuerySet[M]:
        """Only what the actor may see (or do `action` on); nothing for a visitor."""
        if actor.system:
            return self.all()
        if actor.is_anonymous or not actor.grants:
            return self.none()
        return self.filter(visibility(actor, action, product_field=self.product_field))


def highest_role(grant_role: Role, products: dict[int, Role]) -> Role:
    """The highest role a member holds anywhere in a workspace."""
    return max([grant_role, *products.values()])
