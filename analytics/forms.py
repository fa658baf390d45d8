"""HTML input of metrics and readings."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from analytics.models import Metric
from analytics.models.metric import AGGREGATIONS, DIRECTIONS, FORMATS, PERIOD_CHOICES, SOURCES
from analytics.selectors.zones import zone_of
from analytics.services.readings import MAX_READINGS, NewReading
from backlog.models import BacklogItem
from plm.forms import DecimalField, RecordForm, RecordReferenceField, VersionField
from plm.models import Product
from roadmap.models import KeyResult

FIGURE: dict[str, Any] = {"max_digits": 20, "decimal_places": 6, "required": False}
MAX_FILE = 512 * 1024
STAR = "This is the North Star"
STAR_HELP = (
    "The one figure that says whether customers get what the product is for. A product has one."
)


class MetricForm(RecordForm):
    """A metric's definition. Which fields matter depends on the source; the service says what does not fit."""

    source = forms.ChoiceField(choices=SOURCES, label="Where the figures come from")
    event_name = forms.CharField(
        required=False,
        max_length=200,
        label="Event name",
        help_text="For product events: which ones count. Leave it empty to count any event.",
    )
    aggregation = forms.ChoiceField(choices=AGGREGATIONS, label="Computed as", initial="last")
    currency = forms.CharField(
        required=False,
        max_length=3,
        label="Currency",
        help_text="Three letters. Sums of events take only values in it.",
    )
    format = forms.ChoiceField(choices=FORMATS, label="Shown as")
    unit = forms.CharField(
        required=False, max_length=20, label="Unit", help_text="Such as teams, min, orders."
    )
    direction = forms.ChoiceField(choices=DIRECTIONS, label="Direction")
    period = forms.ChoiceField(choices=PERIOD_CHOICES, label="Tile shows the last", initial="week")
    baseline = DecimalField(label="Baseline", help_text="Where it stands at the start.", **FIGURE)
    target_value = DecimalField(
        label="Target", help_text="Percentages as people say them: 44.1 for 44.1 %.", **FIGURE
    )
    target_date = forms.DateField(
        required=False, label="Target date", widget=forms.DateInput(attrs={"type": "date"})
    )
    key = forms.CharField(
        required=False,
        max_length=60,
        label="Key",
        help_text="Its name for programs. Made from the title when left empty.",
    )
    item = RecordReferenceField(
        model=BacklogItem,
        required=False,
        label="Measures the effect of",
        help_text="A feature, by its reference, such as ATL-12.",
    )
    key_result = RecordReferenceField(
        model=KeyResult,
        required=False,
        label="Measures the key result",
        help_text="A key result, by its reference, such as ATL-40.",
    )
    parent: Any = forms.ModelChoiceField(
        queryset=Metric.objects.none(), required=False, label="Drives", to_field_name="uuid",
        empty_label="No other metric", help_text="The metric above it in the metric tree, which this one moves.",
    )  # fmt: skip
    north_star = forms.BooleanField(required=False, label=STAR, help_text=STAR_HELP)
    featured = forms.BooleanField(required=False, initial=True, label="Show on the overview")

    own_fields = (
        "source", "event_name", "aggregation", "format", "unit", "currency", "direction", "period", "baseline",
        "target_value", "target_date", "key", "item", "key_result", "parent", "north_star", "featured",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        metrics = Metric.objects.live().filter(product=self.product)
        record = self.record
        if isinstance(record, Metric):
            metrics = metrics.exclude(pk=record.pk)
            self.initial["parent"] = record.parent.uuid if record.parent else None
        self._queryset("parent", metrics.order_by("number"))

    def clean_currency(self) -> str:
        return str(self.cleaned_data.get("currency") or "").upper()


class MetricPlaceForm(forms.Form):
    """Where a metric stands in the tree of its product."""

    parent = forms.ChoiceField(required=False, label="Drives")
    north_star = forms.BooleanField(required=False, label=STAR, help_text=STAR_HELP)
    reason = forms.CharField(required=False, max_length=500, label="Reason")
    version = VersionField()

    def __init__(self, data: Any = None, *, metric: Metric, places: list[Metric]) -> None:
        self.places = {str(one.uuid): one for one in places}
        super().__init__(data, initial={**self.standing(metric), "version": metric.version})
        field: Any = self.fields["parent"]
        field.choices = [
            ("", "No other metric"),
            *((key, m.title) for key, m in self.places.items()),
        ]

    @staticmethod
    def standing(metric: Metric) -> dict[str, Any]:
        """What stands now in the fields of this form."""
        parent = str(metric.parent.uuid) if metric.parent else ""
        return {"parent": parent, "north_star": metric.north_star}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("north_star") and cleaned.get("parent"):
            self.add_error("parent", "The North Star drives no other metric.")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        return {"parent": self.places.get(given["parent"]), "north_star": given["north_star"]}


def moment_in(text: str, product: Product) -> datetime:
    """A date (its beginning in the workspace's time zone) or a moment. Raises ValidationError."""
    zone = zone_of(product)
    try:
        if len(text) <= 10:
            found = datetime.combine(date.fromisoformat(text), time.min, tzinfo=zone)
        else:
            found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year <= 2200:
        raise ValidationError(
            "Give a date such as 2026-03-01, or a time such as 2026-03-01T12:30Z."
        )
    return found if found.tzinfo else found.replace(tzinfo=zone)


class ReadingForm(forms.Form):
    """One reading."""

    at = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}))
    value = DecimalField(label="Value", max_digits=20, decimal_places=6)
    note = forms.CharField(required=False, max_length=500, label="Note")

    def reading(self, product: Product) -> NewReading:
        return NewReading(
            at=moment_in(self.cleaned_data["at"].isoformat(), product),
            value=self.cleaned_data["value"],
            note=self.cleaned_data["note"],
        )


class ReadingsForm(forms.Form):
    """Many readings, pasted or as a file: date, value and perhaps a note in each line."""

    text = forms.CharField(
        required=False,
        max_length=MAX_FILE,
        label="Readings",
        widget=forms.Textarea(
            attrs={"rows": 6, "placeholder": "2026-03-01,41.5,after the release"}
        ),
        help_text="One line each: date, value, note. Comma, semicolon or tab between them.",
    )
    file = forms.FileField(required=False, label="Or a CSV file")

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        self.product = product
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.readings: list[NewReading] = []
        text = cleaned.get("text") or self._file_text(cleaned.get("file"))
        if not text.strip():
            raise ValidationError("Paste some lines or choose a file.")
        self._read(text)
        return cleaned

    @staticmethod
    def _file_text(file: Any) -> str:
        if file is None:
            return ""
        if file.size > MAX_FILE:
            raise ValidationError("The file has more than 512 KB; import it in parts.")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValidationError("The file is not UTF-8 text. Save it as CSV UTF-8.") from None

    def _read(self, text: str) -> None:
        first = text.lstrip().splitlines()[0]
        delimiter = next((d for d in ("\t", ";") if d in first), ",")
        problems = []
        for line, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
            if not any(part.strip() for part in row) or (line == 1 and _is_heading(row)):
                continue
            try:
                self.readings.append(self._reading(row))
            except ValidationError as error:
                problems.append(f"Line {line}: {' '.join(error.messages)}")
        if len(self.readings) > MAX_READINGS:
            problems.append(f"At most {MAX_READINGS} readings at once.")
        if problems:
            more = f" And {len(problems) - 5} more lines." if len(problems) > 5 else ""
            raise ValidationError({"text": " ".join(problems[:5]) + more})
        if not self.readings:
            raise ValidationError({"text": "There is no reading in it."})

    def _reading(self, row: list[str]) -> NewReading:
        if len(row) < 2:
            raise ValidationError("Give a date and a value.")
        at = moment_in(row[0].strip(), self.product)
        try:
            value = DecimalField(max_digits=20, decimal_places=6).clean(row[1].strip())
        except (ValidationError, InvalidOperation):
            raise ValidationError(f"{row[1].strip()[:20]!r} is no number.") from None
        return NewReading(at=at, value=Decimal(value), note=", ".join(row[2:]).strip()[:500])


def _is_heading(row: list[str]) -> bool:
    return len(row) > 1 and not any(character.isdigit() for character in row[0] + row[1])
