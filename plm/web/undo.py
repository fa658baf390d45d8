"""Messages with a way back: a toast whose button sends the opposite of what was just done."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest


def done(
    request: HttpRequest,
    text: str,
    undo_url: str,
    fields: Mapping[str, str] | None = None,
    *,
    label: str = "Undo",
) -> None:
    """Say what was done; Undo posts `fields` to `undo_url`, which must be the door of the service that takes it back.

    Another `label` makes it a button for what may come next.
    """
    way_back = json.dumps({"url": undo_url, "fields": dict(fields or {}), "label": label})
    messages.success(request, text, extra_tags=way_back)
