"""HTML input of feedback, companies and people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from backlog.models import BacklogItem
from feedback.models import Company, Feedback, Person
from feedback.models.feedback import IMPORTANCES, SENTIMENTS, SOURCES
from plm.forms import DecimalField, IntegerField, RecordForm, RecordReferenceField
from plm.models import Product
from roadmap.models import Release


class CustomerLookupField(forms.CharField):
    """A company or person, typed as their name or as `Ana Ruiz <ana@clinic.example>`. Cleans to the row, or None."""

    def __init__(self, *, model: type[Company] | type[Person], noun: str, **kwargs: Any) -> None:
        self.model, self.noun, self.workspace_id = model, noun, 0
        kwargs.setdefault("max_length", 320)
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.label if isinstance(value, Company | Person) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        rows: Any = self.model.objects
        found = list(rows.live().filter(self._match(text), workspace_id=self.workspace_id)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(f"Several are called {text}. Choose one from the list.")
        raise ValidationError(
            f"There is no {self.noun} {text} here. Add them under Customers first, then choose them."
        )

    def _match(self, text: str) -> Q:
        name, _, rest = text.partition("<")
        if rest and self.model is Person:
            return Q(email=rest.rstrip("> ").strip().casefold())
        if "@" in text and self.model is Person:
            return Q(email=text.strip().casefold())
        try:
            return Q(uuid=UUID(text.strip()))
        except ValueError:
            return Q(name__iexact=" ".join(name.split()))

    def suggest(self, url: str, list_id: str) -> None:
        """Offer names while somebody types; the field works without."""
        self.widget.attrs |= {
            "list": list_id, "autocomplete": "off", "hx-get": f"{url}?of={self.noun}", "hx-target": f"#{list_id}",
            "hx-trigger": "input changed delay:200ms, focus once", "hx-swap": "innerHTML",
        }  # fmt: skip


class FeedbackForm(RecordForm):
    description = forms.CharField(
        label="What was said",
        max_length=100_000,
        help_text="Their words as they came.",
        widget=forms.Textarea(attrs={"rows": 8, "autofocus": True}),
    )
    title = forms.CharField(
        max_length=250, required=False, label="Title", help_text="The first line, unless you know better."
    )  # fmt: skip
    source = forms.ChoiceField(choices=SOURCES, label="Source", initial="email")
    person = CustomerLookupField(model=Person, noun="person", label="Who said it")
    company = CustomerLookupField(
        model=Company, noun="company", label="Company", help_text="That of the person, unless you say otherwise."
    )  # fmt: skip
    received_at = forms.DateTimeField(
        required=False,
        label="Received",
        help_text="Now, unless you say otherwise.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    sentiment = forms.ChoiceField(choices=SENTIMENTS, required=False, label="Sentiment")
    item = RecordReferenceField(
        model=BacklogItem, required=False, label="About", help_text="What they speak of: ATL-12.",
    )  # fmt: skip
    release = RecordReferenceField(model=Release, required=False, label="About the release")
    own_fields = ("source", "person", "company", "received_at", "sentiment", "item", "release")
    first = ("description", "title", "person", "company", "source")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        record: Feedback | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, record=record, **kwargs)
        args = [self.product.workspace.slug, self.product.key]
        for name in ("person", "company"):
            field = self.fields[name]
            if isinstance(field, CustomerLookupField):
                field.workspace_id = self.product.workspace_id
                field.suggest(reverse("feedback:customer_suggest", args=args), f"list-{name}")


class QuoteForm(forms.Form):
    """What a quote is made of. `target` is a reference, or words that one idea or item has."""

    excerpt = forms.CharField(
        required=False,
        max_length=4000,
        label="Quote",
        help_text="Mark the words in the text, or paste them here. Empty means the whole text.",
        widget=forms.Textarea(attrs={"rows": 3, "data-excerpt": True}),
    )
    start = IntegerField(
        required=False, min_value=0, widget=forms.HiddenInput(attrs={"data-excerpt-start": True})
    )
    target = forms.CharField(
        required=False, max_length=250, label="Speaks for", help_text="An idea or item: ATL-12, or words of its title.",
        widget=forms.TextInput(attrs={"list": "targets", "autocomplete": "off"}),
    )  # fmt: skip
    importance = forms.TypedChoiceField(
        coerce=int, choices=IMPORTANCES, initial=1, label="How important is it to them?"
    )
    title = forms.CharField(required=False, max_length=250, label="Or a new idea with the title")

    def __init__(self, data: Mapping[str, Any] | None = None, *, feedback: Feedback) -> None:
        super().__init__(data)
        self.fields["target"].widget.attrs |= {
            "hx-get": f"{feedback.get_absolute_url()}/quotes/targets", "hx-target": "#targets",
            "hx-trigger": "input changed delay:200ms", "hx-swap": "innerHTML",
        }  # fmt: skip

    def take_errors(self, fields: Mapping[str, str], message: str) -> None:
        for name, text in fields.items():
            self.add_error(name if name in self.fields else None, text)
        if not fields:
            self.add_error(None, message)


class CompanyForm(forms.Form):
    name = forms.CharField(
        max_length=200, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    segment = forms.CharField(max_length=60, required=False, label="Segment")
    plan = forms.CharField(max_length=60, required=False, label="Plan")
    mrr = DecimalField(
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
    version = IntegerField(required=False, widget=forms.HiddenInput)


class PersonForm(forms.Form):
    name = forms.CharField(
        max_length=200, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    email = forms.EmailField(required=False, label="E-mail address")
    company = CustomerLookupField(model=Company, noun="company", label="Company")
    external_id = forms.CharField(max_length=200, required=False, label="External id")
    version = IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, product: Product, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["company"]
        if isinstance(field, CustomerLookupField):
            field.workspace_id = product.workspace_id
            url = reverse("feedback:customer_suggest", args=[product.workspace.slug, product.key])
            field.suggest(url, "list-company")
