"""Merging a customer that is known twice into another one, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.forms.customers import CustomerMergeForm
from ideas.services.customer_merging import customer_merge, customer_unmerge
from ideas.views.customers import NOUNS, customer_address, customer_of
from plm.errors import PlmError
from plm.web.policy import PlmRequest, policy
from plm.web.undo import done


def _merge(request: PlmRequest, noun: str, uuid: UUID) -> HttpResponse:
    """Merge into `into` and go there; what does not fit is said beside the field."""
    customer = customer_of(request, noun, uuid)
    form = CustomerMergeForm(request.POST, model=NOUNS[noun].model, product=request.product)
    if form.is_valid():
        other = form.cleaned_data["into"]
        try:
            customer_merge(actor=request.actor, source=customer, target=other)
        except PlmError as error:
            if not error.fields:
                raise
            form.add_error("into", " ".join([error.message, *error.fields.values()]))
        else:
            way_back = customer_address(request, f"{noun}_unmerge", uuid)
            done(request, f"{customer.name} is a part of {other.name} now.", way_back)
            return HttpResponseRedirect(customer_address(request, noun, other.uuid))
    context: dict[str, Any] = {
        "form": form, "title": f"Merge {customer.name} into another {noun}", "submit": "Merge",
        "cancel_url": customer_address(request, noun, uuid),
    }  # fmt: skip
    return render(request, "ideas/customer_form.html", context, status=422)


def _unmerge(request: PlmRequest, noun: str, uuid: UUID) -> HttpResponse:
    customer = customer_of(request, noun, uuid)
    customer_unmerge(actor=request.actor, customer=customer)
    messages.success(request, f"{customer.name} stands alone again, with all that came along.")
    return HttpResponseRedirect(customer_address(request, noun, uuid))


@policy("company.merge", methods=("POST",))
def company_merge(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _merge(request, "company", uuid)


@policy("company.merge", methods=("POST",))
def company_unmerge(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _unmerge(request, "company", uuid)


@policy("person.merge", methods=("POST",))
def person_merge(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _merge(request, "person", uuid)


@policy("person.merge", methods=("POST",))
def person_unmerge(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _unmerge(request, "person", uuid)
