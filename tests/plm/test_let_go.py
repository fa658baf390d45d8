"""An answer of the API is gone when it is sent: its rows do not wait for the collector of circles."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from tests.make import make_idea


def test_an_answer_goes_without_the_collector(world: Any, api: Any) -> None:
    make_idea(world.actor("alice"), world.atlas)
    asked = RequestFactory(
        headers={"Authorization": f"Bearer {api(world.alice, world.acme).token}"}
    )
    handler = WSGIHandler()
    gc.disable()
    try:
        for path in ("/api/v1/ideas/", "/api/v1/ideas/ATL-1/", "/api/v1/ideas/ATL-9/"):
            answer = handler.get_response(asked.get(path))
            left = weakref.ref(answer)
            del answer
            assert left() is None, path
    finally:
        gc.enable()
