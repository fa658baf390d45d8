"""Talk about passages of a specification over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.api.reviews import taken
from backlog.models import Spec, SpecThread
from backlog.selectors.threads import thread_rows
from backlog.serializers.threads import (
    ThreadAnswer,
    ThreadInput,
    ThreadReplyInput,
    ThreadResolveInput,
)
from backlog.services.threads import thread_named, thread_reply, thread_resolve, thread_start
from plm.api.answers import listed
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown

SHOWN = ("quote", "resolved", "gone", "part", "now")
THREADS = listed("SpecThreads", ThreadAnswer)


def threads_json(spec: Spec) -> dict[str, Any]:
    """All threads of a specification, the open ones first."""
    return {
        "results": [
            {
                "id": row["uuid"],
                **{name: row[name] for name in SHOWN},
                "comments": [_comment(comment) for comment in row["comments"]],
            }
            for row in thread_rows(spec)
        ]
    }


def _comment(row: Any) -> dict[str, Any]:
    author = {"id": row.author.uuid, "name": str(row.author)} if row.author else None
    return {
        "id": row.uuid, "author": author, "body": row.body, "public": row.public, "created_at": row.created_at
    }  # fmt: skip


class SpecThreads:
    """Questions about passages."""

    policies: ClassVar[Mapping[str, str]] = {
        "threads": "spec.view", "threads_ask": "spec.comment", "threads_reply": "spec.comment",
        "threads_resolve": "spec.comment",
    }  # fmt: skip

    @extend_schema(responses=THREADS)
    @action(detail=True, methods=["get"])
    def threads(self: Any, request: Request, reference: str) -> Response:
        """Questions about passages: the quote, where it stands now, what was said; open ones first."""
        refuse_unknown(request.query_params, {"workspace"})
        return Response(threads_json(self.get_record(reference)))

    @extend_schema(request=ThreadInput, responses=THREADS)
    @action(detail=True, methods=["post"], url_path="threads/ask")
    def threads_ask(self: Any, request: Request, reference: str) -> Response:
        """Ask about a passage, quoted as it stands in the specification."""
        given, spec = taken(ThreadInput, request), self.get_record(reference)
        thread_start(actor=self.actor, spec=spec, **given)
        return Response(threads_json(spec))

    @extend_schema(request=ThreadReplyInput, responses=THREADS)
    @action(detail=True, methods=["post"], url_path="threads/reply")
    def threads_reply(self: Any, request: Request, reference: str) -> Response:
        """Say something in a thread."""
        given, spec = taken(ThreadReplyInput, request), self.get_record(reference)
        thread = _thread(spec, given["thread"])
        thread_reply(actor=self.actor, spec=spec, thread=thread, body=given["body"])
        return Response(threads_json(spec))

    @extend_schema(request=ThreadResolveInput, responses=THREADS)
    @action(detail=True, methods=["post"], url_path="threads/resolve")
    def threads_resolve(self: Any, request: Request, reference: str) -> Response:
        """Resolve a thread, or open it again."""
        given, spec = taken(ThreadResolveInput, request), self.get_record(reference)
        thread = _thread(spec, given["thread"])
        thread_resolve(actor=self.actor, spec=spec, thread=thread, resolved=given["resolved"])
        return Response(threads_json(spec))


def _thread(spec: Spec, uuid: UUID) -> SpecThread:
    try:
        return thread_named(spec, uuid)
    except NotVisible:
        raise Invalid(fields={"thread": "Give the id of a thread of this."}) from None
