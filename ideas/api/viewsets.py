"""Ideas over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.api.merging import MergingOfIdeas
from ideas.api.similar import SimilarIdeas
from ideas.api.splitting import SplittingOfIdeas
from ideas.api.triage import TriageOfIdeas
from ideas.kinds.ideas import IDEA
from ideas.serializers.ideas import VotesAnswer
from ideas.services.votes import idea_vote_set
from plm.api.records import RecordViewSet


class IdeaViewSet(SimilarIdeas, TriageOfIdeas, MergingOfIdeas, SplittingOfIdeas, RecordViewSet):
    """Ideas."""

    kind = IDEA
    policies: ClassVar[Mapping[str, str]] = {
        **RecordViewSet.policies,
        "vote": "idea.vote",
        "unvote": "idea.vote",
        "triage": "idea.move",
        "triage_many": "idea.move",
        "merge": "idea.move",
        "unmerge": "idea.move",
        "split": "idea.move",
        "respond": "idea.answer",
        "similar_text": "idea.view",
        "similar": "idea.view",
        "similar_judge": "idea.edit",
    }

    @extend_schema(request=None, responses=VotesAnswer)
    @action(detail=True, methods=["post"])
    def vote(self, request: Request, reference: str) -> Response:
        """Vote for the idea. Twice counts once."""
        del request
        count = idea_vote_set(actor=self.actor, idea=self.get_record(reference), voting=True)
        return Response({"votes_count": count})

    @extend_schema(request=None, responses=VotesAnswer)
    @action(detail=True, methods=["post"])
    def unvote(self, request: Request, reference: str) -> Response:
        """Take the vote back."""
        del request
        count = idea_vote_set(actor=self.actor, idea=self.get_record(reference), voting=False)
        return Response({"votes_count": count})
