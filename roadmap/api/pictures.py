"""The timeline as a picture, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from plm.api.views import OfProduct
from plm.filters import refuse_unknown
from plm.past import moment_asked
from roadmap.selectors.asked import chart_asked, lanes_asked, window_asked
from roadmap.selectors.chart import LANES
from roadmap.selectors.pictures import PICTURES
from roadmap.timeline import SPANS

ASKED = {"year", "span", "half", "lanes", "at"}


class AsGiven(BaseContentNegotiation):
    """A picture is a picture, whatever is accepted; what is refused is told in JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class TimelinePictureView(OfProduct):
    """The timeline of a product as its page draws it."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}
    content_negotiation_class = AsGiven

    @extend_schema(
        parameters=[
            OpenApiParameter("year", {"type": "integer", "minimum": 1900, "maximum": 9000}),
            OpenApiParameter("span", {"type": "integer", "enum": list(SPANS)}, description="Weeks."),
            OpenApiParameter(
                "half", {"type": "integer", "minimum": 1, "maximum": 4}, description="Which part of the year."
            ),
            OpenApiParameter("lanes", {"type": "string", "enum": [name for name, _ in LANES]}),
            OpenApiParameter("at", str, description="A day or a moment of the past."),
        ],
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )  # fmt: skip
    def get(self, request: Request, key: str) -> HttpResponse:
        """A PNG of 1,920 pixels across, with sixty rows at most; what is left out stands in it."""
        params = request.query_params
        refuse_unknown(params, {"workspace", *ASKED})
        product = self.product(key, "placement.view")
        at = params.get("at")
        moment = moment_asked(at) if at is not None else None
        shown = window_asked(params, timezone.localdate(moment))
        chart = chart_asked(self.actor, product, moment, shown, lanes_asked(product, params))
        made = PICTURES["png"](product, chart, moment)
        named = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return HttpResponse(made.content, content_type=made.content_type, headers=named)
