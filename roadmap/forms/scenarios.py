"""HTML input of scenarios of a roadmap."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.forms import VersionField
from plm.models import Team, User
from plm.selectors import members_of
from roadmap.forms.plan import PlacementForm
from roadmap.forms.records import offer
from roadmap.models import Placement, RoadmapScenario


class ScenarioForm(forms.Form):
    """What a scenario is called and what it asks."""

    name = forms.CharField(label="Name", max_length=80)
    question = forms.CharField(
        label="What it asks", max_length=300, min_length=3,
        help_text="In a line, such as: What if the mobile team joins in Q3?",
    )  # fmt: skip


class ScenarioEditForm(ScenarioForm):
    """The same of one that is there."""

    version = VersionField()

    def __init__(self, data: Any, *, scenario: RoadmapScenario) -> None:
        names = ("name", "question", "version")
        super().__init__(data, initial={name: getattr(scenario, name) for name in names})

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "question")}


class ScenarioPlaceForm(PlacementForm):
    """An item's place in a scenario: what readers outside see and how the work stands are not tried out."""

    health = None  # type: ignore[assignment]  # how a form leaves a field of its base out
    health_note = None  # type: ignore[assignment]
    public_title = None  # type: ignore[assignment]
    public_note = None  # type: ignore[assignment]
    hidden = None  # type: ignore[assignment]
    reason = None  # type: ignore[assignment]

    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, label="Team", to_field_name="uuid", empty_label="No team",
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label="Owner", to_field_name="uuid", empty_label="Nobody yet",
    )  # fmt: skip

    def __init__(self, data: Any, *, draft: Placement, planned: bool) -> None:
        """`planned` tells whether the plan has the item: only then its team and owner can be tried out."""
        super().__init__(data, product=draft.product, placement=draft)
        if not planned:
            del self.fields["team"], self.fields["owner"]
            return
        workspace = draft.product.workspace_id
        offer(self, "team", Team.objects.filter(workspace_id=workspace, archived_at=None))
        offer(self, "owner", members_of(workspace))
        for name in ("team", "owner"):
            chosen = vars(draft)[name]
            self.initial[name] = chosen.uuid if chosen else None


class ScenarioApplyForm(forms.Form):
    """Why the plan is to become what the scenario says."""

    reason = forms.CharField(
        label="Why", min_length=3, max_length=500,
        help_text="One line. It stands in the history of each item that changes.",
    )  # fmt: skip
