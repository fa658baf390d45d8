"""The tree of a workspace: portfolios, product lines, products, and the components of a product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.events import emit, service
from plm.models import Component, Product, ProductGroup, Workspace
from plm.permissions import Actor
from plm.services.guard import require, require_in
from plm.services.records import invalid_from

UP, DOWN = "up", "down"
N = TypeVar("N", ProductGroup, Product, Component)


def _named(row: Any, name: str) -> str:
    label = " ".join(name.split())
    row.name = label
    try:
        row.clean_fields(exclude=["workspace", "product", "parent"])
    except ValidationError as error:
        raise invalid_from(error) from None
    return label


def _check_parent(group: ProductGroup, parent: ProductGroup | None) -> None:
    """A line stands below a portfolio of its workspace or at the top, a portfolio at the top: nothing goes deeper."""
    if parent is None:
        return
    if group.level != "line":
        raise Invalid(fields={"parent": "A portfolio stands at the top of the tree."})
    if parent.level != "portfolio" or parent.workspace_id != group.workspace_id:
        raise Invalid(fields={"parent": "A product line stands below a portfolio."})


def _taken(rows: Any, name: str, text: str) -> None:
    if rows.filter(name=name).exists():
        raise Conflict(fields={"name": text})


def _fresh(row: N, version: int | None) -> N:
    """The row as it stands, locked until the commit. Raises Stale."""
    rows: Any = type(row).objects
    current: N = rows.select_for_update(of=("self",)).get(pk=row.pk)
    if version is not None and version != current.version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    return current


def _last(rows: Any) -> int:
    found: int | None = rows.order_by("-position").values_list("position", flat=True).first()
    return (found or 0) + 1


@service
def group_create(
    *,
    actor: Actor,
    workspace: Workspace,
    level: str,
    name: str,
    parent: ProductGroup | None = None,
) -> ProductGroup:
    """Make a portfolio or a product line, below the others there. Raises Invalid, Conflict."""
    require_in(actor, "product_group.edit", workspace.pk)
    group = ProductGroup(workspace=workspace, level=level, parent=parent)
    label = _named(group, name)
    _check_parent(group, parent)
    of_workspace = ProductGroup.objects.filter(workspace=workspace)
    _taken(of_workspace.filter(level=level), label, f"There is a {_level(group)} {label} already.")
    group.position = _last(of_workspace)
    group.save()
    emit(
        "product_group.created", actor=actor, workspace_id=workspace.pk, group=group.uuid, level=level, name=label,
        parent=parent,
    )  # fmt: skip
    return group


def _level(group: ProductGroup) -> str:
    return str(group.get_level_display()).lower()


@service
def group_update(
    *,
    actor: Actor,
    group: ProductGroup,
    version: int | None,
    values: Mapping[str, Any],
    reason: str = "",
) -> ProductGroup:
    """Give a group another `name` or `parent`. Raises Stale, Invalid, Conflict."""
    require_in(actor, "product_group.edit", group.workspace_id)
    current = _fresh(group, version)
    changes: dict[str, tuple[Any, Any]] = {}
    if "name" in values and (label := _named_anew(current, values["name"])) is not None:
        others = ProductGroup.objects.filter(
            workspace_id=group.workspace_id, level=current.level
        ).exclude(pk=current.pk)
        _taken(others, label[1], f"There is a {_level(current)} {label[1]} already.")
        changes["name"] = label
    if "parent" in values and values["parent"] != current.parent:
        _check_parent(current, values["parent"])
        changes["parent"] = (current.parent, values["parent"])
        current.parent = values["parent"]
    if changes:
        current.version += 1
        current.save(update_fields=[*changes, "version"])
        emit(
            "product_group.updated", actor=actor, workspace_id=current.workspace_id, changes=changes, reason=reason,
            group=current.uuid, name=current.name,
        )  # fmt: skip
    return current


def _named_anew(row: Any, name: str) -> tuple[str, str] | None:
    """(old, new) after the row has got the name; None where it is the same."""
    old = row.name
    new = _named(row, name)
    return None if old == new else (old, new)


@service
def group_delete(*, actor: Actor, group: ProductGroup) -> None:
    """Take away a group with nothing in it. Raises Conflict."""
    require_in(actor, "product_group.edit", group.workspace_id)
    current = _fresh(group, None)
    if current.products.exists() or current.lines.exists():
        raise Conflict(f"{current.name} is not empty. Move what stands in it elsewhere first.")
    emit(
        "product_group.deleted", actor=actor, workspace_id=current.workspace_id, group=current.uuid, name=current.name,
        level=current.level,
    )  # fmt: skip
    current.delete()


@service
def group_shift(*, actor: Actor, group: ProductGroup, direction: str) -> None:
    """Move a group one place `up` or `down` among its neighbours."""
    require_in(actor, "product_group.edit", group.workspace_id)
    beside = ProductGroup.objects.filter(workspace_id=group.workspace_id, parent_id=group.parent_id)
    _shift(beside, beside, group, direction)


@service
def product_place(
    *,
    actor: Actor,
    product: Product,
    group: ProductGroup | None,
    reason: str = "",
    version: int | None = None,
) -> Product:
    """Put a product into a portfolio or line, behind those there, or into none. Emits `product.placed`.

    Taking it out of one that it is in needs a reason. Raises Stale, Invalid.
    """
    require(actor, "product.view", product)
    require_in(actor, "product_group.edit", product.workspace_id)
    current = _fresh(product, version)
    old, why = current.group, " ".join(reason.split())
    if old == group:
        return current
    if group is not None and group.workspace_id != current.workspace_id:
        raise Invalid(fields={"group": "There is no such portfolio or product line here."})
    if old is not None and not why:
        raise Invalid(fields={"reason": "Say why it moves: whoever looks for it will ask."})
    current.group = group
    current.position = _last(
        Product.objects.filter(workspace_id=current.workspace_id, group=group).exclude(pk=current.pk)
    )  # fmt: skip
    current.version += 1
    current.save(update_fields=["group", "position", "version"])
    emit(
        "product.placed", actor=actor, workspace_id=current.workspace_id, product_id=current.pk,
        changes={"group": (old, group)}, reason=why,
    )  # fmt: skip
    return current


@service
def product_shift(*, actor: Actor, product: Product, direction: str) -> None:
    """Move a product one place `up` or `down` among those of its group that the actor sees."""
    require(actor, "product.view", product)
    require_in(actor, "product_group.edit", product.workspace_id)
    beside = Product.objects.filter(workspace_id=product.workspace_id, group_id=product.group_id)
    seen = beside.visible_to(actor).filter(archived_at=None)
    _shift(beside.order_by("position", "name", "pk"), seen, product, direction)


@service
def component_create(*, actor: Actor, product: Product, name: str) -> Component:
    """Add a component to a product; one of that name that was put away comes back. Raises Invalid, Conflict."""
    require(actor, "component.edit", product)
    if product.archived_at is not None:
        raise Conflict(f"{product.name} is archived. Restore it before adding to it.")
    of_product = Component.objects.filter(product=product)
    component = Component(workspace_id=product.workspace_id, product=product)
    label = _named(component, name)
    away = of_product.filter(name=label).exclude(archived_at=None).first()
    if away is None:
        _taken(of_product, label, f"{product.name} has a component {label} already.")
    component = away or component
    component.archived_at, component.position = None, _last(of_product)
    component.save()
    emit(
        "component.created", actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
        component=component.uuid, name=label,
    )  # fmt: skip
    return component


@service
def component_update(
    *, actor: Actor, component: Component, version: int | None, name: str, reason: str = ""
) -> Component:
    """Give a component another name. Raises Stale, Invalid, Conflict."""
    require(actor, "component.edit", component.product)
    current = _fresh(component, version)
    names = _named_anew(current, name)
    if names is None:
        return current
    others = Component.objects.filter(product_id=current.product_id).exclude(pk=current.pk)
    _taken(others, names[1], f"There is a component {names[1]} already, perhaps put away.")
    current.version += 1
    current.save(update_fields=["name", "version"])
    emit(
        "component.updated", actor=actor, workspace_id=current.workspace_id, product_id=current.product_id,
        changes={"name": names}, reason=reason, component=current.uuid,
    )  # fmt: skip
    return current


@service
def component_archive(*, actor: Actor, component: Component) -> None:
    """Put a component away: its items keep it, and it can be chosen no more."""
    require(actor, "component.edit", component.product)
    if Component.objects.live().filter(pk=component.pk).update(archived_at=timezone.now()):
        emit(
            "component.archived", actor=actor, workspace_id=component.workspace_id, product_id=component.product_id,
            component=component.uuid, name=component.name,
        )  # fmt: skip


@service
def component_shift(*, actor: Actor, component: Component, direction: str) -> None:
    """Move a component one place `up` or `down` among those of its product."""
    require(actor, "component.edit", component.product)
    beside = Component.objects.filter(product_id=component.product_id)
    _shift(beside, beside.live(), component, direction)


def _shift(beside: Any, seen: Iterable[N], row: N, direction: str) -> None:
    """Put a row before or behind the neighbour that is seen; the order of all is then written anew.

    Nothing happens at an end. The order is a matter of looks, so no event tells of it.
    """
    if direction not in {UP, DOWN}:
        raise Invalid(fields={"direction": "Give up or down."})
    rows = list(beside.select_for_update(of=("self",)))
    shown = {one.pk for one in seen}
    if row.pk not in shown:
        raise NotAllowed("Only what stands in the list can be moved.")
    order = [one.pk for one in rows]
    visible = [key for key in order if key in shown]
    place = visible.index(row.pk) + (-1 if direction == UP else 1)
    if not 0 <= place < len(visible):
        return
    order.remove(row.pk)
    order.insert(order.index(visible[place]) + (direction == DOWN), row.pk)
    places = {key: number for number, key in enumerate(order, 1)}
    for one in rows:
        one.position = places[one.pk]
    type(row).objects.bulk_update(rows, ["position"])
