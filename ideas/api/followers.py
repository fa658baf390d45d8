"""Who follows an idea on the portal, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.api.votes import MOST, idea_named, person_named
from ideas.selectors.follows import followers
from ideas.services.follows import follower_add, follower_remove
from plm.api.answers import listed
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible


class FollowerInput(Input):
    """`person` is the id of a person of the workspace."""

    person = serializers.UUIDField()


class FollowerAnswer(serializers.Serializer[Any]):
    person = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")
    company = serializers.UUIDField(source="person.company.uuid", allow_null=True, default=None)
    created_at = serializers.DateTimeField(help_text="Since when they follow.")


class FollowersView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    policies: ClassVar[Mapping[str, str]] = {"get": "idea.view", "post": "idea.follow_for"}
    serializer_class = FollowerInput

    @extend_schema(responses=listed("Followers", FollowerAnswer))
    def get(self, request: Request, reference: str) -> Response:
        """Who gets a mail when the idea's state changes: the thousand newest followers."""
        del request
        rows = followers(idea_named(self, reference))
        return Response({"results": FollowerAnswer(rows[:MOST], many=True).data})

    @extend_schema(request=FollowerInput, responses={201: FollowerAnswer})
    def post(self, request: Request, reference: str) -> Response:
        """Have a person follow. Twice is once. Who stopped following can only follow again themselves."""
        idea = idea_named(self, reference)
        given = FollowerInput(data=request.data)
        given.is_valid(raise_exception=True)
        person = person_named(self, given.validated_data["person"])
        if person is None:
            raise Invalid(fields={"person": "Give the id of a person of this workspace."})
        follow = follower_add(actor=self.actor, idea=idea, person=person)
        return Response(FollowerAnswer(follow).data, status=status.HTTP_201_CREATED)


class FollowerView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    policies: ClassVar[Mapping[str, str]] = {"delete": "idea.follow_for"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, reference: str, uuid: UUID) -> Response:
        """Have a person follow no more."""
        del request
        idea = idea_named(self, reference)
        person = person_named(self, uuid)
        if person is None:
            raise NotVisible
        follower_remove(actor=self.actor, idea=idea, person=person)
        return Response(status=status.HTTP_204_NO_CONTENT)
