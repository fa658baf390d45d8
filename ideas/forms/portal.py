"""HTML input of the portal: a customer's idea, the settings, the boards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ideas.models import Board, Person, Portal, Segment
from ideas.models.portal import COUNTS, PRIVACIES
from ideas.selectors.boards import board_fields, fields_to_ask
from ideas.services.boards import Ask
from plm.forms import IntegerField, VersionField, custom_form_field
from plm.models import Product


class SubmitForm(forms.Form):
    """A customer's idea, with what the board it is for asks for."""

    title = forms.CharField(
        max_length=250,
        label=_("Your idea in one line"),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    description = forms.CharField(
        required=False,
        max_length=10_000,
        label=_("What would it help you with?"),
        help_text=_(
            "Once the team publishes the idea, this text is public: leave out names and secrets."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, board: Board | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked: list[str] = []
        for row in board_fields(board) if board is not None else []:
            field = custom_form_field(row.field, row.board.product)
            field.required = field.widget.is_required = row.required
            field.help_text = _("Only the team sees this.")
            self.fields[f"custom.{row.field.name}"] = field
            self.asked.append(row.field.name)

    def custom(self) -> dict[str, Any]:
        """The answers, as a service takes them; what was left empty is left out."""
        given = {name: self.cleaned_data.get(f"custom.{name}") for name in self.asked}
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in given.items()
            if value not in (None, "", [])
        }


class PortalForm(forms.Form):
    """`values()` is what the service takes; the logo goes another way."""

    name = forms.CharField(
        max_length=120, required=False, label="Name", help_text="Empty: the name of the product."
    )
    welcome = forms.CharField(
        max_length=2000, required=False, label="Welcome", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands above the list: whom it is for, what happens with an idea.",
    )  # fmt: skip
    accent = forms.CharField(
        max_length=7, required=False, label="Accent colour",
        help_text="Such as #0b6e4f, for buttons and links. White text has to be readable on it (4.5:1).",
    )  # fmt: skip
    logo = forms.FileField(
        required=False, label="Logo", help_text="PNG, JPEG, GIF or WebP, at most 512 kB. Square looks best.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )  # fmt: skip
    remove_logo = forms.BooleanField(required=False, label="Take the logo off")
    vote_budget = IntegerField(
        required=False, min_value=1, max_value=1000, label="Votes of each person",
        help_text="How many ideas a person may vote for at a time; a vote comes back when its idea is closed. Votes that members add for somebody, and those by e-mail, do not count. Empty: as many as they like.",
    )  # fmt: skip
    counts = forms.ChoiceField(
        choices=COUNTS, label="Show how many people vote for an idea",
        help_text="Whoever sees a large number tends to add to it.",
    )  # fmt: skip
    allowed_origins = forms.CharField(
        required=False, max_length=5000, label="Websites that may show the portal", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One origin a line, such as https://www.example.com. Empty: none.",
    )  # fmt: skip
    version = VersionField()

    def __init__(self, data: Any = None, files: Any = None, *, portal: Portal) -> None:
        super().__init__(data, files, initial=shown(portal))
        if not portal.logo:
            del self.fields["remove_logo"]

    def clean_allowed_origins(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["allowed_origins"].splitlines()]

    def values(self) -> dict[str, Any]:
        other = {"logo", "remove_logo", "version"}
        return {name: value for name, value in self.cleaned_data.items() if name not in other}


def shown(portal: Portal) -> dict[str, Any]:
    """The settings as the form shows them."""
    return {
        "name": portal.name, "welcome": portal.welcome, "accent": portal.accent, "vote_budget": portal.vote_budget,
        "counts": portal.counts, "allowed_origins": "\n".join(portal.allowed_origins), "version": portal.version,
    }  # fmt: skip


ASKED = (("", "Does not ask"), ("asks", "Asks"), ("requires", "Requires an answer"))


class BoardForm(forms.Form):
    """`values()`, `cleaned_data["people"]` and `asks()` are what the service takes."""

    name = forms.CharField(
        max_length=80, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    slug = forms.CharField(
        max_length=40, required=False, label="Address",
        help_text="Small letters, digits and hyphens. Empty: made from the name.",
    )  # fmt: skip
    description = forms.CharField(
        max_length=2000, required=False, label="What belongs here", widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip
    position = IntegerField(
        required=False, min_value=0, max_value=1000, label="Place in the order", help_text="Boards stand in the order of these numbers."
    )  # fmt: skip
    privacy = forms.ChoiceField(
        choices=PRIVACIES, label="Who reads it",
        help_text="For anybody else the board is not there, and neither are its ideas.",
    )  # fmt: skip
    people = forms.CharField(
        required=False, max_length=40_000, label="Selected people", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, by e-mail address or name; they stand under Customers. They sign in to read.",
    )  # fmt: skip
    segment: Any = forms.ModelChoiceField(
        queryset=Segment.objects.none(), required=False, label="Segment", to_field_name="uuid", empty_label="None",
        help_text="People of all companies in it read the board too.",
    )  # fmt: skip
    vote_budget = IntegerField(
        required=False, min_value=1, max_value=1000, label="Votes of each person on this board",
        help_text="Counted for this board alone. Empty: what the portal says.",
    )  # fmt: skip
    version = VersionField(required=False)

    def __init__(self, data: Any = None, *, product: Product, board: Board | None = None) -> None:
        self.product, self.choices = product, fields_to_ask(product)
        super().__init__(data, initial=board_shown(board) if board else {})
        self.fields["segment"].queryset = Segment.objects.filter(  # type: ignore[attr-defined]
            workspace_id=product.workspace_id
        )
        for field in self.choices:
            self.fields[f"ask_{field.name}"] = forms.ChoiceField(
                choices=ASKED, required=False, label=field.label
            )

    def common(self) -> list[Any]:
        """The bound fields before those about the form."""
        return [
            field for field in self if not field.name.startswith("ask_") and not field.is_hidden
        ]

    def asking(self) -> list[Any]:
        return [self[f"ask_{field.name}"] for field in self.choices]

    def clean_people(self) -> list[Person]:
        lines = [line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()]
        found, missing = [], []
        for line in lines[:501]:
            rows = (
                Person.objects.filter(workspace_id=self.product.workspace_id).live().named(line)[:2]
            )
            if len(rows) == 1:
                found.append(rows[0])
            else:
                missing.append(line)
        if missing:
            names = ", ".join(missing[:5])
            raise ValidationError(
                f"Not one person each: {names}. Add them under Customers, People, or give their e-mail address."
            )
        return found

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        values = {
            name: given[name] for name in ("name", "slug", "description", "privacy", "segment", "vote_budget")
        }  # fmt: skip
        if given["position"] is not None:
            values["position"] = given["position"]
        return values

    def asks(self) -> list[Ask]:
        given = [(field, self.cleaned_data.get(f"ask_{field.name}")) for field in self.choices]
        return [(field, how == "requires") for field, how in given if how]


def board_shown(board: Board) -> dict[str, Any]:
    """A board as its form shows it."""
    start: dict[str, Any] = {
        name: getattr(board, name)
        for name in ("name", "slug", "description", "position", "privacy", "vote_budget", "version")
    }
    start["segment"] = board.segment.uuid if board.segment else None
    start["people"] = "\n".join(_typed(board.people.order_by("name", "pk")))
    for row in board_fields(board):
        start[f"ask_{row.field.name}"] = "requires" if row.required else "asks"
    return start


def _typed(people: Any) -> Sequence[str]:
    return [person.email or str(person.uuid) for person in people]
