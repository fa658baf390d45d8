"""HTML input of the vision, of places on the roadmap and of check-ins."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import FloatField, IntegerField, MarkdownArea, MarkdownField, VersionField
from plm.models import Product
from roadmap.forms.records import DayField, RecordChoice, day_field, offer
from roadmap.grains import DAY, GRAINS
from roadmap.models import Objective, Placement, Release
from roadmap.models.placement import BUCKETS, COMMITMENTS, HEALTH
from roadmap.models.vision import VISION_FIELDS

OUTSIDE = ("health", "hidden", "public_title", "public_note")


def _area(label: str, rows: int, limit: int, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=limit, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class VisionForm(forms.Form):
    """The direction of the product; `values()` is what the service takes."""

    vision = _area("Vision", 2, 1000, "The world when the product has succeeded, in one sentence.")
    mission = _area("Mission", 3, 2000, "What we do, every day, to get there.")
    customers = _area("Target customers", 4, 5000, "Who they are and what they struggle with.")
    positioning = _area("Positioning", 4, 5000, "Unlike which alternative, in which way better.")
    strategy = MarkdownField(
        label="Strategy", required=False, max_length=20_000, widget=MarkdownArea(8),
        help_text="The few choices that the roadmap follows. Markdown.",
    )  # fmt: skip
    reason = forms.CharField(
        required=False, max_length=500, label="Why this change", help_text="Stands in the history."
    )
    version = VersionField()

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in VISION_FIELDS}


class PlacementForm(forms.Form):
    """An item's place; `values()` is what the service takes."""

    bucket = forms.ChoiceField(choices=BUCKETS, label="Column", initial="next")
    starts_on = day_field("Begins", help_text="Leave both dates empty if only the column is known.")
    ends_on = day_field("Ends")
    grain = forms.ChoiceField(
        choices=GRAINS, label="Planned to", initial=DAY, required=False,
        help_text="Where the days are not known yet, the dates stand for the whole months, quarters or halves they lie in.",
    )  # fmt: skip
    objective = RecordChoice(label="Goal", empty_label="No goal")
    release = RecordChoice(label="Release", empty_label="No release")
    commitment = forms.ChoiceField(choices=COMMITMENTS, label="Commitment", initial="planned")
    health = forms.ChoiceField(choices=[("", "Not set"), *HEALTH], label="Health", required=False)
    health_note = forms.CharField(
        required=False, max_length=500, label="Update on the health",
        help_text="A line: what is going on and what happens next. Asked for when it gets at risk or off track; empty keeps the latest.",
    )  # fmt: skip
    public_title = forms.CharField(
        required=False, max_length=200, label="Title for readers outside",
        help_text="Shared views show it in the place of the item's title.",
    )  # fmt: skip
    public_note = _area(
        "Note for readers outside", 2, 2000, "Shared views show it beside the title."
    )
    hidden = forms.BooleanField(
        required=False, label="Leave out of shared views", help_text="Holders of a link do not see it."
    )  # fmt: skip
    reason = forms.CharField(
        required=False, max_length=500, label="Why", help_text="Stands in the history when dates move."
    )  # fmt: skip
    version = VersionField(required=False)

    def __init__(self, data: Any, *, product: Product, placement: Placement | None) -> None:
        initial: dict[str, Any] = {"version": 0}
        if placement is not None:
            names = (
                "bucket",
                "starts_on",
                "ends_on",
                "grain",
                "objective",
                "release",
                "commitment",
            )
            initial = {n: getattr(placement, n) for n in (*names, *OUTSIDE, "version")}
        super().__init__(data, initial=initial)
        offer(self, "objective", Objective.objects.live().filter(product=product))
        offer(self, "release", Release.objects.live().filter(product=product))

    def values(self) -> dict[str, Any]:
        left = (
            {"reason", "version"} if self.cleaned_data["grain"] else {"reason", "version", "grain"}
        )
        return {name: value for name, value in self.cleaned_data.items() if name not in left}


class DatesForm(forms.Form):
    """What the timeline sends when a bar was moved or stretched, with the version of the place it was read with."""

    start = DayField()
    end = DayField()
    version = IntegerField(required=False, min_value=1)


class ShiftForm(forms.Form):
    """The move of what follows, as it was `seen`, and why."""

    reason = forms.CharField(
        required=False, max_length=500, label="Why", help_text="Stands in the history of each item that moves."
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=200_000, widget=forms.HiddenInput)


class CardForm(forms.Form):
    """What the board sends when a card was dropped."""

    card = forms.CharField(max_length=24)
    to = forms.CharField(max_length=20)
    after = forms.CharField(max_length=24, required=False)


class CheckInForm(forms.Form):
    """A reading of a key result."""

    value = FloatField(label="Value now")
    confidence = IntegerField(
        required=False, min_value=0, max_value=100, label="Confidence in percent"
    )
    note = forms.CharField(required=False, max_length=4000, label="Note")
