"""HTML input of the stories a specification is split into: a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from backlog.criteria import read_line
from backlog.forms.specs import lines_field
from backlog.selectors.stories import Proposal

MOST_ROWS = 100


class StoriesForm(forms.Form):
    """`stories()` is what the service takes: the rows that are ticked."""

    def __init__(self, data: Mapping[str, Any] | None, *, proposals: Sequence[Proposal]) -> None:
        super().__init__(data)
        self.proposals = list(proposals[:MOST_ROWS])
        self.rows = [self._add_row(proposal) for proposal in self.proposals]

    def _add_row(self, proposal: Proposal) -> dict[str, str]:
        at = str(proposal.requirement.uuid)
        names = {part: f"{at}-{part}" for part in ("make", "title", "acceptance")}
        self.fields[names["make"]] = forms.BooleanField(
            required=False, initial=True, label="Make this story"
        )
        self.fields[names["title"]] = forms.CharField(
            required=False, max_length=250, label="Title", initial=proposal.title
        )
        self.fields[names["acceptance"]] = lines_field("Acceptance criteria, one a line", "")
        self.fields[names["acceptance"]].initial = proposal.acceptance
        return names

    @property
    def row_fields(self) -> list[dict[str, Any]]:
        """The rows as bound fields with their requirement, for the template."""
        return [
            {"requirement": proposal.requirement, **{part: self[n] for part, n in names.items()}}
            for proposal, names in zip(self.proposals, self.rows, strict=True)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        made = [names for names in self.rows if cleaned.get(names["make"])]
        if not made:
            self.add_error(None, "Tick at least one story.")
        for names in made:
            if not cleaned.get(names["title"]) and names["title"] not in self.errors:
                self.add_error(names["title"], "Give the story a title.")
        return cleaned

    def stories(self) -> list[dict[str, Any]]:
        return [
            {
                "requirement": str(proposal.requirement.uuid),
                "title": self.cleaned_data[names["title"]],
                "acceptance": [read_line(line) for line in self.cleaned_data[names["acceptance"]]],
            }
            for proposal, names in zip(self.proposals, self.rows, strict=True)
            if self.cleaned_data[names["make"]]
        ]
