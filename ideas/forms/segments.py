"""HTML input of segments: a name, a weight, and rules one below the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ideas import attributes
from ideas.models import Segment
from ideas.segments import ATTRIBUTE, FIELDS, TESTS, WITHOUT_VALUE
from plm.forms import DecimalField, VersionField

SPARE = 3
LABELS: Mapping[str, str] = {
    "name": "Name", "plan": "Plan", "segment": "Segment (as typed)", "currency": "Currency",
    "external_id": "External id", "mrr": "Revenue a month", "arr": "Revenue a year", "as_of": "Figures as of",
    "attribute": "An attribute",
}  # fmt: skip


class SegmentForm(forms.Form):
    """`values()` is what the service takes. A row without a field is no rule."""

    name = forms.CharField(
        max_length=120, label="Name", widget=forms.TextInput(attrs={"autofocus": True})
    )
    any_of = forms.ChoiceField(
        label="A company belongs to it that fits", choices=[("", "all of the rules"), ("1", "any of the rules")],
        required=False,
    )  # fmt: skip
    weight = DecimalField(
        label="Weight", max_digits=6, decimal_places=2, min_value=0, max_value=100, initial=1,
        help_text="How much each of them counts in products that weigh demand by segment: 1 is as everybody.",
    )  # fmt: skip
    version = VersionField(required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, segment: Segment | None = None
    ) -> None:
        rules = segment.rules if segment is not None else []
        start: dict[str, Any] = {}
        if segment is not None:
            start = {
                "name": segment.name, "any_of": "1" if segment.any_of else "", "weight": segment.weight,
                "version": segment.version,
            }  # fmt: skip
        self.rows = min(len(rules) + SPARE, 20)
        for n, rule in enumerate(rules):
            start |= self._started(n, rule)
        super().__init__(data, initial=start)
        for n in range(self.rows):
            self._add_row(n)

    @staticmethod
    def _started(n: int, rule: Mapping[str, Any]) -> dict[str, Any]:
        field, value = rule["field"], rule["value"]
        named = field.startswith(ATTRIBUTE)
        text = "" if value is None else attributes.written({"v": value}).removeprefix("v: ")
        return {
            f"field_{n}": "attribute" if named else field, f"test_{n}": rule["test"], f"value_{n}": text,
            f"attribute_{n}": field.removeprefix(ATTRIBUTE) if named else "",
        }  # fmt: skip

    def _add_row(self, n: int) -> None:
        self.fields[f"field_{n}"] = forms.ChoiceField(
            label="About", required=False, choices=[("", "–"), *((f, LABELS[f]) for f in (*FIELDS, "attribute"))]
        )  # fmt: skip
        self.fields[f"attribute_{n}"] = forms.CharField(
            label="Name of the attribute", required=False, max_length=60
        )
        self.fields[f"test_{n}"] = forms.ChoiceField(
            label="Test", required=False, choices=list(TESTS.items())
        )
        self.fields[f"value_{n}"] = forms.CharField(label="Value", required=False, max_length=500)

    def rule_fields(self) -> list[list[Any]]:
        """The bound fields, four to a rule."""
        names = ("field", "attribute", "test", "value")
        return [[self[f"{name}_{n}"] for name in names] for n in range(self.rows)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        found["rules"] = [rule for n in range(self.rows) if (rule := self._rule(found, n))]
        if not found["rules"]:
            raise ValidationError("Give at least one rule.")
        return found

    def _rule(self, found: Mapping[str, Any], n: int) -> dict[str, Any] | None:
        field = found.get(f"field_{n}")
        if not field:
            return None
        test, text = found.get(f"test_{n}") or "is", found.get(f"value_{n}") or ""
        value = None if test in WITHOUT_VALUE else attributes.typed(text.strip())
        if field in {"name", "plan", "segment", "currency", "external_id"} or test == "contains":
            value = text.strip() if value is not None else None
        if field == "attribute":
            field = f"{ATTRIBUTE}{(found.get(f'attribute_{n}') or '').strip()}"
        return {"field": field, "test": test, "value": value}

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "name": given["name"], "rules": given["rules"], "any_of": bool(given["any_of"]), "weight": given["weight"]
        }  # fmt: skip
