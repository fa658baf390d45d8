"""The compose file: complete, consistent with the image, and its processes work together."""

from __future__ import annotations

import os
import re
import sys

import psycopg2  # type: ignore[import-untyped]
import pytest
import redis

from tests.deploy import compose
from tests.deploy.process_set import POSTGRES, REDIS, prove

VARIABLES = {
    "PLM_SECRET_KEY": "s" * 50,
    "POSTGRES_PASSWORD": "secret",
    "PLM_BASE_URL": "https://plm.example.com",
    "PLM_HOSTS": "plm.example.com",
}


def servers_answer() -> bool:
    try:
        psycopg2.connect(POSTGRES, connect_timeout=2).close()
        redis.Redis.from_url(REDIS, socket_connect_timeout=2).ping()
    except (psycopg2.OperationalError, redis.RedisError):
        return False
    return True


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_no_secret_and_no_address_has_a_default(name: str) -> None:
    with pytest.raises(compose.MissingVariableError, match=name):
        compose.services({key: value for key, value in VARIABLES.items() if key != name})


def test_the_processes_and_what_they_wait_for() -> None:
    found = compose.services(VARIABLES)
    assert set(found) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    for name in ("web", "worker", "beat"):
        assert found[name].waits_for == {
            "migrate": "service_completed_successfully",
            "redis": "service_healthy",
        }
    assert all(service.health for name, service in found.items() if name != "migrate")
    assert found["web"].env["DATABASE_URL"] == "postgres://plm:secret@postgres:5432/plm"


def test_the_image_runs_as_a_user_and_holds_the_static_files() -> None:
    text = (compose.ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = re.findall(r"^FROM python:3\.12-slim(?: AS \w+)?$", text, re.MULTILINE)
    assert len(stages) == 2
    last = text.rsplit("\nFROM ", 1)[1]
    assert "\nUSER plm\n" in last
    assert "HEALTHCHECK" in last
    assert "manage.py build_assets" in text


@pytest.mark.faults
@pytest.mark.timeout(240)
@pytest.mark.skipif("REDIS_URL" not in os.environ, reason="part of the run on PostgreSQL and Redis")
@pytest.mark.skipif(not servers_answer(), reason="needs PostgreSQL and Redis")
def test_the_process_set_serves_a_trip_and_stops() -> None:
    prove(lambda text: sys.stdout.write(f"{text}\n"))  # shown by pytest when it fails
