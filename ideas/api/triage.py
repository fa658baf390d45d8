"""Triage over the API: a part of the resource of ideas."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.models import Idea
from ideas.serializers.ideas import IdeaSerializer, TriageBody, TriageReport, TriageSelection
from ideas.services import triage as services
from plm.api.records import etag
from plm.errors import Invalid, NotVisible
from plm.kinds import record_by_reference


class TriageOfIdeas:
    """Mixed into the view set of ideas."""

    actor: Any
    workspace_id: int
    get_record: Any
    represent: Any

    @extend_schema(request=TriageBody, responses=IdeaSerializer)
    @action(detail=True, methods=["post"])
    def triage(self, request: Request, reference: str) -> Response:
        """Decide about a new idea. `waiting=true` on the list gives those that wait."""
        given = TriageBody(data=request.data)
        given.is_valid(raise_exception=True)
        decided = self._decide(self.get_record(reference), given.validated_data)
        body = self.represent(request, decided.pk)
        return Response(body, headers={"ETag": etag(decided.version, body)})

    @extend_schema(request=TriageSelection, responses=TriageReport)
    @action(detail=False, methods=["post"], url_path="triage")
    def triage_many(self, request: Request) -> Response:
        """Decide about several new ideas alike. Each is decided or refused by itself; a missing reason refuses all."""
        given = TriageSelection(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        ideas, refused = [], {}
        for reference in dict.fromkeys(values["ideas"]):
            try:
                ideas.append(self.get_record(reference))
            except NotVisible as error:
                refused[reference] = error.message
        decided, more = services.ideas_decide(
            actor=self.actor, ideas=ideas, decision=values["decision"], reason=values["reason"],
            until=values.get("until"),
        )  # fmt: skip
        return Response({"decided": [i.reference for i in decided], "refused": {**refused, **more}})

    def _decide(self, idea: Idea, values: dict[str, Any]) -> Idea:
        decision, reason, quiet = values["decision"], values["reason"], values["quiet"]
        if decision == "accept":
            return services.idea_accept(actor=self.actor, idea=idea, reason=reason, quiet=quiet)
        if decision == "decline":
            return services.idea_decline(actor=self.actor, idea=idea, reason=reason, quiet=quiet)
        if decision == "undo":
            return services.idea_reopen(actor=self.actor, idea=idea, reason=reason or "Undone")
        if decision == "snooze":
            if "until" not in values:
                raise Invalid(fields={"until": "Give the day on which it comes back."})
            return services.idea_snooze(
                actor=self.actor, idea=idea, until=values["until"], reason=reason
            )
        target = self._other(idea, values.get("other", ""))
        return services.idea_duplicate(
            actor=self.actor, idea=idea, target=target, rank=values["rank"]
        )

    def _other(self, idea: Idea, reference: str) -> Idea:
        try:
            found = record_by_reference(self.actor, self.workspace_id, reference)
        except NotVisible:
            found = None
        if not isinstance(found, Idea) or found.product_id != idea.product_id:
            raise Invalid(fields={"other": "There is no such idea in this product."})
        return found
