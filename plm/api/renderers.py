"""JSON by orjson, in and out. Lone surrogates, NaN and broken nesting are refused on the way in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from plm.errors import TooLarge

MAX_BODY = 5 * 1024 * 1024
MAX_DEPTH = 32


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "items"):
        return dict(value)
    return str(value)


def dumps(data: object) -> bytes:
    """JSON bytes; decimals as numbers, dates as ISO 8601."""
    return orjson.dumps(data, default=_default, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Any = None,
    ) -> bytes:
        # The answer keeps this dict: with itself in it, all its rows would wait for the collector of circles.
        response = renderer_context.pop("response", None) if renderer_context else None
        if data is None:
            return b""
        if response is not None and response.status_code >= 400:
            response["Content-Type"] = "application/problem+json"
        return dumps(data)


class OrjsonParser(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(min(MAX_BODY, settings.DATA_UPLOAD_MAX_MEMORY_SIZE) + 1)
        if len(body) > MAX_BODY:
            raise TooLarge("A request body has at most 5 MB.")
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not valid JSON: {error}.") from None
        if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_deep(data):
            raise ParseError(f"Lists and objects nest at most {MAX_DEPTH} levels deep.")
        if b"\\u0000" in body and _holds_nul(data):
            raise ParseError("A text holds a NUL character; remove it.")
        return data


def _is_deep(data: Any) -> bool:
    """Whether lists and objects nest deeper than we could write out again."""
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH + 1):
        inside: list[Any] = []
        for part in level:
            # JSON holds no subclasses, and comparing types is what this costs.
            if type(part) is dict:
                inside += part.values()
            elif type(part) is list:
                inside += part
        if not inside:
            return False
        level = inside
    return any(type(part) is dict or type(part) is list for part in level)


def _holds_nul(data: Any) -> bool:
    if isinstance(data, str):
        return "\x00" in data
    if isinstance(data, dict):
        return any(_holds_nul(k) or _holds_nul(v) for k, v in data.items())
    return isinstance(data, list) and any(_holds_nul(part) for part in data)
