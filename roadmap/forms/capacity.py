"""HTML input of planning to capacity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from plm.forms import FloatField, IntegerField
from plm.models import Team
from roadmap.models import PlanSettings, Release
from roadmap.models.capacity import MOST_SCOPE


class CapacityForm(forms.Form):
    """What teams can do in each release, and what the plan is to keep."""

    scope = IntegerField(
        min_value=1, max_value=MOST_SCOPE, label="Items from the top",
        help_text="How many open items with a score may be planned.",
    )  # fmt: skip
    releases = forms.MultipleChoiceField(
        label="Releases to fill", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: the next four.",
    )  # fmt: skip
    shares = forms.BooleanField(required=False, label="Keep the goals' shares of the work")
    tolerance = IntegerField(
        min_value=0, max_value=100, label="Tolerance of the shares in points",
        help_text="10: a share of 40% may come to 30 to 50%.",
    )  # fmt: skip
    version = IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        settings: PlanSettings,
        teams: list[Team],
        releases: list[Release],
        amounts: Mapping[tuple[int, int], float],
    ) -> None:
        self.teams, self.offered = teams, releases
        self.by_number = {str(release.number): release for release in releases}
        super().__init__(data, initial=standing(settings, teams, releases, amounts))
        choice: Any = self.fields["releases"]
        choice.choices = [(number, r.title) for number, r in self.by_number.items()]
        for team in teams:
            for release in releases:
                self.fields[_cell(team, release)] = FloatField(
                    required=False, min_value=0, label=f"{team.name}, {release.title}"
                )

    def values(self) -> dict[str, Any]:
        """What the service takes, without the amounts."""
        given = {name: self.cleaned_data[name] for name in ("scope", "shares", "tolerance")}
        return given | {"releases": [self.by_number[n] for n in self.cleaned_data["releases"]]}

    def amounts(self) -> dict[tuple[Team, Release], float | None]:
        return {(t, r): self.cleaned_data[_cell(t, r)] for t in self.teams for r in self.offered}

    def rows(self) -> list[tuple[Team, list[forms.BoundField]]]:
        """The table: a team with its cells."""
        return [(team, [self[_cell(team, r)] for r in self.offered]) for team in self.teams]

    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in ("scope", "releases", "shares", "tolerance")]


class ApplyPlanForm(forms.Form):
    """Which of the moves, and why."""

    number = IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        min_length=3, max_length=500, label="Why this plan", help_text="Stands in the history."
    )


def _cell(team: Team, release: Release) -> str:
    return f"c.{team.pk}.{release.number}"


def standing(
    settings: PlanSettings,
    teams: list[Team],
    releases: list[Release],
    amounts: Mapping[tuple[int, int], float],
) -> dict[str, Any]:
    """What stands now, by the fields of the form."""
    found = {name: getattr(settings, name) for name in ("scope", "shares", "tolerance", "version")}
    found["releases"] = [str(r.number) for r in releases if r.pk in set(settings.releases)]
    cells = {_cell(t, r): amounts.get((t.pk, r.pk)) for t in teams for r in releases}
    return {**found, **cells}
