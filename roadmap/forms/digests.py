"""HTML input of digests: which part of the roadmap, and when."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import IntegerField
from plm.models import Product, SavedView, Team
from roadmap.cadence import CADENCES, WEEKDAYS, zones
from roadmap.forms.records import RecordChoice, offer
from roadmap.models import Objective, Release

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
WHEN = ("cadence", "weekday", "day", "hour", "time_zone")


class DigestForm(forms.Form):
    """Which part of the roadmap somebody wants to hear of, and when; `values()` is what the service takes."""

    objective = RecordChoice(label="Of the goal", empty_label="Any goal")
    release = RecordChoice(label="Of the release", empty_label="Any release")
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, to_field_name="uuid", label="Of the team", empty_label="Any team"
    )  # fmt: skip
    view = forms.ModelChoiceField(
        queryset=SavedView.objects.none(), required=False, to_field_name="uuid", label="Or of a saved view of the backlog",
        empty_label="No view", help_text="What the view shows at the time; then leave the three above as they are.",
    )  # fmt: skip
    cadence = forms.ChoiceField(choices=CADENCES, label="How often", initial="weekly")
    weekday = forms.TypedChoiceField(
        coerce=int, choices=WEEKDAYS, label="On", initial=0, help_text="For every week."
    )
    day = IntegerField(
        min_value=1, max_value=31, label="On day", initial=1,
        help_text="For every month. A month that is too short has its last day instead.",
    )  # fmt: skip
    hour = forms.TypedChoiceField(coerce=int, choices=HOURS, label="At", initial=8)
    time_zone = forms.ChoiceField(choices=[(name, name) for name in zones()], label="Time zone")

    def __init__(self, data: Any, *, product: Product, views: Any) -> None:
        super().__init__(data, initial={"time_zone": product.workspace.time_zone})
        offer(self, "objective", Objective.objects.live().filter(product=product))
        offer(self, "release", Release.objects.live().filter(product=product))
        teams = Team.objects.filter(workspace_id=product.workspace_id, archived_at=None)
        for name, rows in (("team", teams), ("view", views)):
            field: Any = self.fields[name]
            field.queryset = rows

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        part = {name: given[name] for name in ("objective", "release", "team", "view")}
        return {"values": {name: given[name] for name in WHEN}, **part}
