"""HTML input of business cases and of their lines."""

from __future__ import annotations

from typing import Any

from django import forms

from ideas.finance.lines import ESTIMATES, LABELS, OPTIONAL
from ideas.finance.ranges import SHAPES
from ideas.finance.sheet import POINTS
from ideas.models import Idea
from ideas.models.case import MOST_PERIODS, PERIODS
from plm.forms import FloatField, IntegerField, RecordForm, RecordReferenceField, VersionField
from plm.scoring.ranges import MEANINGS

MOST_BYTES = 1024 * 1024


class PercentField(FloatField):
    """Typed as 8, cleaned to 0.08."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.NumberInput(attrs={"step": "any"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:g}" if isinstance(value, float | int) else value

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return None if typed is None else typed / 100


class CaseForm(RecordForm):
    """The frame of a case; its lines have a form of their own."""

    idea = RecordReferenceField(
        model=Idea, required=False, label="Idea", help_text="What it is the case for, such as ATL-12."
    )  # fmt: skip
    currency = forms.CharField(max_length=3, label="Currency", initial="EUR", help_text="Three letters: EUR, USD.")  # fmt: skip
    period = forms.ChoiceField(choices=PERIODS, label="Reckoned in", initial="year")
    periods = IntegerField(
        min_value=1, max_value=MOST_PERIODS, label="How many of them", initial=5,
        help_text="After now, which is period 0.",
    )  # fmt: skip
    annual_rate = PercentField(
        label="Discount rate, % a year", initial=0.1, help_text="What your company expects of money it invests."
    )  # fmt: skip
    finance_rate = PercentField(
        label="Rate of borrowing, % a year", initial=0.1, help_text="For the modified internal rate of return alone."
    )  # fmt: skip
    reinvest_rate = PercentField(label="Rate of reinvesting, % a year", initial=0.1)
    meaning = forms.ChoiceField(choices=MEANINGS, label="Low and high are", initial="ends")
    shape = forms.ChoiceField(
        choices=SHAPES, label="Shape between them", initial="pert",
        help_text="PERT leans on the likely value, the triangle less so.",
    )  # fmt: skip
    own_fields = (
        "idea", "currency", "period", "periods", "annual_rate", "finance_rate", "reinvest_rate", "meaning", "shape",
    )  # fmt: skip

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class ThreePoints(forms.MultiWidget):
    """Low, likely and high side by side."""

    def __init__(self, label: str) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            point: forms.NumberInput(
                attrs={"step": "any", "min": 0, "aria-label": f"{label}, {point}", "placeholder": point.capitalize()}
            )
            for point in POINTS
        }  # fmt: skip
        super().__init__(widgets, attrs={"class": "third"})

    def decompress(self, value: Any) -> list[Any]:
        return [f"{point:g}" for point in value] if value else ["", "", ""]


class EstimateField(forms.MultiValueField):
    """Three numbers, or the likely one alone for a certain value. Cleans to [low, likely, high] or None."""

    def __init__(self, *, label: str, required: bool, help_text: str = "") -> None:
        super().__init__(
            [FloatField(min_value=0, required=False) for _ in POINTS], widget=ThreePoints(label), label=label,
            required=required, require_all_fields=False, help_text=help_text,
        )  # fmt: skip

    def compress(self, data_list: list[Any]) -> list[float] | None:
        if not data_list or data_list == [None] * 3:
            return None
        low, likely, high = data_list
        if likely is None:
            raise forms.ValidationError("Give the likely value; low and high may be left out.")
        low, high = likely if low is None else low, likely if high is None else high
        if not low <= likely <= high:
            raise forms.ValidationError("Low is at most likely, and likely at most high.")
        return [low, likely, high]


class LinesForm(forms.Form):
    """A table of lines, pasted or sent as a file. `table()` is what it holds."""

    file = forms.FileField(required=False, label="File", help_text="CSV or XLSX, up to 1 MB.")
    text = forms.CharField(
        required=False, max_length=MOST_BYTES, label="Or paste the table", strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="With its header, as a spreadsheet copies it or as CSV.",
    )  # fmt: skip
    how = forms.ChoiceField(
        choices=(("replace", "Instead of the lines that are there"), ("add", "After the lines that are there")),
        label="They stand", initial="replace",
    )  # fmt: skip
    version = VersionField()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file is not None and file.size > MOST_BYTES:
            self.add_error("file", "The file has more than 1 MB; sixty lines need less. Take other sheets out of it.")  # fmt: skip
        elif file is None and not str(given.get("text", "")).strip() and not self.errors:
            self.add_error("text", "Choose a file, or paste a table with its header.")
        return given

    def table(self) -> tuple[bytes, str]:
        """The bytes of the table and the name of its file."""
        file = self.cleaned_data["file"]
        if file is not None:
            return file.read(), str(file.name)
        return self.cleaned_data["text"].encode(), "pasted.csv"


class LineForm(forms.Form):
    """One line of a case, of one type. `line()` is what the service takes."""

    name = forms.CharField(
        max_length=120, label="What it is", widget=forms.TextInput(attrs={"autofocus": True})
    )
    first = IntegerField(min_value=0, label="From period", help_text="0 is now.")
    last = IntegerField(min_value=0, label="To period")
    growth = PercentField(
        label="Growth, % a period", required=False, initial=0.0, min_value=-100, max_value=1000
    )
    version = VersionField()

    def __init__(self, *args: Any, type_: str, periods: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = type_
        for name in ESTIMATES[type_]:
            self.fields[name] = EstimateField(
                label=LABELS[name] + (" a period" if name in {"amount", "volume"} else ""),
                required=name not in OPTIONAL,
                help_text="Low, likely, high. One number in the middle if you are certain.",
            )
        for name in ("first", "last"):
            self.fields[name].max_value = periods  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["max"] = periods
        self.order_fields(["name", *ESTIMATES[type_], "first", "last", "growth"])

    def line(self) -> dict[str, Any]:
        """The line as `ideas.finance.lines` describes it."""
        given = {n: v for n, v in self.cleaned_data.items() if n != "version" and v is not None}
        return {"growth": 0.0, **given, "type": self.type}
