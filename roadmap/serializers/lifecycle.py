"""The life of a product in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from backlog.models import BacklogItem
from ideas.models import Gate
from plm.api.answers import JobAnswer, reference
from plm.api.serializers import Input, ReferenceField
from plm.lifecycle import PHASES
from plm.models import Product
from roadmap.models import Sunset
from roadmap.phases import TOO_LITTLE, UNSETTLED, Suggestion
from roadmap.selectors.lifecycle import Candidate, PhaseRow, Retirement, Suggested
from roadmap.selectors.sunset import AffectedAll

Answer = serializers.Serializer[Any]
NAMES = [name for name, _ in PHASES]


class EnterPhaseInput(Input):
    phase = serializers.ChoiceField(choices=NAMES)
    reason = serializers.CharField(min_length=3, max_length=500)


class PhasePlanInput(Input):
    """What is left out is taken away."""

    phase = serializers.ChoiceField(choices=NAMES)
    planned_on = serializers.DateField(required=False, allow_null=True, default=None)
    gate = ReferenceField(model=Gate, required=False, allow_null=True, default=None)


class SunsetInput(Input):
    """The order of the days is: customers are told, it is read only, it ends."""

    reason = serializers.CharField(max_length=3000, required=False)
    notice_on = serializers.DateField(required=False)
    read_only_on = serializers.DateField(required=False, allow_null=True)
    final_on = serializers.DateField(required=False)
    instead = serializers.CharField(max_length=3000, required=False, allow_blank=True)
    successor = serializers.CharField(
        max_length=10, required=False, allow_null=True, help_text="Key of the product that follows."
    )
    why = serializers.CharField(max_length=500, required=False, allow_blank=True)


class PhaseAnswer(Answer):
    phase = serializers.ChoiceField(choices=NAMES)
    planned_on = serializers.DateField(allow_null=True)
    gate = serializers.CharField(allow_null=True)
    gate_state = serializers.CharField(allow_null=True)
    entered_at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class EvidenceAnswer(Answer):
    """What one metric suggests. `growth` of the last month against `basis`; changes within `band` are maturity. `missing`:
    months until there is enough."""

    metric = serializers.CharField()
    phase = serializers.CharField(allow_blank=True)
    why = serializers.ChoiceField(choices=["", TOO_LITTLE, UNSETTLED], allow_blank=True)
    months = serializers.IntegerField(min_value=0)
    missing = serializers.IntegerField(min_value=0)
    basis = serializers.CharField(allow_blank=True)
    growth = serializers.FloatField(allow_null=True)
    band = serializers.FloatField()
    signal = serializers.ChoiceField(choices=["", "above", "below"], allow_blank=True)


class CandidateAnswer(Answer):
    reference = reference()
    title = serializers.CharField()
    use = serializers.FloatField(help_text="The last month against the best one, 0 to 1.")
    open_items = serializers.IntegerField(min_value=0)
    open_bugs = serializers.IntegerField(min_value=0)


class LifecycleAnswer(Answer):
    """`suggested` is the phase that all metrics with enough data agree on, else empty. `features` are done, of `judged` of
    them enough is known about their use."""

    product = serializers.CharField()
    phase = serializers.ChoiceField(choices=NAMES)
    suggested = serializers.CharField(allow_blank=True)
    phases = PhaseAnswer(many=True)
    evidence = EvidenceAnswer(many=True)
    retirement = CandidateAnswer(many=True)
    features = serializers.IntegerField(min_value=0)
    judged = serializers.IntegerField(min_value=0)


class AffectedAnswer(Answer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    company = serializers.CharField(allow_null=True)
    ideas = serializers.ListField(child=serializers.CharField())


class SunsetAnswer(Answer):
    """`affected` are the first 200 of `affected_count`; `how` says how they were found."""

    product = serializers.CharField()
    item = serializers.CharField(
        allow_null=True, help_text="The item that ends, empty for the whole product."
    )
    reason = serializers.CharField(allow_blank=True)
    notice_on = serializers.DateField(allow_null=True)
    read_only_on = serializers.DateField(allow_null=True)
    final_on = serializers.DateField(allow_null=True)
    instead = serializers.CharField(allow_blank=True)
    successor = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(min_value=0)
    affected = AffectedAnswer(many=True)
    affected_count = serializers.IntegerField(min_value=0)
    how = serializers.CharField()


class RedirectInput(Input):
    """`seen` is that of the answer to GET: exactly these ideas are redirected, or none."""

    seen = serializers.CharField(max_length=32)
    word = serializers.CharField(
        min_length=3, max_length=2000, help_text="What customers read and are mailed."
    )
    reason = serializers.CharField(min_length=3, max_length=500)


class TakeBackInput(Input):
    """Which redirection."""

    id = serializers.UUIDField(help_text="As `redirections` names it.")


class StayAnswer(Answer):
    reference = reference()
    why = serializers.CharField()


class ReversalAnswer(Answer):
    """A redirection of which `ideas` stand. Taking it back makes `back` of them what they were and leaves `left` as they
    are, the first fifty of these in `stay`; that is worked out for the newest one. `barred`: why the caller may not."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True)
    ideas = serializers.IntegerField(min_value=1)
    target = serializers.CharField(allow_null=True)
    back = serializers.IntegerField(min_value=0)
    left = serializers.IntegerField(min_value=0)
    stay = StayAnswer(many=True)
    barred = serializers.CharField(allow_blank=True)


class RedirectAnswer(Answer):
    """What redirecting would do now, the job that did or does it last, and the redirections that stand."""

    target = serializers.CharField(
        allow_null=True, help_text="Key of the product where they go on; null closes them."
    )
    count = serializers.IntegerField(min_value=0)
    votes = serializers.IntegerField(min_value=0)
    published = serializers.IntegerField(min_value=0)
    told = serializers.IntegerField(min_value=0, help_text="Mails to followers.")
    ideas = serializers.ListField(
        child=serializers.CharField(), help_text="The fifty with most votes."
    )
    seen = serializers.CharField()
    missing = serializers.CharField(allow_blank=True, help_text="What stands in the way.")
    job = JobAnswer(allow_null=True)
    redirections = ReversalAnswer(many=True)


def lifecycle_json(
    product: Product, phases: Sequence[PhaseRow], found: Suggested, retirement: Retirement
) -> dict[str, Any]:
    """The life of a product."""
    return {
        "product": product.key, "phase": product.phase, "suggested": found.phase,
        "phases": [_phase_json(row) for row in phases], "evidence": [_evidence_json(one) for one in found.each],
        "retirement": [_candidate_json(one) for one in retirement.candidates],
        "features": retirement.features, "judged": retirement.judged,
    }  # fmt: skip


def _phase_json(row: PhaseRow) -> dict[str, Any]:
    gate = row.plan.gate if row.plan else None
    return {
        "phase": row.name, "planned_on": row.plan.planned_on if row.plan else None,
        "gate": gate.reference if gate else None, "gate_state": gate.state if gate else None,
        "entered_at": row.entered_at, "by": row.by, "reason": row.reason,
    }  # fmt: skip


def _evidence_json(one: Suggestion) -> dict[str, Any]:
    return {
        "metric": one.series.title, "phase": one.phase, "why": one.why, "months": len(one.series.months),
        "missing": one.missing, "basis": one.basis, "growth": one.months[-1].growth if one.months else None,
        "band": one.band, "signal": one.signal,
    }  # fmt: skip


def _candidate_json(one: Candidate) -> dict[str, Any]:
    return {
        "reference": one.item.reference, "title": one.item.title, "use": one.use.share or 0.0,
        "open_items": one.open_items, "open_bugs": one.open_bugs,
    }  # fmt: skip


def sunset_json(
    product: Product, item: BacklogItem | None, plan: Sunset, affected: AffectedAll
) -> dict[str, Any]:
    """The end of a product, or of one of its items."""
    return {
        "product": product.key, "item": item.reference if item else None, "reason": plan.reason, "notice_on": plan.notice_on, "read_only_on": plan.read_only_on,
        "final_on": plan.final_on, "instead": plan.instead, "successor": plan.successor.key if plan.successor else None,
        "version": plan.version, "affected_count": affected.count, "how": affected.how,
        "affected": [
            {
                "id": one.person.uuid, "name": one.person.name,
                "company": one.person.company.name if one.person.company else None,
                "ideas": [idea.reference for idea in one.ideas],
            }
            for one in affected.people
        ],
    }  # fmt: skip
