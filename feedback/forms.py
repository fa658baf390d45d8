"""HTML input of feedback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from backlog.models import BacklogItem
from feedback.models import Feedback
from feedback.models.feedback import SENTIMENTS, SOURCES
from ideas.models import Company, Person
from ideas.models.idea import IMPORTANCES
from plm.forms import IntegerField, NamedRowField, RecordForm, RecordReferenceField
from roadmap.models import Release


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
    person = NamedRowField(model=Person, label="Who said it")
    company = NamedRowField(
        model=Company, label="Company", help_text="That of the person, unless you say otherwise."
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
            if isinstance(field, NamedRowField):
                field.workspace_id = self.product.workspace_id
                field.suggest(reverse("ideas:customer_suggest", args=args), f"list-{name}")


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
