"""HTML input of stage gates and their decisions."""

from __future__ import annotations

from django import forms

from ideas.finance.gate import DECISIONS
from ideas.models import BusinessCase, Idea
from plm.forms import FloatField, RecordForm, RecordReferenceField, VersionField


class GateForm(RecordForm):
    idea = RecordReferenceField(
        model=Idea, required=False, label="Idea", help_text="What is decided about, such as ATL-12."
    )
    case = RecordReferenceField(
        model=BusinessCase, required=False, label="Business case", help_text="Its figures are kept with the decision."
    )  # fmt: skip
    threshold = FloatField(
        min_value=0, max_value=10, initial=6.0, label="Least score", widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="Of the criteria that should be met, from 0 to 10.",
    )  # fmt: skip
    own_fields = ("idea", "case", "threshold")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        del self.fields["state"]  # A gate's state is its decision.


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(choices=DECISIONS, label="Decision", widget=forms.RadioSelect)
    reason = forms.CharField(
        max_length=5000, label="Why", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with a copy of everything above as it stands now.",
    )  # fmt: skip
    version = VersionField()
