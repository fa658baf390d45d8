"""HTML input of companies and people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from ideas.models import Company
from plm.forms import NamedRowField
from plm.models import Product


class CompanyForm(forms.Form):
    name = forms.CharField(
        max_length=200, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    segment = forms.CharField(max_length=60, required=False, label="Segment")
    plan = forms.CharField(max_length=60, required=False, label="Plan")
    mrr = forms.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, label="Revenue a month"
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$", label="Currency", error_messages={"invalid": "Give three letters: EUR."}
    )
    as_of = forms.DateField(
        required=False, label="As of", widget=forms.DateInput(attrs={"type": "date"})
    )
    external_id = forms.CharField(
        max_length=200, required=False, label="External id", help_text="Its id in your CRM or billing."
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class PersonForm(forms.Form):
    name = forms.CharField(
        max_length=200, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    email = forms.EmailField(required=False, label="E-mail address")
    company = NamedRowField(model=Company, label="Company")
    external_id = forms.CharField(max_length=200, required=False, label="External id")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, product: Product, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["company"]
        if isinstance(field, NamedRowField):
            field.workspace_id = product.workspace_id
            url = reverse("ideas:customer_suggest", args=[product.workspace.slug, product.key])
            field.suggest(url, "list-company")
