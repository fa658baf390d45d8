"""What hangs on any record, over the API; products, people, search, the change feed, jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api import answers
from plm.api.answers import listed, paged
from plm.api.declared import LongText
from plm.api.parameters import PAGED, moment_parameter
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import Invalid, InvalidQuery, NotVisible
from plm.events import plain
from plm.filters import refuse_unknown
from plm.kinds import kind_named, record_by_reference
from plm.lineage import Relative, trace
from plm.models import Comment, Event, Job, Product, Team
from plm.models.note import RELATIONS
from plm.paging import MAX_SIZE, ordering_for, page_size, paginate
from plm.past import moment_asked, record_at
from plm.permissions import Role
from plm.search import search
from plm.selectors import is_following, members_of
from plm.services import notes
from plm.services.guard import require
from plm.services.reasons import LONGEST, SHORTEST, change_explain

TAGS: Mapping[str, str] = {"": "Any record"}


class RecordView(PlmView):
    """Base of what hangs on one record."""

    tags = TAGS

    def record(self, action: str) -> Any:
        found = record_by_reference(self.actor, self.workspace_id, self.kwargs["reference"])
        require(self.actor, f"{found.kind}.{action}", found.product)
        return found


class LineageView(RecordView):
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "*.view"}

    @extend_schema(responses=answers.LineageAnswer)
    def get(self, request: Request, reference: str) -> Response:
        """Where the record came from and what became of it, nearest ancestor last, nearest descendant first."""
        del request, reference
        record = self.record("view")
        before, after = trace(self.actor, record.pk)
        return Response(
            {
                "reference": record.reference,
                "before": [_relative(relative) for relative in before],
                "after": [_relative(relative) for relative in after],
            }
        )


def _relative(relative: Relative) -> dict[str, Any]:
    row = relative.record
    return {
        "reference": row.key, "kind": row.kind, "stage": kind_named(row.kind).stage.slug, "title": row.title,
        "state": row.state, "distance": relative.distance,
    }  # fmt: skip


class HistoryView(RecordView):
    policies: ClassVar[Mapping[str, str]] = {"get": "*.view"}

    @extend_schema(
        parameters=PAGED,
        responses=paged("EventPage", answers.EventAnswer),
    )
    def get(self, request: Request, reference: str) -> Response:
        """What happened to the record, newest first."""
        del reference
        rows = Event.objects.of_record(self.record("view").pk)
        return Response(event_page(request, rows, "-sequence"))


class AsOfView(RecordView):
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "*.view"}

    @extend_schema(parameters=[moment_parameter("at")], responses=answers.AsOfAnswer)
    def get(self, request: Request, reference: str) -> Response:
        """What the record said at a moment: its own fields, tags and custom fields."""
        del reference
        refuse_unknown(request.query_params, {"at", "workspace"})
        record = self.record("view")
        moment = moment_asked(request.query_params.get("at", ""))
        past = record_at(record, moment)
        return Response(
            {
                "reference": record.reference, "at": moment, "existed": past is not None,
                "values": past.values if past else {}, "changed": past.changed if past else [],
            }
        )  # fmt: skip


def event_page(request: Request, rows: Any, order: str) -> dict[str, Any]:
    refuse_unknown(request.query_params, {"cursor", "size", "workspace"})
    page = paginate(
        rows,
        ordering=ordering_for(rows, order, {"sequence": "sequence"}),
        cursor=request.query_params.get("cursor", ""),
        size=page_size(request.query_params.get("size")),
        binding=request.path,
    )
    return {
        "results": [event_json(row) for row in page.rows],
        "next_cursor": page.next_cursor or None,
    }


def event_json(event: Event, reference: str | None = None) -> dict[str, Any]:
    found = {
        "id": event.uuid, "sequence": event.sequence, "verb": event.verb, "kind": event.kind,
        "actor": event.actor_name, "changes": event.changes, "data": event.data, "reason": event.reason,
        "at": event.created_at, "request_id": event.request_id,
    }  # fmt: skip
    return found if reference is None else {**found, "reference": reference or None}


class CommentInput(Input):
    body = LongText(max_length=notes.LONGEST_COMMENT)
    public = serializers.BooleanField(default=False)


class CommentsView(RecordView):
    policies: ClassVar[Mapping[str, str]] = {"get": "*.view", "post": "*.comment"}
    serializer_class = CommentInput

    @extend_schema(responses=listed("Comments", answers.CommentAnswer))
    def get(self, request: Request, reference: str) -> Response:
        """All comments on the record, oldest first."""
        del request, reference
        rows = Comment.objects.shown().filter(record_id=self.record("view").pk)
        return Response({"results": [_comment(row) for row in rows[:1000]]})

    @extend_schema(request=CommentInput, responses={201: answers.CommentAnswer})
    def post(self, request: Request, reference: str) -> Response:
        """Say something about the record; `@first.last` tells that person. `public` answers customers."""
        del reference
        record = self.record("comment")
        given = CommentInput(data=request.data)
        given.is_valid(raise_exception=True)
        comment = notes.comment_add(actor=self.actor, record=record, **given.validated_data)
        return Response(_comment(comment), status=status.HTTP_201_CREATED)


def _comment(row: Comment) -> dict[str, Any]:
    author = {"id": row.author.uuid, "name": str(row.author)} if row.author else None
    return {
        "id": row.uuid,
        "author": author,
        "body": row.body,
        "public": row.public,
        "created_at": row.created_at,
    }


class FollowView(RecordView):
    single = True
    policies: ClassVar[Mapping[str, str]] = {
        "get": "*.view",
        "put": "*.follow",
        "delete": "*.follow",
    }

    @extend_schema(responses=answers.FollowAnswer)
    def get(self, request: Request, reference: str) -> Response:
        """Whether the caller follows the record."""
        del request, reference
        return Response({"following": is_following(self.actor.user_id, self.record("view").pk)})

    @extend_schema(request=None, responses=answers.FollowAnswer)
    def put(self, request: Request, reference: str) -> Response:
        """Follow it."""
        del request, reference
        notes.follow_set(actor=self.actor, record=self.record("follow"), following=True)
        return Response({"following": True})

    @extend_schema(responses={200: answers.FollowAnswer})
    def delete(self, request: Request, reference: str) -> Response:
        """Stop following it."""
        del request, reference
        notes.follow_set(actor=self.actor, record=self.record("follow"), following=False)
        return Response({"following": False})


class ExplainInput(Input):
    reason = serializers.CharField(min_length=SHORTEST, max_length=LONGEST)


class ExplainView(RecordView):
    policies: ClassVar[Mapping[str, str]] = {"post": "*.comment"}
    serializer_class = ExplainInput

    @extend_schema(request=ExplainInput, responses={204: None})
    def post(self, request: Request, reference: str) -> Response:
        """Say why you changed it last, where no reason was given. 409 where that change is not yours."""
        del reference
        record = self.record("comment")
        given = ExplainInput(data=request.data)
        given.is_valid(raise_exception=True)
        change_explain(actor=self.actor, record=record, **given.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RelationInput(Input):
    target = serializers.CharField(max_length=24)
    type = serializers.ChoiceField(choices=RELATIONS, default="relates")


class RelationsView(RecordView):
    policies: ClassVar[Mapping[str, str]] = {"post": "*.edit"}
    serializer_class = RelationInput

    @extend_schema(request=RelationInput, responses={201: answers.RelationAnswer})
    def post(self, request: Request, reference: str) -> Response:
        """Link the record with another one of the workspace."""
        del reference
        source = self.record("edit")
        given = RelationInput(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            target = record_by_reference(
                self.actor, self.workspace_id, given.validated_data["target"]
            )
        except NotVisible:
            raise Invalid(fields={"target": "There is no such record here."}) from None
        row = notes.relation_add(
            actor=self.actor, source=source, target=target, type=given.validated_data["type"]
        )
        body = {
            "id": row.uuid,
            "source": source.reference,
            "target": target.reference,
            "type": row.type,
        }
        return Response(body, status=status.HTTP_201_CREATED)


class ChangesView(PlmView):
    policies: ClassVar[Mapping[str, str]] = {"get": "record.view"}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 10**18 - 1, "default": 0},
                description="The last sequence you have.",
            ),
            OpenApiParameter("size", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE}),
        ],
        responses=listed(
            "Changes", answers.ChangeAnswer, last=serializers.IntegerField(min_value=0)
        ),
    )
    def get(self, request: Request) -> Response:
        """Every fact after `after`, in commit order: read until `results` is empty, keep `last`, miss nothing.

        Archived records come as `<kind>.archived`: the tombstones of a mirror.
        """
        refuse_unknown(request.query_params, {"after", "size", "workspace"})
        given = request.query_params.get("after", "0")
        if not given.isascii() or not given.isdecimal() or len(given) > 18:
            raise InvalidQuery(
                "`after` is a sequence number, 0 to begin.", fields={"after": "Not a number."}
            )
        rows = (
            Event.objects.visible_to(self.actor)
            .filter(workspace_id=self.workspace_id, sequence__gt=int(given))
            .select_related("record__product")
            .order_by("sequence")[: page_size(request.query_params.get("size", str(MAX_SIZE)))]
        )
        found = [event_json(row, row.record.key if row.record else "") for row in rows]
        return Response({"results": found, "last": found[-1]["sequence"] if found else int(given)})


class SearchView(PlmView):
    policies: ClassVar[Mapping[str, str]] = {"get": "record.view"}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string"},
                required=True,
                description="Words; the first 200 characters count.",
            )
        ],
        responses=listed("SearchFound", answers.Found),
    )
    def get(self, request: Request) -> Response:
        """Records of any kind with these words; the last word counts as a beginning."""
        refuse_unknown(request.query_params, {"q", "workspace"})
        text = request.query_params.get("q", "")[:200]
        rows = search(self.actor, text, workspace_id=self.workspace_id, limit=50)
        return Response(
            {
                "results": [
                    {"reference": r.key, "kind": r.kind, "title": r.title, "state": r.state}
                    for r in rows
                ]
            }
        )


class ProductsView(PlmView):
    policies: ClassVar[Mapping[str, str]] = {"get": "product.view"}

    @extend_schema(responses=listed("Products", answers.ProductAnswer))
    def get(self, request: Request) -> Response:
        """The products the caller may see."""
        del request
        rows = Product.objects.visible_to(self.actor).filter(workspace_id=self.workspace_id)
        return Response(
            {
                "results": [
                    {
                        "id": p.uuid, "key": p.key, "name": p.name, "description": p.description, "phase": p.phase,
                        "cycle": p.cycle, "group": p.group.uuid if p.group else None, "archived_at": p.archived_at,
                    }
                    for p in rows.select_related("group")
                ]
            }
        )  # fmt: skip


class PeopleView(PlmView):
    policies: ClassVar[Mapping[str, str]] = {"get": "member.view"}

    @extend_schema(responses=answers.PeopleAnswer)
    def get(self, request: Request) -> Response:
        """Members who may own records, and teams."""
        del request
        if self.actor.role_in(self.workspace_id) < Role.STAKEHOLDER:
            raise NotVisible
        people = [{"id": u.uuid, "name": str(u)} for u in members_of(self.workspace_id)]
        teams = [
            {"id": t.uuid, "name": t.name}
            for t in Team.objects.filter(workspace_id=self.workspace_id)
        ]
        return Response({"people": people, "teams": teams})


class JobView(PlmView):
    policies: ClassVar[Mapping[str, str]] = {"get": "job.view"}

    @extend_schema(responses=answers.JobAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """How far a job is."""
        del request
        rows = Job.objects.visible_to(self.actor, "job.view").filter(workspace_id=self.workspace_id)
        job = rows.filter(uuid=uuid).first()
        if job is None:
            raise NotVisible
        return Response(job_json(job))


def job_json(job: Job) -> dict[str, Any]:
    return {
        "id": job.uuid, "kind": job.kind, "state": job.state, "progress": job.progress, "total": job.total,
        "attempts": job.attempts, "result": plain(job.result), "error": job.error, "created_at": job.created_at,
        "finished_at": job.finished_at,
    }  # fmt: skip
