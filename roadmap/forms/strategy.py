"""HTML input of canvases and personas."""

from __future__ import annotations

from typing import Any

from django import forms

from ideas.models import Research
from plm.forms import RecordForm, RecordReferenceField, VersionField
from roadmap.canvases import MOST_CHARACTERS, CanvasType


class CanvasForm(forms.Form):
    """The boxes of a canvas, and why they change."""

    def __init__(self, data: Any, *, canvas: CanvasType, initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.canvas = canvas
        for box in canvas.boxes:
            self.fields[box.name] = forms.CharField(
                label=box.label, required=False, max_length=MOST_CHARACTERS, help_text=box.help,
                widget=forms.Textarea(attrs={"rows": 4}),
            )  # fmt: skip
        self.fields["reason"] = forms.CharField(
            required=False, max_length=500, label="Why this change", help_text="Stands in the history."
        )  # fmt: skip
        self.fields["version"] = VersionField()

    def boxes(self) -> dict[str, str]:
        """What the service takes."""
        return {box.name: self.cleaned_data[box.name] for box in self.canvas.boxes}


def _area(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=3000, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class PersonaForm(RecordForm):
    role = forms.CharField(
        required=False, max_length=160, label="Who they are", help_text="Such as owner of three bakeries, signs the bill."
    )  # fmt: skip
    tasks = _area("What they want to get done", "One thing a line.")
    pains = _area("What is in their way", "One thing a line.")
    quote = forms.CharField(
        required=False, max_length=300, label="In their words", help_text="A sentence somebody said."
    )  # fmt: skip
    research = RecordReferenceField(
        model=Research, required=False, label="Research it rests on", help_text="Such as ATL-12."
    )
    own_fields = ("role", "tasks", "pains", "quote", "research")
