"""The life of a product on one page: phases, what the figures suggest, what could be retired.

Figures come from later rooms, which register themselves in their `apps.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from backlog.models import BacklogItem
from plm.lifecycle import PHASES
from plm.models import Event, Product
from plm.models.record import attach
from plm.permissions import Actor
from roadmap.models import PhasePlan, Sunset
from roadmap.phases import Series, Suggestion, agreed, suggested
from roadmap.retirement import Use, use_of

Figures = Callable[[Actor, Product], Sequence[Series]]
ItemFigures = Callable[[Actor, Product], Mapping[int, Sequence[Series]]]
MOST_CANDIDATES = 50

_figures: list[Figures] = []
_item_figures: list[ItemFigures] = []


def register_figures(of_product: Figures, of_items: ItemFigures) -> None:
    """Monthly figures that say how a product lives, and how its items are used, by primary key of the item."""
    _figures.append(of_product)
    _item_figures.append(of_items)


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """One phase. `entered_at` and `reason` are those of the last time it was entered."""

    name: str
    label: str
    plan: PhasePlan | None
    entered_at: datetime | None
    by: str
    reason: str
    current: bool


def phases_of(actor: Actor, product: Product) -> list[PhaseRow]:
    """All phases with their plan and when they were entered. Two statements."""
    plans = {
        plan.phase: plan
        for plan in PhasePlan.objects.visible_to(actor, "lifecycle.view")
        .filter(product=product)
        .select_related("gate__product__workspace")
    }
    events = Event.objects.visible_to(actor).filter(
        product=product, verb="product.updated", changes__has_key="phase"
    )
    entered: dict[str, Event] = {}
    first = ""
    for event in events.order_by("sequence"):
        old, new = event.changes["phase"]
        first = first or old
        entered[new] = event
    rows = []
    for name, label in PHASES:
        told = entered.get(name)
        at = told.created_at if told else None
        if at is None and name == (first or product.phase):
            at = product.created_at
        rows.append(
            PhaseRow(
                name, label, plans.get(name), at, told.actor_name if told else "", told.reason if told else "",
                name == product.phase,
            )
        )  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the figures suggest together; `phase` is empty where they do not agree or say too little."""

    phase: str
    each: list[Suggestion]

    @property
    def label(self) -> str:
        return dict(PHASES).get(self.phase, "")

    @property
    def enough(self) -> list[Suggestion]:
        return [one for one in self.each if one.months]


def suggestion_of(actor: Actor, product: Product) -> Suggested:
    """What each series of the product suggests, and what they agree on."""
    each = [suggested(series) for load in _figures for series in load(actor, product)]
    return Suggested(agreed(each), each)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feature that is done, its least use by any metric, and what keeping it costs: open items and bugs below it."""

    item: BacklogItem
    use: Use
    series: Series
    open_items: int
    open_bugs: int
    has_plan: bool

    @property
    def cost(self) -> int:
        return self.open_items + self.open_bugs


@dataclass(frozen=True, slots=True)
class Retirement:
    """Candidates, the costliest first; how many features are done, and how many of them say enough about their use."""

    candidates: list[Candidate]
    features: int
    judged: int


def retirement_of(actor: Actor, product: Product) -> Retirement:
    """Features that are done and little used. Statements do not grow with the number of features."""
    rows = BacklogItem.objects.visible_to(actor, "item.view").live()
    done = rows.filter(product=product, type="feature", state="done")
    used = {pk: series for load in _item_figures for pk, series in load(actor, product).items()}
    open_below = Q(children__archived_at=None) & ~Q(children__state__in=("done", "cancelled"))
    found = list(
        done.filter(pk__in=used).annotate(
            open_items=Count("children", filter=open_below & ~Q(children__type="bug")),
            open_bugs=Count("children", filter=open_below & Q(children__type="bug")),
        )
    )
    attach(found, product)
    planned = set(Sunset.objects.filter(item__in=found).values_list("item_id", flat=True))
    judged, candidates = 0, []
    for item in found:
        uses = [(use_of(series.values), series) for series in used[item.pk]]
        known = [(use, series) for use, series in uses if use.share is not None]
        judged += bool(known)
        low = [pair for pair in known if pair[0].is_low]
        if low and len(low) == len(known):
            use, series = min(low, key=lambda pair: pair[0].share or 0.0)
            candidates.append(
                Candidate(item, use, series, item.open_items, item.open_bugs, item.pk in planned)
            )
    candidates.sort(key=lambda one: (-one.cost, one.use.share or 0.0, one.item.pk))
    return Retirement(candidates[:MOST_CANDIDATES], done.count(), judged)


def phase_panel(actor: Actor, product: Product) -> Mapping[str, object] | None:
    """The phase a product is in, beside its settings, with the way to where it is changed."""
    if not actor.may("lifecycle.view", product.workspace_id, product.pk):
        return None
    return {
        "phase": product.get_phase_display(),
        "url": f"{product.get_absolute_url()}plan/lifecycle",
    }
