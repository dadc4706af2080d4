"""Leases: a job of a run is walked in one place at a time, and who lost it writes nothing more.

A lease is a row with a fence number that goes up whenever somebody takes it. Every transaction of its holder locks
that row and looks whether number and time still are good, so that a worker that was frozen past its lease and wakes up
finds the door shut. Only the database's clock counts: the machines' own may differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from crawler.facts import schema

LOCK_SECONDS = 5  # a row that is locked longer is in somebody's hands


class LeaseLost(Exception):
    """The job is no longer ours: nothing of this transaction is stored."""


class database_time(FunctionElement[float]):  # noqa: N801 - reads as the SQL function it is
    """Seconds since the epoch by the database's clock, at this moment and not at the transaction's begin."""

    type = sa.Float()
    inherit_cache = True


@compiles(database_time, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_time, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return "extract(epoch FROM clock_timestamp())::double precision"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to walk a job for `seconds` from its last renewal; `carry` is what the slice before left."""

    run: int
    job: str
    owner: str
    fence: int
    seconds: float
    carry: Mapping[str, Any] | None = None


def _row(run: int, job: str) -> sa.ColumnElement[bool]:
    return (schema.lease.c.run == run) & (schema.lease.c.job == job)


def _ours(lease: Lease) -> sa.ColumnElement[bool]:
    return _row(lease.run, lease.job) & (schema.lease.c.fence == lease.fence)


def take(engine: Engine, run: int, job: str, owner: str, seconds: float, first: float = 0.0) -> Lease | None:
    """Take a job that nobody holds, of a run that is being walked; None when it is held or the run is over.

    `first`: seconds that the lease lasts at least until its first renewal.
    """
    table, walking = schema.lease, schema.run
    is_walked = sa.exists().where(walking.c.id == run, walking.c.state == "walking")
    query = (
        table.update()
        .where(_row(run, job), table.c.until <= database_time(), is_walked)
        .values(owner=owner, fence=table.c.fence + 1, until=database_time() + max(seconds, first), queued=None)
        .returning(table.c.fence, table.c.carry)
    )
    try:
        with engine.begin() as db:
            _do_not_wait(db)
            db.execute(insert(table).values(run=run, job=job).on_conflict_do_nothing())
            row = db.execute(query).first()
    except OperationalError as error:
        if _is_locked(error):
            return None
        raise
    return Lease(run, job, owner, row.fence, seconds, row.carry) if row else None


def _do_not_wait(db: Connection) -> None:
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")


def _is_locked(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) == "55P03"


def renew(engine: Engine, lease: Lease, carry: Mapping[str, Any] | None = None, *, late: bool = False) -> bool:
    """Hold the job for another `seconds`; False when it is lost. `late`: it is not, while nobody else has taken it."""
    table = schema.lease
    values: dict[str, Any] = {"until": database_time() + lease.seconds} | ({"carry": carry} if carry else {})
    with engine.begin() as db:
        good = table.c.until > (0.0 if late else database_time())
        held = db.execute(table.update().where(_ours(lease), good).values(values))
    return held.rowcount == 1


class End(StrEnum):
    """How a slice ended: as it should, by our own fault, or before its time for a reason outside it."""

    WELL = "well"
    BADLY = "badly"
    EARLY = "early"


def release(engine: Engine, lease: Lease, end: End, carry: Mapping[str, Any] | None = None) -> bool:
    """Give the job back. False when it was lost before.

    Whoever gives back sends what comes next, so a message counts as on its way from now on.
    """
    table = schema.lease
    values: dict[str, Any] = {"until": 0.0, "owner": "", "queued": database_time()}
    values |= {"carry": carry} if carry else {}
    if end is End.WELL:
        values |= {"slices": table.c.slices + 1, "failed": 0}
    elif end is End.BADLY:
        values |= {"failed": table.c.failed + 1}
    with engine.begin() as db:
        given = db.execute(table.update().where(_ours(lease), table.c.until > 0).values(values))
    return given.rowcount == 1


@contextmanager
def guarded(engine: Engine, lease: Lease) -> Iterator[Connection]:
    """A transaction that is stored only if the lease is good from its first statement to its last.

    Until it ends nobody else can take the job; a holder that freezes within it is thrown out by PostgreSQL when the
    lease has run out. LeaseLost: everything was rolled back.
    """
    with engine.begin() as db:
        if db.dialect.name == "postgresql":
            limit = max(1, int(lease.seconds * 1000))
            db.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {limit}")
        hold(db, lease)
        yield db
        hold(db, lease)


def hold(db: Connection, lease: Lease) -> None:
    """Lock the lease for the length of the transaction; LeaseLost when it is no longer ours."""
    table = schema.lease
    query = table.update().where(_ours(lease), table.c.until > database_time())
    if db.execute(query.values(until=database_time() + lease.seconds)).rowcount != 1:
        raise LeaseLost(f"{lease.job}（轮次编号 {lease.run}）已由其他进程接手")
