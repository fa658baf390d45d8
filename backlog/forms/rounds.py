"""HTML input of rounds: shape only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from backlog.models import BacklogItem, Round, RoundItem
from backlog.models.round import KANO, ROUND_KINDS
from plm.forms import IntegerField, VersionField
from plm.scoring.definition import Definition

ROLE_ROWS = 4


class NewRoundForm(forms.Form):
    """A round and its items: those that are ticked, or the first of the ranked list."""

    title = forms.CharField(
        max_length=120, label="Title", help_text="Participants read it, guests too.",
        widget=forms.TextInput(attrs={"autofocus": True}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="How people answer", choices=ROUND_KINDS, widget=forms.RadioSelect, initial="scores"
    )
    intro = forms.CharField(
        required=False, max_length=2000, label="What it is about", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you want to know, and what happens with the answers. Guests read it too.",
    )  # fmt: skip
    top = IntegerField(
        required=False, min_value=1, max_value=40, initial=5, label="The first items of the ranked list",
        help_text="So many, where none is ticked below.",
    )  # fmt: skip
    picked = forms.MultipleChoiceField(
        required=False, label="Items", widget=forms.CheckboxSelectMultiple
    )
    days = IntegerField(
        min_value=1, max_value=90, initial=14, label="Days it is open",
        help_text="Links of guests open until then. You can give it more days later.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, offered: Sequence[BacklogItem]) -> None:
        super().__init__(data)
        self.offered = list(offered)
        picked = self.fields["picked"]
        if isinstance(picked, forms.MultipleChoiceField):
            picked.choices = [(i.reference, f"{i.rank}. {i.title}") for i in self.offered]

    def items(self) -> list[BacklogItem]:
        """The chosen items in the order of their ranks."""
        ticked = set(self.cleaned_data["picked"])
        if ticked:
            return [item for item in self.offered if item.reference in ticked]
        return self.offered[: self.cleaned_data.get("top") or 0]


class RoundSetupForm(forms.Form):
    """The words of a draft: its own, those of each item, and which criteria a role judges."""

    title = forms.CharField(max_length=120, label="Title")
    intro = forms.CharField(
        required=False, max_length=2000, label="What it is about", widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip
    remarks_members = forms.BooleanField(
        required=False, label="After the reveal, members read all remarks"
    )
    remarks_guests = forms.BooleanField(
        required=False, label="After the reveal, guests read all remarks about the items they judged",
        help_text="With the names of who wrote them. Before the reveal everybody reads their own alone; you read all after it.",
    )  # fmt: skip
    version = VersionField()

    def __init__(self, data: Any = None, *, row: Round, items: Sequence[RoundItem]) -> None:
        super().__init__(data, initial=shown(row, items))
        self.items, self.formula = list(items), row.formula
        self.order = []
        for number, item in enumerate(self.items, 1):
            for name, label, most, required in _words(row.kind, number):
                key = f"{name}-{item.uuid}"
                box = forms.Textarea(attrs={"rows": 2}) if most > 300 else forms.TextInput()
                self.fields[key] = forms.CharField(
                    label=label, max_length=most, required=required, widget=box
                )
                self.order.append(key)
        if self.formula is not None:
            choices = [(f.key, f.label) for f in self.formula.factors]
            for n in range(1, ROLE_ROWS + 1):
                self.fields[f"role-{n}"] = forms.CharField(
                    label=f"Role {n}", max_length=40, required=False
                )
                self.fields[f"criteria-{n}"] = forms.MultipleChoiceField(
                    label=f"What role {n} judges", choices=choices, required=False,
                    widget=forms.CheckboxSelectMultiple,
                )  # fmt: skip

    def words(self) -> list[Any]:
        return [self[key] for key in self.order]

    def role_rows(self) -> list[tuple[Any, Any]]:
        if self.formula is None:
            return []
        return [(self[f"role-{n}"], self[f"criteria-{n}"]) for n in range(1, ROLE_ROWS + 1)]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        words: dict[str, dict[str, str]] = {str(item.uuid): {} for item in self.items}
        for key in self.order:
            name, _, uuid = key.partition("-")
            words[uuid][name] = given[key]
        roles = {
            given[f"role-{n}"]: given[f"criteria-{n}"]
            for n in range(1, ROLE_ROWS + 1)
            if given.get(f"role-{n}")
        }
        return {
            "title": given["title"],
            "intro": given["intro"],
            "remarks_members": given["remarks_members"],
            "remarks_guests": given["remarks_guests"],
            "items": words,
            **({"roles": roles} if self.formula else {}),
        }


def _words(kind: str, number: int) -> list[tuple[str, str, int, bool]]:
    found = [
        ("title", f"Item {number}", 250, True),
        ("about", f"What participants read about item {number}", 2000, False),
    ]
    if kind == KANO:
        found += [
            ("with_it", "Question about having it", 300, True),
            ("without_it", "Question about not having it", 300, True),
        ]
    return found


def shown(row: Round, items: Sequence[RoundItem]) -> dict[str, Any]:
    """What stands now, by field of the form."""
    found: dict[str, Any] = {"title": row.title, "intro": row.intro, "version": row.version}
    found |= {"remarks_members": row.remarks_members, "remarks_guests": row.remarks_guests}
    for item in items:
        for name in ("title", "about", "with_it", "without_it"):
            found[f"{name}-{item.uuid}"] = getattr(item, name)
    for n, (role, keys) in enumerate(row.roles.items(), 1):
        found |= {f"role-{n}": role, f"criteria-{n}": keys}
    return found


class DecideForm(forms.Form):
    """The values that were agreed on for one item, and why."""

    version = VersionField()
    reason = forms.CharField(
        label="Why these values", min_length=3, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip

    def __init__(self, data: Any = None, *, formula: Definition | None) -> None:
        super().__init__(data)
        self.keys = [f.key for f in formula.factors] if formula else []
        for factor in formula.factors if formula else ():
            self.fields[factor.key] = forms.CharField(
                label=factor.label, required=False, max_length=40
            )

    def given(self) -> dict[str, str]:
        """The criteria that the form carries, as they were typed; an empty one is left as it is."""
        return {key: self.cleaned_data[key] for key in self.keys if self.cleaned_data.get(key)}


def touched(data: Mapping[str, str], keys: Sequence[str]) -> dict[str, str]:
    """What was changed on the page among these fields, so that an old tab takes nothing away that another one gave."""
    found = {}
    for key in keys:
        if key in data:
            text = data[key].strip()
            if text != data.get(f"was.{key}", "").strip() or f"was.{key}" not in data:
                found[key] = text
    return found
