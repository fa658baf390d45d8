"""Results of a round as a factor of the ranking, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.api.reviews import taken
from backlog.api.rounds_json import use_json
from backlog.models import Round
from backlog.selectors.rounds import items_of
from backlog.selectors.rounds_use import fitting_factors, mapping_of
from backlog.serializers.rounds import RoundUseAnswer, RoundUseInput
from backlog.services.rounds_use import round_use
from plm.api.views import PlmView
from plm.errors import Invalid
from plm.filters import refuse_unknown

FACTOR = OpenApiParameter("factor", str, required=True, description="Key of a factor of the active model.")  # fmt: skip


class RoundUses(PlmView):
    """`use` for the view set of rounds."""

    use_policies: ClassVar[Mapping[str, str]] = {"use": "round.edit", "use_now": "round.edit"}

    def _one(self, uuid: str) -> Round:
        raise NotImplementedError

    @extend_schema(parameters=[FACTOR], responses=RoundUseAnswer)
    @action(detail=True, methods=["get"])
    def use(self, request: Request, uuid: str) -> Response:
        """What points, pairs, Kano or MaxDiff found, as values of a factor: nothing is written."""
        refuse_unknown(request.query_params, {"workspace", "factor"})
        row, key = self._one(uuid), request.query_params.get("factor", "")
        found = mapping_of(row, items_of(row), key)
        if found is None:
            known = ", ".join(f.key for f in fitting_factors(row)) or "none at this point"
            raise Invalid(fields={"factor": f"Factors that fit are: {known}."})
        return Response(use_json(found))

    @extend_schema(request=RoundUseInput, responses=RoundUseAnswer)
    @use.mapping.post
    def use_now(self, request: Request, uuid: str) -> Response:
        """Write them, with a reason. Their source is the round; items it says nothing about keep what they have."""
        row = self._one(uuid)
        given: dict[str, Any] = taken(RoundUseInput, request)
        return Response(use_json(round_use(actor=self.actor, row=row, **given)))
