"""The last touch on the description: problem documents, and the forms of a record that calls read and write."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from plm.api.schema import PROBLEM, PROBLEMS

WAIT = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "An error as RFC 9457 puts it.",
    "properties": {
        "type": {"type": "string", "examples": ["plm:invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "description": "Give it to whoever runs the server."},
        "errors": {
            "type": "object",
            "description": "What is wrong with each value, and what would be right.",
            "additionalProperties": {"type": "string"},
        },
        "current_version": {"type": "integer", "description": "With a 412: what stands now."},
    },
    "required": ["type", "title", "status", "detail", "request_id"],
    "examples": [
        {
            "type": "plm:invalid", "title": "Some values need another look", "status": 422,
            "detail": "Nothing was written.", "request_id": "5f0d3c1e",
            "errors": {"title": "This field may not be blank."},
        }
    ],
}  # fmt: skip
NEIGHBOUR = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("reference", "kind", "title", "state")},
    "required": ["reference", "kind", "title", "state"],
}
LINKS = {
    "type": "object",
    "description": "The records one step before and after; `lineage/` has them all.",
    "properties": {
        "before": {"type": "array", "items": NEIGHBOUR},
        "after": {"type": "array", "items": NEIGHBOUR},
    },
    "required": ["before", "after"],
}
BULK_ROW = {
    "type": "object",
    "properties": {
        "row": {"type": "integer", "minimum": 0, "description": "Place in the call, from 0."},
        "status": {"type": "string", "enum": ["created", "changed", "saved", "error"]},
        "reference": {"type": "string"},
        "version": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["row", "status"],
}
BULK = {
    "type": "object",
    "properties": {
        "rows": {"type": "array", "items": BULK_ROW},
        "failed": {"type": "integer", "minimum": 0},
    },
    "required": ["rows", "failed"],
}


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing hook."""
    schemas = result["components"]["schemas"]
    schemas |= {"Problem": PROBLEM_SCHEMA, "Links": LINKS, "BulkReport": BULK}
    result["components"]["responses"] = {
        f"Problem{code}": {"description": text, "content": PROBLEM}
        | ({"headers": {"Retry-After": WAIT}} if code in {"429", "503"} else {})
        for code, text in PROBLEMS.items()
    }
    for content in list(_contents(result)):
        if "x-with" in content["schema"]:
            content["schema"] = _widened(schemas, **content["schema"]["x-with"])
    for name in sorted(_names(result)):
        if name not in schemas:
            whole = deepcopy(schemas[name.removesuffix("Fields")])
            whole.pop("required", None)
            schemas[name] = whole
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _widened(
    schemas: dict[str, Any], base: Any, name: str, schema: Any, required: list[str]
) -> dict[str, Any]:
    """A copy of what a call about a record takes, with one name more and nothing else."""
    made = deepcopy(schemas[base["$ref"].rpartition("/")[2]])
    made["properties"] = {name: schema, **made["properties"]}
    made["required"] = [*required, *made.get("required", [])]
    if not made["required"]:
        del made["required"]
    return {**made, "additionalProperties": False}


def _contents(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in result["paths"].values():
        for operation in methods.values():
            yield from operation.get("requestBody", {}).get("content", {}).values()


def _names(part: Any) -> set[str]:
    """Names of all schemas that are referred to."""
    if isinstance(part, dict):
        ref = part.get("$ref", "")
        own = {ref.rpartition("/")[2]} if ref.startswith("#/components/schemas/") else set()
        return own.union(*map(_names, part.values()))
    return set().union(*map(_names, part)) if isinstance(part, list) else set()
