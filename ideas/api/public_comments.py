"""What is said about an idea in public, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.api.votes import idea_named
from ideas.selectors.moderation import comments_public
from ideas.services.portal import portal_answer
from plm.api.answers import Member, paged
from plm.api.parameters import PAGED, order_of
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import NotVisible
from plm.filters import refuse_unknown
from plm.models import Comment
from plm.paging import ordering_for, page_size, paginate
from plm.services.notes import comment_delete

ORDERS = {"created": "created_at"}


class AnswerInput(Input):
    body = serializers.CharField(max_length=20_000)


class PublicCommentAnswer(serializers.Serializer[Any]):
    """Of the team's answers `author` wrote it; of customers' comments `person`, and `signed_as` stands under it."""

    id = serializers.UUIDField()
    body = serializers.CharField()
    author = Member(allow_null=True)
    person = Member(allow_null=True)
    signed_as = serializers.CharField()
    created_at = serializers.DateTimeField()


def _shown(row: Comment) -> dict[str, Any]:
    post = getattr(row, "portal_post", None)
    writer = row.author if post is None else None
    return {
        "id": row.uuid, "body": row.body, "created_at": row.created_at,
        "author": {"id": writer.uuid, "name": str(writer)} if writer else None,
        "person": {"id": post.person.uuid, "name": post.person.name} if post else None,
        "signed_as": post.name if post else "",
    }  # fmt: skip


class PublicCommentsView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    policies: ClassVar[Mapping[str, str]] = {"get": "idea.view", "post": "idea.answer"}
    serializer_class = AnswerInput

    @extend_schema(
        parameters=[order_of(ORDERS, "created"), *PAGED],
        responses=paged("PublicComments", PublicCommentAnswer),
    )
    def get(self, request: Request, reference: str) -> Response:
        """What customers and the team said about the idea on the portal, oldest first."""
        params = request.query_params
        refuse_unknown(params, {"order", "cursor", "size", "workspace"})
        rows = comments_public(idea_named(self, reference))
        page = paginate(
            rows, ordering=ordering_for(rows, params.get("order", "created"), ORDERS),
            cursor=params.get("cursor", ""), size=page_size(params.get("size")), binding=request.path,
        )  # fmt: skip
        found = [_shown(row) for row in page.rows]
        return Response({"results": found, "next_cursor": page.next_cursor or None})

    @extend_schema(request=AnswerInput, responses={201: PublicCommentAnswer})
    def post(self, request: Request, reference: str) -> Response:
        """Answer customers: they read it as the team's."""
        idea = idea_named(self, reference)
        given = AnswerInput(data=request.data)
        given.is_valid(raise_exception=True)
        made = portal_answer(actor=self.actor, idea=idea, body=given.validated_data["body"])
        return Response(_shown(made), status=status.HTTP_201_CREATED)


class PublicCommentView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    policies: ClassVar[Mapping[str, str]] = {"delete": "idea.comment"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, reference: str, uuid: UUID) -> Response:
        """Take a public comment away: one's own, or any as a product manager."""
        del request
        idea = idea_named(self, reference)
        comment = comments_public(idea).filter(uuid=uuid).first()
        if not isinstance(comment, Comment):
            raise NotVisible
        comment_delete(actor=self.actor, record=idea, comment=comment)
        return Response(status=status.HTTP_204_NO_CONTENT)
