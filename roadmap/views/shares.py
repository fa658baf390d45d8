"""Shared links: the pages that manage them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plm.errors import NotVisible, PlmError, Stale
from plm.web.accounts import public_url
from plm.web.conflicts import conflict_page
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy
from roadmap.forms.shares import PasswordForm, ShareEditForm, ShareForm, ViewerForm, shown_of
from roadmap.models import Share, ShareViewer
from roadmap.selectors.shared import shares_of
from roadmap.services.share_viewers import share_viewer_invite, share_viewer_revoke
from roadmap.services.shares import share_create, share_password_set, share_revoke, share_update
from roadmap.views.roadmap import roadmap_frame


@policy("share.view", methods=("GET", "POST"))
def shares(request: PlmRequest) -> HttpResponse:
    """The links of the product; a POST makes one and shows its address this once."""
    data = request.POST if request.method == "POST" else None
    form = ShareForm(data, product=request.product)
    link, made = "", None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made, secret = share_create(
                actor=request.actor, product=request.product, days=given["days"], password=given["password"],
                **form.settings(),
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            if made.by_mail:
                messages.success(request, f"Now name who may see {made.name}.")
                return HttpResponseRedirect(share_url(request, made))
            link = public_url(request, f"/share/{secret}/")
            messages.success(request, f"The link for {made.name} is ready.")
            form = ShareForm(None, product=request.product)
    context = {
        **roadmap_frame(request, "shares"),
        "form": form,
        "link": link,
        "made": made,
        "shares": shares_of(request.actor, request.product)[:200],
    }
    response = render(request, "roadmap/shares.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "private, no-store"
    return response


def share_url(request: PlmRequest, share: Share) -> str:
    return f"{request.product.get_absolute_url()}roadmap/shares/{share.uuid}"


def share_named(request: PlmRequest, uuid: UUID) -> Share:
    """A link of the product. Raises NotVisible."""
    share: Share | None = shares_of(request.actor, request.product).filter(uuid=uuid).first()
    if share is None:
        raise NotVisible
    return share


@policy("share.view", methods=("GET", "POST"), write="share.edit")
def share(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """One link: what it shows to whom; a POST changes it."""
    found = share_named(request, uuid)
    data = request.POST if request.method == "POST" else None
    form = ShareEditForm(data, share=found)
    if data is not None and form.is_valid():
        try:
            share_update(
                actor=request.actor, share=found, version=form.cleaned_data["version"], settings=form.settings(),
                days=form.cleaned_data["days"],
            )  # fmt: skip
        except Stale:
            return _conflict(request, found, form)
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{found.name} shows what you chose from the next look on.")
            return HttpResponseRedirect(share_url(request, found))
    return share_page(request, found, form=form)


def share_page(request: PlmRequest, found: Share, **forms: Any) -> HttpResponse:
    """The page of one link, with a form that was refused where there is one."""
    context = {
        **roadmap_frame(request, "shares"),
        "share": found,
        "url": share_url(request, found),
        "form": forms.get("form") or ShareEditForm(None, share=found),
        "password_form": forms.get("password_form") or PasswordForm(),
        "viewer_form": forms.get("viewer_form") or ViewerForm(),
        "viewers": list(found.viewers.all()) if found.by_mail else [],
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "roadmap/share.html", context, status=422 if wrong else 200)


def _conflict(request: PlmRequest, found: Share, form: ShareEditForm) -> HttpResponse:
    now = share_named(request, found.uuid)
    theirs = {name: value for name, value in shown_of(now).items() if name in form.fields}
    return conflict_page(
        request, form, {name: value for name, value in theirs.items() if name != "version"},
        name=f"The link for {now.name}", version=now.version, keep_url=share_url(request, now),
    )  # fmt: skip


@policy("share.edit", methods=("POST",))
def password(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Put a link behind a password, or take the password away."""
    found = share_named(request, uuid)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            share_password_set(
                actor=request.actor, share=found, password=form.cleaned_data["password"]
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            on = bool(form.cleaned_data["password"])
            messages.success(request, f"{found.name} {'asks for the new' if on else 'opens without a'} password.")  # fmt: skip
            return HttpResponseRedirect(share_url(request, found))
    return share_page(request, found, password_form=form)


@policy("share.edit", methods=("POST",))
def revoke(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = share_named(request, uuid)
    share_revoke(actor=request.actor, share=found)
    messages.success(request, f"The link for {found.name} opens no more.")
    return HttpResponseRedirect(f"{request.product.get_absolute_url()}roadmap/shares")


@policy("share.edit", methods=("POST",))
def viewers(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Name somebody who may see it: their link goes by mail. For one who is named already it is a new one."""
    found = share_named(request, uuid)
    form = ViewerForm(request.POST)
    if form.is_valid():
        try:
            viewer = share_viewer_invite(
                actor=request.actor, share=found, email=form.cleaned_data["email"]
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"A link of their own goes to {viewer.email}.")
            return HttpResponseRedirect(share_url(request, found))
    return share_page(request, found, viewer_form=form)


@policy("share.edit", methods=("POST",))
def viewer_revoke(request: PlmRequest, uuid: UUID, viewer: UUID) -> HttpResponse:
    """Take the link of one viewer back."""
    found = share_named(request, uuid)
    one = ShareViewer.objects.filter(share=found, uuid=viewer).first()
    if one is None:
        raise NotVisible
    one.share = found
    share_viewer_revoke(actor=request.actor, viewer=one)
    messages.success(request, f"The link of {one.email} opens no more.")
    return HttpResponseRedirect(share_url(request, found))
