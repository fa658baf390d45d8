"""HTML input of verdicts on overrides: shape only."""

from __future__ import annotations

from django import forms

from backlog.models.override import VERDICTS
from plm.forms import VersionField


class VerdictForm(forms.Form):
    """What came of an override, and by what one sees it. `version` is that of the override."""

    version = VersionField()
    verdict = forms.ChoiceField(
        label="What came of it?", choices=VERDICTS, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="By what do you see it?", min_length=3, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A figure, a customer, what the other order would have cost.",
    )  # fmt: skip
