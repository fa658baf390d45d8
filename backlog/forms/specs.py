"""HTML input of specifications. Requirements are rows of fields, so that the form works without script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from backlog.criteria import read_line
from backlog.models import BacklogItem, Requirement, Spec, SpecTemplate
from backlog.models.spec import MOSCOW, REQUIREMENT_TYPES
from backlog.services.spec_templates import spec_templates_ensure
from ideas.models import Segment
from plm.forms import DecimalField, MarkdownArea, MarkdownField, RecordForm, RecordReferenceField
from plm.models import Product

BLANK_ROWS = 3
MOST_ROWS = 500


def templates_of(product: Product) -> dict[str, SpecTemplate]:
    """The templates of a product by their id."""
    return {str(row.uuid): row for row in SpecTemplate.objects.live().filter(product=product)}


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value) or ""
        lines = (" ".join(line.split()) for line in text.splitlines())
        return [line for line in lines if line]


def lines_field(label: str, help_text: str) -> LinesField:
    return LinesField(
        required=False,
        max_length=100_000,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def text_field(
    label: str, help_text: str, rows: int = 4, *, markdown: bool = True
) -> forms.CharField:
    return (MarkdownField if markdown else forms.CharField)(
        required=False,
        max_length=100_000,
        label=label,
        help_text=help_text,
        widget=MarkdownArea(rows) if markdown else forms.Textarea(attrs={"rows": rows}),
    )


class SpecForm(RecordForm):
    item = RecordReferenceField(
        model=BacklogItem,
        label="Specifies",
        help_text="Reference of the feature or epic, such as ATL-12.",
    )
    problem = text_field("Problem", "What is wrong today, and how do you know?")
    audience = text_field("Who for", "Whose problem is it? How many are they?", 2, markdown=False)
    goals = lines_field("Goals", "One a line.")
    non_goals = lines_field("Non-goals", "What this will not do, one a line.")
    success_metric = forms.CharField(
        required=False, max_length=250, label="Success metric", help_text="What will show that it worked?"
    )  # fmt: skip
    success_unit = forms.CharField(required=False, max_length=24, label="Unit")
    success_baseline = DecimalField(
        required=False, max_digits=18, decimal_places=4, label="Baseline"
    )
    success_target = DecimalField(required=False, max_digits=18, decimal_places=4, label="Target")
    success_due = forms.DateField(
        required=False, label="By", widget=forms.DateInput(attrs={"type": "date"})
    )
    segments: Any = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Segments", to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple, help_text="The groups of customers this is for.",
    )  # fmt: skip
    own_fields = (
        "item", "problem", "audience", "goals", "non_goals", "success_metric", "success_unit",
        "success_baseline", "success_target", "success_due",
    )  # fmt: skip
    first = ("item",)
    row_prefix = "req"
    chosen: SpecTemplate | None = None

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        segments = Segment.objects.filter(workspace_id=self.product.workspace_id)
        self._queryset("segments", segments)
        if not segments.exists():
            del self.fields["segments"]
        self.fields["description"].label = "Background"
        self.fields["description"].widget.attrs["rows"] = 4
        if isinstance(self.record, Spec):
            self.initial["segments"] = self._segments(self.record)
            self.initial["item"] = BacklogItem.objects.select_related("product").get(
                pk=self.record.item_id
            )
            for name in ("success_baseline", "success_target"):
                value = self.initial.get(name)
                self.initial[name] = None if value is None else f"{value.normalize():f}"
        else:
            self._begin(data)
        self.rows = [self._add_row(place, row) for place, row in enumerate(self._row_starts(data))]

    def _begin(self, data: Mapping[str, Any] | None) -> None:
        """A new specification: the title of what it specifies, and the texts of a template where one is chosen."""
        if not self.initial.get("title"):
            self._preset_title()
        if data is None:
            spec_templates_ensure(product=self.product)
        chosen = str((self.initial if data is None else data).get("template") or "")
        self.chosen = templates_of(self.product).get(chosen)
        if self.chosen is None:
            return
        self.fields["template"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=chosen
        )
        for name in ("description", "problem", "audience", "goals", "non_goals"):
            self.initial.setdefault(name, getattr(self.chosen, name))

    def _segments(self, spec: Any) -> list[Any]:
        return list(spec.segment_links.values_list("segment__uuid", flat=True))

    def _preset_title(self) -> None:
        reference = str(self.initial.get("item") or "").upper()
        key, _, number = reference.partition("-")
        if key == self.product.key and number.isascii() and number.isdecimal() and len(number) < 13:
            titles = BacklogItem.objects.filter(product=self.product, number=int(number))
            self.initial["title"] = titles.values_list("title", flat=True).first() or ""

    def _row_starts(self, data: Mapping[str, Any] | None) -> list[Requirement | None]:
        """What each row begins with: as many rows as were sent, or those there are and some blank ones."""
        if data is not None:
            sent = [n for n in data if n.startswith("req-") and n.endswith("-text")]
            return [None] * min(len(sent), MOST_ROWS)
        stored: Iterable[Requirement] = (
            Requirement.objects.filter(spec=self.record) if isinstance(self.record, Spec) else ()
        )
        return [*stored, *([None] * BLANK_ROWS)]

    def _add_row(self, place: int, row: Requirement | None) -> dict[str, str]:
        names = {n: f"req-{place}-{n}" for n in ("id", "text", "moscow", "type", "acceptance")}
        label = f"Requirement {place + 1}"
        self.fields[names["id"]] = forms.CharField(
            required=False, max_length=40, widget=forms.HiddenInput, initial=str(row.uuid) if row else ""
        )  # fmt: skip
        self.fields[names["text"]] = forms.CharField(
            required=False, max_length=10_000, label=label, initial=row.text if row else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )  # fmt: skip
        self.fields[names["moscow"]] = forms.ChoiceField(
            choices=MOSCOW, label="Priority", initial=row.moscow if row else "must"
        )
        self.fields[names["type"]] = forms.ChoiceField(
            choices=REQUIREMENT_TYPES, label="Type", initial=row.type if row else "functional"
        )
        criteria = [part["text"] for part in row.acceptance] if row else []
        self.fields[names["acceptance"]] = LinesField(
            required=False, max_length=100_000, label="Acceptance criteria, one a line", initial=criteria,
            help_text="In words, or as: Given …, when …, then …",
            widget=forms.Textarea(attrs={"rows": 2}),
        )  # fmt: skip
        return names

    def add_row(self) -> None:
        """One more row, for a requirement that somebody else added."""
        self.rows.append(self._add_row(len(self.rows), None))

    @property
    def templates(self) -> list[SpecTemplate]:
        """What a new specification may begin with."""
        return [] if self.record else list(templates_of(self.product).values())

    @property
    def row_fields(self) -> list[dict[str, Any]]:
        """The rows as bound fields, for the template."""
        return [{part: self[name] for part, name in names.items()} for names in self.rows]

    @property
    def head_fields(self) -> list[Any]:
        """The visible fields that belong to no row."""
        return [bound for bound in self.visible_fields() if not bound.name.startswith("req-")]

    @property
    def hidden_head(self) -> list[Any]:
        return [bound for bound in self.hidden_fields() if not bound.name.startswith("req-")]

    def values(self) -> dict[str, Any]:
        found = super().values()
        found["requirements"] = [row for row in map(self._requirement, self.rows) if row["text"]]
        if self.chosen is not None:
            found["questions"] = [{"question": text} for text in self.chosen.questions]
        if "segments" in self.fields:
            found["segments"] = list(self.cleaned_data["segments"])
        return found

    def _requirement(self, names: Mapping[str, str]) -> dict[str, Any]:
        """One row as the service takes it. Criteria whose text stayed keep their check."""
        row: dict[str, Any] = {part: self.cleaned_data[name] for part, name in names.items()}
        before = self._stored().get(row["id"])
        met = {p["text"] for p in before.acceptance if p.get("met")} if before else set()
        criteria = [read_line(line) for line in row["acceptance"]]
        row["acceptance"] = [{**part, "met": part["text"] in met} for part in criteria]
        return row

    def standing(self, record: Any) -> dict[str, Any]:
        """Beside the fields of its own, all requirements."""
        found = super().standing(record)
        if "segments" in self.fields:
            segments = Segment.objects.filter(pk__in=record.segment_links.values("segment_id"))
            found["segments"] = list(segments)
        for place, row in enumerate(Requirement.objects.filter(spec_id=record.pk)):
            found |= {
                f"req-{place}-id": str(row.uuid), f"req-{place}-text": row.text, f"req-{place}-moscow": row.moscow,
                f"req-{place}-type": row.type,
                f"req-{place}-acceptance": [part["text"] for part in row.acceptance],
            }  # fmt: skip
        return found

    def _stored(self) -> dict[str, Requirement]:
        if not hasattr(self, "_known"):
            pk = self.record.pk if self.record else None
            rows = Requirement.objects.filter(spec_id=pk)
            self._known = {str(row.uuid): row for row in rows}
        return self._known
