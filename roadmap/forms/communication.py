"""HTML input of the communication plan and of status updates."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import IntegerField, MarkdownArea, MarkdownField, VersionField
from plm.models import Product, User
from plm.selectors import members_of
from roadmap.cadence import CADENCES, WEEKDAYS
from roadmap.models import CommunicationLine, Share, StatusUpdate
from roadmap.models.communication import CHANNELS, PUBLIC, WORDS
from roadmap.models.placement import HEALTH
from roadmap.selectors.communication import TEMPLATE
from roadmap.services.communication import LINE_FIELDS, UPDATE_FIELDS


class LineForm(forms.Form):
    """A line of the plan; `values()` is what the service takes."""

    audience = forms.CharField(
        max_length=120, label="Who is told", help_text="Such as: board, sales, partners."
    )
    channel = forms.ChoiceField(choices=CHANNELS, label="Where")
    to = forms.CharField(
        required=False, max_length=8000, label="Address", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Mail addresses, one on each line; or the address of the webhook. The page needs none.",
    )  # fmt: skip
    cadence = forms.ChoiceField(choices=CADENCES, label="How often", initial="weekly")
    weekday = forms.TypedChoiceField(
        coerce=int, choices=WEEKDAYS, label="By", initial=4, help_text="For every week."
    )
    day = IntegerField(
        min_value=1, max_value=31, initial=1, label="By day", help_text="For every month. A month that is too short has its last day instead."
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, to_field_name="uuid", label="Who writes it", empty_label="Nobody yet"
    )  # fmt: skip
    template = MarkdownField(
        required=False, max_length=20_000, label="Template", widget=MarkdownArea(6, {"data-plain-names": True}),
        initial=TEMPLATE, help_text="Markdown. {product}, {period} and {changes} are filled in. Left empty, a short one is used.",
    )  # fmt: skip
    words = forms.ChoiceField(
        choices=WORDS, label="What the changes are told in", initial=PUBLIC, required=False,
        help_text="Public words are the titles and dates that shared views show; items that are left out of these are left out.",
    )  # fmt: skip
    share = forms.ModelChoiceField(
        queryset=Share.objects.none(), required=False, to_field_name="uuid", label="The view that they see", empty_label="None of their own",
        help_text="They are told of the items and fields that this shared view shows, as exactly as it does.",
    )  # fmt: skip
    version = VersionField(required=False)

    def __init__(
        self, data: Any, *, product: Product, line: CommunicationLine | None = None
    ) -> None:
        names = (*LINE_FIELDS, "version")
        initial = {name: getattr(line, name) for name in names} if line else {}
        if line is not None and line.owner is not None:
            initial["owner"] = line.owner.uuid
        if line is not None and line.share is not None:
            initial["share"] = line.share.uuid
        super().__init__(data, initial=initial)
        field: Any = self.fields["owner"]
        field.queryset = members_of(product.workspace_id)
        field = self.fields["share"]
        field.queryset = Share.objects.live().filter(product=product)

    def clean_words(self) -> str:
        return self.cleaned_data["words"] or PUBLIC

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in LINE_FIELDS}


class UpdateForm(forms.Form):
    """A status update; `values()` is what the service takes."""

    title = forms.CharField(max_length=200, label="Title")
    health = forms.ChoiceField(choices=[("", "Not said"), *HEALTH], required=False, label="Health")
    body = MarkdownField(
        required=False, max_length=20_000, label="Text", widget=MarkdownArea(14, {"data-plain-names": True}),
        help_text="Markdown. People outside read it: take out what is not for them.",
    )  # fmt: skip
    version = VersionField()

    def __init__(self, data: Any, *, update: StatusUpdate) -> None:
        names = (*UPDATE_FIELDS, "version")
        super().__init__(data, initial={name: getattr(update, name) for name in names})

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in UPDATE_FIELDS}


class SendForm(forms.Form):
    """Where an update goes."""

    lines = forms.ModelMultipleChoiceField(
        queryset=CommunicationLine.objects.none(), to_field_name="uuid", label="Send it to",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose where it goes: at least one line of the plan."},
    )  # fmt: skip
    version = IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, lines: Any, update: StatusUpdate) -> None:
        begun = [update.line.uuid] if update.line is not None else []
        super().__init__(data, initial={"lines": begun, "version": update.version})
        field: Any = self.fields["lines"]
        field.queryset = lines
        field.label_from_instance = lambda line: f"{line.audience} ({line.get_channel_display()})"
