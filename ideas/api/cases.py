"""Business cases over the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.kinds.cases import BUSINESS_CASE
from ideas.serializers.cases import AppraisalAnswer
from ideas.services.cases import appraisal_of
from plm.api.records import RecordViewSet


class CaseViewSet(RecordViewSet):
    """Business cases."""

    kind = BUSINESS_CASE
    policies: ClassVar[Mapping[str, str]] = {
        **RecordViewSet.policies,
        "appraisal": "business_case.view",
    }

    @extend_schema(responses=AppraisalAnswer)
    @action(detail=True, methods=["get"])
    def appraisal(self, request: Request, reference: str) -> Response:
        """Everything the case says: flows, rates, payback, and how its value is spread."""
        del request
        found = asdict(appraisal_of(self.get_record(reference)))
        found.pop("by_line")
        return Response(found)
