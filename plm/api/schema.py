"""The OpenAPI description: problem documents, If-Match and Idempotency-Key said once for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class Schema(AutoSchema):
    """Adds what every operation of ours has in common."""

    def get_operation_id(self) -> str:
        """A collection is listed, not retrieved, whether or not it comes from a queryset."""
        found = str(super().get_operation_id())
        last = self.path.rstrip("/").rpartition("/")[2]
        if found.endswith("_retrieve") and not last.startswith("{"):
            return found.removesuffix("_retrieve") + "_list"
        return found

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if not operation:
            return operation
        if getattr(self.view, "kind", None) is not None:
            _describe_records(operation, getattr(self.view, "action", ""))
        responses = operation.setdefault("responses", {})
        for code, text in (("400", "Malformed"), ("401", "No or bad credentials"), ("403", "Role or scope too low"),
                           ("404", "Missing, or not for you"), ("422", "Some values break a rule"),
                           ("429", "Too many requests")):  # fmt: skip
            responses.setdefault(code, {"description": text, "content": PROBLEM})
        parameters = operation.setdefault("parameters", [])
        if self.method == "POST":
            parameters.append(
                _header(
                    "Idempotency-Key",
                    "Send the same key again and get the same answer.",
                    required=False,
                )
            )
        if self.method == "PATCH":
            parameters.append(_header("If-Match", "The ETag you read.", required=True))
            responses["412"] = {"description": "A newer version stands", "content": PROBLEM}
            responses["428"] = {"description": "If-Match is missing", "content": PROBLEM}
        return operation


def _describe_records(operation: dict[str, Any], action: str) -> None:
    """What calls about records of a kind carry around the record itself."""
    if action == "list":
        _around(operation["responses"]["200"], _page_of)
    if action == "create":
        _around(operation.get("requestBody"), lambda record: _with(record, "product", ["product"]))
    if action == "partial_update":
        _around(operation.get("requestBody"), lambda record: _with(record, "reason", []))
    if action == "bulk":
        _around(
            operation.get("requestBody"),
            lambda _: _object(items={"type": "array", "items": {"type": "object"}}),
        )
        _around(
            operation["responses"]["200"],
            lambda _: _object(rows={"type": "array"}, failed={"type": "integer"}),
        )


def _around(part: dict[str, Any] | None, change: Callable[[Any], dict[str, Any]]) -> None:
    for content in (part or {}).get("content", {}).values():
        content["schema"] = change(content.get("schema", {}))


def _page_of(record: Any) -> dict[str, Any]:
    return _object(results={"type": "array", "items": record}, next={"type": ["string", "null"]})


def _with(record: Any, name: str, required: list[str]) -> dict[str, Any]:
    return {"allOf": [record, {**_object(**{name: {"type": "string"}}), "required": required}]}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _header(name: str, text: str, *, required: bool) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": text,
        "schema": {"type": "string"},
    }


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "plm.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        del auto_schema
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "plm.api.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        del auto_schema
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def add_problem(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing hook: the schema of a problem document."""
    result["components"]["schemas"]["Problem"] = {
        "type": "object",
        "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "detail": {"type": "string"}, "request_id": {"type": "string"},
            "errors": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["type", "title", "status"],
    }  # fmt: skip
    return result
