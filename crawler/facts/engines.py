"""Engines of the two databases, set up so that both give the same back."""

from __future__ import annotations

import atexit
import json
from pathlib import Path
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from crawler.facts.errors import StoreError

POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
CONNECT = {  # a database that went away without a word is noticed within a minute
    "connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "application_name": "xuncha",
}  # fmt: skip
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000", "cache_size=-32000", "temp_store=MEMORY")

_open: WeakSet[Engine] = WeakSet()


def engine_of(url: str) -> Engine:
    """Engine of a DATABASE_URL, with nothing read or made yet but the folder of an SQLite file.

    `postgres://` and `postgresql://` mean psycopg 3. StoreError for an address that is not one of ours.
    """
    parsed = parsed_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(parsed, pool_pre_ping=True, json_serializer=dumps)
        event.listen(engine, "connect", _sqlite_pragmas)
        _open.add(engine)
        return engine
    given = {name: value for name, value in CONNECT.items() if name not in parsed.query}
    try:
        return sa.create_engine(parsed, pool_pre_ping=True, json_serializer=dumps, connect_args=given)
    except ImportError as error:
        raise StoreError("使用 PostgreSQL 需要 psycopg：pip install -e .[postgresql]") from error


def parsed_url(url: str) -> URL:
    """A DATABASE_URL with the driver that is meant."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"数据库地址写法不正确：{url}。应形如 sqlite:///data/inspection.db") from error
    if parsed.drivername in POSTGRESQL:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(
            f"不支持的数据库 {without_password(url)}。请用 sqlite:///data/inspection.db "
            "或 postgresql://用户:密码@主机/库名。"
        )
    return parsed


def without_password(url: str) -> str:
    """The address as it may be printed."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(地址无效)"


def dumps(value: Any) -> str:
    """JSON as both databases keep it: Chinese as such, half a surrogate pair as U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@atexit.register
def _close_all() -> None:
    """SQLite's files beside a database go when its last connection is closed: not left to the end of all objects."""
    for engine in list(_open):
        engine.dispose()
