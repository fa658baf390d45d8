"""Pages of one requirement: add, change, take out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.forms.requirements import RequirementForm, started
from backlog.models import Requirement, Spec
from backlog.services.requirements import requirement_create, requirement_update
from plm.errors import Invalid, NotVisible, Stale
from plm.numerals import whole_number
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy, record_as


@policy("*.edit", scope="record", methods=("GET", "POST"))
def requirement_new(request: PlmRequest) -> HttpResponse:
    return _form(request, record_as(request, Spec), None)


@policy("*.edit", scope="record", methods=("GET", "POST"))
def requirement_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    spec = record_as(request, Spec)
    return _form(request, spec, _requirement(spec, uuid))


@policy("*.edit", scope="record", methods=("POST",))
def requirement_remove(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Take a requirement out. `version` guards against taking out another text than the one that was shown."""
    spec = record_as(request, Spec)
    found = _requirement(spec, uuid)
    version = whole_number(request.POST.get("version", ""), digits=9)
    if version is None:
        raise NotVisible
    requirement_update(
        actor=request.actor, spec=spec, requirement=found, version=version, values=None
    )
    messages.success(request, "The requirement is taken out. Earlier versions keep it.")
    return HttpResponseRedirect(f"{spec.get_absolute_url()}#requirements")


def _requirement(spec: Spec, uuid: UUID) -> Requirement:
    found = Requirement.objects.filter(spec=spec, uuid=uuid).select_related("owner").first()
    if found is None:
        raise NotVisible
    return found


def _form(request: PlmRequest, spec: Spec, found: Requirement | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = RequirementForm(data, spec=spec, requirement=found)
    if data is not None and form.is_valid():
        try:
            _save(request, spec, found, form)
        except Stale:
            return _conflict(request, spec, form, found)
        except Invalid as error:
            for text in error.fields.values():
                form.add_error(None, text)
        else:
            messages.success(request, "The requirement is saved.")
            return HttpResponseRedirect(f"{spec.get_absolute_url()}#requirements")
    context = {
        "form": form,
        "spec": spec,
        "title": "Change the requirement" if found else "Add a requirement",
        "intro": f"{spec.reference} {spec.title}",
        "cancel_url": f"{spec.get_absolute_url()}#requirements",
    }
    return render(
        request, "backlog/requirement_form.html", context, status=422 if form.errors else 200
    )


def _save(
    request: PlmRequest, spec: Spec, found: Requirement | None, form: RequirementForm
) -> None:
    if found is None:
        requirement_create(actor=request.actor, spec=spec, values=form.values())
        return
    requirement_update(
        actor=request.actor,
        spec=spec,
        requirement=found,
        version=form.cleaned_data["version"],
        values=form.values(),
    )


def _conflict(
    request: PlmRequest, spec: Spec, form: RequirementForm, found: Requirement | None
) -> HttpResponse:
    if found is None:
        raise NotVisible
    now = _requirement(spec, found.uuid)
    theirs: dict[str, Any] = {**started(now), "owner": now.owner, "estimate": now.estimate}
    del theirs["version"]
    return conflict_page(
        request, form, theirs,
        name=f"A requirement of {spec.reference}", version=now.version,
        keep_url=f"{spec.get_absolute_url()}#requirements",
    )  # fmt: skip
