"""Settings of a product's portal: look and rules, boards with their readers and forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ideas.forms.portal import BoardForm, PortalForm, board_shown, shown
from ideas.models import Board
from ideas.selectors.boards import boards_counted, portal_settings
from ideas.services.boards import (
    board_create,
    board_link_make,
    board_link_revoke,
    board_remove,
    board_update,
)
from ideas.services.portals import portal_update
from plm.errors import NotVisible, PlmError, Stale
from plm.services.workspaces import product_update
from plm.web.accounts import public_url
from plm.web.conflicts import conflict_page
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy
from plm.web.shell import settings_tabs


def _address(request: PlmRequest, name: str, *rest: object) -> str:
    return reverse(f"ideas:{name}", args=[request.workspace.slug, request.product.key, *rest])


@policy("portal.edit", methods=("GET", "POST"))
def settings(request: PlmRequest) -> HttpResponse:
    """How the portal looks and works; its boards."""
    product = request.product
    found = portal_settings(product)
    post = request.method == "POST"
    form = PortalForm(request.POST if post else None, request.FILES if post else None, portal=found)
    if post and form.is_valid():
        try:
            portal_update(
                actor=request.actor, product=product, version=form.cleaned_data["version"], values=form.values(),
                logo=form.cleaned_data["logo"] or None, remove_logo=bool(form.cleaned_data.get("remove_logo")),
            )  # fmt: skip
        except Stale:
            now = portal_settings(product)
            return conflict_page(
                request, form, shown(now), name="the portal", version=now.version, keep_url=request.path
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, "The portal is saved.")
            return HttpResponseRedirect(request.path)
    args = [request.workspace.slug, product.key.lower()]
    widget_url = public_url(request, reverse("ideas:portal_widget", args=args))
    context = {
        "tabs": settings_tabs(request),
        "form": form,
        "saved": found,
        "widget_url": widget_url,
        "widget_origin": widget_url.partition("/portal/")[0],
        "boards": boards_counted(product),
        "portal_url": reverse("ideas:portal", args=args),
        "logo_url": reverse("ideas:portal_logo", args=args) if found.logo and product.portal_open else "",
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "ideas/portal_settings.html", context, status=status)


@policy("portal.edit", methods=("POST",))
def opened(request: PlmRequest) -> HttpResponse:
    """Open the portal (`on=1`) or close it."""
    on = request.POST.get("on") == "1"
    product_update(
        actor=request.actor, product=request.product, version=None, values={"portal_open": on}
    )
    messages.success(request, "The portal is open." if on else "The portal is closed.")
    return HttpResponseRedirect(_address(request, "portal_settings"))


def _one(request: PlmRequest, uuid: UUID) -> Board:
    rows = Board.objects.visible_to(request.actor, "portal.edit").select_related(
        "product__workspace"
    )
    found = rows.filter(product=request.product, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _form(request: PlmRequest, found: Board | None, link: str = "") -> HttpResponse:
    post = request.method == "POST" and not link
    form = BoardForm(request.POST if post else None, product=request.product, board=found)
    if post and form.is_valid():
        try:
            saved = _saved(request, found, form)
        except Stale:
            if found is None:
                raise
            found.refresh_from_db()
            return conflict_page(
                request, form, board_shown(found), name=found.name, version=found.version,
                keep_url=request.path,
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, "Saved.")
            wants_link = saved.privacy == "link" and not saved.token_hash
            there = (
                _address(request, "board", saved.uuid)
                if wants_link
                else _address(request, "portal_settings")
            )
            return HttpResponseRedirect(there)
    context: dict[str, Any] = {
        "tabs": settings_tabs(request),
        "form": form,
        "board": found,
        "new_link": link,
        "action": _address(request, "board", found.uuid) if found else _address(request, "board_new"),
        "cancel_url": _address(request, "portal_settings"),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "ideas/board_form.html", context, status=status)


def _saved(request: PlmRequest, found: Board | None, form: BoardForm) -> Board:
    values, people, asks = form.values(), form.cleaned_data["people"], form.asks()
    if found is None:
        return board_create(
            actor=request.actor, product=request.product, values=values, people=people, asks=asks
        )
    return board_update(
        actor=request.actor, board=found, version=form.cleaned_data["version"], values=values, people=people,
        asks=asks,
    )  # fmt: skip


@policy("portal.edit", methods=("GET", "POST"))
def board_new(request: PlmRequest) -> HttpResponse:
    return _form(request, None)


@policy("portal.edit", methods=("GET", "POST"))
def board(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """A board: its readers, its form."""
    return _form(request, _one(request, uuid))


@policy("portal.edit", methods=("POST",))
def board_link(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """A new link for the board, shown this once; the one before opens nothing any more."""
    found = _one(request, uuid)
    secret = board_link_make(actor=request.actor, board=found)
    args = [request.workspace.slug, request.product.key.lower(), secret]
    return _form(
        request, _one(request, uuid), public_url(request, reverse("ideas:portal_link", args=args))
    )


@policy("portal.edit", methods=("POST",))
def board_unlink(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = _one(request, uuid)
    board_link_revoke(actor=request.actor, board=found)
    messages.success(request, "The link opens nothing any more.")
    return HttpResponseRedirect(_address(request, "board", found.uuid))


@policy("portal.edit", methods=("POST",))
def board_take_away(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = _one(request, uuid)
    board_remove(actor=request.actor, board=found)
    messages.success(request, f"{found.name} is gone.")
    return HttpResponseRedirect(_address(request, "portal_settings"))
