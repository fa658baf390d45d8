"""How sure the ranks of a product are, and where its line is, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from zlib import crc32

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import ScoringModel, Standing
from backlog.selectors.columns import columns_of
from backlog.selectors.sources import all_sources, sources_mark, sources_of
from backlog.selectors.standings import Drawn, drawn_of, ranking_settings, worths_of
from backlog.serializers.standings import (
    FactorSourcesAnswer,
    FactorSourcesInput,
    RankingAnswer,
    RankingColumnsAnswer,
    RankingColumnsInput,
    RankingInput,
    StandingsAnswer,
)
from backlog.services.columns import ranking_columns_set
from backlog.services.scoring_models import scoring_models_ensure
from backlog.services.sources import factor_sources_set
from backlog.services.standings import ranking_settings_set
from plm.api.records import etag, version_of
from plm.api.views import OfProduct
from plm.errors import Stale
from plm.filters import refuse_unknown
from plm.models import Product
from plm.permissions import Actor


class RankingView(OfProduct):
    """Where the ranked list of a product is cut, and when an input is old."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view", "put": "ranking.edit"}
    serializer_class = RankingInput

    @extend_schema(responses=RankingAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The line: after `top` items, or at a `capacity`; the other is null."""
        refuse_unknown(request.query_params, {"workspace"})
        return _ranking(self.product(key, "item.view"))

    @extend_schema(request=RankingInput, responses=RankingAnswer)
    def put(self, request: Request, key: str) -> Response:
        """Move the line. `If-Match` holds the ETag you read. The standings follow by a job."""
        product = self.product(key, "ranking.edit")
        given = RankingInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = {"top": None, "capacity": None, **given.validated_data}
        ranking_settings_set(
            actor=self.actor, product=product, version=version_of(request), values=values
        )
        return _ranking(product)


def _ranking(product: Product) -> Response:
    line = ranking_settings(product)
    body = {
        "product": product.key,
        "top": line.top,
        "capacity": line.capacity,
        "stale_days": line.stale_days,
    }
    return Response(body, headers={"ETag": etag(line.version)})


class FactorSourcesView(OfProduct):
    """Which factors of a product's active model fill themselves from data."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "scoring_model.view",
        "put": "scoring_model.edit",
    }
    serializer_class = FactorSourcesInput

    @extend_schema(responses=FactorSourcesAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The mapped factors, and what they could be mapped to."""
        refuse_unknown(request.query_params, {"workspace"})
        return _sources(self.product(key, "scoring_model.view"))

    @extend_schema(request=FactorSourcesInput, responses=FactorSourcesAnswer)
    def put(self, request: Request, key: str) -> Response:
        """Map them whole: a factor that is left out is given by hand alone. `If-Match` holds the ETag you read."""
        product = self.product(key, "scoring_model.edit")
        given = FactorSourcesInput(data=request.data)
        given.is_valid(raise_exception=True)
        model = _active(product)
        mark = sources_mark(sources_of(model))
        if version_of(request) != _number(mark):
            raise Stale("Somebody changed where the factors come from since you read it.")
        wanted = {r["factor"]: (r["source"], r["times"]) for r in given.validated_data["sources"]}
        factor_sources_set(actor=self.actor, model=model, seen=mark, sources=wanted)
        return _sources(product)


def _active(product: Product) -> ScoringModel:
    model = scoring_models_ensure(product=product)
    model.product = product
    return model


def _number(mark: str) -> int:
    """What is mapped as a number, for an ETag like those of records."""
    return crc32(mark.encode()) % 10**9


def _sources(product: Product) -> Response:
    model = _active(product)
    rows = sources_of(model)
    body = {
        "product": product.key,
        "model": model.name,
        "sources": [
            {"factor": key, "source": rows[key].source, "times": rows[key].times} for key in sorted(rows)
        ],
        "available": [{"name": s.name, "label": s.label} for s in all_sources()],
    }  # fmt: skip
    return Response(body, headers={"ETag": f'"{_number(sources_mark(rows))}"'})


class StandingsView(OfProduct):
    """How sure the ranks of a product are."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view"}

    @extend_schema(responses=StandingsAnswer)
    def get(self, request: Request, key: str) -> Response:
        """For the first 500 scored items by rank: chance to be above the line, median rank, the interval that holds 80 %
        of the ranks, and ties; with it which estimates are worth knowing. Computed by a job after each change.
        """
        refuse_unknown(request.query_params, {"workspace"})
        product = self.product(key, "item.view")
        drawn = drawn_of(product.pk)
        if drawn is None:
            return Response(
                {"product": product.key, "drawn": None, "results": [], "worth_knowing": []}
            )
        return Response({"product": product.key, **_json(self.actor, drawn)})


def _json(actor: Actor, drawn: Drawn) -> dict[str, Any]:
    basis = drawn.basis
    rows = Standing.objects.filter(product_id=basis.product_id)
    rows = rows.select_related("item__product").order_by("item__rank", "pk")
    return {
        "drawn": {
            "top": basis.top, "capacity": basis.capacity, "items": basis.items, "uncertain_inputs": basis.uncertain,
            "draws": basis.draws, "seed": basis.seed, "cut_after": basis.cut_after or None,
            "model": basis.model_version.scoring_model.name, "model_version": basis.model_version.version,
            "left_out": {"unscored": basis.unscored, "beyond": basis.beyond, "unestimated": basis.unestimated},
            "problem": basis.problem, "computed_at": basis.computed_at,
        },
        "results": [
            {
                "item": row.item.reference, "rank": row.item.rank, "above_line": row.inside, "median_rank": row.median,
                "rank_low": row.low, "rank_high": row.high, "tie": row.tie or None,
            }
            for row in rows
        ],
        "worth_knowing": [
            {"item": one.item.reference, "factor": one.factor, "gain": one.gain, "unit": basis.unit}
            for one in worths_of(actor, drawn)
        ],
    }  # fmt: skip


class RankingColumnsView(OfProduct):
    """Which columns of the ranked list you see."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view", "put": "item.view"}
    serializer_class = RankingColumnsInput

    @extend_schema(responses=RankingColumnsAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The columns you see in this product, in their order, and the others there are."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._columns(self.product(key, "item.view"))

    @extend_schema(request=RankingColumnsInput, responses=RankingColumnsAnswer)
    def put(self, request: Request, key: str) -> Response:
        """See other columns, or in another order. Names that are no columns are left out."""
        product = self.product(key, "item.view")
        given = RankingColumnsInput(data=request.data)
        given.is_valid(raise_exception=True)
        names = given.validated_data["columns"]
        ranking_columns_set(actor=self.actor, product=product, columns=names or None)
        return self._columns(product)

    def _columns(self, product: Product) -> Response:
        model = scoring_models_ensure(product=product)
        definition = model.versions.get(version=model.version).formula
        found = columns_of(self.actor, product, definition)
        return Response(
            RankingColumnsAnswer(
                {"shown": found.shown, "others": found.others, "remembered": found.remembered}
            ).data
        )
