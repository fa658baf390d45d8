"""HTML input of a scoring model: a name, its criteria with their scales, its formula."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from plm.forms import FloatField, VersionField
from plm.numerals import is_plain
from plm.scoring import scales
from plm.scoring.definition import MOST_FACTORS, Definition
from plm.scoring.factor import Factor
from plm.scoring.methods import CONFIDENCES, FORMULA, RICE, WEIGHTED

KINDS = [(kind, scale.label) for kind, scale in scales.SCALES.items()]
_LEVEL = re.compile(r"\s*([^:]{1,40}):\s*(.+?)\s*\Z")


class ModelForm(forms.Form):
    """The name of a model and, where its criteria are its owner's, a row for each of them and one for another."""

    name = forms.CharField(label="Name", max_length=80)
    formula = forms.CharField(
        label="Formula", required=False, strip=True, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    )  # fmt: skip
    confidence = forms.ChoiceField(
        label="How confidence counts", choices=CONFIDENCES, required=False, widget=forms.RadioSelect,
        help_text="As a multiplier it lowers the score of what is unsure. As width the score is reach × impact / effort,"
        " and 80 of 100 draws of the impact lie between impact × confidence and impact / confidence: from half to"
        " double at 50 %. That mapping is a convention of this product, not a finding. An impact with a range of its own"
        " keeps that range. One of the two, so that nothing unsure counts twice.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Why", required=False, max_length=2000, help_text="Kept in the history."
    )
    version = VersionField()

    def __init__(self, data: Any = None, *, definition: Definition, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.definition = definition
        self.weighted = definition.method == WEIGHTED
        self.own = definition.method in (WEIGHTED, FORMULA)
        self.count = min(MOST_FACTORS, len(definition.factors) + 1) if self.own else 0
        if definition.method == FORMULA:
            self.initial.setdefault("formula", definition.formula)
        else:
            del self.fields["formula"]
        if definition.method == RICE:
            self.initial.setdefault("confidence", definition.confidence)
        else:
            del self.fields["confidence"]
        for place in range(self.count):
            self._row(place, self._known(place))

    def _known(self, place: int) -> Factor | None:
        factors = self.definition.factors
        return factors[place] if place < len(factors) else None

    def _row(self, place: int, factor: Factor | None) -> None:
        n = place + 1
        is_open = factor is None or factor.scale in scales.OPEN
        low, high = (factor.low, factor.high) if factor and is_open else (None, None)
        rows: dict[str, forms.Field] = {
            "label": forms.CharField(label=f"Criterion {n}", max_length=80, initial=factor.label if factor else ""),
            "scale": forms.ChoiceField(
                label=f"Scale of criterion {n}", choices=KINDS, initial=factor.scale if factor else "linear"
            ),
            "low": FloatField(label=f"Low end {n}", initial=low),
            "high": FloatField(label=f"High end {n}", initial=high),
            "unit": forms.CharField(label=f"Unit {n}", max_length=40, initial=factor.unit if factor and is_open else ""),
            "help": forms.CharField(label=f"Help {n}", max_length=500, initial=factor.help if factor else ""),
            "levels": forms.CharField(
                label=f"Rubric {n}", max_length=8000, initial=levels_written(factor) if factor else "",
                widget=forms.Textarea(attrs={"rows": 4, "placeholder": "5: Customers cannot do without"}),
            ),
        }  # fmt: skip
        if self.weighted:
            weight = factor.weight if factor else None
            rows["weight"] = FloatField(label=f"Weight {n}", initial=weight)
            turned = bool(factor and factor.backward)
            rows["reversed"] = forms.BooleanField(label=f"Cost {n}", initial=turned)
        for name, field in rows.items():
            field.required = False
            self.fields[f"{name}-{place}"] = field

    def rows(self) -> list[dict[str, Any]]:
        """The rows of criteria as the page prints them."""
        total = sum(f.weight for f in self.definition.factors)
        names = ["label", "scale", "low", "high", "unit", "help", "levels"]
        names += ["weight", "reversed"] if self.weighted else []
        found = []
        for place in range(self.count):
            factor = self._known(place)
            row: dict[str, Any] = {name: self[f"{name}-{place}"] for name in names}
            row["errors"] = [e for n in names[1:7] for e in row[n].errors]
            row["ends"] = [row["low"], row["high"], row["unit"]]
            row["share"] = factor.weight / total if factor and total else None
            found.append(row | {"factor": factor, "number": place + 1})
        return found

    def criteria(self) -> list[dict[str, Any]] | None:
        """What the service takes; a row whose name was emptied is taken out."""
        if not self.own:
            return None
        places = [n for n in range(self.count) if self.cleaned_data.get(f"label-{n}")]
        return [self._criterion(place) for place in places]

    def _criterion(self, place: int) -> dict[str, Any]:
        factor, typed = self._known(place), self.cleaned_data
        row: dict[str, Any] = {"label": typed[f"label-{place}"]}
        if factor is not None:
            row["key"] = factor.key
        if self.weighted:
            weight = typed[f"weight-{place}"]
            row["weight"] = 1 if weight is None and factor is None else weight
            row["reversed"] = typed[f"reversed-{place}"]
        kind = typed.get(f"scale-{place}")
        if not kind:
            return row
        row |= {"scale": kind, "help": typed.get(f"help-{place}", "")}
        row["levels"] = levels_read(typed.get(f"levels-{place}", ""), kind)
        ends = typed.get(f"low-{place}"), typed.get(f"high-{place}")
        # Ends that were left as they stood belong to the scale before.
        moved = factor is not None and factor.scale != kind and ends == (factor.low, factor.high)
        if kind in scales.OPEN and not moved:
            row |= {
                "scale_min": ends[0],
                "scale_max": ends[1],
                "unit": typed.get(f"unit-{place}", ""),
            }
        return row

    def take_errors(self, fields: dict[str, str], message: str) -> None:
        """Show what the service refused at the row it named."""
        kept = [n for n in range(self.count) if self.cleaned_data.get(f"label-{n}")]
        for name, text in fields.items():
            _, _, rest = name.partition(".")
            place, _, what = rest.partition(".")
            if place.isdecimal() and int(place) < len(kept):
                what = {"scale_min": "low", "scale_max": "high"}.get(what, what)
                at = f"{what}-{kept[int(place)]}"
                self.add_error(at if at in self.fields else None, text)
            else:
                self.add_error(name if name in self.fields else None, text)
        if not fields:
            self.add_error(None, message)


def levels_written(factor: Factor) -> str:
    """The rubric as lines "5: Customers cannot do without"."""
    return "\n".join(f"{name.removesuffix(' %')}: {text}" for name, text in factor.rubric)


def levels_read(text: str, kind: str) -> list[dict[str, Any]]:
    """The lines of a rubric as the service takes them. A line that is none has no value, which the service refuses."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        read = _LEVEL.match(line)
        name, words = (read[1].strip(), read[2]) if read else ("", line.strip())
        scale = scales.SCALES[kind]
        value: Any = scale.named(name)
        if value is None:
            plain = name.replace(",", "")
            value = float(plain) if is_plain(plain) else None
            if scale.percent and value is not None:
                value /= 100
        found.append({"value": value, "text": words})
    return found
