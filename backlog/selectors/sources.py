"""Where values of factors can come from: data that is there anyway. Later rooms register theirs in their `apps.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, Sum

from backlog.models import BacklogItem, FactorSource, IdeaLink, Round, ScoringModel
from plm.scoring.definition import DECIMALS
from plm.scoring.factor import Factor

HAND = "hand"


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `load` gives the values of these items (primary keys) in a fixed number of statements; an item that
    is left out has no data. Whoever registers one asks for `backlog.services.sources.fill_request` when its data change.
    """

    name: str
    label: str
    load: Callable[[Sequence[int]], Mapping[int, float]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Offer a source to every product. One of the same name is replaced."""
    _sources[source.name] = source


def all_sources() -> list[Source]:
    """What factors can be mapped to, in the order of registration."""
    return list(_sources.values())


def source_named(name: str) -> Source | None:
    """The source, or None where the room that registered it is not there any more."""
    return _sources.get(name)


def source_label(name: str) -> str:
    """The name as people read it, also of a source that is not there any more."""
    found = _sources.get(name)
    return found.label if found else name


ROUND = "round:"
"""Before the id of a round it is the source of a value that its participants agreed on or gave together."""


def round_source(row: Round) -> str:
    """The source of values that come from a round."""
    return f"{ROUND}{row.uuid}"


def is_given(source: str) -> bool:
    """Whether people gave the value, alone or in a round: then it stands before data."""
    return source in {"", HAND} or source.startswith(ROUND)


def round_titles(sources: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(title, address) of the rounds among these sources, by source, in at most one statement."""
    ids = [name.removeprefix(ROUND) for name in sources if name.startswith(ROUND)]
    if not ids:
        return {}
    rows: Any = Round.objects.filter(uuid__in=ids).select_related("product__workspace")
    return {round_source(row): (row.title, row.get_absolute_url()) for row in rows}


def sources_of(model: ScoringModel) -> dict[str, FactorSource]:
    """The mapped factors of a model, by key."""
    return {row.key: row for row in FactorSource.objects.filter(scoring_model=model)}


def sources_mark(rows: Mapping[str, FactorSource]) -> str:
    """Names what was mapped when somebody looked."""
    return ";".join(f"{key}:{rows[key].source}:{rows[key].times:g}" for key in sorted(rows))


def on_scale(factor: Factor, value: float | None, times: float) -> float | None:
    """What data say in the unit of a factor; beyond its scale they count as its end."""
    if value is None:
        return None
    return round(min(factor.high, max(factor.low, value * times)), DECIMALS)


def _of_ideas(
    column: str, how: type[Sum] | type[Max]
) -> Callable[[Sequence[int]], dict[int, float]]:
    def load(items: Sequence[int]) -> dict[int, float]:
        rows: Any = IdeaLink.objects.filter(item__in=items, idea__archived_at=None)
        found = rows.values("item_id").annotate(value=how(F(f"idea__{column}")))
        return {row["item_id"]: float(row["value"]) for row in found}

    return load


def _points(items: Sequence[int]) -> dict[int, float]:
    rows = BacklogItem.objects.filter(pk__in=items, estimate__isnull=False)
    return {pk: float(points) for pk, points in rows.values_list("pk", "estimate")}


for _name, _label, _column, _how in (
    ("votes", "Votes for the ideas behind it", "votes_count", Sum),
    ("people", "People who want it (of its largest idea)", "demand_people", Max),
    ("companies", "Companies that want it (of its largest idea)", "demand_companies", Max),
    ("revenue", "Monthly revenue of who wants it (of its largest idea)", "demand_revenue", Max),
):
    register(Source(_name, _label, _of_ideas(_column, _how)))
register(Source("points", "Its estimate in points", _points))
