"""HTML input of judgements in pairs: shape only."""

from __future__ import annotations

from typing import Any

from django import forms

from backlog.selectors.comparisons import Comparison, Pair
from backlog.services.comparisons import WHOSE
from plm.forms import VersionField
from plm.scoring.judgements import SCALE, read, sentence, written

STEPS = [(written(step), f"{sentence(step)} ({written(step)})") for step in SCALE]
OPEN = ("", "– not judged yet –")


class ComparisonForm(forms.Form):
    """A choice for each pair of criteria. `version` is that of the person's own judgements."""

    version = VersionField()

    def __init__(self, data: Any = None, *, comparison: Comparison) -> None:
        super().__init__(data, initial={"version": comparison.own_version})
        self.pairs = {_name(pair): pair for pair in comparison.mine.pairs}
        for name, pair in self.pairs.items():
            self.fields[name] = forms.ChoiceField(
                label=f"{pair.first.label} and {pair.second.label}", choices=_steps(pair), required=False,
                initial=pair.written,
            )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """The pairs as the page prints them."""
        return [{"pair": pair, "field": self[name]} for name, pair in self.pairs.items()]

    def judgements(self) -> dict[tuple[str, str], float | None]:
        """By the keys of two criteria; None where a pair is left open."""
        found: dict[tuple[str, str], float | None] = {}
        for name, pair in self.pairs.items():
            text = self.cleaned_data.get(name)
            # What came over the API need not be on a step; it stays to the last digit where nobody touched it.
            kept = pair.value if text == pair.written else None
            found[pair.first.key, pair.second.key] = (kept or read(text)) if text else None
        return found

    def standing(self) -> dict[str, str]:
        """What is kept now, by field."""
        return {name: pair.written for name, pair in self.pairs.items()}


def _name(pair: Pair) -> str:
    return f"pair.{pair.first.key}.{pair.second.key}"


def _steps(pair: Pair) -> list[tuple[str, str]]:
    own = [] if pair.value is None or pair.written in dict(STEPS) else [(pair.written, f"{pair.sentence} ({pair.written})")]  # fmt: skip
    return [OPEN, *own, *STEPS]


class UseForm(forms.Form):
    """Whose weights the model takes. `version` is that of the model the page showed."""

    version = VersionField()
    whose = forms.ChoiceField(label="Whose", choices=WHOSE, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Anything to add to the reason?", required=False, max_length=1500,
        help_text="That they come from comparing criteria in pairs, by whom and how consistently, is noted anyway.",
    )  # fmt: skip
