"""The communication plan and status updates over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.records import etag, version_of
from plm.api.serializers import Input
from plm.api.views import OfProduct, PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.models import Product, User
from plm.permissions import Actor
from plm.selectors import members_of
from plm.services.guard import require
from roadmap.models import CommunicationLine, Share, StatusUpdate
from roadmap.selectors.communication import PlanLine, lines_of, plan_of, updates_of
from roadmap.selectors.shared import shares_of
from roadmap.serializers.communication import (
    PlanLineAnswer,
    PlanLineChange,
    PlanLineInput,
    StatusUpdateAnswer,
    UpdateBeginInput,
    UpdateInput,
    UpdateSendInput,
)
from roadmap.services.communication import (
    delivery_again,
    line_archive,
    line_create,
    line_update,
    update_begin,
    update_send,
    update_update,
)

TAGS: Mapping[str, str] = {"": "Roadmap"}
MOST = 100


class CommunicationView(OfProduct):
    """The communication plan of a product."""

    tags = TAGS
    single = False
    policies: ClassVar[Mapping[str, str]] = {
        "get": "communication.view", "post": "communication.edit"
    }  # fmt: skip
    serializer_class = PlanLineInput

    @extend_schema(responses=listed("PlanLines", PlanLineAnswer))
    def get(self, request: Request, key: str) -> Response:
        """Who is told, where and how often: what is overdue first."""
        refuse_unknown(request.query_params, {"workspace"})
        rows = plan_of(self.actor, self.product(key, "communication.view"))
        return Response({"results": [_line(row) for row in rows]})

    @extend_schema(request=PlanLineInput, responses={201: PlanLineAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Add a line."""
        product = self.product(key, "communication.edit")
        given = PlanLineInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        values["owner"] = _member(product.workspace_id, values["owner"])
        values["share"] = _share(self.actor, product, values["share"])
        line = line_create(actor=self.actor, product=product, values=values)
        return Response(_line(PlanLine(line, None)), status=status.HTTP_201_CREATED)


class LineView(PlmView):
    """One line of a communication plan."""

    tags = TAGS
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True, "DELETE": False}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "communication.view",
        "patch": "communication.edit",
        "delete": "communication.edit",
    }
    serializer_class = PlanLineChange

    @extend_schema(responses=PlanLineAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """With its ETag."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._answer(self._line(uuid, "communication.view"))

    @extend_schema(request=PlanLineChange, responses=PlanLineAnswer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change it; what is left out stays. `If-Match` holds the ETag you read."""
        line = self._line(uuid, "communication.edit")
        given = PlanLineChange(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if "owner" in values:
            values["owner"] = _member(line.workspace_id, values["owner"])
        if "share" in values:
            values["share"] = _share(self.actor, line.product, values["share"])
        line = line_update(
            actor=self.actor, line=line, version=version_of(request), values=values
        )  # fmt: skip
        return self._answer(line)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Take it out of the plan; what was sent stays. `If-Match` is honoured when sent."""
        line = self._line(uuid, "communication.edit")
        version = version_of(request) if "If-Match" in request.headers else None
        line_archive(actor=self.actor, line=line, version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _line(self, uuid: UUID, action: str) -> CommunicationLine:
        rows = CommunicationLine.objects.visible_to(self.actor, "communication.view").live()
        rows = rows.filter(workspace_id=self.workspace_id, uuid=uuid)
        found: CommunicationLine | None = rows.select_related(
            "product__workspace", "owner", "share"
        ).first()
        if found is None:
            raise NotVisible
        require(self.actor, action, found.product)
        return found

    def _answer(self, line: CommunicationLine) -> Response:
        row = PlanLine(line, line.overdue_since(timezone.now()))
        return Response(_line(row), headers={"ETag": etag(line.version)})


class UpdatesView(OfProduct):
    """Status updates of a product."""

    tags = TAGS
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "update.view", "post": "update.edit"}
    serializer_class = UpdateBeginInput

    @extend_schema(responses=listed("StatusUpdates", StatusUpdateAnswer))
    def get(self, request: Request, key: str) -> Response:
        """The latest 100: those on the page, and for who writes them all."""
        refuse_unknown(request.query_params, {"workspace"})
        rows = updates_of(self.actor, self.product(key, "update.view"))[:MOST]
        rows = rows.prefetch_related("deliveries__line")
        return Response({"results": [_update(self.actor, row) for row in rows]})

    @extend_schema(request=UpdateBeginInput, responses={201: StatusUpdateAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Begin a draft for a line of the plan, with what changed since it was told last."""
        product = self.product(key, "update.edit")
        given = UpdateBeginInput(data=request.data)
        given.is_valid(raise_exception=True)
        line = lines_of(self.actor, product).filter(uuid=given.validated_data["line"]).first()
        if line is None:
            raise Invalid(fields={"line": "There is no such line in the plan."})
        update = update_begin(actor=self.actor, line=line)
        return _answer(self.actor, update, status.HTTP_201_CREATED)


class OfUpdate(PlmView):
    """Something about one update."""

    tags = TAGS

    def update(self, uuid: UUID, action: str) -> StatusUpdate:
        """The update, for a caller who may do this with it. Raises NotVisible, NotAllowed."""
        rows = StatusUpdate.objects.visible_to(self.actor, "update.view")
        row = (
            rows.filter(workspace_id=self.workspace_id, uuid=uuid).select_related("product").first()
        )
        if row is None:
            raise NotVisible
        found = updates_of(self.actor, row.product).filter(pk=row.pk).first()
        if found is None:
            raise NotVisible
        require(self.actor, action, found.product)
        return found  # type: ignore[no-any-return]


class UpdateView(OfUpdate):
    """One status update."""

    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "update.view", "patch": "update.edit"}
    serializer_class = UpdateInput

    @extend_schema(responses=StatusUpdateAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """With where it went, for those who send them."""
        refuse_unknown(request.query_params, {"workspace"})
        return _answer(self.actor, self.update(uuid, "update.view"))

    @extend_schema(request=UpdateInput, responses=StatusUpdateAnswer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change a draft. `If-Match` holds the ETag you read."""
        row = self.update(uuid, "update.edit")
        given = UpdateInput(data=request.data)
        given.is_valid(raise_exception=True)
        row = update_update(
            actor=self.actor, update=row, version=version_of(request),
            values=given.validated_data,
        )  # fmt: skip
        return _answer(self.actor, row)


class UpdateSendView(OfUpdate):
    """Sending a draft."""

    if_match: ClassVar[Mapping[str, bool]] = {"POST": True}
    policies: ClassVar[Mapping[str, str]] = {"post": "update.send"}
    serializer_class = UpdateSendInput

    @extend_schema(request=UpdateSendInput, responses=StatusUpdateAnswer)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Send it to lines of the plan. `If-Match` holds the ETag of the draft you read."""
        row = self.update(uuid, "update.send")
        given = UpdateSendInput(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = set(given.validated_data["lines"])
        lines = list(lines_of(self.actor, row.product).filter(uuid__in=wanted))
        if len(lines) < len(wanted):
            raise Invalid(fields={"lines": "Name lines of the plan."})
        row = update_send(
            actor=self.actor, update=row, lines=lines, version=version_of(request)
        )  # fmt: skip
        return _answer(self.actor, row)


class DeliveryAgainView(OfUpdate):
    """Sending once more what did not go."""

    policies: ClassVar[Mapping[str, str]] = {"post": "update.send"}
    serializer_class = Input

    @extend_schema(request=None, responses=StatusUpdateAnswer)
    def post(self, request: Request, uuid: UUID, delivery: UUID) -> Response:
        """Try one sending again. Answers 409 for one that went or is on its way."""
        del request
        row = self.update(uuid, "update.send")
        found = row.deliveries.filter(uuid=delivery).select_related("update__product").first()
        if found is None:
            raise NotVisible
        delivery_again(actor=self.actor, delivery=found)
        return _answer(self.actor, row)


def _member(workspace_id: int, uuid: UUID | None) -> User | None:
    if uuid is None:
        return None
    found: User | None = members_of(workspace_id).filter(uuid=uuid).first()
    if found is None:
        raise Invalid(fields={"owner": "There is no such member here."})
    return found


def _share(actor: Actor, product: Product, uuid: UUID | None) -> Share | None:
    if uuid is None:
        return None
    found: Share | None = shares_of(actor, product).live().filter(uuid=uuid).first()
    if found is None:
        raise Invalid(fields={"share": "There is no such shared view."})
    return found


def _line(row: PlanLine) -> dict[str, Any]:
    line = row.line
    return {
        "id": line.uuid, "audience": line.audience, "channel": line.channel, "to": line.to, "cadence": line.cadence,
        "weekday": line.weekday, "day": line.day, "template": line.template, "version": line.version,
        "owner": line.owner.uuid if line.owner else None, "words": line.words,
        "share": line.share.uuid if line.share else None, "last_sent_at": line.last_sent_at, "overdue_since": row.overdue,
    }  # fmt: skip


def _answer(actor: Actor, row: StatusUpdate, code: int = 200) -> Response:
    return Response(_update(actor, row), status=code, headers={"ETag": etag(row.version)})


def _update(actor: Actor, row: StatusUpdate) -> dict[str, Any]:
    sends = actor.may("update.send", row.workspace_id, row.product_id)
    return {
        "id": row.uuid, "title": row.title, "body": row.body, "health": row.health, "words": row.words, "since": row.since, "until": row.until,
        "status": row.state, "sent_at": row.sent_at,
        "deliveries": [
            {
                "id": one.uuid, "audience": one.line.audience, "to": one.to, "delivery": one.state, "problem": one.problem,
            }
            for one in (row.deliveries.all() if sends else ())
        ],
    }  # fmt: skip
