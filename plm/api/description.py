"""The OpenAPI description, made once a process: it follows from the code alone, and making it takes seconds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.utils.encoding import force_bytes
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


@lru_cache(maxsize=8)
def description(renderer: type[BaseRenderer]) -> bytes:
    """The description as this renderer writes it."""
    found: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # the library gives no types
    return force_bytes(renderer().render(found, renderer_context={}))


class DescriptionView(SpectacularAPIView):
    """The description as JSON or YAML, as Accept says. It is the same for everybody and may be kept for a minute."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        renderer: Any = type(request.accepted_renderer)
        media = renderer.media_type
        written = f"{media}; charset={renderer.charset}" if renderer.charset else media
        answer = HttpResponse(description(renderer), content_type=written)
        answer["Cache-Control"] = "public, max-age=60"
        answer["Vary"] = "Accept"
        answer["Content-Disposition"] = f'inline; filename="api.{renderer.format}"'
        return answer
