"""The matrix and the balance of a product over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.selectors import matrix as matrices
from backlog.selectors.priority import Scoring, scoring_of
from backlog.serializers.decide import MatrixAnswer, matrix_json, measure_json
from backlog.services.scoring_models import scoring_models_ensure
from plm.api.serializers import Input
from plm.api.views import OfProduct
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.models import Product

MEASURE = {"type": "string", "maxLength": 40, "examples": ["effort", "item.value"]}
NUMBER, YES = (
    {"type": "number", "minimum": -1e12, "maximum": 1e12},
    {"type": "boolean", "default": False},
)


def scoring_in(product: Product) -> Scoring:
    """How the product is scored; one without a model gets its default ones."""
    scoring_models_ensure(product=product)
    found = scoring_of(product)
    if found is None:
        raise NotVisible
    return found


class _Query(Input):
    x = serializers.CharField(required=False)
    y = serializers.CharField(required=False)
    size = serializers.CharField(required=False)
    xcut = serializers.FloatField(required=False, min_value=-1e12, max_value=1e12)
    ycut = serializers.FloatField(required=False, min_value=-1e12, max_value=1e12)
    xlog = serializers.BooleanField(required=False)
    ylog = serializers.BooleanField(required=False)


class MatrixView(OfProduct):
    """Items on two axes of the scoring model."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view"}

    @extend_schema(
        responses=MatrixAnswer,
        parameters=[
            OpenApiParameter("x", MEASURE, description="Key of a measure; what suits the method if left out."),
            OpenApiParameter("y", MEASURE, description="Likewise; another one than `x`."),
            OpenApiParameter("size", MEASURE, description="What the area of a bubble stands for."),
            OpenApiParameter("xcut", NUMBER, description="Where the line of `x` stands, in the unit of its values; the median if left out."),
            OpenApiParameter("ycut", NUMBER, description="Likewise of `y`."),
            OpenApiParameter("xlog", YES, description="A logarithmic axis: values that are not above 0 have no place."),
            OpenApiParameter("ylog", YES, description="Likewise of `y`."),
        ],
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        """The first 200 items by rank with their values on two axes, their quadrants, and how far they are from the lines.
        To move one, judge its factor: `PATCH /items/{reference}/assessment/`.
        """
        refuse_unknown(request.query_params, {"workspace", *_Query().fields})
        product = self.product(key, "item.view")
        scoring = scoring_in(product)
        given = _Query(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        known = matrices.measures(scoring.definition)
        asked = dict(given.validated_data)
        wrong = {n: asked[n] for n in ("x", "y", "size") if n in asked and asked[n] not in known}
        if wrong:
            raise Invalid(fields=dict.fromkeys(wrong, f"A measure is one of: {', '.join(known)}."))
        if asked.get("x") is not None and asked.get("x") == asked.get("y"):
            raise Invalid(fields={"y": "Take another measure than for x."})
        found = matrices.matrix(self.actor, product, scoring, matrices.Asked(**asked))
        return Response(
            {
                "product": product.key, "model": str(scoring.model.uuid), "model_version": scoring.shown.version,
                "measures": [measure_json(one) for one in known.values()], **matrix_json(found),
            }
        )  # fmt: skip
