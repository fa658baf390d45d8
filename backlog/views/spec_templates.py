"""The settings of what a specification may begin with."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from backlog.forms.spec_templates import SpecTemplateForm, started
from backlog.models import SpecTemplate
from backlog.services.spec_templates import (
    spec_template_create,
    spec_template_remove,
    spec_template_update,
    spec_templates_ensure,
)
from plm.errors import NotVisible, PlmError, Stale
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy
from plm.web.shell import settings_tabs


@policy("spec_template.view")
def spec_templates(request: PlmRequest) -> HttpResponse:
    """The templates of the product."""
    spec_templates_ensure(product=request.product)
    context = {
        "tabs": settings_tabs(request),
        "templates": SpecTemplate.objects.live().filter(product=request.product),
        "may_edit": request.actor.may(
            "spec_template.edit", request.workspace.pk, request.product.pk
        ),
    }
    return render(request, "backlog/spec_templates.html", context)


@policy("spec_template.create", methods=("GET", "POST"))
def spec_template_new(request: PlmRequest) -> HttpResponse:
    return _form(request, None)


@policy("spec_template.edit", methods=("GET", "POST"))
def spec_template(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _form(request, _one(request, uuid))


@policy("spec_template.edit", methods=("POST",))
def spec_template_away(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = _one(request, uuid)
    spec_template_remove(actor=request.actor, template=found)
    messages.success(request, f"{found.name} is offered no longer. What it began stays.")
    return HttpResponseRedirect(_list_url(request))


def _list_url(request: PlmRequest) -> str:
    return reverse("backlog:spec_templates", args=[request.workspace.slug, request.product.key])


def _one(request: PlmRequest, uuid: UUID) -> SpecTemplate:
    rows = SpecTemplate.objects.visible_to(request.actor, "spec_template.view").live()
    found = rows.filter(product=request.product, uuid=uuid).select_related("product").first()
    if not isinstance(found, SpecTemplate):
        raise NotVisible
    return found


def _form(request: PlmRequest, found: SpecTemplate | None) -> HttpResponse:
    form = SpecTemplateForm(request.POST if request.method == "POST" else None, template=found)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, found, form)
        except Stale:
            if found is None:
                raise
            now = _one(request, found.uuid)
            theirs = {name: value for name, value in started(now).items() if name != "version"}
            return conflict_page(
                request, form, theirs, name=now.name, version=now.version, keep_url=_list_url(request)
            )  # fmt: skip
        except PlmError as error:
            for name, text in (error.fields or {"": error.message}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"{form.cleaned_data['name']} is saved.")
            return HttpResponseRedirect(_list_url(request))
    context = {
        "form": form,
        "title": f"Edit {found.name}" if found else "New template",
        "intro": "Specifications begin with these texts; whoever writes one changes them as they like.",
        "cancel_url": _list_url(request),
    }
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)


def _save(request: PlmRequest, found: SpecTemplate | None, form: SpecTemplateForm) -> None:
    if found is None:
        spec_template_create(actor=request.actor, product=request.product, values=form.values())
        return
    spec_template_update(
        actor=request.actor,
        template=found,
        version=form.cleaned_data["version"],
        values=form.values(),
    )
