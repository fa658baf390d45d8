"""Threads of one process that write to SQLite wait in a line, so that none waits for ever beside busy ones."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from plm.sqlite.base import _lines
from plm.sqlite.waiting import WaitingLine
from tests.plm.test_races import at_once


def until(true):
    while not true():
        time.sleep(0.001)


def closing(work, n):
    try:
        return work(n)
    finally:
        connections.close_all()


def test_who_came_first_goes_first():
    line, order = WaitingLine(), []
    assert line.take(1)

    def wait(n):
        assert line.take(60)
        order.append(n)
        line.leave()

    threads = []
    for n in range(8):
        threads.append(threading.Thread(target=wait, args=(n,)))
        threads[-1].start()
        until(lambda n=n: len(line) == n + 1)
    line.leave()
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_who_does_not_wait_any_longer_is_left_out():
    line = WaitingLine()
    assert line.take(1)
    assert not line.take(0.01)
    assert len(line) == 0
    line.leave()
    assert line.take(0.01)


@pytest.mark.faults
@pytest.mark.once
@pytest.mark.django_db(transaction=True)
class TestTransactions:
    @pytest.fixture(autouse=True)
    def _file(self, transactional_db):
        if connection.vendor != "sqlite" or "mode=memory" in str(connection.settings_dict["NAME"]):
            pytest.skip(
                "An in-memory database is one connection; tests/run.py gives this part a file."
            )

    def test_who_writes_again_and_again_lets_the_others_go_first(self):
        line = _lines[str(connection.settings_dict["NAME"])]
        order = []

        def write(n):
            with transaction.atomic():
                order.append(n)

        with ThreadPoolExecutor(2) as pool:
            with transaction.atomic():
                others = []
                for n in (1, 2):
                    others.append(pool.submit(closing, write, n))
                    until(lambda n=n: len(line) == n)
            write(3)
            assert [other.result() for other in others] == [None, None]
        assert order == [1, 2, 3]

    def test_a_transaction_that_fails_in_any_way_lets_the_next_one_go(self):
        class Stop(BaseException):
            pass

        def failing(error):
            with transaction.atomic():
                raise error

        def closed():
            with transaction.atomic():
                connection.close()

        def written(_):
            with transaction.atomic():
                return "written"

        for error in (ValueError, Stop):
            with pytest.raises(error):
                failing(error())
            assert at_once(1, written) == ["written"]
        closed()
        assert at_once(1, written) == ["written"]

    def test_who_waits_too_long_is_told_that_it_is_busy(self, monkeypatch):
        def write(_):
            with transaction.atomic():
                return "written"

        with transaction.atomic(), monkeypatch.context() as impatient:
            impatient.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
            (refused,) = at_once(1, write)
        assert isinstance(refused, OperationalError)
        assert at_once(1, write) == ["written"]
