"""Every operation of the API's description is called with generated data, lawful and unlawful.

What comes back has to be what the description says: the status, the type, the shape, the headers; unlawful data is
refused; nothing breaks. Each call is taken back, so that all of them find the same small world.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from functools import lru_cache

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client, override_settings
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given
from hypothesis import settings as within
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from ideas.services.votes import vote_add_for
from plm.models import Attachment, Job
from plm.services import notes
from plm.services.fields import custom_field_create
from plm.services.members import token_create
from tests.bad_input import one_of_each_kind
from tests.make import make_company, make_person, make_placement
from tests.world import make_world

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
]
DEPTH = int(os.environ.get("PLM_FUZZ_DEPTH", "1"))  # For a longer look by hand.
EXAMPLES = {GenerationMode.POSITIVE: 3 * DEPTH, GenerationMode.NEGATIVE: 4 * DEPTH}
KEY_LENGTH = 10
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@lru_cache(maxsize=1)
def description():
    made = SchemaGenerator().get_schema(request=None, public=True)
    found = schemathesis.openapi.from_dict(json.loads(json.dumps(made, default=str)))
    found.app = get_wsgi_application()
    return found


def operations():
    return {f.label: f for f in (found.ok() for found in description().get_all_operations())}


class Undo(Exception):
    pass


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker, tmp_path_factory):
    """A token of alice, and what exists by the names the description has for it: made once, taken back at the end."""
    uploads = tmp_path_factory.mktemp("uploads")
    ample = override_settings(API_RATE_PER_MINUTE=1_000_000, MEDIA_ROOT=uploads)
    with django_db_blocker.unblock(), ample:
        try:
            with transaction.atomic():
                world = make_world()
                _, token = token_create(
                    actor=world.actor("alice"),
                    workspace=world.acme,
                    name="f",
                    scopes=["read", "write"],
                )
                client = Client(headers={"Authorization": f"Bearer {token}"})
                yield {"token": token, "uploads": uploads, **everything(world, client)}
                raise Undo
        except Undo:
            pass


def everything(world, client):
    alice = world.actor("alice")
    records = one_of_each_kind(world)
    idea = records["idea"]
    notes.comment_add(actor=alice, record=idea, body="Seen twice this week.")
    notes.attachment_add(
        actor=alice, record=idea, upload=SimpleUploadedFile("a.txt", b"text"), name="a.txt"
    )
    make_placement(alice, records["item"], bucket="now")
    field = custom_field_create(
        actor=alice, product=world.atlas, kind="idea", label="Region", type="text"
    )

    def made(path, **body):
        answer = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        assert answer.status_code < 300, answer.content
        return answer.json()["id"]

    person = make_person(alice, world.acme)
    vote_add_for(actor=alice, idea=idea, person=person)
    segment = made(
        "segments/", name="Bakeries", rules=[{"field": "plan", "test": "is", "value": "Team"}]
    )
    quote = made(f"feedback/{records['feedback'].reference}/quotes/", target=idea.reference)
    uuids = {
        "companies": make_company(alice, world.acme).uuid,
        "persons": person.uuid,
        "votes": person.uuid,
        "segments": segment,
        "boards": made("boards/", product="ATL", name="Partners", privacy="link"),
        "custom-fields": field.uuid,
        "saved-views": made("saved-views/", product="ATL", kind="idea", name="Mine"),
        "imports": made("imports/", product="ATL", kind="idea", rows=[{"title": "From a file"}]),
        "shares": made("shares/", product="ATL", name="For partners"),
        "scoring-models": client.get("/api/v1/scoring-models/?product=ATL").json()["results"][0]["id"],
        "capabilities": made("capabilities/", product="ATL", name="Offline mode"),
        "attachments": Attachment.objects.get().uuid,
        "quotes": quote,
        "jobs": Job.objects.filter(workspace=world.acme).latest("pk").uuid,
    }  # fmt: skip
    paths = {
        "key-results": "key_result",
        "business-cases": "business_case",
        "placements": "item",
        "records": "idea",
    }
    return {"uuids": uuids, "records": records, "paths": paths}


def aim(case, stage):
    """Put what exists in the place of made-up names, so that calls get past the first door."""
    parts = case.path.removeprefix("/api/v1/").strip("/").split("/")
    kind = stage["paths"].get(parts[0], parts[0].removesuffix("s"))
    record = stage["records"].get(kind)
    if _lawful(case, ParameterLocation.PATH):
        if "reference" in case.path_parameters and record is not None:
            case.path_parameters["reference"] = record.reference
        if "key" in case.path_parameters:
            case.path_parameters["key"] = "ATL"
        if "uuid" in case.path_parameters:
            collection = parts[parts.index("{uuid}") - 1]
            case.path_parameters["uuid"] = str(stage["uuids"][collection])
    for part in (case.query, case.body):
        if isinstance(part, dict):
            _name_the_known(part, stage)
    lawful = _lawful(case, ParameterLocation.HEADER) and record is not None
    if lawful and "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = f'"{record.version}"'


def _lawful(case, location):
    part = case.meta.components.get(location)
    return part is None or part.mode == GenerationMode.POSITIVE


def _name_the_known(values, stage):
    key = values.get("product")
    if isinstance(key, str) and 0 < len(key) <= KEY_LENGTH:
        values["product"] = "ATL"
    for name, kind in {"item": "item", "objective": "objective", "target": "item"}.items():
        if isinstance(values.get(name), str):
            values[name] = stage["records"][kind].reference


@contextmanager
def connection_kept():
    """All calls share one transaction, so none of them may close its connection, as each would in life."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@pytest.mark.parametrize("label", sorted(operations()))
@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: mode.value)
def test_the_api_answers_as_its_description_says(label, mode, stage, settings):
    settings.MEDIA_ROOT = stage["uploads"]
    operation = operations()[label]
    headers = {"Authorization": f"Bearer {stage['token']}"}

    @within(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case):
        aim(case, stage)
        try:
            with transaction.atomic():
                answer = case.call(headers=headers)
                case.validate_response(answer, checks=CHECKS, headers=headers)
                raise Undo
        except Undo:
            pass

    with connection_kept():
        call()
