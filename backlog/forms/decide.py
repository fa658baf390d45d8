"""HTML input of what is decided from scores: shape only."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import FloatField, IntegerField, VersionField
from plm.scoring.definition import Definition
from plm.scoring.methods import WEIGHTED

TOP = 10
LEAST = 0.000001


class WhatIfForm(forms.Form):
    """A weight for each criterion (`w.<key>`) and where the line is drawn. What is empty keeps its weight."""

    top = IntegerField(label="Line behind place", required=False, min_value=1, max_value=1000)

    def __init__(self, data: Any, *, definition: Definition) -> None:
        super().__init__(data)
        self.definition = definition
        if definition.method != WEIGHTED:
            return
        for factor in definition.factors:
            self.fields[f"w.{factor.key}"] = FloatField(
                label=factor.label, required=False, min_value=LEAST, max_value=1000, error_messages={
                    "min_value": f"{factor.label}: a weight is above 0. Take the criterion out of the model instead."
                },
            )  # fmt: skip

    def weights(self) -> dict[str, float]:
        """By key; what was wrong or left out keeps the weight it has."""
        if self.definition.method != WEIGHTED:
            return {}
        given = {f.key: self.cleaned_data.get(f"w.{f.key}") for f in self.definition.factors}
        return {f.key: given[f.key] or f.weight for f in self.definition.factors}

    def sliders(self) -> list[dict[str, Any]]:
        """What the page draws for each criterion."""
        weights = self.weights()
        most = max([10.0, *(2 * f.weight for f in self.definition.factors), *weights.values()])
        return [
            {
                "name": f"w.{f.key}", "label": f.label, "value": f"{weights[f.key]:g}", "kept": f"{f.weight:g}",
                "most": f"{most:g}", "errors": self.errors.get(f"w.{f.key}"),
            }
            for f in (self.definition.factors if weights else ())
        ]  # fmt: skip


class ScenarioForm(forms.Form):
    """A name for weights that were tried, and what they are to show."""

    name = forms.CharField(label="Name", max_length=80)
    why = forms.CharField(
        label="What is it to show?", min_length=3, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip


class ApplyForm(forms.Form):
    """Why weights go into force. `version` is that of the model the page showed."""

    version = VersionField()
    reason = forms.CharField(
        label="Why are these weights right?", min_length=3, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="Kept with the new version of the model.",
    )  # fmt: skip


class MatrixForm(forms.Form):
    """What the axes, the size and the colour of the matrix are, and where its lines stand (empty: at the median)."""

    def __init__(self, data: Any, *, choices: Any, colours: Any) -> None:
        super().__init__(data)
        for name, label in (("x", "Across"), ("y", "Upward"), ("size", "Size")):
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, error_messages={
                "invalid_choice": "The scoring model has no %(value)s any more: the usual one is shown instead."
            })  # fmt: skip
        self.fields["colour"] = forms.ChoiceField(label="Colour", choices=colours, required=False)
        for name, axis in (("x", "across"), ("y", "upward")):
            self.fields[f"{name}cut"] = FloatField(label=f"Line {axis}", required=False)
            self.fields[f"{name}log"] = forms.BooleanField(
                label=f"Logarithmic {axis}", required=False
            )

    def given(self) -> dict[str, Any]:
        """What was asked for and makes sense; the rest is left to what is usual."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class BalanceForm(forms.Form):
    """Of what the shares are, and which amount is held against the targets."""

    def __init__(self, data: Any, *, scopes: Any, measures: Any) -> None:
        super().__init__(data)
        self.fields["scope"] = forms.ChoiceField(label="Of", choices=scopes, required=False)
        self.fields["top"] = IntegerField(
            label="Places", required=False, min_value=1, max_value=1000
        )
        self.fields["by"] = forms.ChoiceField(
            label="Held against the targets", choices=measures, required=False
        )


class TargetsForm(forms.Form):
    """A share in percent for each group of each grouping (`type.bug`); what is empty has no target."""

    version = VersionField()

    def __init__(self, data: Any, *, groups: Any, kept: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.names: dict[str, tuple[str, str]] = {}
        for grouping, rows in groups:
            for one in rows:
                name = f"{grouping.name}.{one.key}"
                self.names[name] = (grouping.name, one.key)
                self.fields[name] = FloatField(
                    label=f"{grouping.label}: {one.label}", required=False, min_value=0, max_value=100,
                    initial=kept.get(grouping.name, {}).get(one.key),
                )  # fmt: skip

    def targets(self) -> dict[str, dict[str, float]]:
        """What the service takes."""
        found: dict[str, dict[str, float]] = {}
        for name, (grouping, key) in self.names.items():
            share = self.cleaned_data.get(name)
            if share is not None:
                found.setdefault(grouping, {})[key] = share
        return found

    def shown(self, kept: Any) -> dict[str, Any]:
        """What stands now, by field."""
        return {n: kept.get(g, {}).get(key) for n, (g, key) in self.names.items()}
