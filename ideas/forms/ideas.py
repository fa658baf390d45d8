"""HTML input of ideas."""

from __future__ import annotations

from typing import Any

from django import forms

from ideas.models import Board, Idea
from ideas.models.idea import SIZES, SOURCES, TYPES
from ideas.selectors.ended import ended_said
from plm.forms import IntegerField, MarkdownArea, MarkdownField, RecordForm, VersionField


class IdeaForm(RecordForm):
    source = forms.ChoiceField(choices=SOURCES, label="Source", initial="team")
    public = forms.BooleanField(
        required=False,
        label="Show on the portal",
        help_text="Customers can read title and description and vote for it.",
    )
    type = forms.ChoiceField(choices=[("", "–"), *TYPES], required=False, label="Type")
    size = forms.ChoiceField(
        choices=[("", "–"), *SIZES], required=False, label="Size",
        help_text="A boulder takes quarters, a rock weeks, a pebble days.",
    )  # fmt: skip
    board: Any = forms.ModelChoiceField(
        queryset=Board.objects.none(), required=False, label="Board", to_field_name="uuid", empty_label="No board",
        help_text="Who reads it on the portal, its board says; on no board everybody does.",
    )  # fmt: skip
    own_fields = ("source", "type", "size", "public", "board")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = Board.objects.filter(product=self.product)
        if not boards.exists():
            del self.fields["board"]
        else:
            self._queryset("board", boards)
            if isinstance(self.record, Idea):
                self.initial["board"] = self.record.board.uuid if self.record.board else None
        if self.record is None:
            self.fields["title"].widget.attrs |= while_typing(
                f"{self.product.get_absolute_url()}ideas/similar",
                at_once=bool(self.initial.get("title")),
            )

    def ended(self) -> str:
        """What a new idea is told before it is written, where the product takes none."""
        return " ".join(ended_said(self.actor, self.product)).strip()


def while_typing(url: str, *, at_once: bool = False) -> dict[str, str]:
    """Attributes of a field below which `#similar` shows what `url` finds like its text; `at_once` also before a key
    is pressed."""
    trigger = "input changed delay:400ms"
    return {
        "hx-get": url, "hx-trigger": f"load, {trigger}" if at_once else trigger,
        "hx-target": "#similar", "hx-swap": "innerHTML", "hx-sync": "this:replace", "autocomplete": "off",
    }  # fmt: skip


class DemandOptionsForm(forms.Form):
    half_life = IntegerField(
        min_value=1, max_value=3650, required=False, label="A voice counts half after so many days",
        help_text="Empty: a wish of two years ago counts as one of today.",
    )  # fmt: skip
    by_segment = forms.BooleanField(
        required=False, label="Companies count as the weight of their segment",
        help_text="Weights are set under Customers, Segments. A company in none weighs 1.",
    )  # fmt: skip


class SplitForm(forms.Form):
    """The new idea that is split off; what goes along is ticked below it."""

    title = forms.CharField(
        max_length=250, label="The new idea in one line",
        widget=forms.TextInput(attrs={"autofocus": True}),
    )  # fmt: skip
    description = MarkdownField(
        required=False, max_length=100_000, label="Description", help_text="Markdown.",
        widget=MarkdownArea(5),
    )  # fmt: skip
    tags = forms.CharField(
        required=False, max_length=1000, label="Tags", help_text="Separate several with commas. Those of the first idea stay there too."
    )  # fmt: skip
    public = forms.BooleanField(required=False, label="Show the new idea on the portal")
    version = VersionField()


class ResponseForm(forms.Form):
    body = MarkdownField(
        required=False, max_length=10_000, label="Official response", strip=True,
        help_text="Markdown. One text, shown to customers above their comments, without your name. Empty takes it back.",
        widget=MarkdownArea(6, {
            "autofocus": True, "data-plain-names": True,
            "data-no-images": "Customers read this text, and they cannot see the files of a record.",
        }),
    )  # fmt: skip
    version = VersionField()
