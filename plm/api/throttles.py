"""Rate limits that hold under concurrency, counted per token, person or address."""

from __future__ import annotations

import os
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import ConnectionPool
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

from plm.api.auth import Caller

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


FIRST_FEW = 3
"""Counts that ask for a name to be forgotten: one would do, were it sure to live until then."""


@lru_cache(maxsize=1)
def limiter() -> FixedWindowRateLimiter:
    """On Redis all web processes share one count; embedded there is one process, and memory serves."""
    if not settings.REDIS_URL:
        return FixedWindowRateLimiter(MemoryStorage())
    return FixedWindowRateLimiter(RedisStorage(settings.REDIS_URL, key_prefix=counts_prefix()))


def counts_prefix() -> str:
    """What the names of all counts begin with: installations that share a Redis do not use up each other's calls."""
    return f"{settings.QUEUE_PREFIX}LIMITS"


def within(limit: RateLimitItem, *names: str) -> bool:
    """Count one more; whether it is within the limit. A dead Redis lets it go on: it limits, it does not guard."""
    try:
        return limiter().hit(limit, *names)
    except (RedisError, StorageError, OSError):
        return True


class _Own(threading.local):
    connection: Any = None


_own = _Own()


def count_one_more(name: str, seconds: int) -> int:
    """How often a name was counted, which is forgotten after so many seconds: with all web processes on Redis.

    Each thread has a connection of its own there: a client with its pool and scripts costs four times that, and every
    call of the API counts. Raises RedisError.
    """
    if not settings.REDIS_URL:
        return int(limiter().storage.incr(name, seconds))
    kept = _own.connection
    if kept is None or kept.pid != os.getpid():
        kept = _own.connection = _pool().make_connection()
    known = kept.is_connected
    try:
        return _counted(kept, f"{counts_prefix()}:{name}", seconds)
    except NotConnected:
        if not known:
            raise
        return _counted(
            kept, f"{counts_prefix()}:{name}", seconds
        )  # The server was started anew meanwhile.


@lru_cache(maxsize=1)
def _pool() -> ConnectionPool:
    return ConnectionPool.from_url(settings.REDIS_URL, protocol=2)


def _counted(connection: Any, name: str, seconds: int) -> int:
    try:
        connection.send_packed_command(connection.pack_command("INCR", name), check_health=False)
        count = int(connection.read_response())
        if count <= FIRST_FEW:
            expire = connection.pack_command("EXPIRE", name, seconds)
            connection.send_packed_command(expire, check_health=False)
            connection.read_response()
    except BaseException:
        connection.disconnect()  # An answer left unread would be taken for that of the next call.
        raise
    return count


class ActorThrottle(BaseThrottle):
    """So many calls a minute. A dead Redis lets reading and writing go on: it limits, it does not guard."""

    reset_in = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        now = time.time()
        minute, second = divmod(now, 60)
        limit = settings.API_RATE_PER_MINUTE
        try:
            # Minutes of the clock: the end of the window is known without asking the storage for it.
            count = count_one_more(f"api:{_key(request)}:{minute:.0f}", 61)
        except (RedisError, StorageError, OSError):
            return True
        self.reset_in = 60 - second
        view.rate_headers = {  # type: ignore[attr-defined]
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(0, limit - count)),
            "RateLimit-Reset": str(int(self.reset_in) + 1),
        }
        return count <= limit

    def wait(self) -> float:
        return self.reset_in


def _key(request: Request) -> str:
    caller: Any = request.user
    if isinstance(caller, Caller):
        actor = caller.actor
        return f"token:{actor.token_id}" if actor.token_id else f"user:{actor.user_id}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"
