"""Waiting for a database that is away for a moment: nothing is lost, nothing stored twice.

What passes by itself (connection lost, server starting, too many connections, a lock) is tried again with growing
pauses, for as long as the setting DATABASE_WAIT says. A full disk does not pass: the round stops with a message and the
same command goes on when there is room.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from crawler.facts.errors import plain

log = logging.getLogger(__name__)
T = TypeVar("T")
WAIT = 120.0  # seconds
FIRST_PAUSE, LAST_PAUSE = 0.25, 5.0
SAY_EVERY = 30.0
_PASSING = ("08", "57P", "53300", "40001", "40P01", "55P03")  # SQLSTATE, or how it begins
_option = "database_wait"


class StillOpen(Exception):
    """The server does not know yet what became of our last transaction."""


def with_wait(engine: Engine, seconds: float) -> Engine:
    """The same engine, which says how long to wait for its database."""
    engine.update_execution_options(**{_option: seconds})
    return engine


def passes(error: BaseException) -> bool:
    """Is it of the kind that goes away without anybody's doing?"""
    if isinstance(error, StillOpen):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        error = error.orig or error
    kind = type(error)
    if kind.__module__.startswith("sqlite3"):
        return kind.__name__ == "OperationalError" and any(word in str(error) for word in ("locked", "busy"))
    if not kind.__module__.startswith("psycopg"):
        return False
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:  # the connection, not a statement
        return any(base.__name__ in ("OperationalError", "InterfaceError") for base in kind.__mro__)
    return state.startswith(_PASSING)


def patiently(
    engine: Engine, work: Callable[[], T], *, sleep: Callable[[float], Any] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> T:  # fmt: skip
    """Do `work`, again while its error is one that passes. `work` may be done twice and must be whole each time."""
    seconds = float(engine.get_execution_options().get(_option, WAIT))
    began = said = None
    pause = FIRST_PAUSE
    while True:
        try:
            done = work()
        except Exception as error:
            now = clock()
            began = now if began is None else began
            if not passes(error) or now - began + pause > seconds:
                raise
            if said is None or now - said >= SAY_EVERY:
                said = now
                log.warning("数据库暂时不可用，最多等 %.0f 秒，已等 %.0f 秒：%s", seconds, now - began, plain(error))
            sleep(pause)
            pause = min(2 * pause, LAST_PAUSE)
        else:
            if said is not None:
                log.warning("数据库已恢复，继续写入")
            return done


class Ticket:
    """Tells after a lost connection whether the transaction it was drawn in was committed.

    SQLite has no connection to lose: its answer to a commit is always heard.
    """

    def __init__(self) -> None:
        self._number: str | None = None

    def draw(self, db: Connection) -> None:
        """Take the number of the transaction, as its last statement."""
        if db.dialect.name == "postgresql":
            self._number = db.execute(sa.text("SELECT CAST(pg_current_xact_id() AS text)")).scalar_one()

    def committed(self, engine: Engine) -> bool:
        """Was it? StillOpen while the server has not noticed that we are gone."""
        if self._number is None:
            return False
        with engine.connect() as db:
            asked = sa.text("SELECT pg_xact_status(CAST(:number AS xid8))")
            status = db.execute(asked, {"number": self._number}).scalar_one()
        if status == "in progress":
            raise StillOpen("上一次写入的结果尚未确定")
        if status is None:
            raise RuntimeError("数据库恢复后查不到上一次写入的结果")
        self._number = None
        return bool(status == "committed")
