"""Digests of what changed over the API: the caller's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.views import OfProduct, PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import record_by_reference
from plm.models import Product, SavedView, Team
from plm.permissions import Actor
from plm.selectors import views_for
from plm.services.clock import moment_settled
from roadmap.models import DigestSubscription, Objective, Release
from roadmap.selectors.digests import subscriptions_of, told
from roadmap.serializers.digests import DigestInput, DigestSubscriptionAnswer, ToldAnswer
from roadmap.services.digests import digest_stop, digest_subscribe


class DigestsView(OfProduct):
    """What the caller is told of a product."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "digest.view", "post": "digest.follow"}
    serializer_class = DigestInput

    @extend_schema(responses=listed("Digests", DigestSubscriptionAnswer))
    def get(self, request: Request, key: str) -> Response:
        """The caller's own subscriptions."""
        refuse_unknown(request.query_params, {"workspace"})
        rows = subscriptions_of(self.actor, self.product(key, "digest.view"))
        return Response({"results": [_subscription(row) for row in rows]})

    @extend_schema(request=DigestInput, responses={201: DigestSubscriptionAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Be told of a part of the roadmap. Asked again for the same part it changes when, and starts it again."""
        product = self.product(key, "digest.follow")
        given = DigestInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        part = _part(self.actor, product, values)
        values.setdefault("time_zone", product.workspace.time_zone)
        row = digest_subscribe(actor=self.actor, product=product, values=values, **part)
        return Response(_subscription(row), status=status.HTTP_201_CREATED)


class DigestView(PlmView):
    """One of the caller's subscriptions."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "digest.view", "delete": "digest.follow"}

    @extend_schema(responses=ToldAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """What the next mail would say by now."""
        refuse_unknown(request.query_params, {"workspace"})
        row = self._row(uuid)
        until = max(moment_settled(row.workspace_id), row.seen_at)
        found = told(self.actor, row, row.seen_at, until, row.seen_items)
        lines = [(group.kind, line) for group in found.groups for line in group.lines]
        body = {
            "since": found.since, "until": found.until, "count": found.changes,
            "changes": [
                {
                    "reference": line.reference, "title": line.title, "change": kind, "said": line.headline,
                    "details": list(line.details), "reasons": list(line.reasons), "by": line.by,
                }
                for kind, line in lines
            ],
            "asks": [
                {
                    "reference": ask.reference, "title": ask.title, "why": ask.why, "said": list(ask.said),
                    "reasons": list(ask.reasons),
                }
                for ask in found.asks
            ],
        }  # fmt: skip
        return Response(body)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Be told no more."""
        del request
        digest_stop(actor=self.actor, subscription=self._row(uuid))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _row(self, uuid: UUID) -> DigestSubscription:
        rows = DigestSubscription.objects.own(self.actor).filter(workspace_id=self.workspace_id)
        row = rows.select_related("product__workspace", "objective__product", "release__product", "team").filter(uuid=uuid).first()  # fmt: skip
        if row is None:
            raise NotVisible
        return row


def _part(actor: Actor, product: Product, values: dict[str, Any]) -> dict[str, Any]:
    """Takes out of `values` what names a part. Raises Invalid for what is not there."""
    part: dict[str, Any] = {}
    models: tuple[tuple[str, type[Any]], ...] = (("objective", Objective), ("release", Release))
    for name, model in models:
        if name in values:
            part[name] = _record(actor, product, name, model, values.pop(name))
    if "team" in values:
        teams = Team.objects.filter(workspace_id=product.workspace_id, archived_at=None)
        part["team"] = teams.filter(uuid=values.pop("team")).first() or _unknown("team")
    if "view" in values:
        views = views_for(actor, product.pk, "item")
        view: SavedView | None = views.filter(uuid=values.pop("view")).first()
        part["view"] = view or _unknown("view")
    return part


def _record(actor: Actor, product: Product, name: str, model: type[Any], reference: str) -> Any:
    try:
        found = record_by_reference(actor, product.workspace_id, reference)
    except NotVisible:
        found = None
    if not isinstance(found, model) or found.product_id != product.pk:
        return _unknown(name)
    return found


def _unknown(name: str) -> Any:
    raise Invalid(fields={name: "There is none of that name in this product."})


def _subscription(row: DigestSubscription) -> dict[str, Any]:
    return {
        "id": row.uuid, "part": row.part, "objective": row.objective.reference if row.objective else None,
        "release": row.release.reference if row.release else None, "team": row.team.uuid if row.team else None,
        "view": row.view, "cadence": row.cadence, "weekday": row.weekday, "day": row.day, "hour": row.hour,
        "time_zone": row.time_zone, "seen_at": row.seen_at, "due_at": row.due_at,
        "parked": row.parked_at is not None, "problem": row.problem,
    }  # fmt: skip
