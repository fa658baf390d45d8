"""The strategy in words and on canvases, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.records import etag, version_of
from plm.api.serializers import Input
from plm.api.views import OfProduct
from plm.filters import refuse_unknown
from plm.models import Product
from roadmap.canvases import BUSINESS, LEAN, MOST_CHARACTERS, SWOT, CanvasType
from roadmap.models.vision import VISION_FIELDS
from roadmap.selectors.goals import vision_of
from roadmap.selectors.strategy import canvas_of
from roadmap.services.strategy import canvas_update
from roadmap.services.visions import LIMITS, vision_update

TAGS: Mapping[str, str] = {"": "Roadmap"}


def _text(limit: int) -> serializers.CharField:
    return serializers.CharField(max_length=limit, required=False, allow_blank=True)


class VisionInput(Input):
    """What is left out stays."""

    vision = _text(LIMITS["vision"])
    mission = _text(LIMITS["mission"])
    customers = _text(LIMITS["customers"])
    positioning = _text(LIMITS["positioning"])
    strategy = _text(LIMITS["strategy"])
    reason = _text(500)


class VisionAnswer(serializers.Serializer[Any]):
    product = serializers.CharField()
    vision = serializers.CharField(allow_blank=True)
    mission = serializers.CharField(allow_blank=True)
    customers = serializers.CharField(allow_blank=True)
    positioning = serializers.CharField(allow_blank=True)
    strategy = serializers.CharField(allow_blank=True, help_text="Markdown.")
    version = serializers.IntegerField(min_value=0)


class VisionView(OfProduct):
    """What the product is for: vision, mission, target customers, positioning, strategy."""

    tags = TAGS
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "vision.view", "put": "vision.edit"}
    serializer_class = VisionInput

    @extend_schema(responses=VisionAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The words as they stand, with their ETag; version 0 where nobody wrote any."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._answer(self.product(key, "vision.view"))

    @extend_schema(request=VisionInput, responses=VisionAnswer)
    def put(self, request: Request, key: str) -> Response:
        """Change the words. `If-Match` holds the ETag you read."""
        product = self.product(key, "vision.edit")
        given = VisionInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        vision_update(
            actor=self.actor, product=product, version=version_of(request), reason=values.pop("reason", ""),
            values=values,
        )  # fmt: skip
        return self._answer(product)

    def _answer(self, product: Product) -> Response:
        found = vision_of(self.actor, product)
        body = {name: getattr(found, name) for name in VISION_FIELDS}
        return Response(
            {"product": product.key, **body, "version": found.version},
            headers={"ETag": etag(found.version)},
        )


def _boxes(canvas: CanvasType, name: str, **options: Any) -> Any:
    """The boxes of a canvas as fields."""
    fields: dict[str, Any] = {
        box.name: serializers.CharField(
            max_length=MOST_CHARACTERS, allow_blank=True, help_text=box.help, **options
        )
        for box in canvas.boxes
    }
    return type(name, (Input,), fields)


class CanvasView(OfProduct):
    """A canvas of a product: texts by box, one point a line."""

    tags = TAGS
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "canvas.view", "put": "canvas.edit"}
    canvas: ClassVar[CanvasType]
    serializer_class: Any = None

    def get(self, request: Request, key: str) -> Response:
        """The boxes as they stand, with their ETag; version 0 where nobody filled any."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._answer(self.product(key, "canvas.view"))

    def put(self, request: Request, key: str) -> Response:
        """Fill boxes; those that are left out stay. `If-Match` holds the ETag you read."""
        product = self.product(key, "canvas.edit")
        data: Any = request.data
        given = self.serializer_class(data=data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        canvas_update(
            actor=self.actor, product=product, type=self.canvas.name, version=version_of(request),
            boxes={**data["boxes"], **values["boxes"]}, reason=values.get("reason", ""),
        )  # fmt: skip
        return self._answer(product)

    def _answer(self, product: Product) -> Response:
        row = canvas_of(self.actor, product, self.canvas.name)
        boxes = {box.name: row.boxes.get(box.name, "") for box in self.canvas.boxes}
        return Response(
            {"product": product.key, "type": row.type, "boxes": boxes, "version": row.version},
            headers={"ETag": etag(row.version)},
        )


def _view(canvas: CanvasType) -> Any:
    """The address of one canvas: what goes in and out is described by its boxes."""
    label = canvas.name.capitalize()
    given = type(
        f"{label}CanvasInput", (Input,),
        {"boxes": _boxes(canvas, f"{label}BoxesInput", required=False)(), "reason": _text(500)},
    )  # fmt: skip
    answer = inline_serializer(
        f"{label}Canvas",
        {
            "product": serializers.CharField(),
            "type": serializers.ChoiceField(choices=[canvas.name]),
            "boxes": _boxes(canvas, f"{label}Boxes")(),
            "version": serializers.IntegerField(min_value=0),
        },
    )
    made: Any = type(f"{label}CanvasView", (CanvasView,), {"canvas": canvas, "serializer_class": given, "__doc__": CanvasView.__doc__})  # fmt: skip
    described = extend_schema(responses=answer)
    made.get = described(_copied(CanvasView.get))
    described = extend_schema(request=given, responses=answer)
    made.put = described(_copied(CanvasView.put))
    return made


def _copied(method: Any) -> Any:
    """The method under a name of its own, so that each canvas has a description of its own."""

    def call(self: CanvasView, request: Request, key: str) -> Response:
        answer: Response = method(self, request, key)
        return answer

    call.__name__, call.__doc__ = method.__name__, method.__doc__
    return call


LeanCanvasView, SwotView, BusinessModelView = (_view(one) for one in (LEAN, SWOT, BUSINESS))
