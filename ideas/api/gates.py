"""Stage gates over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.kinds.gates import GATE
from ideas.serializers.gates import DecideSerializer, GateDecisionSerializer
from ideas.services.gates import gate_decide
from plm.api.records import RecordViewSet


class GateViewSet(RecordViewSet):
    """Stage gates."""

    kind = GATE
    policies: ClassVar[Mapping[str, str]] = {**RecordViewSet.policies, "decide": "gate.decide"}

    @extend_schema(request=DecideSerializer, responses=GateDecisionSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, reference: str) -> Response:
        """Go, kill, hold or recycle, with a reason. The evidence is frozen with it."""
        given = DecideSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        gate = gate_decide(
            actor=self.actor, gate=self.get_record(reference), version=None, **given.validated_data
        )
        return Response(gate.last_decision)
