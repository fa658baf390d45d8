"""HTML input of research, trends and feasibility. Their rows have a form each (`ideas.forms.rows`)."""

from __future__ import annotations

from typing import Any

from django import forms

from ideas.models import Idea
from ideas.models.research import CONFIDENCES, DIRECTIONS, RESEARCH_TYPES
from plm.forms import RecordForm, RecordReferenceField, TagsField


class NamesField(TagsField):
    """Names with commas between them, as a list without repetitions."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value) or ""
        parts = (" ".join(part.split())[:60] for part in text.split(","))
        return list(dict.fromkeys(part for part in parts if part))


class ResearchForm(RecordForm):
    type = forms.ChoiceField(choices=RESEARCH_TYPES, label="About", initial="user")
    question = forms.CharField(
        required=False, max_length=5000, label="Question", help_text="What do you need to know, to decide what?",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    method = forms.CharField(
        required=False, max_length=250, label="Method", help_text="Such as eight interviews, a survey of 120, desk research."
    )  # fmt: skip
    confidence = forms.ChoiceField(choices=CONFIDENCES, label="Confidence", initial="medium")
    valid_until = forms.DateField(
        required=False, label="Valid until", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="After this day the findings are shown as stale.",
    )  # fmt: skip
    own_fields = ("type", "question", "method", "confidence", "valid_until")


class TrendForm(RecordForm):
    direction = forms.ChoiceField(choices=DIRECTIONS, label="Direction", initial="rising")
    segments = NamesField(
        required=False, max_length=1000, label="Affected segments", help_text="Separate several with commas."
    )  # fmt: skip
    own_fields = ("direction", "segments")


class FeasibilityForm(RecordForm):
    idea = RecordReferenceField(
        model=Idea, required=False, label="Idea", help_text="Whose feasibility, such as ATL-12."
    )
    own_fields = ("idea",)
