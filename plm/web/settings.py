"""Settings pages: the product, its fields, members, tokens, teams, one's own profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plm.errors import NotVisible, PlmError, Stale
from plm.kinds import all_kinds
from plm.models import ApiToken, CustomField, Invitation, Membership, Product, Team
from plm.panels import panels_for
from plm.permissions import MEMBER_ROLES, Role
from plm.services import fields, members, workspaces
from plm.web.accounts import public_url
from plm.web.conflicts import conflict_page
from plm.web.forms import (
    CustomFieldForm,
    InvitationForm,
    ProductSettingsForm,
    ProfileForm,
    RoleForm,
    TeamForm,
    TokenForm,
)
from plm.web.pages import form_page, show_errors
from plm.web.policy import MEMBER, PUBLIC, SIGNED_IN, PlmRequest, policy
from plm.web.shell import settings_tabs


def _page(request: PlmRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    return render(request, template, {"tabs": settings_tabs(request), **context}, status=status)


@policy("product.edit", methods=("GET", "POST"))
def product_settings(request: PlmRequest) -> HttpResponse:
    product = request.product
    start = {n: getattr(product, n) for n in ("name", "description", "version")}
    form = ProductSettingsForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            workspaces.product_update(
                actor=request.actor, product=product, version=values.pop("version"), values=values
            )
        except Stale:
            product.refresh_from_db()
            theirs = {n: getattr(product, n) for n in values}
            return conflict_page(
                request, form, theirs, name=product.name, version=product.version, keep_url=request.path
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, "The product is saved.")
            return HttpResponseRedirect(request.path)
    panels = panels_for("settings", request.actor, product)
    context = {"form": form, "title": "Product", "panels": panels}
    return _page(request, "plm/settings_product.html", context)


@policy("field.edit", methods=("GET", "POST"))
def custom_fields(request: PlmRequest) -> HttpResponse:
    form = CustomFieldForm(request.POST or None)
    kinds = [(kind.name, kind.plural) for kind in all_kinds()]
    form.fields["kind"].choices = kinds  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values["choices"] = values["choices"].splitlines()
        try:
            made = fields.custom_field_create(
                actor=request.actor, product=request.product, **values
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"The field {made.label} is there.")
            return HttpResponseRedirect(request.path)
    rows = CustomField.objects.visible_to(request.actor).filter(
        product=request.product, archived_at=None
    )
    labels = dict(kinds)
    context = {
        "form": form,
        "title": "Fields",
        "fields": [
            {"field": f, "kind_label": labels.get(f.kind, f.kind)}
            for f in rows.order_by("kind", "position")
        ],
    }
    return _page(request, "plm/settings_fields.html", context)


@policy("field.edit", methods=("POST",))
def custom_field_archive(request: PlmRequest, uuid: UUID) -> HttpResponse:
    rows = CustomField.objects.visible_to(request.actor).select_related("product")
    field = rows.filter(product=request.product, uuid=uuid).first()
    if field is None:
        raise NotVisible
    fields.custom_field_archive(actor=request.actor, field=field)
    messages.success(request, f"The field {field.label} is gone from forms. Its values are kept.")
    return HttpResponseRedirect(
        reverse("plm:fields", args=[request.workspace.slug, request.product.key])
    )


@policy("member.view", scope="workspace", methods=("GET", "POST"), write="member.edit")
def member_list(request: PlmRequest) -> HttpResponse:
    """Members and open invitations. A new invitation's link is shown once, to be sent by hand or by mail."""
    form = InvitationForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = members.invitation_create(
                actor=request.actor, workspace=request.workspace, **form.cleaned_data
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            link = public_url(request, reverse("plm:invitation", args=[secret]))
    may_edit = request.actor.may("member.edit", request.workspace.pk)
    here = Membership.objects.visible_to(request.actor).filter(workspace=request.workspace)
    open_invitations = (
        Invitation.objects.visible_to(request.actor).open().filter(workspace=request.workspace)
    )
    context = {
        "title": "Members",
        "form": form,
        "new_link": link,
        "may_edit": may_edit,
        "roles": [(int(r), r.label) for r in MEMBER_ROLES],
        "members": [
            {
                "membership": m, "user": m.user, "role": m.role, "role_label": Role(m.role).label,
                "product_roles": [(pr.product.name, Role(pr.role).label) for pr in m.product_roles.all()],
            }
            for m in here.select_related("user").prefetch_related("product_roles__product")
        ],
        "invitations": [(i, Role(i.role).label) for i in open_invitations] if may_edit else [],
    }  # fmt: skip
    return _page(request, "plm/settings_members.html", context)


def _membership(request: PlmRequest, uuid: UUID) -> Membership:
    rows = Membership.objects.visible_to(request.actor).select_related("user")
    found = rows.filter(workspace=request.workspace, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


@policy("member.edit", scope="workspace", methods=("POST",))
def member_role(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Give a member a role in the workspace, or with `product=<KEY>` in one product."""
    membership = _membership(request, uuid)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise NotVisible("There is no such role.")
    role = form.cleaned_data["role"]
    if key := request.POST.get("product", ""):
        product = (
            Product.objects.visible_to(request.actor)
            .filter(workspace=request.workspace, key=key)
            .first()
        )
        if product is None:
            raise NotVisible
        members.product_role_set(
            actor=request.actor, membership=membership, product=product, role=role
        )
    else:
        members.member_role_set(actor=request.actor, membership=membership, role=role)
    messages.success(request, f"{membership.user} has a new role.")
    return HttpResponseRedirect(reverse("plm:members", args=[request.workspace.slug]))


@policy(MEMBER, scope="workspace", methods=("POST",))
def member_remove(request: PlmRequest, uuid: UUID) -> HttpResponse:
    membership = _membership(request, uuid)
    mine = membership.user_id == request.actor.user_id
    members.member_remove(actor=request.actor, membership=membership)
    if mine:
        return HttpResponseRedirect("/")
    messages.success(request, f"{membership.user} is no longer a member.")
    return HttpResponseRedirect(reverse("plm:members", args=[request.workspace.slug]))


@policy("member.edit", scope="workspace", methods=("POST",))
def invitation_revoke(request: PlmRequest, uuid: UUID) -> HttpResponse:
    rows = Invitation.objects.visible_to(request.actor).filter(
        workspace=request.workspace, uuid=uuid
    )
    invitation = rows.first()
    if invitation is None:
        raise NotVisible
    members.invitation_revoke(actor=request.actor, invitation=invitation)
    messages.success(request, "The invitation no longer works.")
    return HttpResponseRedirect(reverse("plm:members", args=[request.workspace.slug]))


@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def invitation(request: PlmRequest, secret: str) -> HttpResponse:
    """The page an invitation's link opens: sign in or up, then join."""
    found = members.invitation_of(secret)
    if request.method == "POST" and request.user.is_authenticated:
        members.invitation_accept(user=request.user, secret=secret)
        request.session.pop("invitation", None)
        return HttpResponseRedirect(found.workspace.get_absolute_url())
    request.session["invitation"] = "open"
    context = {"invitation": found, "role_label": Role(found.role).label, "next": request.path}
    response = render(request, "plm/invitation.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@policy(MEMBER, scope="workspace", methods=("GET", "POST"), write="token.create")
def tokens(request: PlmRequest) -> HttpResponse:
    """My API tokens here (an admin sees everybody's). A new token's text is shown once."""
    form = TokenForm(request.POST or None, initial={"days": 90})
    mine = Product.objects.visible_to(request.actor).filter(workspace=request.workspace)
    form.fields["product"].queryset = mine  # type: ignore[attr-defined]
    new_token = ""
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values["days"] = values["days"] or None
        _, new_token = members.token_create(
            actor=request.actor, workspace=request.workspace, **values
        )
    rows = ApiToken.objects.visible_to(request.actor).filter(workspace=request.workspace)
    if not request.actor.may("member.edit", request.workspace.pk):
        rows = rows.filter(user_id=request.actor.person_key)
    context = {
        "title": "API tokens", "form": form, "new_token": new_token,
        "tokens": rows.select_related("user", "product")[:200],
    }  # fmt: skip
    response = _page(request, "plm/settings_tokens.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@policy(MEMBER, scope="workspace", methods=("POST",))
def token_revoke(request: PlmRequest, uuid: UUID) -> HttpResponse:
    rows = ApiToken.objects.visible_to(request.actor).filter(workspace=request.workspace, uuid=uuid)
    if not request.actor.may("member.edit", request.workspace.pk):
        rows = rows.filter(user_id=request.actor.person_key)
    token = rows.first()
    if token is None:
        raise NotVisible
    members.token_revoke(actor=request.actor, token=token)
    messages.success(request, "The token no longer works.")
    return HttpResponseRedirect(reverse("plm:tokens", args=[request.workspace.slug]))


@policy(MEMBER, scope="workspace", methods=("GET", "POST"), write="team.edit")
def teams(request: PlmRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            workspaces.team_create(
                actor=request.actor, workspace=request.workspace, **form.cleaned_data
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            return HttpResponseRedirect(request.path)
    rows = Team.objects.visible_to(request.actor).filter(
        workspace=request.workspace, archived_at=None
    )
    may_edit = request.actor.may("team.edit", request.workspace.pk)
    return _page(
        request,
        "plm/settings_teams.html",
        {"title": "Teams", "form": form, "teams": rows, "may_edit": may_edit},
    )


@policy(SIGNED_IN, scope="none", methods=("GET", "POST"))
def profile(request: PlmRequest) -> HttpResponse:
    user = request.user
    start = {"name": user.name, "theme": user.theme, "density": user.density}
    form = ProfileForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        members.profile_update(user=user, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return HttpResponseRedirect(request.path)
    return form_page(
        request,
        form,
        "Your profile",
        "Save",
        "/",
        intro="How others see you, and how the product looks to you.",
    )
