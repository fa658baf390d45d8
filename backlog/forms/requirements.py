"""HTML input of one requirement: its criteria are rows, each in words or in Given, When, Then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from backlog.criteria import PARTS, criterion
from backlog.models import Requirement, Spec
from backlog.models.spec import MOSCOW, REQUIREMENT_STATES, REQUIREMENT_TYPES
from plm.forms import DecimalField, VersionField
from plm.selectors import members_of

BLANK_CRITERIA = 3
MOST_CRITERIA = 100
NAMES = ("text", *PARTS)


class RequirementForm(forms.Form):
    """`values()` is what the service takes; a criterion whose text stayed keeps its check."""

    text = forms.CharField(
        max_length=10_000, label="What must be true",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )  # fmt: skip
    moscow = forms.ChoiceField(choices=MOSCOW, label="Priority", initial="must")
    type = forms.ChoiceField(choices=REQUIREMENT_TYPES, label="Type", initial="functional")
    state = forms.ChoiceField(choices=REQUIREMENT_STATES, label="State", initial="open")
    owner: Any = forms.ModelChoiceField(
        queryset=None, required=False, label="Owner", to_field_name="uuid", empty_label="Nobody yet"
    )
    estimate = DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, label="Estimate in points"
    )
    version = VersionField(required=False)
    row_prefix = "criterion"

    def __init__(
        self, data: Mapping[str, Any] | None, *, spec: Spec, requirement: Requirement | None
    ) -> None:
        self.before = requirement.acceptance if requirement else []
        super().__init__(data, initial=started(requirement) if requirement else {})
        self.fields["owner"].queryset = members_of(spec.workspace_id)  # type: ignore[attr-defined]
        self.rows = [self._add_row(n) for n in range(self._count(data))]

    def _count(self, data: Mapping[str, Any] | None) -> int:
        if data is None:
            return min(len(self.before) + BLANK_CRITERIA, MOST_CRITERIA)
        sent = [n for n in data if n.startswith("criterion-") and n.endswith("-text")]
        return min(len(sent), MOST_CRITERIA)

    def _add_row(self, place: int) -> dict[str, str]:
        names = {name: f"criterion-{place}-{name}" for name in NAMES}
        label = f"Criterion {place + 1}"
        self.fields[names["text"]] = forms.CharField(
            required=False, max_length=2000, label=f"{label}, in words"
        )
        for name in PARTS:
            self.fields[names[name]] = forms.CharField(
                required=False, max_length=600, label=name.capitalize()
            )
        return names

    def add_row(self) -> None:
        """One more row, for a criterion that somebody else added."""
        self.rows.append(self._add_row(len(self.rows)))

    @property
    def head_fields(self) -> list[Any]:
        return [b for b in self.visible_fields() if not b.name.startswith("criterion-")]

    @property
    def row_fields(self) -> list[dict[str, Any]]:
        """The criteria as bound fields, for the template."""
        return [{part: self[name] for part, name in names.items()} for names in self.rows]

    def values(self) -> dict[str, Any]:
        names = ("text", "moscow", "type", "state", "owner", "estimate")
        met = {part["text"] for part in self.before if part.get("met")}
        rows = [{p: self.cleaned_data.get(n) for p, n in row.items()} for row in self.rows]
        return {
            **{name: self.cleaned_data[name] for name in names},
            "acceptance": [_met(row, met) for row in rows],
        }


def _met(row: Mapping[str, Any], met: set[str]) -> dict[str, Any]:
    try:
        return {**row, "met": criterion(row)["text"] in met}
    except ValueError:
        return dict(row)


def started(requirement: Requirement) -> dict[str, Any]:
    """What the form of a requirement begins with; also what stands now, beside a stale save."""
    estimate = requirement.estimate
    begun = {
        "text": requirement.text,
        "moscow": requirement.moscow,
        "type": requirement.type,
        "state": requirement.state,
        "owner": requirement.owner.uuid if requirement.owner else None,
        "estimate": None if estimate is None else f"{estimate.normalize():f}",
        "version": requirement.version,
    }
    for place, part in enumerate(requirement.acceptance):
        own = part if "then" in part else {"text": part["text"]}
        for name in NAMES:
            begun[f"criterion-{place}-{name}"] = (
                "" if name == "text" and "then" in part else own.get(name, "")
            )
    return begun
