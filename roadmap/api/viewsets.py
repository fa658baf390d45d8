"""Goals, key results, releases and milestones over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.records import RecordViewSet
from roadmap.kinds import KEY_RESULT, MILESTONE, OBJECTIVE, PERSONA, RELEASE
from roadmap.models import KeyResultCheckIn
from roadmap.selectors.goals import check_ins_of
from roadmap.serializers.plan import CheckInAnswer, CheckInInput
from roadmap.services.objectives import key_result_check_in

MAX_CHECK_INS = 500


class ObjectiveViewSet(RecordViewSet):
    """Goals."""

    kind = OBJECTIVE


class KeyResultViewSet(RecordViewSet):
    """Key results and their readings."""

    kind = KEY_RESULT
    policies: ClassVar[Mapping[str, str]] = {
        **RecordViewSet.policies,
        "check_ins": "key_result.view",
        "check_in": "key_result.check_in",
    }

    @extend_schema(responses=listed("CheckIns", CheckInAnswer))
    @action(detail=True, methods=["get"], url_path="check-ins")
    def check_ins(self, request: Request, reference: str) -> Response:
        """The latest 500 readings, the latest first."""
        del request
        rows = check_ins_of(self.get_record(reference))[:MAX_CHECK_INS]
        return Response({"results": [_reading(row) for row in rows]})

    @extend_schema(request=CheckInInput, responses={201: CheckInAnswer})
    @check_ins.mapping.post
    def check_in(self, request: Request, reference: str) -> Response:
        """Note the figure; the latest reading becomes the current value."""
        result = self.get_record(reference)
        given = CheckInInput(data=request.data)
        given.is_valid(raise_exception=True)
        made = key_result_check_in(actor=self.actor, key_result=result, **given.validated_data)
        return Response(_reading(made), status=status.HTTP_201_CREATED)


def _reading(row: KeyResultCheckIn) -> dict[str, Any]:
    author = {"id": row.author.uuid, "name": str(row.author)} if row.author else None
    return {
        "id": row.uuid,
        "at": row.at,
        "value": row.value,
        "confidence": row.confidence,
        "note": row.note,
        "author": author,
    }


class ReleaseViewSet(RecordViewSet):
    """Releases."""

    kind = RELEASE


class PersonaViewSet(RecordViewSet):
    """Personas."""

    kind = PERSONA


class MilestoneViewSet(RecordViewSet):
    """Milestones."""

    kind = MILESTONE
