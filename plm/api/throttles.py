"""Rate limits that hold under concurrency, counted per token, person or address."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

from plm.api.auth import Caller

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


@lru_cache(maxsize=1)
def limiter() -> FixedWindowRateLimiter:
    """On Redis all web processes share one count; embedded there is one process, and memory serves."""
    storage = RedisStorage(settings.REDIS_URL) if settings.REDIS_URL else MemoryStorage()
    return FixedWindowRateLimiter(storage)


def within(limit: RateLimitItem, *names: str) -> bool:
    """Count one more; whether it is within the limit. A dead Redis lets it go on: it limits, it does not guard."""
    try:
        return limiter().hit(limit, *names)
    except (RedisError, StorageError, OSError):
        return True


class ActorThrottle(BaseThrottle):
    """So many calls a minute. A dead Redis lets reading and writing go on: it limits, it does not guard."""

    reset_in = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        now = time.time()
        minute, second = divmod(now, 60)
        limit = settings.API_RATE_PER_MINUTE
        try:
            # Minutes of the clock: the end of the window is known without asking the storage for it.
            count = limiter().storage.incr(f"api:{_key(request)}:{minute:.0f}", 61)
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
