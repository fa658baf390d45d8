"""HTML input of what items do for goals."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import IntegerField
from plm.models import Product
from roadmap.forms.records import RecordChoice, offer
from roadmap.models import Objective


class ContributionForm(forms.Form):
    """How much of an item serves a goal."""

    objective = RecordChoice(label="Goal", required=True, empty_label="Choose a goal")
    percent = IntegerField(
        min_value=0, max_value=100, label="Percent of the work", help_text="0 takes it back."
    )

    def __init__(self, data: Any, *, product: Product, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        offer(self, "objective", Objective.objects.live().filter(product=product))


class AssignForm(forms.Form):
    """Which goal an item is to serve; with `back` it serves it no more."""

    item = forms.CharField(max_length=24)
    objective = RecordChoice(label="Goal", required=True)
    back = forms.BooleanField(required=False)
    scope = forms.CharField(max_length=20, required=False)

    def __init__(self, data: Any, *, product: Product) -> None:
        super().__init__(data)
        offer(self, "objective", Objective.objects.live().filter(product=product))
