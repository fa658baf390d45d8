"""HTML input of what a product asks of its specifications."""

from __future__ import annotations

from typing import Any

from django import forms

from backlog.models import SpecPolicy
from backlog.readiness import CONDITIONS
from plm.forms import IntegerField, VersionField


class SpecPolicyForm(forms.Form):
    version = VersionField(min_value=0, max_value=10**9)
    approvals_needed = IntegerField(
        min_value=0, max_value=20, label="Approvals needed",
        help_text="So many reviewers approve a version before it can be signed off. 0: none has to.",
    )  # fmt: skip
    remind_after_days = IntegerField(
        min_value=1, max_value=90, label="Remind reviewers after days",
        help_text="Whoever has not answered by then is reminded once, in the inbox and by mail.",
    )  # fmt: skip
    conditions = forms.MultipleChoiceField(
        required=False, label="Ready means",
        choices=[(condition.name, condition.label) for condition in CONDITIONS],
        widget=forms.CheckboxSelectMultiple,
        help_text="What a specification and its item must have before work begins.",
    )  # fmt: skip
    gates = forms.BooleanField(
        required=False, label="Keep items out of delivery until they are ready",
        help_text="An item with a specification then goes to To do and on only when nothing is missing. A manager may override it with a reason.",
    )  # fmt: skip


def policy_shown(policy: SpecPolicy) -> dict[str, Any]:
    """The values as the form shows them."""
    names = ("approvals_needed", "remind_after_days", "conditions", "gates")
    return {name: getattr(policy, name) for name in names}
