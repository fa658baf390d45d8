"""HTML input of ideas."""

from __future__ import annotations

from django import forms

from ideas.models.idea import SOURCES
from plm.forms import RecordForm


class IdeaForm(RecordForm):
    source = forms.ChoiceField(choices=SOURCES, label="Source", initial="team")
    public = forms.BooleanField(
        required=False,
        label="Show on the portal",
        help_text="Customers can read title and description and vote for it.",
    )
    own_fields = ("source", "public")


class SubmitForm(forms.Form):
    """A customer's idea."""

    title = forms.CharField(
        max_length=250,
        label="Your idea in one line",
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    description = forms.CharField(
        required=False,
        max_length=10_000,
        label="What would it help you with?",
        help_text="Once the team publishes the idea, this text is public: leave out names and secrets.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
