"""The OpenAPI description is lawful, and what it says of methods and credentials holds."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis
from django.core.management import call_command
from django.test import Client
from drf_spectacular import validation
from drf_spectacular.generators import SchemaGenerator

from plm.api.description import description as made
from plm.kinds import all_kinds
from tests.bad_input import one_of_each_kind


def test_the_description_of_the_api_is_lawful_and_says_nothing_twice(tmp_path):
    """Judged by the same rules as `spectacular --validate`, which takes half a minute for them and this a moment."""
    file = tmp_path / "api.json"
    call_command("spectacular", fail_on_warn=True, format="openapi-json", file=str(file))
    made = json.loads(file.read_text())
    rules = Path(validation.__file__).with_name("openapi_3_1_schema.json")
    lawful = jsonschema_rs.validator_for(json.loads(rules.read_text()))
    lawful.validate(made)
    made["paths"]["/api/v1/items/"]["get"]["responses"]["200"].pop("description")
    assert not lawful.is_valid(made)


@pytest.mark.once
def test_the_description_is_made_once_and_then_handed_out():
    made.cache_clear()
    browser = Client()
    first, second = (
        browser.get("/api/v1/schema/", headers={"Accept": "application/json"}) for _ in range(2)
    )
    assert first.json()["openapi"] == "3.1.0"
    assert first["Content-Type"] == "application/json"
    assert first.content == second.content
    assert (made.cache_info().misses, made.cache_info().hits) == (1, 1)
    assert browser.get("/api/v1/schema/", headers={"Accept": "text/html"}).status_code == 406


@lru_cache(maxsize=1)
def description():
    made = SchemaGenerator().get_schema(request=None, public=True)
    return schemathesis.openapi.from_dict(json.loads(json.dumps(made, default=str)))


NAMES = {"reference": "ATL-1", "key": "ATL"}
"""What stands in addresses; the rest of it are ids."""


def address_of(path):
    """The address of an operation, with names of the shape it asks for."""
    return re.sub(
        r"\{(\w+)\}", lambda m: NAMES.get(m[1], "00000000-0000-4000-8000-000000000000"), path
    )


def operations():
    return [found.ok() for found in description().get_all_operations()]


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)
def test_a_state_is_described_by_the_workflow_of_its_kind(kind):
    schemas = description().raw_schema["components"]["schemas"]
    name = kind.serializer.__name__.removesuffix("Serializer")
    states = kind.model.workflow.names()
    found = {
        n: s for n, s in schemas.items() if n in {name, f"{name}Request", f"Patched{name}Request"}
    }
    assert len(found) == 3
    for schema in found.values():
        assert schema["properties"]["state"]["enum"] == list(states)


@pytest.fixture
def manager(world, api, settings):
    settings.API_RATE_PER_MINUTE = 10_000_000
    one_of_each_kind(world)
    client = api(world.alice, world.acme)
    client.raise_request_exception = False
    return client


@pytest.mark.once  # no database decides which methods there are
def test_a_method_an_address_does_not_know_is_405_and_says_which_it_knows(manager):
    known: dict[str, set[str]] = {}
    for operation in operations():
        known.setdefault(operation.path, set()).add(operation.method.upper())
    wrong = []
    for path, methods in known.items():
        url = address_of(path)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
            answer = manager.generic(method, url, b"{}", content_type="application/json")
            fine = answer.status_code == 405 and methods <= set(
                answer["Allow"].replace(" ", "").split(",")
            )
            if not fine and answer.status_code != 404:
                wrong.append((method, url, answer.status_code))
    assert wrong == []


PUBLIC = {"/api/v1/inbound/{token}/", "/api/v1/round-links/{token}/"}


def test_whoever_sends_no_token_is_told_so_everywhere(world):
    """But at addresses whose secret is their key."""
    client = Client(raise_request_exception=False)
    wrong = []
    for operation in operations():
        if operation.path in PUBLIC:
            continue
        url = address_of(operation.path)
        answer = client.generic(
            operation.method.upper(), url, b"{}", content_type="application/json"
        )
        if answer.status_code != 401 or "WWW-Authenticate" not in answer:
            wrong.append((operation.method, url, answer.status_code))
    assert wrong == []
