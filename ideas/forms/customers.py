"""HTML input of companies and people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from ideas import attributes
from ideas.models import Company, Person
from ideas.models.idea import IMPORTANCES
from plm.forms import DecimalField, NamedRowField, VersionField
from plm.models import Product
from plm.selectors import members_of


class AttributesField(forms.CharField):
    """Names and values, one pair a line. Cleans to a dict."""

    def __init__(self) -> None:
        super().__init__(
            required=False, max_length=40_000, label="Attributes", widget=forms.Textarea(attrs={"rows": 4}),
            help_text="One a line, name: value. Numbers, days (2026-03-31), yes and no are kept as such.",
        )  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        return attributes.written(value) if isinstance(value, Mapping) else value

    def clean(self, value: Any) -> Any:
        try:
            return attributes.read(super().clean(value) or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None


class CompanyForm(forms.Form):
    name = forms.CharField(
        max_length=200, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    segment = forms.CharField(max_length=60, required=False, label="Segment")
    plan = forms.CharField(max_length=60, required=False, label="Plan")
    mrr = DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        label="Revenue a month",
        help_text="Recurring revenue: the month's follows from the year's and the other way round.",
    )
    arr = DecimalField(
        max_digits=15, decimal_places=2, min_value=0, required=False, label="Revenue a year"
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
    owner: Any = forms.ModelChoiceField(
        queryset=None, required=False, label="Owner", to_field_name="uuid", empty_label="Nobody yet"
    )
    attributes = AttributesField()
    version = VersionField(required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, workspace_id: int, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        owner = self.fields["owner"]
        if isinstance(owner, forms.ModelChoiceField):
            owner.queryset = members_of(workspace_id)


class VoterForm(forms.Form):
    """Whose vote is added, and how much it matters to them."""

    person = NamedRowField(model=Person, label="Person", required=True)
    importance = forms.TypedChoiceField(
        coerce=int, choices=IMPORTANCES, initial=1, label="How important is it to them?",
        help_text="Their vote counts for the idea and uses up none of those that the portal gives them.",
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, product: Product, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["person"]
        if isinstance(field, NamedRowField):
            field.workspace_id = product.workspace_id
            url = reverse("ideas:customer_suggest", args=[product.workspace.slug, product.key])
            field.suggest(url, "list-person")


class CustomerMergeForm(forms.Form):
    """Which one stands for both."""

    def __init__(self, data: Mapping[str, Any], *, model: Any, product: Product) -> None:
        super().__init__(data)
        field = NamedRowField(model=model, label="Which one stands for both?", required=True)
        field.workspace_id = product.workspace_id
        self.fields["into"] = field


class PersonForm(forms.Form):
    name = forms.CharField(
        max_length=200, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    email = forms.EmailField(required=False, label="E-mail address")
    role = forms.CharField(
        max_length=120, required=False, label="Role", help_text="Head of purchasing, say."
    )
    company = NamedRowField(model=Company, label="Company")
    external_id = forms.CharField(max_length=200, required=False, label="External id")
    attributes = AttributesField()
    version = VersionField(required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, product: Product, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["company"]
        if isinstance(field, NamedRowField):
            field.workspace_id = product.workspace_id
            url = reverse("ideas:customer_suggest", args=[product.workspace.slug, product.key])
            field.suggest(url, "list-company")
