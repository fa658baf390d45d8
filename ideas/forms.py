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
        help_text="Customers can read it and vote for it.",
    )
    own_fields = ("source", "public")
