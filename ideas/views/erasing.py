"""Erasing a person who asked for it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.services.erasing import confirmation_of, erasure_ask
from ideas.views.customers import customer_address, customer_of
from plm.errors import PlmError
from plm.web.policy import PlmRequest, policy

INTRO = (
    "Name, address, role, attributes, ids and account go, here and in every text and every entry of the history that"
    " holds them. What they said stays without them, and their votes count as before. Files they sent are not read:"
    " look through these yourself. It cannot be taken back."
)


class EraseForm(forms.Form):
    confirm = forms.CharField(
        max_length=320, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})
    )

    def __init__(self, data: object, *, words: str) -> None:
        super().__init__(data)  # type: ignore[arg-type] # what a request posted
        self.fields["confirm"].label = f"Type {words} to confirm"


@policy("person.erase", methods=("GET", "POST"))
def person_erase_page(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Say what will go, and have it erased once who is meant was typed."""
    person = customer_of(request, "person", uuid)
    here = customer_address(request, "person", uuid)
    form = EraseForm(
        request.POST if request.method == "POST" else None, words=confirmation_of(person)
    )
    if request.method == "POST" and form.is_valid():
        try:
            erasure_ask(actor=request.actor, person=person, confirm=form.cleaned_data["confirm"])
        except PlmError as error:
            for text in error.fields.values() or [error.message]:
                form.add_error("confirm", text)
        else:
            messages.success(request, "The person is being erased. You may leave this page.")
            return HttpResponseRedirect(here)
    context = {
        "form": form, "title": f"Erase {person.name}", "intro": INTRO, "submit": "Erase for good", "cancel_url": here,
    }  # fmt: skip
    return render(request, "ideas/customer_form.html", context, status=422 if form.errors else 200)
