"""HTML input of objectives, key results, releases and milestones."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import FloatField, IntegerField, RecordForm
from roadmap.grains import why_no_day
from roadmap.models import Objective, Release
from roadmap.models.objective import HUES
from roadmap.models.release import MILESTONE_TYPES


class DayField(forms.DateField):
    """A date that says of a day that does not exist why it does not."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            if why := why_no_day(str(value)):
                raise forms.ValidationError(why, code="invalid") from None
            raise


def day_field(label: str, *, help_text: str = "", required: bool = False) -> forms.DateField:
    """A date, picked or typed as 2026-09-30."""
    return DayField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RecordChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """A record of the product, chosen by its title."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(queryset=None, to_field_name="uuid", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title)


def offer(form: forms.Form, name: str, rows: Any) -> None:
    """Let a field offer these rows."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


class ObjectiveForm(RecordForm):
    period = forms.CharField(
        required=False, max_length=40, label="Period", help_text="Such as 2026 or Q3 2026."
    )
    starts_on = day_field("Begins")
    ends_on = day_field("Ends")
    weight = FloatField(
        min_value=0, max_value=100, initial=1, label="Weight", help_text="Among the goals; 1 is usual."
    )  # fmt: skip
    target_share = IntegerField(
        required=False, min_value=0, max_value=100, label="Share of the work in percent",
        help_text="How much of what the teams build should serve this goal.",
    )  # fmt: skip
    hue = forms.ChoiceField(choices=HUES, label="Colour on the roadmap")
    own_fields = ("period", "starts_on", "ends_on", "hue", "weight", "target_share")


class KeyResultForm(RecordForm):
    objective = RecordChoice(label="Goal", required=True, empty_label="Choose a goal")
    metric = forms.CharField(
        required=False, max_length=120, label="Metric", help_text="What is measured; the title if empty."
    )  # fmt: skip
    unit = forms.CharField(
        required=False, max_length=24, label="Unit", help_text="Such as %, days or clinics."
    )
    start = FloatField(label="Start value")
    target = FloatField(label="Target value", help_text="Below the start if the figure shall fall.")
    current = FloatField(
        required=False, label="Current value", help_text="The start value if empty."
    )
    due_on = day_field("To be reached by", help_text="The end of the goal if empty.")
    weight = FloatField(min_value=0, max_value=100, initial=1, label="Weight in the goal")
    own_fields = ("objective", "metric", "unit", "start", "target", "current", "due_on", "weight")
    first = ("objective",)

    def _offer_choices(self) -> None:
        super()._offer_choices()
        offer(self, "objective", Objective.objects.live().filter(product=self.product))


class ReleaseForm(RecordForm):
    cycle_begins = day_field("Work begins")
    freeze_on = day_field("Freeze", help_text="From then on nothing new goes in.")
    release_on = day_field("Planned for")
    released_on = day_field("Released on", help_text="Set by itself when the release goes out.")
    own_fields = ("cycle_begins", "freeze_on", "release_on", "released_on")


class MilestoneForm(RecordForm):
    on = day_field("Date", required=True)
    type = forms.ChoiceField(choices=MILESTONE_TYPES, label="Type", initial="event")
    release = RecordChoice(label="Release", empty_label="None")
    own_fields = ("on", "type", "release")

    def _offer_choices(self) -> None:
        super()._offer_choices()
        offer(self, "release", Release.objects.live().filter(product=self.product))
