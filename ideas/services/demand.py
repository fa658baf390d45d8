"""What customers ask for: votes here, quotes as the feedback room pushes them down, counted and stored on the idea."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ideas.demand import NONE, Demand, Voice, demand_of
from ideas.models import Company, DemandOptions, Idea, Vote
from ideas.selectors.segments import segment_weights
from plm.errors import Invalid
from plm.events import emit, service
from plm.models import Product, Workspace
from plm.permissions import Actor
from plm.services.guard import require

COLUMNS = (
    "demand_people", "demand_companies", "demand_revenue", "demand_share", "demand_importance", "demand_weighted",
    "demand_low", "demand_high",
)  # fmt: skip
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Spoken:
    """A wish somebody said elsewhere than by a vote."""

    person_id: int | None
    company_id: int | None
    importance: int
    at: datetime


@service
def idea_demand_set(
    *,
    actor: Actor,
    product: Product,
    spoken: Mapping[int, Sequence[Spoken]],
    idea_id: int | None = None,
) -> int:
    """Bring the demand of a product's ideas, or of one of them, up to date; how many ideas changed.

    `spoken` is keyed by the idea's primary key; votes are added to it here. Writes and emits `idea.demand_set` only
    when something differs. Revenue in other currencies than the workspace's counts nothing, because adding it up
    would be a made-up figure; neither does that of archived companies.
    """
    require(actor, "idea.edit", product)
    voices = _voices(product, spoken, idea_id)
    found = _counted(product, voices)
    rows = Idea.objects.filter(product=product).only(*COLUMNS)
    if idea_id is not None:
        rows = rows.filter(pk=idea_id)
    some = Q(demand_people__gt=0) | Q(demand_companies__gt=0) | Q(demand_importance__gt=0)
    known = rows.filter(some | Q(pk__in=list(found)))
    changed = [idea for idea in known.order_by("pk").select_for_update() if _differs(idea, found)]
    if not changed:
        return 0
    Idea.objects.bulk_update(changed, COLUMNS, batch_size=200)
    emit(
        "idea.demand_set", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, ideas=len(changed)
    )  # fmt: skip
    return len(changed)


def _voices(
    product: Product, spoken: Mapping[int, Sequence[Spoken]], idea_id: int | None
) -> dict[int, list[Voice]]:
    """Votes and what was said, by idea. One statement."""
    now = timezone.now()
    votes = Vote.objects.filter(idea__product=product)
    if idea_id is not None:
        votes = votes.filter(idea_id=idea_id)
    found: defaultdict[int, list[Voice]] = defaultdict(list)
    for idea, person, company, importance, at in votes.values_list(
        "idea_id", "person_id", "person__company_id", "importance", "created_at"
    ):
        found[idea].append(Voice(person, company, importance, (now - at).total_seconds() / DAY))
    for idea, wishes in spoken.items():
        found[idea] += [
            Voice(w.person_id, w.company_id, w.importance, (now - w.at).total_seconds() / DAY)
            for w in wishes
        ]
    return found


def _counted(product: Product, voices: Mapping[int, Iterable[Voice]]) -> dict[int, Demand]:
    options = DemandOptions.objects.filter(product=product).first() or DemandOptions()
    currency = Workspace.objects.values_list("currency", flat=True).get(pk=product.workspace_id)
    paying = Company.objects.live().filter(
        workspace_id=product.workspace_id, mrr__gt=0, currency=currency
    )
    if len(voices) == 1:
        spoke = {v.company for v in next(iter(voices.values())) if v.company is not None}
        paying = paying.filter(pk__in=spoke)
    pays: dict[int, Decimal] = {pk: mrr for pk, mrr in paying.values_list("pk", "mrr") if mrr}
    weights = segment_weights(product.workspace_id) if options.by_segment else None
    return {
        idea: demand_of(wishes, pays=pays, weights=weights, half_life=options.half_life)
        for idea, wishes in voices.items()
    }


def _differs(idea: Idea, found: Mapping[int, Demand]) -> bool:
    """Put the new figures on the row; whether they are new."""
    new = found.get(idea.pk, NONE)
    figures: dict[str, Any] = {
        column: getattr(new, column.removeprefix("demand_")) for column in COLUMNS
    }
    differs = any(getattr(idea, column) != value for column, value in figures.items())
    for column, value in figures.items():
        setattr(idea, column, value)
    return differs


@service
def demand_options_set(
    *, actor: Actor, product: Product, values: Mapping[str, Any]
) -> DemandOptions:
    """Say how demand is weighed in a product. Emits `demand.options_set`; the figures follow by a job."""
    require(actor, "demand.edit", product)
    options = DemandOptions.objects.filter(product=product).select_for_update().first()
    options = options or DemandOptions(workspace_id=product.workspace_id, product=product)
    before = (options.half_life, options.by_segment)
    half_life = values.get("half_life", options.half_life)
    if half_life is not None and not 1 <= half_life <= 3650:
        raise Invalid(fields={"half_life": "Give 1 to 3650 days, or nothing."})
    options.half_life = half_life
    options.by_segment = bool(values.get("by_segment", options.by_segment))
    if before == (options.half_life, options.by_segment):
        return options
    options.save()
    emit(
        "demand.options_set", actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
        half_life=options.half_life, by_segment=options.by_segment,
    )  # fmt: skip
    return options
