"""HTML input of prioritization: shape only."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import FloatField, IntegerField, MarkField, VersionField
from plm.scoring.definition import Definition
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


class LineForm(forms.Form):
    """Where the line of the ranked list is, and when an input counts as old."""

    kind = forms.ChoiceField(
        label="The line stands", choices=(("top", "after a number of items"), ("capacity", "where a capacity is full")),
    )  # fmt: skip
    top = IntegerField(label="Number of items", required=False, min_value=1)
    capacity = FloatField(label="Capacity", required=False)
    stale_days = IntegerField(
        label="An input is old after so many days", min_value=1, max_value=3650,
        help_text="Old inputs are marked on the page that explains a score.",
    )  # fmt: skip
    version = VersionField()

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        kind = self.cleaned_data["kind"]
        line = {name: self.cleaned_data[name] if name == kind else None for name in ("top", "capacity")}  # fmt: skip
        return {**line, "stale_days": self.cleaned_data["stale_days"]}

    def clean(self) -> dict[str, Any]:
        """The one of the two that is asked for has to be there."""
        found = super().clean() or {}
        kind = found.get("kind")
        if kind in self.fields and kind not in self.errors and found.get(kind) is None:
            self.add_error(kind, "Give a number above 0.")
        return found


class SourcesForm(forms.Form):
    """Where each factor of a model comes from; a factor that is chosen from a few values cannot come from data."""

    seen = MarkField(max_length=1000)

    def __init__(
        self, data: Any, *, definition: Definition, sources: Any, kept: Any, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.keys = [f.key for f in definition.factors if not f.choices]
        choices = [("", "Given by hand"), *((s.name, s.label) for s in sources)]
        for factor in definition.factors:
            if factor.choices:
                continue
            row = kept.get(factor.key)
            self.fields[factor.key] = forms.ChoiceField(
                label=factor.label, choices=choices, required=False, initial=row.source if row else "",
            )  # fmt: skip
            self.fields[f"{factor.key}.times"] = FloatField(
                label="Data times", required=False, initial=row.times if row else 1,
                help_text=f"0.1 makes 20 a 2. Scale: {factor.shown_range}.",
            )  # fmt: skip

    def mapped(self) -> dict[str, tuple[str, float]]:
        """What the service takes."""
        found = {}
        for key in self.keys:
            if source := self.cleaned_data.get(key):
                times = self.cleaned_data.get(f"{key}.times")
                found[key] = (source, 1.0 if times is None else times)
        return found


class FactorsForm(forms.Form):
    """The factors of one item as they were typed on its page, with what stood there when it was opened."""

    def __init__(self, data: Any, *, cells: Any) -> None:
        super().__init__(data)
        for cell in cells:
            key = cell.factor.key
            self.fields[key] = forms.CharField(
                required=False, max_length=120, label=cell.factor.label
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
