"""Lists of the API narrowed by the usual filters are composed once: each call still gets its own rows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection

from backlog.services.items import item_create
from plm.api.records import RecordViewSet
from plm.config.api import router
from plm.models import ProductRole
from plm.permissions import Role
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def titles(api: Any) -> Any:
    """Titles of a list, for a person of a workspace."""

    def asked(user: Any, workspace: Any, path: str = "items", **given: Any) -> list[str]:
        query = urlencode({"order": "title", **given}, doseq=True)
        answer = api(user, workspace).get(f"/api/v1/{path}/?{query}")
        assert answer.status_code == 200, answer.content
        return [row["title"] for row in answer.json()["results"]]

    return asked


def test_one_text_after_another_finds_its_own_rows(world: Any, titles: Any) -> None:
    alice = world.actor("alice")
    for title in ("50% off", "500 users", "a_b", "axb", "C:\\temp", "It's here", "Plain"):
        make.make_item(alice, world.atlas, title)
    expected = {
        "50%": ["50% off"], "50": ["50% off", "500 users"], "A_B": ["a_b"], ":\\T": ["C:\\temp"], "it's": ["It's here"],
        " plain ": ["Plain"], "nothing": [],
    }  # fmt: skip
    for narrowed in ({}, {"product": "ATL"}, {"product": "ATL", "state": "backlog"}):
        for text, found in expected.items():
            assert titles(world.alice, world.acme, q=text, **narrowed) == found, (text, narrowed)


def test_one_tag_after_another_and_with_other_filters(world: Any, titles: Any) -> None:
    alice = world.actor("alice")
    for title, type_, tags in (("One", "bug", ["red"]), ("Two", "story", ["red", "blue"])):
        item_create(
            actor=alice, product=world.atlas, values={"title": title, "type": type_}, tags=tags
        )
    for given, found in (
        ({"tag": "red"}, ["One", "Two"]),
        ({"tag": "Blue"}, ["Two"]),
        ({"tag": "red", "type": "bug"}, ["One"]),
        ({"tag": "red", "type": ["bug", "story"], "q": "tw"}, ["Two"]),
        ({"tag": "green"}, []),
    ):
        assert titles(world.alice, world.acme, **given) == found, given


def test_whoever_asks_sees_only_what_is_theirs(world: Any, titles: Any) -> None:
    make.make_item(world.actor("alice"), world.atlas, "Shared word")
    make.make_item(world.actor("dora"), world.boreas, "Shared word too")
    everything = titles(world.dora, world.acme, q="shared")
    assert everything == ["Shared word", "Shared word too"]
    assert titles(world.dora, world.acme, q="shared", product="BOR") == ["Shared word too"]
    assert titles(world.bob, world.acme, q="shared") == everything
    ProductRole.objects.create(
        workspace=world.acme,
        membership=world.bob.memberships.get(),
        product=world.boreas,
        role=Role.NONE,
    )
    assert titles(world.bob, world.acme, q="shared") == ["Shared word"]
    assert titles(world.dora, world.acme, q="shared") == everything


def test_a_value_that_no_filter_takes_is_refused_each_time(world: Any, api: Any) -> None:
    client = api(world.alice, world.acme)
    for _ in range(2):
        for query in ("state=flying", "archived=perhaps", "archived=", "nonsense=1"):
            assert client.get(f"/api/v1/items/?{query}").status_code == 400, query
    assert client.get("/api/v1/items/?state=todo").status_code == 200


@pytest.mark.parametrize("name", ["q", "tag"])
def test_every_kind_looks_for_the_text_that_was_given(world: Any, api: Any, name: str) -> None:
    """A filter of its own that asked for something else than its slot would look for the text of no call at all."""
    client = api(world.alice, world.acme)
    asked: list[str] = []

    def noted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(str(params))
        return execute(sql, params, many, context)

    lists = [(path, view) for path, view, _ in router.registry if issubclass(view, RecordViewSet)]
    assert lists
    for path, view in lists:
        if name not in view.kind.filters.recurring:
            continue
        for text in ("first words", "other words"):
            asked.clear()
            with connection.execute_wrapper(noted):
                answer = client.get(f"/api/v1/{path}/?{name}={text.replace(' ', '+')}")
            assert answer.status_code == 200, path
            assert any(text in params for params in asked), path
