"""Fixtures every test may use."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.conf import settings as given
from django.test import Client, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as generated

from tests.world import World, make_world

# No test fails because the machine is slow or busy.
generated.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
generated.load_profile("any machine")


DATABASE = {"db", "transactional_db", "django_db_setup"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks no database says the same beside each: once is enough."""
    for item in items:
        asks = item.get_closest_marker("django_db") or DATABASE & set(
            getattr(item, "fixturenames", ())
        )
        # Such as asks Redis has its one run beside PostgreSQL.
        if not asks and not item.get_closest_marker("skipif"):
            item.add_marker(pytest.mark.once)


@pytest.fixture(scope="session", autouse=True)
def _own_counts() -> Any:
    """Processes of one run share a Redis, and some tests begin by forgetting all counts."""
    with override_settings(
        QUEUE_PREFIX=f"{given.QUEUE_PREFIX}{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    ):
        yield


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any) -> None:
    """Uploads of a test go into a folder of its own, and tests do not use up each other's calls a minute."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.API_RATE_PER_MINUTE = 1_000_000


@pytest.fixture
def world(db: Any) -> World:
    return make_world()


@pytest.fixture
def sign_in() -> Any:
    """`sign_in(user)` gives a browser of that person."""

    def enter(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def api() -> Any:
    """`api(user, workspace, scopes, product)` gives a client that calls the API with a token."""
    from plm.selectors import actor_of
    from plm.services.members import token_create

    def caller(
        user: Any, workspace: Any, scopes: Any = ("read", "write"), product: Any = None
    ) -> Client:
        _, text = token_create(
            actor=actor_of(user),
            workspace=workspace,
            name="test",
            scopes=list(scopes),
            product=product,
        )
        client = Client(headers={"Authorization": f"Bearer {text}"})
        client.token = text  # type: ignore[attr-defined]
        return client

    return caller
