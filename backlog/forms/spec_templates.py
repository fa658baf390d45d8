"""HTML input of the templates of specifications."""

from __future__ import annotations

from typing import Any

from django import forms

from backlog.forms.specs import lines_field, text_field
from backlog.models import SpecTemplate
from backlog.services.spec_templates import FIELDS
from plm.forms import VersionField


class SpecTemplateForm(forms.Form):
    """`values()` is what the service takes."""

    name = forms.CharField(
        max_length=60, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    about = forms.CharField(max_length=250, required=False, label="When to use it")
    description = text_field("Background", "Markdown; headings are good here.", 8)
    problem = text_field("Problem", "What the writer should say.", 3)
    audience = text_field("Who for", "", 2, markdown=False)
    goals = lines_field("Goals", "One a line.")
    non_goals = lines_field("Non-goals", "One a line.")
    questions = lines_field("Open questions", "One a line. Each becomes an open question.")
    version = VersionField(required=False)

    def __init__(self, data: Any = None, *, template: SpecTemplate | None = None) -> None:
        super().__init__(data, initial=started(template) if template else {})

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


def started(template: SpecTemplate) -> dict[str, Any]:
    """What the form begins with; also what stands now, beside a stale save."""
    return {name: getattr(template, name) for name in (*FIELDS, "version")}
