"""The limits of a product's board over the API."""

from __future__ import annotations

import pytest

from backlog.models import WipLimit
from plm.models import Event
from tests.bad_input import refusal, send
from tests.permissions import digest

URL = "/api/v1/products/ATL/wip-limits/"
NONE = [
    {"state": name, "limit": None, "hard": True} for name in ("todo", "in_progress", "in_review")
]


def put(client, limits, tag=None):
    tag = tag or client.get(URL)["ETag"]
    return send(client, "PUT", URL, {"limits": limits}, **{"If-Match": tag})


def test_a_board_without_limits_says_which_columns_may_have_one(world, api):
    answer = api(world.carol, world.acme).get(URL)
    assert answer.json() == {"product": "ATL", "limits": NONE}


def test_limits_are_set_whole_and_what_is_left_out_has_none(world, api):
    client = api(world.alice, world.acme)
    assert (
        put(
            client,
            [{"state": "todo", "limit": 9}, {"state": "in_review", "limit": 2, "hard": False}],
        ).status_code
        == 200
    )
    answer = put(client, [{"state": "in_review", "limit": 3, "hard": False}])
    assert answer.json()["limits"] == [*NONE[:2], {"state": "in_review", "limit": 3, "hard": False}]
    assert answer["ETag"] == client.get(URL)["ETag"]
    assert WipLimit.objects.get().limit == 3
    assert Event.objects.filter(verb="board.limited").count() == 2


def test_who_read_older_limits_overwrites_none(world, api):
    client = api(world.alice, world.acme)
    tag = client.get(URL)["ETag"]
    put(client, [{"state": "todo", "limit": 9}], tag)
    refusal(put(client, [], tag), 412)
    refusal(send(client, "PUT", URL, {"limits": []}), 428)
    assert WipLimit.objects.get().limit == 9


@pytest.mark.parametrize(
    "limits",
    [
        None, "todo", [{"state": "done", "limit": 1}], [{"state": "todo", "limit": 0}], [{"state": "todo"}],
        [{"state": "todo", "limit": 10_001}], [{"state": "todo", "limit": "1_0"}], [{"state": "todo", "limit": True}],
        [{"state": "todo", "limit": 1}, {"state": "todo", "limit": 2}], [{"limit": 1}], [None],
    ],
)  # fmt: skip
def test_a_limit_that_cannot_be_is_refused(world, api, limits):
    client = api(world.alice, world.acme)
    before = digest()
    assert "limits" in str(refusal(put(client, limits), 422)["errors"])
    assert digest() == before


def test_who_may_not_edit_the_board_sets_none_and_strangers_see_none(world, api):
    refusal(put(api(world.bob, world.acme), [{"state": "todo", "limit": 1}]), 403)
    refusal(api(world.mallory, world.rival).get(URL), 404)
    refusal(api(world.alice, world.acme, product=world.boreas).get(URL), 404)
    refusal(api(world.alice, world.acme).get("/api/v1/products/XXX/wip-limits/"), 404)
    assert not WipLimit.objects.exists()
