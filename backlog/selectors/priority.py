"""Reads of scores, ranks and what people judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Max, Min, QuerySet

from backlog.models import Assessment, BacklogItem, ScoreBasis, ScoringModel, ScoringModelVersion
from backlog.models.item import FINISHED_STATES
from backlog.selectors.cells import Cell, cells_of
from backlog.selectors.columns import Columns, Spot, spots_of
from backlog.selectors.standings import Drawn, Shown, drawn_of
from plm.composed import Read
from plm.counting import Figures
from plm.models import Event, Job, Product
from plm.models.job import QUEUED, RETRYING, RUNNING
from plm.permissions import ANONYMOUS, Actor
from plm.scoring.confidence import CONFIDENCE, IMPACT, spread
from plm.scoring.definition import Definition, Part
from plm.scoring.methods import WIDTH, WSJF
from plm.scoring.wsjf import columns_without_one

TYPE_ICONS = {
    "epic": ("layers", "violet"), "feature": ("sparkles", "indigo"), "story": ("book-open", "teal"),
    "task": ("square-check", ""), "bug": ("bug", "red"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a product is scored: its active model, its other models, and the version that the shown scores come from.

    `pending` says that another version or model is active and its scores are still to come.
    """

    model: ScoringModel
    models: list[ScoringModel]
    shown: ScoringModelVersion
    pending: bool
    best: float

    @property
    def definition(self) -> Definition:
        return self.shown.formula


@Read
def _models(_: Actor, product: Product) -> QuerySet[ScoringModel]:
    return ScoringModel.objects.filter(product=product).select_related("product")


@Read
def _basis(_: Actor, product: Product) -> QuerySet[ScoreBasis]:
    return ScoreBasis.objects.filter(product=product).select_related("model_version")


def scoring_of(product: Product) -> Scoring | None:
    """How the product is scored, or None where it has no model yet."""
    models = _models(ANONYMOUS, product)
    active = next((m for m in models if m.active), None)
    if active is None:
        return None
    basis = _basis.first(ANONYMOUS, product)
    shown = basis.model_version if basis else None
    current = shown is not None and (shown.scoring_model_id, shown.version) == (
        active.pk,
        active.version,
    )
    if shown is None or shown.scoring_model_id != active.pk:
        shown = active.versions.get(version=active.version)
    ceiling = shown.formula.ceiling
    if ceiling is None:
        ceiling = BacklogItem.objects.filter(product=product, score__isnull=False).aggregate(
            best=Max("score")
        )["best"]
    return Scoring(active, models, shown, basis is not None and not current, ceiling or 0.0)


def columns_without_anchor(scoring: Scoring) -> list[str]:
    """The columns of a WSJF model in which open items are judged and none is the 1 that the others are relative to."""
    definition = scoring.definition
    if definition.method != WSJF:
        return []
    judged = Assessment.objects.filter(scoring_model=scoring.model, item__rank__gt=0)
    least = judged.aggregate(**{f.key: Min(f"v{f.slot}") for f in definition.factors})
    lacking = columns_without_one([least])
    return [f.label for f in definition.factors if f.key in lacking]


@dataclass(frozen=True, slots=True)
class RankRow:
    """One item of the ranked list; `sure` is where it may stand, `cut` that the line is drawn below it, `spread` that
    ranks are uncertain at all: else every chance would be 0 or 100 %."""

    item: BacklogItem
    cells: list[Cell]
    percent: float
    icon: str
    hue: str
    sure: Shown | None = None
    cut: bool = False
    spread: bool = False
    no_score: str = ""
    spots: list[Spot] = field(default_factory=list)


def rank_rows(
    scoring: Scoring, items: Iterable[BacklogItem], drawn: Drawn | None, columns: Columns
) -> list[RankRow]:
    """The items with their judged values and where they may stand, in two statements and those of the columns."""
    items = list(items)
    judged = {
        a.item_id: a
        for a in Assessment.objects.filter(
            scoring_model=scoring.model, item__in=[i.pk for i in items]
        )
    }
    places = drawn.places(items) if drawn else {}
    rows = [rank_row(scoring, i, judged.get(i.pk), drawn=drawn, places=places) for i in items]
    return in_columns(rows, columns)


def in_columns(rows: Sequence[RankRow], columns: Columns) -> list[RankRow]:
    """The same rows with what stands in the columns that are shown."""
    cells = {row.item.pk: row.cells for row in rows}
    spots = spots_of(columns, [row.item for row in rows], cells)
    return [replace(row, spots=spots[row.item.pk]) for row in rows]


def rank_row(
    scoring: Scoring,
    item: BacklogItem,
    assessment: Assessment | None,
    *,
    drawn: Drawn | None = None,
    places: Mapping[int, Shown] | None = None,
    **kept: Any,
) -> RankRow:
    """One line of the ranked list; `kept` is what the person typed into a cell that was refused."""
    if places is None:
        drawn = drawn_of(item.product_id)
        places = drawn.places([item]) if drawn else {}
    icon, hue = TYPE_ICONS[item.type]
    percent = 100 * item.score / scoring.best if item.score and scoring.best else 0.0
    cells = cells_of(scoring.definition, assessment, **kept)
    cut = drawn is not None and 0 < item.rank == drawn.basis.cut_after
    spread = drawn is not None and drawn.basis.uncertain > 0
    values = assessment.values(scoring.definition) if assessment else {}
    why = scoring.definition.reason(values) if item.score is None else ""
    sure = places.get(item.pk)
    return RankRow(item, cells, percent, icon, hue, sure, cut, spread, why)


def items_by_reference(product: Product, references: Iterable[str]) -> dict[str, BacklogItem]:
    """The items of the product among these references, by reference, in one statement."""
    numbers = set()
    for name in references:
        key, _, number = name.upper().partition("-")
        if key == product.key and number.isascii() and number.isdecimal() and len(number) < 13:
            numbers.add(int(number))
    found = BacklogItem.objects.filter(product=product, number__in=numbers)
    return {item.reference: item for item in found.select_related("product")}


def ranking_pending(product: Product) -> bool:
    """Whether a recomputation of the ranks waits or runs."""
    return Job.objects.filter(
        key__in=[f"backlog.{name}:{product.pk}" for name in ("scores_recompute", "standings")],
        state__in=[QUEUED, RETRYING, RUNNING],
    ).exists()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an item has the score it has: the version of the model, the parts, and what is missing."""

    item: BacklogItem
    version: ScoringModelVersion
    parts: list[Part]
    missing: list[str]
    assessed_by: Any
    assessed_at: Any
    pin: Event | None
    formula: str = field(default="")

    @property
    def width(self) -> str:
        """What the confidence does where it is no factor of the score, or nothing."""
        return width_said({p.factor.key: p.given for p in self.parts}, self.version.formula)

    @property
    def no_score(self) -> str:
        """Why the values have no score, or nothing."""
        return self.version.formula.reason({p.factor.key: p.given for p in self.parts})


def explanation_of(item: BacklogItem) -> Explanation | None:
    """The score of an item taken apart, or None where the product has no scores yet."""
    basis = (
        ScoreBasis.objects.filter(product_id=item.product_id)
        .select_related("model_version__scoring_model")
        .first()
    )
    if basis is None:
        return None
    version = basis.model_version
    definition = version.formula
    judged = (
        Assessment.objects.filter(scoring_model_id=version.scoring_model_id, item=item)
        .select_related("assessed_by")
        .first()
    )
    parts = definition.parts(judged.values(definition) if judged else {})
    pin = None
    if item.rank_pinned is not None:
        pin = Event.objects.of_record(item.pk).filter(verb="item.pinned").first()
    return Explanation(
        item,
        version,
        parts,
        [p.factor.label for p in parts if p.given is None and definition.reads(p.factor)],
        judged.assessed_by if judged else None,
        judged.assessed_at if judged else None,
        pin,
        definition.says,
    )


def width_said(values: Mapping[str, float | None], definition: Definition) -> str:
    """How far the impact is drawn apart by the confidence, in a sentence; empty where confidence is a factor."""
    if definition.confidence != WIDTH:
        return ""
    sure, impact = values.get(CONFIDENCE), values.get(IMPACT)
    if sure is None or impact is None:
        return "Confidence is no factor of the score: it sets how wide the impact is drawn, once both are judged."
    points = spread(impact, sure).points
    if points.certain:
        return "Confidence is no factor of the score; at 100 % it leaves the impact as it is."
    return (
        f"Confidence is no factor of the score: {100 * sure:.3g} % lets the impact lie between {points.low:.3g} and"
        f" {points.high:.3g} in 80 of 100 draws, unless it has a range of its own."
    )


def score_panel(actor: Actor, item: BacklogItem) -> dict[str, Any] | None:
    """The panel "Why this score" of an item's page."""
    found = explanation_of(item)
    if found is None:
        return None
    may = actor.may("item.assess", item.workspace_id, item.product_id)
    return {"why": found, "may_assess": may}


@Figures
def _open_and_bare(actor: Actor, product: Product) -> list[QuerySet[Any]]:
    rows = BacklogItem.objects.visible_to(actor).filter(product=product, archived_at=None)
    rows = rows.exclude(state__in=FINISHED_STATES)
    return [rows, rows.filter(score=None)]


def priority_tile(actor: Actor, product: Product) -> tuple[int, str, bool]:
    """(ranked open items, how many of them have no score, many of them)."""
    total, bare = _open_and_bare(actor, product)
    return total, f"{bare} without a score" if bare else "All scored", bare > max(5, total // 2)


@Read
def _highest_unplanned(actor: Actor, product: Product) -> QuerySet[BacklogItem]:
    rows = BacklogItem.objects.visible_to(actor).filter(product=product, archived_at=None)
    return rows.filter(state="backlog", score__isnull=False).order_by("-score", "-pk")[:5]


def top_unplanned(actor: Actor, product: Product) -> dict[str, Any] | None:
    """The panel "Highest scores not yet planned" of a product's home."""
    found = _highest_unplanned(actor, product)
    if not found:
        return None
    for item in found:
        item.product = product
    return {
        "items": found,
        "more_url": f"{product.get_absolute_url()}prioritize/",
        "more_label": "Prioritize",
    }
