"""Why an item stands where it stands: everything the page of its score says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from backlog.models import (
    Assessment,
    BacklogItem,
    FactorSource,
    ScoreBasis,
    ScoringModel,
    ScoringModelVersion,
)
from backlog.selectors.cells import Cell, cells_of, plain_number
from backlog.selectors.sources import on_scale, round_titles, source_label, source_named
from backlog.selectors.standings import Shown, drawn_of, ranking_settings
from plm.models import Event, User
from plm.numerals import whole_number
from plm.numeric import np
from plm.permissions import Actor
from plm.scoring.definition import Definition
from plm.scoring.methods import WEIGHTED
from plm.scoring.sensitivity import contributions, counted_matrix, in_points, needed, swings
from plm.scoring.simulation import simulated
from plm.scoring.uncertainty import beats

MOST_ITEMS = 500
NEIGHBOURS = 2
MOST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Input:
    """One input: the cell it stands in, who or what gave it and when, and why it is old (empty: it is not). `round` is
    the title of the round it comes from, `url` its address."""

    cell: Cell
    who: str
    at: datetime | None
    stale: str
    round: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One score the item had: its inputs and the version of the model of that time give it again."""

    at: datetime
    score: float | None
    version: int | None
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Beat:
    """The probability that the item's score is above another's; None where it cannot be drawn."""

    other: BacklogItem
    chance: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What each factor does to the difference from a reference. `parts` is None where the method or a 0 forbids it."""

    name: str
    score: float | None
    parts: list[dict[str, Any]] | None
    whole: float = 0.0

    @property
    def close(self) -> bool:
        """Whether the scores are so near to each other that a factor alone does more than all of the difference: then
        parts read better in points than as shares."""
        return any(part["share"] is None or abs(part["share"]) > 1 for part in self.parts or [])


@dataclass(frozen=True, slots=True)
class Explained:
    """The score of an item, explained. `again` is the score of its kept inputs under the version it came from."""

    item: BacklogItem
    version: ScoringModelVersion
    inputs: list[Input]
    again: float | None
    sure: Shown | None
    line: str
    differences: list[Difference]
    first: BacklogItem | None
    needed: list[dict[str, Any]]
    swings: list[dict[str, Any]]
    beats: list[Beat]
    history: list[Moment]

    @property
    def equal(self) -> bool:
        """Whether the kept score and the one computed again are the same to the last bit."""
        return self.again == self.item.score


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The scored items of the product from the top, with what was judged of them."""

    definition: Definition
    items: list[BacklogItem]
    judged: dict[int, Assessment]

    def values(self, item: BacklogItem) -> Mapping[str, float | None]:
        kept = self.judged.get(item.pk)
        return kept.values(self.definition) if kept else {}

    @property
    def complete(self) -> list[BacklogItem]:
        """Those whose inputs are all there under this version."""
        keys = [f.key for f in self.definition.factors if self.definition.reads(f)]
        return [i for i in self.items if all(self.values(i).get(k) is not None for k in keys)]


def explained(
    actor: Actor, item: BacklogItem, against: BacklogItem | None = None
) -> Explained | None:
    """The explanation of an item's score, or None where the product has no scoring model yet. Statements do not grow with items."""
    basis = (
        ScoreBasis.objects.filter(product_id=item.product_id)
        .select_related("model_version__scoring_model")
        .first()
    )
    version = basis.model_version if basis else _active(item)
    if version is None:
        return None
    ranked = _ranked(actor, item, version, against)
    own = ranked.judged.get(item.pk)
    drawn = drawn_of(item.product_id)
    others = [i for i in ranked.complete if i.pk != item.pk and i.rank]
    first = max(others, key=lambda i: i.score or 0, default=None)
    ahead = first is not None and (first.score or 0) >= (item.score or 0)
    return Explained(
        item, version, _inputs(item, version.formula, own), version.formula.score(ranked.values(item)),
        drawn.places([item]).get(item.pk) if drawn else None, drawn.line if drawn else "",
        _differences(ranked, item, others), first if ahead else None,
        _needed(ranked, item, first) if ahead and first else [],
        _swings(ranked, item, drawn.basis.top or drawn.basis.cut_after if drawn else 0),
        _beats(ranked, item, others, against), _history(item, version),
    )  # fmt: skip


def _active(item: BacklogItem) -> ScoringModelVersion | None:
    model = ScoringModel.objects.active_in(item.product_id).first()
    if model is None:
        return None
    rows = model.versions.select_related("scoring_model")
    return rows.get(version=model.version)


def item_named(actor: Actor, item: BacklogItem, reference: str) -> BacklogItem | None:
    """Another item of the same product by its reference, if the actor sees it."""
    key, _, text = reference.upper().partition("-")
    number = whole_number(text)
    if key != item.product.key or number is None or number == item.number:
        return None
    rows: Any = BacklogItem.objects.visible_to(actor).filter(product_id=item.product_id)
    found: BacklogItem | None = (
        rows.filter(number=number).select_related("product__workspace").first()
    )
    return found


def _ranked(
    actor: Actor, item: BacklogItem, version: ScoringModelVersion, against: BacklogItem | None
) -> _Ranked:
    rows: Any = BacklogItem.objects.visible_to(actor).filter(
        product_id=item.product_id, rank__gt=0, score__isnull=False
    )
    rows = rows.defer("description", "custom").select_related("product__workspace")
    items = list(rows.order_by("rank", "pk")[:MOST_ITEMS])
    known = {i.pk for i in items}
    items += [i for i in (item, against) if i is not None and i.pk not in known]
    judged = Assessment.objects.filter(scoring_model_id=version.scoring_model_id, item__in=[i.pk for i in items])  # fmt: skip
    return _Ranked(version.formula, items, {a.item_id: a for a in judged})


def _inputs(item: BacklogItem, definition: Definition, own: Assessment | None) -> list[Input]:
    if own is None:
        return [Input(cell, "", None, "") for cell in cells_of(definition, None)]
    days = ranking_settings(item.product).stale_days
    by = [one.get("by") for one in own.inputs.values()] + [own.assessed_by_id]
    people = User.objects.filter(pk__in=[pk for pk in by if pk is not None])
    names: dict[int | None, str] = {user.pk: str(user) for user in people}
    mapped = {row.key: row for row in FactorSource.objects.filter(scoring_model=own.scoring_model_id)}  # fmt: skip
    rounds = round_titles(str(one.get("source", "")) for one in own.inputs.values())
    found = []
    for cell in cells_of(definition, own):
        if not cell.kept:
            found.append(Input(cell, "", None, ""))
            continue
        at = datetime.fromisoformat(cell.given["at"]) if cell.given.get("at") else own.assessed_at
        name = names.get(cell.given.get("by", own.assessed_by_id), "")
        old = at < timezone.now() - timedelta(days=days)
        overruled = "" if cell.from_data else _overruled(item, mapped.get(cell.factor.key), cell)
        who = source_label(cell.source) if cell.from_data else name or "somebody who is gone"
        stale = [f"older than {days} days"] if old else []
        words = ", ".join([*stale, overruled] if overruled else stale)
        found.append(Input(cell, who, at, words, *rounds.get(cell.source, ("", ""))))
    return found


def _overruled(item: BacklogItem, row: FactorSource | None, cell: Cell) -> str:
    """What the data say where a value given by hand stands before them."""
    source = source_named(row.source) if row else None
    if row is None or source is None:
        return ""
    value = on_scale(cell.factor, source.load([item.pk]).get(item.pk), row.times)
    shown = plain_number(value * 100 if cell.factor.percent and value is not None else value)
    return f"data say {shown}" if shown and shown != cell.kept else ""


def _differences(ranked: _Ranked, item: BacklogItem, others: list[BacklogItem]) -> list[Difference]:
    """Against the median of all and against the item above."""
    found, values = [], ranked.values(item)
    if item.score is not None and others:
        columns = [f.key for f in ranked.definition.factors if ranked.definition.reads(f)]
        matrix = np.array([[ranked.values(i)[k] for k in columns] for i in others], dtype=float)
        middle = dict(zip(columns, map(float, np.median(matrix, axis=0)), strict=True))
        found.append(_difference(ranked, "an item with the median of every factor", values, middle))
    above = [i for i in others if 0 < i.rank < item.rank]
    if item.score is not None and above:
        name = f"{above[-1].reference} {above[-1].title}, one place above"
        found.append(_difference(ranked, name, values, ranked.values(above[-1])))
    return found


def _difference(
    ranked: _Ranked, name: str, values: Mapping[str, Any], other: Mapping[str, Any]
) -> Difference:
    definition = ranked.definition
    try:
        parts = contributions(definition, values, other)
    except ValueError:
        parts = None
    ours, theirs = definition.score(values) or 0.0, definition.score(other) or 0.0
    points = in_points(parts, ours, theirs) if parts else []
    rows = None if parts is None else [
        {
            "factor": definition.factor(p.factor), "ours": values.get(p.factor), "theirs": other.get(p.factor),
            "amount": p.amount, "times": p.times, "share": p.share, "points": in_all,
        }
        for p, in_all in zip(parts, points, strict=True)
    ]  # fmt: skip
    return Difference(name, definition.score(other), rows, ours - theirs)


def _needed(ranked: _Ranked, item: BacklogItem, first: BacklogItem) -> list[dict[str, Any]]:
    definition = ranked.definition
    try:
        found = needed(definition, ranked.values(item), first.score or 0.0)
    except ValueError:
        return []
    return [
        {"factor": definition.factor(n.factor), "now": ranked.values(item).get(n.factor), "value": n.value, "below": n.below, "lawful": n.lawful}
        for n in found
    ]  # fmt: skip


def _swings(ranked: _Ranked, item: BacklogItem, top: int) -> list[dict[str, Any]]:
    """How far each weight may move before another set is above the line; of weighted models alone."""
    definition = ranked.definition
    rows = [i for i in ranked.complete if i.rank]
    if definition.method != WEIGHTED or not 0 < top < len(rows):
        return []
    matrix = counted_matrix(definition, [ranked.values(i) for i in rows])
    weights, keys = [f.weight for f in definition.factors], [f.key for f in definition.factors]
    return [
        {
            "factor": definition.factor(s.factor), "share": s.share,
            "from": None if s.down is None else s.share + s.down, "to": None if s.up is None else s.share + s.up,
            "leaves": None if s.leaves is None else rows[s.leaves], "enters": None if s.enters is None else rows[s.enters],
        }
        for s in swings(matrix, weights, keys, top)
    ]  # fmt: skip


def _beats(
    ranked: _Ranked, item: BacklogItem, others: list[BacklogItem], against: BacklogItem | None
) -> list[Beat]:
    """Against the two above, the two below, and whoever was asked for."""
    near = [i for i in others if i.rank < item.rank][-NEIGHBOURS:] + [i for i in others if i.rank > item.rank][:NEIGHBOURS]  # fmt: skip
    if against is not None and against.pk not in {item.pk, *(i.pk for i in near)}:
        near.append(against)
    if item.score is None or not near:
        return []
    drawn = {
        i.number: ranked.judged[i.pk].estimates(ranked.definition)
        for i in (item, *near)
        if i.pk in ranked.judged
    }
    try:
        found = simulated(ranked.definition, drawn)
    except ValueError:
        return [Beat(i, None) for i in near]
    rows = {number: row for row, number in enumerate(found.keys)}
    if item.number not in rows:
        return [Beat(i, None) for i in near]
    return [
        Beat(i, beats(found.scores, rows[item.number], rows[i.number]) if i.number in rows else None)
        for i in near
    ]  # fmt: skip


def _history(item: BacklogItem, version: ScoringModelVersion) -> list[Moment]:
    """The scores the item had, newest first: each computed again from the inputs and the version of its time."""
    events = Event.objects.of_record(item.pk).filter(verb="item.assessed")[:MOST_HISTORY]
    versions = {v.version: v for v in ScoringModelVersion.objects.filter(scoring_model_id=version.scoring_model_id)}  # fmt: skip
    points: list[tuple[datetime, Event | ScoringModelVersion]] = [
        (e.created_at, e)
        for e in events
        if e.data.get("model_id", version.scoring_model_id) == version.scoring_model_id
    ]
    if not points:
        return []
    since = min(at for at, _ in points)
    points += [(v.created_at, v) for v in versions.values() if v.created_at > since]
    values: Mapping[str, float | None] = {}
    now: ScoringModelVersion | None = None
    found: list[Moment] = []
    for at, one in sorted(points, key=lambda p: p[0]):
        if isinstance(one, ScoringModelVersion):
            now = one
            score = now.formula.score(values)
            found.append(Moment(at, score, now.version, "", now.reason or "The model changed"))
            continue
        if "values" not in one.data:
            score = one.changes.get("score", [None, None])[1]
            found.append(Moment(at, score, None, one.actor_name, one.reason))
            continue
        values = one.data["values"]
        now = versions.get(one.data["model_version"], now)
        score = now.formula.score(values) if now else None
        found.append(Moment(at, score, now.version if now else None, one.actor_name, one.reason))
    return found[::-1]
