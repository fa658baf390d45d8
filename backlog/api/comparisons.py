"""Criteria compared in pairs over the API."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import ScoringModel
from backlog.selectors.comparisons import Comparison, comparison_of
from backlog.serializers.comparisons import (
    ComparisonInput,
    ComparisonUseInput,
    CriteriaComparisonAnswer,
    comparison_json,
)
from backlog.serializers.priority import ScoringModelAnswer, model_json
from backlog.services.comparisons import Given, comparison_set, comparison_use
from plm.api.records import etag, version_of
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.scoring.ahp import cells_problem


class _OfModel(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}

    def model(self, uuid: UUID) -> ScoringModel:
        rows = ScoringModel.objects.visible_to(self.actor, "scoring_model.view")
        found = rows.filter(workspace_id=self.workspace_id, uuid=uuid)
        model = found.select_related("product").first()
        if model is None:
            raise NotVisible
        return model


class ComparisonView(_OfModel):
    """What was judged of the criteria of a weighted model in pairs, and the weights that come of it (AHP)."""

    single = True
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "scoring_model.view",
        "put": "scoring_model.compare",
    }
    serializer_class = ComparisonInput

    @extend_schema(responses=CriteriaComparisonAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """Your judgements, those of the others, and the group's: weights, consistency ratio, and which judgement
        contradicts the others most. The ETag is that of your own judgements."""
        refuse_unknown(request.query_params, {"workspace"})
        return _answer(comparison_of(self.actor, self.model(uuid)))

    @extend_schema(request=ComparisonInput, responses=CriteriaComparisonAnswer)
    def put(self, request: Request, uuid: UUID) -> Response:
        """Set your judgements whole, as pairs or as a matrix. `If-Match` holds the ETag you read. Weights change with
        `use` alone."""
        model = self.model(uuid)
        version = version_of(request)
        given = ComparisonInput(data=request.data)
        given.is_valid(raise_exception=True)
        judgements = _judgements(comparison_of(self.actor, model), given.validated_data)
        comparison_set(actor=self.actor, model=model, version=version, judgements=judgements)
        return _answer(comparison_of(self.actor, model))


def _answer(found: Comparison) -> Response:
    return Response(comparison_json(found), headers={"ETag": etag(found.own_version)})


def _judgements(found: Comparison, given: Mapping[str, Any]) -> Given:
    matrix = given.get("matrix")
    if matrix is None:
        rows = given["judgements"]
        named = {(row["criterion"], row["over"]): row["value"] for row in rows}
        if len(named) < len(rows):
            raise Invalid(fields={"judgements": "Judge each pair once."})
        return named
    labels = [factor.label for factor in found.factors]
    problem = cells_problem(matrix, labels)
    if problem:
        raise Invalid(fields={"matrix": problem})
    keys = list(enumerate(factor.key for factor in found.factors))
    return {(a, b): matrix[i][j] for (i, a), (j, b) in combinations(keys, 2)}


class ComparisonUseView(_OfModel):
    policies: ClassVar[Mapping[str, str]] = {"post": "scoring_model.edit"}
    version_in_body: ClassVar[tuple[str, ...]] = ("POST",)
    serializer_class = ComparisonUseInput

    @extend_schema(request=ComparisonUseInput, responses={200: ScoringModelAnswer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Give the model the weights of the comparison as a new version; its reason says where they come from."""
        model = self.model(uuid)
        given = ComparisonUseInput(data=request.data)
        given.is_valid(raise_exception=True)
        comparison_use(actor=self.actor, model=model, **given.validated_data)
        changed = self.model(uuid)
        body = model_json(changed, changed.versions.get(version=changed.version).formula)
        return Response(body, headers={"ETag": etag(changed.version)})
