"""What the team judged of its features, review by review, and the one place that was fixed by hand."""

from __future__ import annotations

from typing import Any

from analytics.demo.backlog import OWNERS
from analytics.demo.telling import Telling
from backlog.models import BacklogItem, RankOverride, ScoringModel
from backlog.models.item import FINISHED_STATES
from backlog.services.assessments import assessments_set
from backlog.services.comparisons import comparison_set
from backlog.services.ranks import item_rank_pin, override_judge
from backlog.services.scenarios import scenario_create
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from backlog.services.share_targets import share_targets_set
from ideas.models import Segment
from plm.scoring.methods import RICE, WEIGHTED

REVIEWS = (-690, -560, -460, -380, -300, -215, -130, -72, -38, -15)
FACTORS = {
    RICE: ("rice", ("reach", "impact", "confidence", "effort")),
    WEIGHTED: ("weighted", ("customer_need", "market_demand", "ease")),
}


SPREAD = {"reach": 0.0, "effort": 0.5}
"""What nobody knows exactly of a feature without full confidence, and the least it can be."""


def plan_scores(telling: Telling) -> None:
    telling.plan(telling.moment(REVIEWS[0] - 3), lambda: _begin(telling))
    for offset in REVIEWS:
        telling.plan(telling.moment(offset, hour=16.4), lambda: _review(telling))
    telling.plan(telling.moment(-130, hour=18), lambda: _pin_early(telling))
    telling.plan(telling.moment(-20, hour=10), lambda: _verdict(telling))
    telling.plan(telling.moment(-6, hour=11), lambda: _pin(telling))
    telling.plan(telling.moment(-5, hour=11), lambda: _scenario(telling))
    telling.plan(telling.moment(-5, hour=14), lambda: _targets(telling))
    telling.plan(telling.moment(-4, hour=15), lambda: _compare(telling))


def _begin(telling: Telling) -> None:
    scoring_models_ensure(product=telling.product)
    scoring_model_activate(
        actor=telling.actors["maren"], model=_model(telling, RICE),
        reason="Reach differs by a factor of ten between our features; a scale of one to five hides that",
    )  # fmt: skip


def _model(telling: Telling, method: str) -> ScoringModel:
    return ScoringModel.objects.select_related("product").get(
        product=telling.product, method=method
    )


def _review(telling: Telling) -> None:
    """Judge what is open. What was never judged before begins with less confidence."""
    live = {
        item.pk: item
        for item in BacklogItem.objects.filter(product=telling.product, type="feature")
        .exclude(state__in=FINISHED_STATES)
        .select_related("product")
    }
    for method, (name, keys) in FACTORS.items():
        model = _model(telling, method)
        judged = set(
            BacklogItem.objects.filter(assessments__scoring_model=model).values_list(
                "pk", flat=True
            )
        )
        rows = []
        for key, feature in telling.features.items():
            known = telling.items.get(key)
            if known is None or known.pk not in live:
                continue
            values: dict[str, Any] = dict(zip(keys, feature[name], strict=True))
            if method == RICE and known.pk not in judged:
                values["confidence"] = 0.5
            if method == RICE and values["confidence"] < 1:
                values |= {key: _about(values[key], least) for key, least in SPREAD.items()}
            rows.append((live[known.pk], values))
        if rows:
            assessments_set(
                actor=telling.actors["jonas"], product=telling.product, rows=rows, model=model
            )


def _about(likely: float, least: float) -> dict[str, float]:
    """A range as teams give it: more may go wrong than right."""
    return {"low": max(least, round(likely * 0.7, 1)), "likely": likely, "high": round(likely * 1.6, 1)}  # fmt: skip


def _pin(telling: Telling) -> None:
    item_rank_pin(
        actor=telling.actors[OWNERS["chains"]], item=telling.current(telling.items["region"]), rank=2,
        reason="Kaufring rolls out to 140 markets in spring only if this is there; worth more than its reach says",
    )  # fmt: skip


def _pin_early(telling: Telling) -> None:
    """A feature that was promised, whose score would have had it wait."""
    item = (
        BacklogItem.objects.filter(product=telling.product, type="feature", rank__gt=2)
        .exclude(state__in=FINISHED_STATES).select_related("product").order_by("rank").first()
    )  # fmt: skip
    if item is not None:
        item_rank_pin(
            actor=telling.actors["maren"], item=item, rank=1,
            reason="Promised to the pilot shops before the season; a promise kept is worth more than two places",
        )  # fmt: skip


def _verdict(telling: Telling) -> None:
    row = RankOverride.objects.filter(product=telling.product).select_related("item", "product").first()  # fmt: skip
    if row is not None:
        row.item = telling.current(row.item)
        override_judge(
            actor=telling.actors["maren"], override=row, verdict="too_early",
            reason="The pilot shops have it on their list; ask again when a quarter with it has passed",
        )  # fmt: skip


def _scenario(telling: Telling) -> None:
    """What the team tried before its last review and kept to talk about."""
    scenario_create(
        actor=telling.actors["maren"], product=telling.product, model=_model(telling, WEIGHTED), name="Quick wins",
        why="Would two months of quick wins change what comes first?",
        weights={"customer_need": 1, "market_demand": 1, "ease": 3},
    )  # fmt: skip


def _targets(telling: Telling) -> None:
    """What the team agreed to spend its time on, beside the shares of its goals."""
    wanted = {"Large customers": 25.0, "Food retail and bakeries": 30.0}
    segments = {
        str(row.uuid): wanted[row.name]
        for row in Segment.objects.filter(workspace=telling.workspace)
        if row.name in wanted
    }
    share_targets_set(
        actor=telling.actors["maren"], product=telling.product, version=None,
        targets={"type": {"feature": 70, "bug": 15, "task": 10}, "segment": segments},
    )  # fmt: skip


JUDGED = {"maren": (3, 5, 2), "jonas": (2, 1 / 2, 3)}
"""Need over market, need over ease, market over ease. Jonas contradicts himself: his page says where."""


def _compare(telling: Telling) -> None:
    """Two people weigh the criteria in pairs; nobody has put the weights into force yet."""
    need, market, ease = FACTORS[WEIGHTED][1]
    for name, values in JUDGED.items():
        pairs = zip(((need, market), (need, ease), (market, ease)), values, strict=True)
        comparison_set(
            actor=telling.actors[name], model=_model(telling, WEIGHTED), version=None, judgements=dict(pairs)
        )  # fmt: skip
