"""Places on the roadmap over the API, and the roadmap as one document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import BacklogItem
from backlog.selectors.priority import items_by_reference
from plm.api.answers import paged
from plm.api.parameters import PAGED, PRODUCT_REQUIRED, order_of
from plm.api.records import etag, version_of
from plm.api.views import PlmView
from plm.errors import Invalid, InvalidQuery, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of, record_by_reference
from plm.models import Product
from plm.paging import ordering_for, page_size, paginate
from plm.services.guard import require
from roadmap.models import Placement
from roadmap.models.placement import BUCKETS
from roadmap.selectors.document import PLACE_COLUMNS, place_json, roadmap_document
from roadmap.serializers.plan import PlacementAnswer, PlacementInput, RoadmapAnswer, SortInput
from roadmap.services.placements import placement_remove, placement_set, placement_sort

TAGS: Mapping[str, str] = {"": "Roadmap"}
ORDERS = {"updated": "updated_at", "starts": "starts_on", "position": "position"}


def product_asked(view: PlmView, request: Request) -> Product:
    """The product in the query. Raises InvalidQuery without one."""
    key = request.query_params.get("product", "")
    if not key:
        raise InvalidQuery(
            "Name a product: ?product=ATL.", fields={"product": "Give the key of a product."}
        )
    return product_of(view.actor, view.workspace_id, key[:10])


class PlacementsView(PlmView):
    """The places of a product."""

    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(
        parameters=[
            PRODUCT_REQUIRED,
            OpenApiParameter("bucket", str, enum=[name for name, _ in BUCKETS]),
            order_of(ORDERS, "position"),
            *PAGED,
        ],
        responses=paged("PlacementPage", PlacementAnswer),
    )
    def get(self, request: Request) -> Response:
        """A page of places. Follow `next_cursor` until it is null."""
        params = request.query_params
        refuse_unknown(params, {"product", "bucket", "order", "cursor", "size", "workspace"})
        product = product_asked(self, request)
        rows = Placement.objects.visible_to(self.actor, "placement.view").live()
        rows = rows.filter(product=product)
        bucket = params.get("bucket")
        if bucket is not None:
            if bucket not in dict(BUCKETS):
                known = ", ".join(name for name, _ in BUCKETS)
                raise InvalidQuery(f"Buckets are: {known}.", fields={"bucket": "Unknown."})
            rows = rows.filter(bucket=bucket)
        ordering = ordering_for(rows, params.get("order", "position"), ORDERS)
        columns = ("pk", *PLACE_COLUMNS)
        page = paginate(
            rows,
            ordering=ordering,
            cursor=params.get("cursor", ""),
            size=page_size(params.get("size")),
            binding=f"{product.key}:{bucket}",
            fetch=lambda found: list(found.values(*columns)),
            key=lambda row: (row[ordering.column], row["pk"]),
        )
        return Response(
            {
                "results": [place_json(product.key, row) for row in page.rows],
                "next_cursor": page.next_cursor or None,
            }
        )


class OfPlace(PlmView):
    """Something about the place of one item."""

    tags = TAGS

    def item(self, reference: str, action: str) -> BacklogItem:
        """The item, for a caller who may do this with it. Raises NotVisible, NotAllowed."""
        found = record_by_reference(self.actor, self.workspace_id, reference)
        if not isinstance(found, BacklogItem):
            raise NotVisible
        require(self.actor, action, found.product)
        return found

    def row(self, item: BacklogItem) -> dict[str, Any] | None:
        """Its place, None without one."""
        rows = Placement.objects.visible_to(self.actor, "placement.view").filter(item=item)
        found: dict[str, Any] | None = rows.values(*PLACE_COLUMNS).first()
        return found

    def answer(self, item: BacklogItem, code: int = status.HTTP_200_OK) -> Response:
        """Where the item stands, with the ETag of its place. Raises NotVisible."""
        row = self.row(item)
        if row is None:
            raise NotVisible(f"{item.reference} has no place on the roadmap.")
        return Response(
            place_json(item.product.key, row), status=code, headers={"ETag": etag(row["version"])}
        )


class PlacementView(OfPlace):
    """The place of one item."""

    if_match: ClassVar[Mapping[str, bool]] = {"PUT": False, "DELETE": False}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "placement.view",
        "put": "placement.edit",
        "delete": "placement.edit",
    }
    serializer_class = PlacementInput

    @extend_schema(responses=PlacementAnswer)
    def get(self, request: Request, reference: str) -> Response:
        """Where the item stands, with the ETag of its place."""
        del request
        return self.answer(self.item(reference, "placement.view"))

    @extend_schema(request=PlacementInput, responses={200: PlacementAnswer, 201: PlacementAnswer})
    def put(self, request: Request, reference: str) -> Response:
        """Place the item, or change its place: then `If-Match` holds the ETag you read."""
        item = self.item(reference, "placement.edit")
        context = {"actor": self.actor, "workspace_id": self.workspace_id}
        given = PlacementInput(data=request.data, context=context)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        stands = self.row(item) is not None
        placement_set(
            actor=self.actor, item=item, reason=values.pop("reason", ""), values=values,
            version=version_of(request) if stands else None,
        )  # fmt: skip
        return self.answer(item, status.HTTP_200_OK if stands else status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, reference: str) -> Response:
        """Take the item off the roadmap. `If-Match` is honoured when sent."""
        item = self.item(reference, "placement.edit")
        version = version_of(request) if "If-Match" in request.headers else None
        placement_remove(actor=self.actor, item=item, version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlacementSortView(OfPlace):
    """The order of the cards in a column."""

    policies: ClassVar[Mapping[str, str]] = {"post": "placement.edit"}
    serializer_class = SortInput

    @extend_schema(request=SortInput, responses=PlacementAnswer)
    def post(self, request: Request, reference: str) -> Response:
        """Put the item into a column, below the item `after` or on top."""
        item = self.item(reference, "placement.edit")
        given = SortInput(data=request.data)
        given.is_valid(raise_exception=True)
        after = given.validated_data.get("after")
        placement_sort(
            actor=self.actor, item=item, bucket=given.validated_data["bucket"],
            after=_card(item.product, after) if after else None,
        )  # fmt: skip
        return self.answer(item)


def _card(product: Product, name: str) -> BacklogItem:
    """The item with this reference. Raises Invalid where the product has none."""
    found = list(items_by_reference(product, [name]).values())
    if not found:
        raise Invalid(fields={"after": f"There is no item {name} in this product."})
    return found[0]


class RoadmapView(PlmView):
    """The roadmap of a product as one document."""

    tags = TAGS
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(parameters=[PRODUCT_REQUIRED], responses=RoadmapAnswer)
    def get(self, request: Request) -> Response:
        """Vision, goals with key results, releases, milestones and all places, in seven statements."""
        refuse_unknown(request.query_params, {"product", "workspace"})
        return Response(roadmap_document(self.actor, product_asked(self, request)))
