"""HTML input of the life of a product."""

from __future__ import annotations

from typing import Any

from django import forms

from ideas.models import Gate
from plm.forms import RecordReferenceField, VersionField
from plm.lifecycle import PHASES
from plm.models import Product
from roadmap.forms.records import RecordChoice, day_field, offer
from roadmap.models import Sunset
from roadmap.services.lifecycle import SUNSET_FIELDS


class EnterPhaseForm(forms.Form):
    """Into which phase, and why."""

    phase = forms.ChoiceField(choices=PHASES, label="Phase")
    reason = forms.CharField(
        min_length=3, max_length=500, label="Why now", help_text="What you saw. It stands in the history.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class PhasePlanForm(forms.Form):
    """When a phase is to begin, and the gate into it."""

    planned_on = day_field("Planned for")
    gate = RecordReferenceField(
        model=Gate, required=False, label="Gate", help_text="Its reference, such as ATL-5: it has to say go before the phase begins."
    )  # fmt: skip

    def __init__(self, data: Any, *, actor: Any, product: Product, initial: Any) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["gate"]
        field.actor, field.workspace_id = actor, product.workspace_id


def _area(label: str, help_text: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=3000, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ProductChoice(RecordChoice):
    """A product of the workspace, chosen by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class SunsetForm(forms.Form):
    """How something ends."""

    reason = _area("Why it ends", "In words you would say to a customer.", required=True)
    notice_on = day_field("Customers are told on", required=True)
    read_only_on = day_field("Read only from", help_text="Leave it empty if it works to the end.")
    final_on = day_field("Ends on", required=True)
    instead = _area("What customers move to", "And how: what is moved for them, what they do themselves.")  # fmt: skip
    successor = ProductChoice(label="Product that follows", empty_label="None")
    why = forms.CharField(
        required=False, max_length=500, label="Why this change", help_text="Stands in the history."
    )
    version = VersionField()

    def __init__(self, data: Any, *, plan: Sunset, products: Any) -> None:
        initial = {name: getattr(plan, name) for name in (*SUNSET_FIELDS, "version")}
        super().__init__(data, initial=initial)
        offer(self, "successor", products)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SUNSET_FIELDS}


class RedirectForm(forms.Form):
    """What customers are told of their open ideas, and why; `seen` names the ideas that were shown."""

    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)
    word = forms.CharField(
        min_length=3, max_length=2000, label="What customers read",
        help_text="It stands on each idea that is on the portal, and in the mail to its followers.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    reason = forms.CharField(
        min_length=3, max_length=500, label="Why", help_text="Stands in the history, for the team alone.",
    )  # fmt: skip

    def __init__(self, data: Any, *, word: str) -> None:
        super().__init__(data, initial={"word": word})

    def shows(self, seen: str) -> None:
        """Have the form name the ideas that its page shows now, whatever was sent."""
        self.initial["seen"] = seen
        if self.is_bound:
            self.data = {**self.data, "seen": seen}
