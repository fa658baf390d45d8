"""HTML input of items, sprints and promotion."""

from __future__ import annotations

from typing import Any

from django import forms

from backlog.models import BacklogItem, Sprint
from backlog.models.item import ITEM_WORKFLOW, PRIORITIES, TYPES
from backlog.models.sprint import LIMITED_STATES, limits_mark
from backlog.selectors.items import open_sprints
from plm.forms import (
    DecimalField,
    IntegerField,
    MarkdownArea,
    MarkdownField,
    MarkField,
    RecordForm,
    RecordReferenceField,
)
from plm.models import Component, Product
from plm.permissions import Actor
from plm.selectors import components_of

DAY = {"type": "date"}


class ItemForm(RecordForm):
    type = forms.ChoiceField(choices=TYPES, label="Type", initial="feature")
    parent = RecordReferenceField(
        model=BacklogItem,
        required=False,
        label="Below",
        help_text="Reference of the epic, feature or story it is part of, such as ATL-12.",
    )
    priority = forms.ChoiceField(choices=PRIORITIES, label="Priority", initial="none")
    estimate = DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, label="Estimate in points"
    )
    sprint = forms.ModelChoiceField(
        queryset=Sprint.objects.none(),
        required=False,
        label="Sprint",
        to_field_name="uuid",
        empty_label="No sprint",
    )
    component = forms.ModelChoiceField(
        queryset=Component.objects.none(),
        required=False,
        label="Component",
        to_field_name="uuid",
        empty_label="No component",
    )
    due_on = forms.DateField(required=False, label="Due", widget=forms.DateInput(attrs=DAY))
    own_fields = ("type", "parent", "priority", "estimate", "sprint", "component", "due_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = open_sprints(self.product)
        record = self.record
        if isinstance(record, BacklogItem):
            if record.sprint_id is not None:
                own = Sprint.objects.filter(pk=record.sprint_id)
                rows = (rows | own.select_related("product__workspace", "team")).distinct()
                self.initial["sprint"] = own.values_list("uuid", flat=True).first()
            self.initial["parent"] = (
                BacklogItem.objects.select_related("product").filter(pk=record.parent_id).first()
            )
            self.initial["component"] = record.component.uuid if record.component else None
        self._queryset("sprint", rows)
        chosen = getattr(record, "component_id", None)
        self._queryset("component", components_of(self.product, chosen))


class SprintForm(RecordForm):
    starts_on = forms.DateField(label="First day", widget=forms.DateInput(attrs=DAY))
    ends_on = forms.DateField(label="Last day", widget=forms.DateInput(attrs=DAY))
    capacity = DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, label="Capacity in points"
    )
    own_fields = ("starts_on", "ends_on", "capacity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = "Name"
        self.fields["description"].label = "Goal"
        self.fields["description"].help_text = "What shall be true when the sprint ends?"


class PromoteForm(forms.Form):
    """One title makes one item; several lines make several; a reference adds the ideas to an item there is."""

    titles = forms.CharField(
        required=False,
        max_length=6000,
        label="Title of the feature",
        help_text="One line makes one feature of all these ideas. Several lines make one feature each.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    type = forms.ChoiceField(
        choices=[pair for pair in TYPES if pair[0] in {"epic", "feature", "story", "bug"}],
        label="Type",
        initial="feature",
    )
    description = MarkdownField(
        required=False,
        max_length=100_000,
        label="Description",
        help_text="Markdown. Taken over from the ideas; shorten it as you like.",
        widget=MarkdownArea(8),
    )
    parent = RecordReferenceField(
        model=BacklogItem, required=False, label="Below", help_text="An epic, such as ATL-12."
    )
    existing = RecordReferenceField(
        model=BacklogItem,
        required=False,
        label="Or add to an item that exists",
        help_text="Its reference, such as ATL-34. Title and description above are then not used.",
    )

    def __init__(self, data: Any = None, *, actor: Actor, product: Product, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for field in self.fields.values():
            if isinstance(field, RecordReferenceField):
                field.actor, field.workspace_id = actor, product.workspace_id

    def title_lines(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["titles"].splitlines())
        return [line for line in lines if line]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors or cleaned.get("existing"):
            return cleaned
        lines = self.title_lines()
        if not lines:
            self.add_error("titles", "Give a title, or an item that exists.")
        if any(len(line) > 250 for line in lines):
            self.add_error("titles", "A title has at most 250 characters.")
        return cleaned


class LimitsForm(forms.Form):
    """One limit per column that may have one."""

    def __init__(self, data: Any = None, *, limits: Any = None) -> None:
        super().__init__(data)
        self.fields["seen"] = MarkField(max_length=400, initial=limits_mark(limits or {}))
        for state in LIMITED_STATES:
            label = ITEM_WORKFLOW.state(state).label
            row = (limits or {}).get(state)
            self.fields[state] = IntegerField(
                required=False,
                min_value=1,
                max_value=10_000,
                label=f"Most items in {label}",
                initial=row.limit if row else None,
                help_text="Empty: no limit.",
            )
            self.fields[f"{state}.hard"] = forms.BooleanField(
                required=False,
                label=f"Refuse more items in {label}",
                initial=row.hard if row else True,
            )

    def limits(self) -> dict[str, tuple[int | None, bool]]:
        found = self.cleaned_data
        return {state: (found[state], found[f"{state}.hard"]) for state in LIMITED_STATES}
