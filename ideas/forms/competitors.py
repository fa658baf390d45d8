"""HTML input of competitors and of the comparison."""

from __future__ import annotations

from typing import Any

from django import forms

from ideas.forms.evidence import NamesField
from ideas.models.competitor import RATINGS
from plm.forms import RecordForm


class TextsField(NamesField):
    """Texts, one a line, as a list."""

    widget = forms.Textarea
    separator = ""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = forms.CharField.clean(self, value) or ""
        return [" ".join(line.split())[:500] for line in text.splitlines() if line.strip()]


def _texts(label: str, help_text: str) -> TextsField:
    return TextsField(
        required=False, max_length=20_000, label=label, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class CompetitorForm(RecordForm):
    website = forms.URLField(required=False, max_length=500, label="Website", assume_scheme="https")
    positioning = forms.CharField(
        required=False, max_length=5000, label="Positioning", help_text="What they say they are, and for whom.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    strengths = _texts("Strengths", "One a line.")
    weaknesses = _texts("Weaknesses", "One a line.")
    own_fields = ("website", "positioning", "strengths", "weaknesses")


class CapabilityForm(forms.Form):
    name = forms.CharField(max_length=120, label="Capability", help_text="What customers compare, such as Offline mode.")  # fmt: skip
    record = forms.CharField(
        required=False, max_length=24, label="Ours", help_text="The feature we have or plan for it, such as ATL-12."
    )  # fmt: skip


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(
        choices=RATINGS, coerce=int, label="How well", widget=forms.RadioSelect
    )
    on = forms.DateField(label="Seen on", widget=forms.DateInput(attrs={"type": "date"}))
    evidence = forms.CharField(
        required=False, max_length=5000, label="Evidence", help_text="What shows it? Somebody will ask.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    url = forms.URLField(required=False, max_length=2000, label="Address", assume_scheme="https")
