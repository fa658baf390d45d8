"""The OpenAPI description: names, tags, parameters and problem documents, said once for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.serializers import ListSerializer

from plm.api.parameters import (
    KEY,
    PAGED,
    PATH,
    PRODUCT,
    as_schema,
    fields_of,
    filters_of,
    order_of,
)
from plm.exporting import FORMS
from plm.kinds import Kind

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEMS = {
    "400": "Malformed: not JSON, a parameter that does not exist or does not fit, a bad If-Match",
    "401": "No or bad credentials",
    "403": "Your role is too low, or the token lacks the scope",
    "404": "Missing, or not for you: both answer the same",
    "406": "The address does not speak what Accept asks for",
    "409": "That clashes with what is already there, or the state allows no such step",
    "412": "A newer version stands than the one you read",
    "413": "The body is too large",
    "415": "The body is of a type that the address does not read",
    "422": "Some values break a rule; `errors` names each. Nothing was written",
    "428": "If-Match is missing",
    "429": "Too many calls; Retry-After says when to go on",
    "503": "The database is busy; nothing was written. Try again after Retry-After seconds",
}
EVERYWHERE = ("400", "401", "403", "404", "406", "422", "429", "503")
VERBS = {"retrieve": "get", "partial_update": "change", "update": "put", "destroy": "delete"}
IF_MATCH_HONOURED = {"archive", "restore", "move", "restore_version", "sign_off", "reopen"}
WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class Schema(AutoSchema):
    """Adds what every operation of ours has in common."""

    def get_operation_id(self) -> str:
        """`ideas_list`, `ideas_get`, `ideas_change`, `ideas_archive`: the collection, then what is done."""
        found = str(super().get_operation_id())
        parts = [p for p in self.path.removeprefix("/api/v1/").split("/") if p]
        stem = "_".join(p.replace("-", "_") for p in parts if not p.startswith("{"))
        verb = found.removeprefix(stem + "_")
        if getattr(self.view, "verb", "") and self.method in {"GET", "POST"}:
            return stem
        action = getattr(self.view, "action", None)
        if action and stem.endswith("_" + action):  # An action of a collection is its own verb.
            return stem
        if verb == "retrieve" and not parts[-1].startswith("{"):
            verb = "list"
        if verb == "list" and getattr(self.view, "single", False):
            verb = "get"
        return f"{stem}_{VERBS.get(verb, verb)}"

    def _is_list_view(self, serializer: Any = None) -> bool:
        """A list is described as what it answers, with the pointer to its next page."""
        return isinstance(serializer, ListSerializer)

    def get_tags(self) -> list[str]:
        kind: Kind | None = getattr(self.view, "kind", None)
        tags: Mapping[str, str] = getattr(self.view, "tags", {})
        own = tags.get(getattr(self.view, "action", None) or "", tags.get("", ""))
        return [own or (kind.stage.label if kind else "Workspace")]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if not operation:
            return operation
        action = getattr(self.view, "action", "") or ""
        kind: Kind | None = getattr(self.view, "kind", None)
        if kind is not None:
            _describe_records(operation, action, kind)
        self._describe_path(operation)
        self._describe_headers(operation, action)
        _describe_problems(operation, self.method)
        return operation

    @staticmethod
    def _describe_path(operation: dict[str, Any]) -> None:
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path" and parameter["name"] in PATH:
                parameter["description"], parameter["schema"] = PATH[parameter["name"]]

    def _describe_headers(self, operation: dict[str, Any], action: str) -> None:
        parameters = operation.setdefault("parameters", [])
        if self.method == "POST":
            text = "Send the same key again and get the same answer; with another body it is a 422."
            key = {"type": "string", "minLength": 1, "maxLength": 255}
            parameters.append(_header("Idempotency-Key", text, key, required=False))
        needs = getattr(self.view, "if_match", {}).get(self.method)
        if needs is None and self.method == "PATCH" and not hasattr(self.view, "if_match"):
            needs = action == "partial_update"
        if needs is None and action in IF_MATCH_HONOURED:
            needs = False
        if needs is not None and (needs or action != "assess"):
            tag = {"type": "string", "pattern": '^(W/)?"[0-9]{1,9}(-[0-9a-f]{8})?"$', "examples": ['"3"']}  # fmt: skip
            parameters.append(_header("If-Match", "The ETag you read.", tag, required=needs))
            operation["responses"]["412"] = _problem("412")
            if needs or self.method == "PUT":
                operation["responses"]["428"] = _problem("428")
        if {action, self.method} & set(getattr(self.view, "version_in_body", ())):
            operation["responses"]["412"] = _problem("412")
        if action == "retrieve" and getattr(self.view, "kind", None) is not None:
            text = "The ETag you have; 304 when it still holds."
            parameters.append(_header("If-None-Match", text, {"type": "string"}, required=False))
            operation["responses"]["304"] = {"description": "What you have still holds"}


def _describe_problems(operation: dict[str, Any], method: str) -> None:
    responses = operation.setdefault("responses", {})
    codes = set(EVERYWHERE)
    if method in WRITES:
        codes |= {"409", "413"}
    if "requestBody" in operation or method in WRITES:
        codes.add("415")
    for code in sorted(codes):
        responses.setdefault(code, _problem(code))
    operation["responses"] = dict(sorted(responses.items()))


def _problem(code: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/Problem{code}"}


def _describe_records(operation: dict[str, Any], action: str, kind: Kind) -> None:
    """What calls about records of a kind carry around the record itself."""
    parameters = operation.setdefault("parameters", [])
    kept = [p for p in parameters if p["in"] == "path"]
    fields = as_schema(fields_of(kind.serializer))
    narrowed = [as_schema(PRODUCT), *map(as_schema, filters_of(kind))]
    if action == "list":
        _around(operation["responses"]["200"], lambda found: _page_of(_partly(_row_of(found))))
        order = as_schema(order_of(kind.orders, kind.default_order))
        operation["parameters"] = [*kept, *narrowed, order, *map(as_schema, PAGED), fields]
    if action == "retrieve":
        _around(operation["responses"]["200"], lambda found: _with_links(_partly(found)))
        parameters.append(fields)
    if action == "export":
        form = {"type": "string", "enum": sorted(FORMS), "default": "ndjson"}
        wanted = {"in": "query", "name": "format", "schema": form}
        operation["parameters"] = [*kept, *narrowed, wanted]
    if action == "create":
        _around(operation.get("requestBody"), lambda record: _with(record, "product", KEY, ["product"]))  # fmt: skip
    if action == "partial_update":
        reason = {"type": "string", "maxLength": 2000}
        _around(operation.get("requestBody"), lambda record: _with(record, "reason", reason, []))
    if action in {"archive", "restore"}:
        operation.pop("requestBody", None)
    if action == "bulk":
        _around(operation.get("requestBody"), lambda record: _many(_row_of(record)))
        _around(operation["responses"]["200"], lambda _: {"$ref": "#/components/schemas/BulkReport"})  # fmt: skip


def _around(part: dict[str, Any] | None, change: Callable[[Any], dict[str, Any]]) -> None:
    for content in (part or {}).get("content", {}).values():
        content["schema"] = change(content.get("schema", {}))


def _row_of(found: dict[str, Any]) -> dict[str, Any]:
    """A row where a list of rows may have been described."""
    row: dict[str, Any] = found.get("items", found)
    return row


def _partly(record: dict[str, Any]) -> dict[str, Any]:
    """The record with any of its fields left out, as `?fields=` does."""
    return {"$ref": record["$ref"] + "Fields"} if "$ref" in record else record


def _page_of(record: Any) -> dict[str, Any]:
    pointer = {"type": ["string", "null"], "format": "uri", "description": "Null on the last page."}
    return _object(results={"type": "array", "items": record}, next=pointer)


def _with_links(record: dict[str, Any]) -> dict[str, Any]:
    links = {"type": "object", "properties": {"links": {"$ref": "#/components/schemas/Links"}}}
    return {"allOf": [record, links]}


def _with(record: Any, name: str, schema: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """The record's own schema and one name more. Set side by side, as nothing else may be sent."""
    return {"x-with": {"base": record, "name": name, "schema": schema, "required": required}}


def _many(record: dict[str, Any]) -> dict[str, Any]:
    """Rows of a bulk write: what a change takes, with `reference` and `version`, or what making one takes."""
    name = record.get("$ref", "").rpartition("/")[2]
    row = {
        "description": f"An object with fields as in {name}: to make one with `product`, to change one with"
        " `reference` and `version`. A row that is wrong is reported, the others are written.",
        "examples": [
            {"product": "ATL", "title": "Made"},
            {"reference": "ATL-128", "version": 3, "title": "Changed"},
        ],
    }
    return _object(items={"type": "array", "items": row, "minItems": 1, "maxItems": 200})


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _header(name: str, text: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": text,
        "schema": schema,
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
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A signed-in browser. With several workspaces: `?workspace=<address>`.",
        }
