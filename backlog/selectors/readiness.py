"""Whether a specification and its item are ready to be built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backlog.models import BacklogItem, Requirement, Spec, SpecPolicy, SpecSignOff
from backlog.readiness import CONDITIONS, Condition, Facts, Missing, missing
from backlog.selectors.reviews import spec_policy
from backlog.selectors.threads import open_threads
from plm.permissions import Actor


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a product asks for, and what of it is missing."""

    policy: SpecPolicy
    asked: tuple[Condition, ...]
    missing: tuple[Missing, ...]

    @property
    def ready(self) -> bool:
        return not self.missing

    @property
    def sentence(self) -> str:
        """All that is missing, in one line."""
        return " ".join(part.text for part in self.missing)


def facts_of(spec: Spec) -> Facts:
    """What the checklist judges, read from the database."""
    item = spec.item
    musts = Requirement.objects.filter(spec=spec, moscow="must").exclude(state="dropped")
    return Facts(
        problem=spec.problem,
        goals=len(spec.goals),
        non_goals=len(spec.non_goals),
        metric=spec.success_metric,
        has_baseline=spec.success_baseline is not None,
        has_target=spec.success_target is not None,
        has_due=spec.success_due is not None,
        bare_musts=tuple(row.text[:80] for row in musts if not row.acceptance),
        open_questions=open_threads(spec)
        + sum(row.get("state") == "open" for row in spec.questions),
        signed_off=SpecSignOff.objects.filter(spec=spec, reopened_at=None).exists(),
        estimated=item.estimate is not None,
        owned=item.owner_id is not None,
    )


def readiness(spec: Spec) -> Readiness:
    """The product's definition of ready, applied to one specification."""
    policy = spec_policy(spec.product)
    asked = tuple(c for c in CONDITIONS if c.name in policy.conditions)
    return Readiness(policy, asked, missing(facts_of(spec), policy.conditions))


def spec_of(item: BacklogItem) -> Spec | None:
    """The specification of an item that stands."""
    found = Spec.objects.standing().filter(item_id=item.pk)
    return found.select_related("item__product__workspace", "product__workspace").first()


def mending_url(spec: Spec, place: tuple[str, str]) -> str:
    """Where what is missing is mended."""
    part, anchor = place
    record = spec.item if part == "item-form" else spec
    return f"{record.get_absolute_url()}{'/edit' if part.endswith('-form') else ''}#{anchor}"


def readiness_rows(spec: Spec, found: Readiness) -> list[dict[str, Any]]:
    """Each condition that is asked for: its words, whether it is met, and where to mend it."""
    texts = {part.condition.name: part.text for part in found.missing}
    return [
        {
            "name": c.name,
            "label": c.label,
            "met": c.name not in texts,
            "text": texts.get(c.name, ""),
            "url": mending_url(spec, c.place),
        }
        for c in found.asked
    ]


def ready_panel(actor: Actor, record: Any) -> Mapping[str, Any] | None:
    """The checklist on the page of a specification or of its item; None where there is nothing to judge."""
    spec = record if isinstance(record, Spec) else spec_of(record)
    if spec is None or spec.state == "superseded":
        return None
    if not actor.may("spec.view", spec.workspace_id, spec.product_id):
        return None
    found = readiness(spec)
    if not found.asked:
        return None
    item = spec.item
    held = found.policy.gates and not found.ready and item.state not in DELIVERY
    return {
        "rows": readiness_rows(spec, found),
        "ready": found.ready,
        "gates": found.policy.gates,
        "item": item,
        "spec": spec,
        "on_item": record.kind == "item",
        "may_override": held and actor.may("item.override", spec.workspace_id, spec.product_id),
        "states": [s for s in item.workflow.states if s.name in DELIVERY],
    }


DELIVERY = tuple(
    state.name for state in BacklogItem.workflow.states
    if state.name != BacklogItem.workflow.initial and state.group != "closed"
)  # fmt: skip
"""States of an item from planned on."""
