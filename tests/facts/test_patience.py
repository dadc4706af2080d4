"""A database that goes away for a moment, one that stays away, a disk that is full."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from crawler.facts import schema
from crawler.facts.patience import Ticket, passes, patiently
from crawler.facts.store import open_store, update_run
from crawler.facts.writer import Batch, Writer
from tests.facts.test_writer import address, seen
from tests.house.postgres import Cluster


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def gone() -> OperationalError:
    return OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed the connection"))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_store(f"sqlite:///{tmp_path}/x.db", wait=20)


def test_what_passes_is_tried_again_with_growing_pauses(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    clock, errors = Clock(), [gone(), gone(), gone(), gone()]

    def work() -> str:
        if errors:
            raise errors.pop()
        return "done"

    with caplog.at_level(logging.WARNING):
        assert patiently(engine, work, sleep=clock.sleep, clock=clock) == "done"
    assert clock.pauses == [0.25, 0.5, 1.0, 2.0]
    assert [record.message[:8] for record in caplog.records] == ["数据库暂时不可用", "数据库已恢复，继"]


def test_it_is_waited_no_longer_than_was_said(engine: Engine) -> None:
    clock = Clock()

    def work() -> None:
        raise gone()

    with pytest.raises(OperationalError):
        patiently(engine, work, sleep=clock.sleep, clock=clock)
    assert 10 < clock.now <= 20


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.errors.AdminShutdown("terminating"), True),
        (psycopg.errors.CannotConnectNow("starting up"), True),
        (psycopg.errors.TooManyConnections("full"), True),
        (psycopg.errors.DeadlockDetected("deadlock"), True),
        (psycopg.OperationalError("the connection is closed"), True),
        (psycopg.InterfaceError("the connection is closed"), True),
        (psycopg.errors.DiskFull("no space left on device"), False),
        (psycopg.errors.UniqueViolation("twice"), False),
        (psycopg.errors.InsufficientPrivilege("no"), False),
        (ValueError("ours"), False),
    ],
)
def test_which_errors_pass(error: Exception, expected: bool) -> None:
    assert passes(error) is expected
    if isinstance(error, psycopg.Error):
        assert passes(DBAPIError("INSERT", {}, error)) is expected


def test_a_lock_of_sqlite_passes_and_a_fault_of_ours_does_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    held, other = open_store(url), open_store(url)
    with held.connect() as db, other.connect() as late:
        late.exec_driver_sql("PRAGMA busy_timeout=10")
        db.execute(schema.meta.insert().values(name="a", value="b"))
        with pytest.raises(OperationalError) as locked:
            late.execute(schema.meta.insert().values(name="c", value="d"))
        assert passes(locked.value)
    with other.connect() as db, pytest.raises(OperationalError) as wrong:
        db.exec_driver_sql("SELECT * FROM nowhere")
    assert not passes(wrong.value)


# -- a full disk ---------------------------------------------------------------------------------------------------


def test_a_full_disk_stops_with_its_name_and_the_round_goes_on_with_room(tmp_path: Path) -> None:
    """SQLite is told that the file may not grow: the same error as of a full disk."""
    engine = open_store(f"sqlite:///{tmp_path}/x.db")
    told: list[str] = []
    with engine.connect() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit: list[int] = [pages + 30]

    def bounded(raw: Any, _record: Any, _proxy: Any) -> None:
        raw.execute(f"PRAGMA max_page_count={limit[0]}")

    sa.event.listen(engine, "checkout", bounded)
    writer = Writer(engine, told.append)
    for number in range(1, 3001):
        writer.put([("address", address(number)), ("seen", seen(number))])
    writer.close()
    assert len(told) == 1 and told[0].startswith("磁盘空间不足，请清理后继续")
    assert stored(engine) < 3000
    limit[0] = 2**30
    again = Writer(engine, told.append)
    for number in range(1, 3001):  # addresses that are there already stay
        again.put([("address", address(number)), ("seen", seen(number))])
    again.close()
    assert len(told) == 1 and stored(engine) == 3000


def stored(engine: Engine) -> int:
    with engine.connect() as db:
        return int(db.execute(sa.select(sa.func.count()).select_from(schema.address)).scalar_one())


# -- PostgreSQL goes away ------------------------------------------------------------------------------------------


def page_batch(number: int) -> Batch:
    note = {"run": 1, "site": "a", "kind": "ignored", "text": str(number), "count": 1}
    return [("address", address(number)), ("seen", seen(number)), ("note", note)]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_is_away_for_a_moment_costs_no_batch_and_doubles_none(own_postgres: Cluster, mode: str) -> None:
    engine = open_store(own_postgres.database(), wait=60)
    told: list[str] = []
    writer = Writer(engine, told.append)
    for first in (1, 201):
        for number in range(first, first + 100):
            writer.put(page_batch(number))
        own_postgres.stop(mode)  # the writer is at work
        for number in range(first + 100, first + 200):
            writer.put(page_batch(number))
        time.sleep(0.6)
        own_postgres.start()
    writer.close()
    assert told == [] and stored(engine) == 400
    with engine.connect() as db:
        texts = list(db.execute(sa.select(schema.note.c.text)).scalars())
    assert sorted(texts, key=int) == [str(number) for number in range(1, 401)]
    engine.dispose()


def test_a_server_that_stays_away_stops_the_round_and_what_was_stored_stays(own_postgres: Cluster) -> None:
    engine = open_store(own_postgres.database(), wait=1)
    told: list[str] = []
    writer = Writer(engine, told.append)
    writer.put(page_batch(1))
    while stored(engine) < 1:
        time.sleep(0.05)
    own_postgres.stop()
    writer.put(page_batch(2))
    writer.close()
    assert len(told) == 1
    own_postgres.start()
    again = Writer(engine, told.append)
    again.put(page_batch(2))
    again.close()
    assert len(told) == 1 and stored(engine) == 2
    engine.dispose()


class Interrupted(Writer):
    """A writer that never hears the answer to its first commit."""

    lost = False

    def _transaction(self) -> AbstractContextManager[Connection]:
        return self._unheard()

    @contextmanager
    def _unheard(self) -> Iterator[Connection]:
        with self._engine.begin() as db:
            yield db
        if not self.lost:
            self.lost = True
            raise gone()


def test_a_commit_whose_answer_was_lost_is_not_done_again(postgres_url: str) -> None:
    engine = open_store(postgres_url, wait=10)
    told: list[str] = []
    writer = Interrupted(engine, told.append)
    writer.put(page_batch(1))
    writer.close()
    assert writer.lost and told == []
    with engine.connect() as db:
        assert list(db.execute(sa.select(schema.note.c.text)).scalars()) == ["1"]
    engine.dispose()


def test_a_transaction_that_was_rolled_back_is_done_again(postgres_url: str) -> None:
    engine = open_store(postgres_url, wait=10)
    ticket = Ticket()
    with engine.connect() as db:
        db.execute(schema.meta.insert().values(name="a", value="b"))
        ticket.draw(db)
        db.rollback()
    assert not ticket.committed(engine)
    with engine.begin() as db:
        ticket.draw(db)
    assert ticket.committed(engine)
    engine.dispose()


def test_the_row_of_a_run_waits_too(own_postgres: Cluster) -> None:
    engine = open_store(own_postgres.database(), wait=30)
    own_postgres.stop()
    threading.Timer(0.5, own_postgres.start).start()
    update_run(engine, 1, loopback=True)
    engine.dispose()
