"""Answers of shared links, kept half a minute for the next reader: in Django's cache, and in this process."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from datetime import datetime, timedelta
from functools import cache as made_once
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from plm.querysets import Slot, Statement
from plm.selectors import secret_hash
from plm.web.secret_links import SECRET_HEADERS
from roadmap.models import Share

KEPT_FOR = 30
MOST_HERE = 64
ASKED = ("year", "span", "half", "by")
"""What of the query changes an answer."""
NOTED_AGAIN = timedelta(minutes=5)
Kept = tuple[bytes, dict[str, str]]
_here: OrderedDict[str, tuple[float, Kept]] = OrderedDict()


def kept_key(request: HttpRequest, share: Share) -> str:
    """The name of an answer. Any fact of the workspace, any change of the share and the next day ask for a new one."""
    return _key(request, share.product.workspace.last_event, share.uuid, share.version)


def _key(request: HttpRequest, last_event: int, uuid: object, version: int) -> str:
    asked = [request.GET.get(name, "")[:8] for name in ASKED]
    what = request.path.rpartition("/")[2]
    stands = repr((last_event, str(uuid), version, timezone.localdate(), what, asked))
    return f"share:{hashlib.sha256(stands.encode()).hexdigest()}"


def kept(key: str) -> HttpResponse | None:
    """The answer of that name, if it is known."""
    found = _kept_here(key)
    if found is None:
        found = cache.get(key)
        if found is None:
            return None
        _keep_here(key, found)
    content, headers = found
    return HttpResponse(content, headers=headers)


def keep(key: str, response: HttpResponse) -> None:
    """Keep an answer for others. Nothing of its reader may be in it, least of all their link."""
    headers = {n: response[n] for n in ("Content-Type", "Content-Disposition") if n in response}
    cache.set(key, (response.content, headers), KEPT_FOR)
    _keep_here(key, (response.content, headers))


def _kept_here(key: str) -> Kept | None:
    since, found = _here.get(key, (0.0, None))
    return found if time.monotonic() - since < KEPT_FOR else None


def _keep_here(key: str, found: Kept) -> None:
    _here[key] = (time.monotonic(), found)
    while len(_here) > MOST_HERE:
        _here.popitem(last=False)


@made_once
def _link() -> Statement:
    rows = Share.objects.filter(
        token_hash=Slot("hashed", Share._meta.get_field("token_hash")), by_mail=False, revoked_at=None, password="",
        product__archived_at=None,
    )  # fmt: skip
    return Statement.of(
        rows.order_by().values_list(
            "uuid", "version", "expires_at", "last_viewed_at", "allowed_origins", "product__workspace__last_event"
        )
    )  # fmt: skip


def page_again(request: HttpRequest) -> HttpResponse | None:
    """The page of an open link as it is kept in this process, read from the database alone whether the link still
    opens; None for whatever takes more: a password, a viewer's own link, a frame, a look that is to be noted."""
    token, _, rest = request.path_info.removeprefix("/share/").partition("/")
    if rest or not 20 <= len(token) <= 100 or not request.path_info.endswith("/"):
        return None
    rows = _link().rows({"hashed": secret_hash(token)})
    if not rows:
        return None
    uuid, version, expires_at, viewed_at, origins, last_event = rows[0]
    now = timezone.now()
    if (expires_at is not None and expires_at <= now) or to_be_noted(viewed_at, now):
        return None
    found = None if origins else _kept_here(_key(request, last_event, uuid, version))
    if found is None:
        return None
    content, headers = found
    return HttpResponse(content, headers={**headers, **SECRET_HEADERS})


def to_be_noted(viewed_at: datetime | None, now: datetime) -> bool:
    """Whether a look is noted: the first in five minutes is."""
    return viewed_at is None or now - viewed_at > NOTED_AGAIN


def answer_kept_or(request: HttpRequest, share: Share, draw: Any) -> HttpResponse:
    """The answer that is kept, or what `draw` gives now, kept if it is one."""
    key = kept_key(request, share)
    found = kept(key)
    if found is None:
        found = draw()
        if found.status_code == 200:
            keep(key, found)
    return found
