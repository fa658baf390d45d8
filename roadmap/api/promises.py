"""The promise ledger over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.parameters import moment_parameter
from plm.api.views import OfProduct, PlmView
from plm.errors import InvalidQuery
from plm.filters import refuse_unknown
from plm.past import moment_asked
from roadmap.api.shares import share_named
from roadmap.models import Shown
from roadmap.promises import Line
from roadmap.selectors.ledger import PromiseLine, promises_of, shown_at
from roadmap.selectors.shared import shares_of
from roadmap.serializers.promises import PromiseAnswer, ShownItemAnswer, line_json

MOST = 1000


class PromisesView(OfProduct):
    """What each audience was told, and how it moved since."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "share.view"}

    @extend_schema(
        responses=listed("Promises", PromiseAnswer),
        parameters=[OpenApiParameter("share", UUID, description="One audience: the id of a link.")],
    )
    def get(self, request: Request, key: str) -> Response:
        """Items by audience, what slipped most first: the first 1,000."""
        refuse_unknown(request.query_params, {"workspace", "share"})
        product = self.product(key, "share.view")
        share, asked = None, request.query_params.get("share")
        if asked is not None:
            try:
                share = shares_of(self.actor, product).filter(uuid=UUID(asked)).first()
            except ValueError:
                share = None
            if share is None:
                raise InvalidQuery(
                    "There is no such link in this product.",
                    fields={"share": "Give the id of a link."},
                )
        lines = promises_of(self.actor, product, share=share)[:MOST]
        return Response({"results": [_json(line) for line in lines]})


class ShareShownView(PlmView):
    """What a link showed at a moment."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "share.view"}

    @extend_schema(
        responses=listed("ShownItems", ShownItemAnswer), parameters=[moment_parameter("at")]
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """What its readers had last seen by the moment `at`, with the moment from which on it was so."""
        refuse_unknown(request.query_params, {"workspace", "at"})
        share = share_named(self, uuid)
        moment = moment_asked(request.query_params.get("at", ""), "at")
        key = share.product.key
        rows = shown_at(share, moment)[:MOST]
        return Response(
            {"results": [{"item": f"{key}-{row.item.number}", **line_json(_line(row))} for row in rows]}
        )  # fmt: skip


def _line(row: Shown) -> Line:
    return Line(
        row.at, row.title, row.starts_on, row.ends_on, row.grain, row.column, row.state, row.gone
    )


def _json(line: PromiseLine) -> dict[str, Any]:
    promise = line.promise
    return {
        "share": line.share.uuid,
        "audience": line.share.name,
        "item": line.reference,
        "first": line_json(promise.first),
        "now": line_json(promise.last),
        "moved": promise.moved,
        "days": promise.days,
        "moves": [{"at": m.at, "kind": m.kind, "days": m.days} for m in promise.moves],
    }
