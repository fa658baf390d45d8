"""Similar ideas over the API: a part of the resource of ideas."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.models import Idea
from ideas.selectors.similar import (
    MOST_TEXT,
    Suggestion,
    method_here,
    similar_to,
    similar_to_text,
)
from ideas.serializers.similar import SimilarAnswer, SimilarAnswerBody, SimilarJudged
from ideas.services.similar import similar_answer
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of, record_by_reference


class SimilarIdeas:
    """Mixed into the view set of ideas."""

    actor: Any
    workspace_id: int
    get_record: Any

    @extend_schema(
        responses=SimilarAnswer,
        parameters=[
            OpenApiParameter("product", str, required=True, description="Key of the product."),
            OpenApiParameter("text", str, required=True, description="What somebody is about to write down."),
        ],
    )  # fmt: skip
    @action(detail=False, methods=["get"], url_path="similar")
    def similar_text(self, request: Request) -> Response:
        """Ideas like a text, most alike first, at most five. They are suggestions: nothing is merged by itself."""
        refuse_unknown(request.query_params, {"product", "text", "workspace"})
        key, text = request.query_params.get("product", ""), request.query_params.get("text", "")
        if not key:
            raise Invalid(fields={"product": "Say which product by its key."})
        if not text.strip():
            raise Invalid(fields={"text": "Give the text to compare with."})
        product = product_of(self.actor, self.workspace_id, key[:10])
        return _found(similar_to_text(self.actor, product, text[:MOST_TEXT]))

    @extend_schema(responses=SimilarAnswer)
    @action(detail=True, methods=["get"])
    def similar(self, request: Request, reference: str) -> Response:
        """Ideas that may be the same as this one, without those somebody has judged already."""
        refuse_unknown(request.query_params, {"workspace"})
        return _found(similar_to(self.actor, self.get_record(reference)))

    @extend_schema(request=SimilarAnswerBody, responses={201: SimilarJudged})
    @similar.mapping.post
    def similar_judge(self, request: Request, reference: str) -> Response:
        """Say whether a suggestion is the same idea. The answer is kept; neither idea is changed."""
        given = SimilarAnswerBody(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        try:
            other = record_by_reference(self.actor, self.workspace_id, values["other"])
        except NotVisible:
            other = None
        idea = self.get_record(reference)
        if not isinstance(other, Idea) or other.product_id != idea.product_id:
            raise Invalid(fields={"other": "There is no such idea in this product."})
        made = similar_answer(
            actor=self.actor, idea=idea, other=other, accepted=values["same"], rank=values["rank"]
        )
        body = {"other": other.reference, "same": made.accepted, "rank": made.rank, "score": made.score, "method": made.method}  # fmt: skip
        return Response(body, status=status.HTTP_201_CREATED)


def _found(found: list[Suggestion]) -> Response:
    rows = [
        {
            "reference": near.idea.reference, "title": near.idea.title, "state": near.idea.state,
            "votes_count": near.idea.votes_count, "score": round(near.score, 4),
        }
        for near in found
    ]  # fmt: skip
    method = found[0].method if found else method_here()
    return Response({"method": method, "results": rows})
