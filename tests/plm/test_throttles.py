"""The limit of calls a minute: it counts exactly, says where it stands, and a dead Redis stops nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as given
from redis import ConnectionPool, Redis
from redis.exceptions import RedisError

from plm.api import throttles
from plm.api.throttles import count_one_more
from tests.bench.servers import free_port

on_redis = pytest.mark.skipif(not given.REDIS_URL, reason="part of the run on PostgreSQL and Redis")


@pytest.fixture(autouse=True)
def counts() -> Any:
    """No counts of other tests, and connections of this test's own."""
    throttles.limiter().storage.reset()
    throttles._own.connection = None
    yield
    throttles._own.connection = None


def test_calls_are_counted_down_and_refused_beyond_the_limit(
    world: Any, api: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_RATE_PER_MINUTE = 3
    monkeypatch.setattr("time.time", lambda: 29_000_000 * 60 + 12.5)
    client = api(world.alice, world.acme)
    answers = [client.get("/api/v1/items/") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [a["RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0", "0"]
    assert {a["RateLimit-Limit"] for a in answers} == {"3"}
    assert {a["RateLimit-Reset"] for a in answers} == {"48"}
    assert answers[3]["Retry-After"] == "48"
    other = api(world.bob, world.acme)
    assert other.get("/api/v1/items/")["RateLimit-Remaining"] == "2"


def test_many_at_once_are_counted_exactly() -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: count_one_more("many", 60), range(400)))
    assert sorted(found) == list(range(1, 401))


@on_redis
def test_a_count_is_forgotten_when_its_time_is_over() -> None:
    store = Redis.from_url(given.REDIS_URL)
    for _ in range(5):
        count_one_more("brief", 61)
        assert 0 < store.ttl(f"{throttles.counts_prefix()}:brief") <= 61


@on_redis
def test_a_connection_that_the_server_ended_is_made_anew() -> None:
    assert count_one_more("ended", 60) == 1
    store = Redis.from_url(given.REDIS_URL)
    mine = throttles._own.connection._sock.getsockname()
    store.client_kill(f"{mine[0]}:{mine[1]}")
    assert count_one_more("ended", 60) == 2


@on_redis
def test_an_answer_that_is_an_error_is_not_mistaken_for_the_next_one() -> None:
    store = Redis.from_url(given.REDIS_URL)
    store.rpush(f"{throttles.counts_prefix()}:odd", "no number")
    assert count_one_more("even", 60) == 1
    with pytest.raises(RedisError):
        count_one_more("odd", 60)
    assert count_one_more("even", 60) == 2


@on_redis
def test_a_dead_redis_stops_no_call(world: Any, api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = ConnectionPool.from_url(f"redis://127.0.0.1:{free_port()}/0", protocol=2)
    monkeypatch.setattr(throttles, "_pool", lambda: nowhere)
    answer = api(world.alice, world.acme).get("/api/v1/items/")
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer
