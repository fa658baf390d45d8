"""Statements prepared on the server, and connections that end between two requests (PostgreSQL only)."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError
from django.test.utils import CaptureQueriesContext

from plm.postgresql.base import MOST_PREPARED
from plm.querysets import Statement
from tests import make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite prepares by itself."),
]
ONE = Statement.written("SELECT v FROM h_probe WHERE id = %s", "id")


@pytest.fixture
def probe() -> Any:
    """A table of one row that a test may alter."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE h_probe (id bigint, v integer)")
        cursor.execute("INSERT INTO h_probe VALUES (1, 7)")
        yield cursor
        cursor.execute("DROP TABLE h_probe")


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def test_a_statement_is_prepared_once_and_executed_from_then_on(probe):
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    before = kept()
    with CaptureQueriesContext(connection) as queries:
        assert [ONE.rows({"id": n}) for n in (1, 2, 1)] == [[(7,)], [], [(7,)]]
    verbs = [q["sql"].split()[0] for q in queries]
    # To prepare it is no part of what a call asks: those who count statements see the same at every call.
    assert verbs == ["EXECUTE", "EXECUTE", "EXECUTE"]
    assert kept() == before + 1


def test_a_migration_that_changes_a_column_is_noticed(probe):
    ONE.rows({"id": 1})
    probe.execute("ALTER TABLE h_probe ALTER v TYPE text")
    assert ONE.rows({"id": 1}) == [("7",)]


def test_in_a_transaction_it_is_an_error_to_try_again_later(probe):
    ONE.rows({"id": 1})
    probe.execute("ALTER TABLE h_probe ALTER v TYPE text")
    with pytest.raises(OperationalError), transaction.atomic():
        ONE.rows({"id": 1})
    assert ONE.rows({"id": 1}) == [("7",)]


def test_statements_that_somebody_dropped_are_prepared_anew(probe):
    ONE.rows({"id": 1})
    probe.execute("DEALLOCATE ALL")
    assert ONE.rows({"id": 1}) == [(7,)]


def test_the_number_of_prepared_statements_is_bounded(probe):
    for n in range(MOST_PREPARED + 20):
        Statement.written(f"SELECT {n} FROM h_probe WHERE id = %s", "id").rows({"id": 1})
    assert kept() <= MOST_PREPARED
    assert ONE.rows({"id": 1}) == [(7,)]


def test_the_setting_turns_it_off(probe, settings):
    settings.PREPARED_STATEMENTS = False
    with CaptureQueriesContext(connection) as queries:
        assert ONE.rows({"id": 1}) == [(7,)]
    assert [q["sql"].split()[0] for q in queries] == ["SELECT"]


def test_a_connection_that_the_server_ended_is_not_met_by_the_next_request(
    world, api, monkeypatch, settings
):
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 600
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 600)
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    connection.health_check_enabled = True
    make.make_item(world.actor("alice"), world.atlas)
    client = api(world.alice, world.acme)
    for _ in range(3):
        assert client.get("/api/v1/items/?product=ATL").status_code == 200
        end(connection.connection.info.backend_pid)
        connection.close_if_unusable_or_obsolete()  # as at the start of every request of a server
        assert client.get("/api/v1/items/?product=ATL").status_code == 200


def end(pid: int) -> None:
    """Another connection ends ours, as a restart does, and waits until it has."""
    other = psycopg2.connect(**connection.get_connection_params())
    other.autocommit = True
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


def test_a_number_larger_than_any_is_no_record(world, api):
    client = api(world.alice, world.acme)
    for number in ("2147483648", "999999999999", "9999999999999999"):
        assert client.get(f"/api/v1/items/ATL-{number}/").status_code == 404
