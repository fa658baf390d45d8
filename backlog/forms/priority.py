"""HTML input of prioritization: shape only."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import IntegerField
from plm.scoring.methods import METHODS


class RankForm(forms.Form):
    """A place fixed by hand, and why."""

    rank = IntegerField(
        label="Place",
        min_value=1,
        max_value=1_000_000_000,
        help_text="1 is the first place. The item stays there whatever the scores do.",
    )
    reason = forms.CharField(
        label="Why does the order of the scores not hold here?",
        min_length=3,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FactorsForm(forms.Form):
    """The factors of one item as they were typed on its page, with what stood there when it was opened."""

    def __init__(self, data: Any, *, cells: Any) -> None:
        super().__init__(data)
        for cell in cells:
            key = cell.factor.key
            self.fields[key] = forms.CharField(
                required=False, max_length=40, label=cell.factor.label
            )

    def touched(self) -> dict[str, str]:
        """What was changed on the page; a factor that the page did not open with counts as changed."""
        return {
            key: text
            for key, text in self.cleaned_data.items()
            if key in self.data and text != self.data.get(f"was.{key}")
        }

    def clashes(self, cells: Any) -> bool:
        """Whether somebody else changed one of these factors to something else meanwhile."""
        stands = {cell.factor.key: cell.kept for cell in cells}
        return any(
            f"was.{key}" in self.data and stands[key] not in {self.data[f"was.{key}"], text}
            for key, text in self.touched().items()
        )


class NewModelForm(forms.Form):
    """A further model of a product."""

    name = forms.CharField(label="Name", max_length=80)
    method = forms.ChoiceField(label="Method", choices=METHODS)
