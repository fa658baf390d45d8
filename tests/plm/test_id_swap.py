"""A foreign id answers exactly like a random one, wherever the API takes an id."""

from __future__ import annotations

import json
import uuid
from functools import lru_cache

from drf_spectacular.generators import SchemaGenerator

from ideas.models import Idea
from plm.kinds import all_kinds
from tests.make import make_idea
from tests.permissions import digest

ID_WORDS = (
    "owner",
    "team",
    "reference",
    "target",
    "parent",
    "item",
    "idea",
    "objective",
    "release",
    "sprint",
)


@lru_cache(maxsize=1)
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def resolved(part):
    while "$ref" in part:
        part = schema()["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part


def same(a, b):
    drop = {"request_id"}
    left, right = (json.loads(x.content or b"{}") for x in (a, b))
    if isinstance(left, dict):
        left, right = ({k: v for k, v in x.items() if k not in drop} for x in (left, right))
    return a.status_code == b.status_code and left == right


def operations():
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield path, method, operation


def test_a_foreign_id_in_a_path_answers_like_a_random_one(world, api):
    """Every path parameter of the schema: our token, their record."""
    theirs = make_idea(world.actor("mallory"), world.rocket)
    client = api(world.alice, world.acme)
    swaps, told_apart = 0, []
    for path, method, _ in operations():
        if "{" not in path:
            continue
        swaps += 1
        answers = []
        for reference, number in (
            (theirs.reference, str(theirs.uuid)),
            ("ZZZ-99999", str(uuid.uuid4())),
        ):
            url = path.replace("{reference}", reference).replace("{uuid}", number)
            headers = {"If-Match": '"1"'} if method == "patch" else {}
            answers.append(
                client.generic(
                    method.upper(), url, b"{}", content_type="application/json", headers=headers
                )
            )
        before = digest()
        if not same(*answers) or answers[0].status_code < 400 or digest() != before:
            told_apart.append((method, path, answers[0].status_code, answers[1].status_code))
    print(f"{swaps} swaps in paths, {len(told_apart)} distinguishable")
    assert told_apart == []


def test_a_foreign_id_in_a_body_answers_like_a_random_one(world, api):
    """Every id-like property that a kind's create or change takes."""
    theirs = make_idea(world.actor("mallory"), world.rocket)
    client = api(world.alice, world.acme)
    mine = make_idea(world.actor("alice"), world.atlas)
    foreign = {"uuid": str(world.mallory.uuid), "reference": theirs.reference}
    invented = {"uuid": str(uuid.uuid4()), "reference": "ROC-99999"}
    swaps, told_apart = 0, []
    for kind in all_kinds():
        fields = kind.serializer(
            context={"actor": world.actor("alice"), "workspace_id": world.acme.pk}
        ).fields
        names = [
            n for n, f in fields.items() if not f.read_only and any(word in n for word in ID_WORDS)
        ]
        for name in names:
            for sort in ("uuid", "reference"):
                swaps += 1
                before = digest()
                answers = [
                    client.post(
                        f"/api/v1/{_collection(kind)}/",
                        json.dumps({"product": "ATL", "title": "x", name: ids[sort]}),
                        content_type="application/json",
                    )
                    for ids in (foreign, invented)
                ]
                if not same(*answers) or digest() != before:
                    told_apart.append((kind.name, name, sort, [a.status_code for a in answers]))
    print(f"{swaps} swaps in bodies, {len(told_apart)} distinguishable or accepted")
    assert told_apart == []
    assert Idea.objects.get(pk=mine.pk).version == 1


def _collection(kind):
    from plm.config.api import router

    return next(
        prefix for prefix, viewset, _ in router.registry if getattr(viewset, "kind", None) is kind
    )
