"""Who votes for an idea, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.models import Idea, Person, Vote
from ideas.models.idea import IMPORTANCES
from ideas.serializers.ideas import VotesAnswer
from ideas.services.votes import vote_add_for, vote_remove_for
from plm.api.answers import listed
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.kinds import record_by_reference

MOST = 1000


class VoteInput(Input):
    """`person` is the id of a person of the workspace."""

    person = serializers.UUIDField()
    importance = serializers.ChoiceField(choices=IMPORTANCES, default=1)


class VoteAnswer(serializers.Serializer[Any]):
    """`added_by` is the id of the member who voted on the person's behalf; null for those who voted themselves."""

    person = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")
    company = serializers.UUIDField(source="person.company.uuid", allow_null=True, default=None)
    importance = serializers.ChoiceField(choices=IMPORTANCES)
    added_by = serializers.UUIDField(source="added_by.uuid", allow_null=True, default=None)
    unproved = serializers.BooleanField(
        help_text="It came by mail from an address nobody has proved."
    )
    created_at = serializers.DateTimeField()


def idea_named(view: PlmView, reference: str) -> Idea:
    found = record_by_reference(view.actor, view.workspace_id, reference)
    if not isinstance(found, Idea):
        raise NotVisible
    return found


class VotersView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    policies: ClassVar[Mapping[str, str]] = {"get": "idea.view", "post": "idea.vote_for"}
    serializer_class = VoteInput

    @extend_schema(responses=listed("Voters", VoteAnswer))
    def get(self, request: Request, reference: str) -> Response:
        """Who votes for the idea: the thousand newest votes."""
        del request
        rows = Vote.objects.filter(idea=idea_named(self, reference))
        rows = rows.select_related("person__company", "added_by").order_by("-created_at", "-pk")
        return Response({"results": VoteAnswer(rows[:MOST], many=True).data})

    @extend_schema(request=VoteInput, responses={201: VotesAnswer})
    def post(self, request: Request, reference: str) -> Response:
        """Vote on behalf of a person. Twice counts once; the second changes how important it is."""
        idea = idea_named(self, reference)
        given = VoteInput(data=request.data)
        given.is_valid(raise_exception=True)
        person = person_named(self, given.validated_data["person"])
        if person is None:
            raise Invalid(fields={"person": "Give the id of a person of this workspace."})
        importance = int(given.validated_data["importance"])
        count = vote_add_for(actor=self.actor, idea=idea, person=person, importance=importance)
        return Response({"votes_count": count}, status=status.HTTP_201_CREATED)


class VoterView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    policies: ClassVar[Mapping[str, str]] = {"delete": "idea.vote_for"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, reference: str, uuid: UUID) -> Response:
        """Take a person's vote away."""
        del request
        idea = idea_named(self, reference)
        person = person_named(self, uuid)
        if person is None:
            raise NotVisible
        vote_remove_for(actor=self.actor, idea=idea, person=person)
        return Response(status=status.HTTP_204_NO_CONTENT)


def person_named(view: PlmView, uuid: UUID) -> Person | None:
    return Person.objects.filter(workspace_id=view.workspace_id, uuid=uuid).first()
