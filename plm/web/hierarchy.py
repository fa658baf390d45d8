"""Settings of the tree: portfolios and lines, where each product stands, and the components of a product."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plm.errors import NotVisible, PlmError, Stale
from plm.kinds import product_of
from plm.models import Component, Product, ProductGroup
from plm.selectors import product_tree
from plm.services.hierarchy import (
    component_archive,
    component_create,
    component_shift,
    component_update,
    group_create,
    group_delete,
    group_shift,
    group_update,
    product_place,
    product_shift,
)
from plm.web.conflicts import conflict_page
from plm.web.forms import (
    ComponentEditForm,
    ComponentForm,
    GroupEditForm,
    GroupForm,
    ProductPlaceForm,
)
from plm.web.pages import form_page, show_errors
from plm.web.policy import PlmRequest, policy
from plm.web.shell import settings_tabs


def _page(request: PlmRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"] is not None and context["form"].errors else 200
    return render(request, template, {"tabs": settings_tabs(request), **context}, status=status)


def _groups(request: PlmRequest) -> Any:
    rows = ProductGroup.objects.visible_to(request.actor).filter(workspace=request.workspace)
    return rows.select_related("parent")


def _group(request: PlmRequest, uuid: UUID) -> ProductGroup:
    found: ProductGroup | None = _groups(request).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _tree_url(request: PlmRequest) -> str:
    return reverse("plm:product_tree", args=[request.workspace.slug])


@policy(
    "product_group.view", scope="workspace", methods=("GET", "POST"), write="product_group.edit"
)
def tree(request: PlmRequest) -> HttpResponse:
    """The whole tree, and a form for another portfolio or line."""
    form = GroupForm(request.POST or None, groups=_groups(request), initial={"level": "line"})
    if request.method == "POST" and form.is_valid():
        try:
            made = group_create(
                actor=request.actor, workspace=request.workspace, **form.cleaned_data
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{made.name} is in the tree. Put products into it.")
            return HttpResponseRedirect(request.path)
    found = product_tree(request.actor, request.workspace)
    rows = [node for top in found for node in top.walk() if node.level != "component"]
    context = {
        "form": form,
        "rows": rows,
        "groups": any(node.level != "product" for node in rows),
        "may_create": request.actor.may("product.create", request.workspace.pk),
    }
    return _page(request, "plm/settings_tree.html", context)


@policy("product_group.edit", scope="workspace", methods=("GET", "POST"))
def group_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Rename a portfolio or line, or put a line below another portfolio."""
    group = _group(request, uuid)
    others = _groups(request)
    form = GroupEditForm(request.POST or None, group=group, groups=others)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version, reason = values.pop("version"), values.pop("reason")
        try:
            group_update(
                actor=request.actor, group=group, version=version, values=values, reason=reason
            )
        except Stale:
            now = _group(request, uuid)
            theirs: dict[str, Any] = {"name": now.name}
            if "parent" in values:
                theirs["parent"] = now.parent.uuid if now.parent else None
            return conflict_page(
                request, form, theirs, name=now.name, version=now.version, keep_url=_tree_url(request)
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, "The tree is saved.")
            return HttpResponseRedirect(_tree_url(request))
    return form_page(
        request, form, group.name, "Save", _tree_url(request), intro=group.get_level_display()
    )


@policy("product_group.edit", scope="workspace", methods=("POST",))
def group_step(request: PlmRequest, uuid: UUID) -> HttpResponse:
    group_shift(
        actor=request.actor,
        group=_group(request, uuid),
        direction=request.POST.get("direction", ""),
    )
    return HttpResponseRedirect(_tree_url(request))


@policy("product_group.edit", scope="workspace", methods=("POST",))
def group_away(request: PlmRequest, uuid: UUID) -> HttpResponse:
    group = _group(request, uuid)
    try:
        group_delete(actor=request.actor, group=group)
    except PlmError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{group.name} is out of the tree.")
    return HttpResponseRedirect(_tree_url(request))


@policy("product_group.edit", scope="workspace", methods=("GET", "POST"))
def product_edit(request: PlmRequest, key: str) -> HttpResponse:
    """Say in which portfolio or line a product stands."""
    product = product_of(request.actor, request.workspace.pk, key)
    start = {"group": product.group.uuid if product.group else None, "version": product.version}
    form = ProductPlaceForm(request.POST or None, groups=_groups(request), initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            product_place(actor=request.actor, product=product, **form.cleaned_data)
        except Stale:
            now = product_of(request.actor, request.workspace.pk, key)
            theirs = {"group": now.group.uuid if now.group else None}
            return conflict_page(
                request, form, theirs, name=now.name, version=now.version, keep_url=_tree_url(request)
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{product.name} has its place in the tree.")
            return HttpResponseRedirect(_tree_url(request))
    return form_page(
        request, form, f"Where {product.name} stands", "Save", _tree_url(request),
        intro="Its figures count for what it stands in. Nothing else about it changes.",
    )  # fmt: skip


@policy("product_group.edit", scope="workspace", methods=("POST",))
def product_step(request: PlmRequest, key: str) -> HttpResponse:
    product = product_of(request.actor, request.workspace.pk, key)
    product_shift(actor=request.actor, product=product, direction=request.POST.get("direction", ""))
    return HttpResponseRedirect(_tree_url(request))


def _components(request: PlmRequest) -> Any:
    rows = Component.objects.visible_to(request.actor, "component.view").live()
    return rows.filter(product=request.product).select_related("product")


def _component(request: PlmRequest, uuid: UUID) -> Component:
    found: Component | None = _components(request).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _components_url(product: Product) -> str:
    return reverse("plm:components", args=[product.workspace.slug, product.key])


@policy("component.view", methods=("GET", "POST"), write="component.edit")
def components(request: PlmRequest) -> HttpResponse:
    """The components of the product, and a form for another one."""
    product = request.product
    form = ComponentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = component_create(actor=request.actor, product=product, **form.cleaned_data)
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"Items can belong to {made.name} now.")
            return HttpResponseRedirect(request.path)
    context = {
        "form": form,
        "components": list(_components(request)),
        "may_edit": request.actor.may("component.edit", product.workspace_id, product.pk),
    }
    return _page(request, "plm/settings_components.html", context)


@policy("component.edit", methods=("GET", "POST"))
def component_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Give a component another name."""
    row, back = _component(request, uuid), _components_url(request.product)
    start = {"name": row.name, "version": row.version}
    form = ComponentEditForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            component_update(
                actor=request.actor,
                component=row,
                version=form.cleaned_data["version"],
                name=form.cleaned_data["name"],
            )
        except Stale:
            now = _component(request, uuid)
            return conflict_page(
                request, form, {"name": now.name}, name=now.name, version=now.version, keep_url=back
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            return HttpResponseRedirect(back)
    return form_page(
        request, form, row.name, "Save", back, intro=f"A component of {request.product.name}."
    )


@policy("component.edit", methods=("POST",))
def component_step(request: PlmRequest, uuid: UUID) -> HttpResponse:
    component_shift(
        actor=request.actor, component=_component(request, uuid), direction=request.POST.get("direction", "")
    )  # fmt: skip
    return HttpResponseRedirect(_components_url(request.product))


@policy("component.edit", methods=("POST",))
def component_away(request: PlmRequest, uuid: UUID) -> HttpResponse:
    row = _component(request, uuid)
    component_archive(actor=request.actor, component=row)
    messages.success(request, f"{row.name} takes no more items. Those it has keep it.")
    return HttpResponseRedirect(_components_url(request.product))
