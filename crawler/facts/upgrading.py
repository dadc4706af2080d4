"""Making the tables of a store and bringing those of older programs up to date (alembic), by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.errors import StoreError

LOCK = 0x78756E6368610001  # "xuncha" of PostgreSQL's advisory locks
WAIT_MS = 600_000  # for another process that upgrades the same store

_version_table = sa.table("alembic_version", sa.column("version_num", sa.String))


def upgrade(engine: Engine) -> int | None:
    """Bring the store to the program's version, in one transaction: whole or not at all.

    Returns the version it had, None when it was empty. StoreError when it is newer than the program.
    """
    with engine.connect() as db:
        version = stored_version(db)
    if version == schema.SCHEMA_VERSION:
        return version
    _refuse_newer(version)
    with _alone(engine) as db:
        version = stored_version(db)  # another process may have been quicker
        _refuse_newer(version)
        if version != schema.SCHEMA_VERSION:
            _run(db, version)
    return version


def stored_version(db: Connection) -> int | None:
    """Version of the tables, None when there are none. Before alembic only `meta` told it."""
    found = sa.inspect(db)
    if found.has_table("alembic_version"):
        named = db.execute(sa.select(_version_table.c.version_num)).scalar()
        if named is not None:
            return int(named)
    if not found.has_table("meta"):
        return None
    told = db.execute(sa.select(schema.meta.c.value).where(schema.meta.c.name == "schema")).scalar()
    return int(told or 1)


def _refuse_newer(version: int | None) -> None:
    if version is not None and version > schema.SCHEMA_VERSION:
        raise StoreError(
            f"数据库是由更新的程序建立的（数据库版本 {version}，本程序只认识到 {schema.SCHEMA_VERSION}）。"
            "请升级本程序，或更换 DATABASE_URL。"
        )


def _run(db: Connection, version: int | None) -> None:
    from alembic import command  # here: a fifth of a second that an up-to-date store does not pay
    from alembic.config import Config

    config = Config(attributes={"connection": db})
    config.set_main_option("script_location", "crawler.facts:migrations")
    config.set_main_option("path_separator", "os")
    if version is not None and not sa.inspect(db).has_table("alembic_version"):
        command.stamp(config, f"{version:04d}")
    command.upgrade(config, "head")


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process of ours is in at the same time."""
    with engine.connect() as db:
        if engine.dialect.name != "sqlite":
            with db.begin():
                db.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
                yield db
            return
        raw: Any = db.connection.dbapi_connection
        kept = raw.isolation_level
        raw.isolation_level = None  # Python's driver would begin too late and commit before changes of tables
        waited = db.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        db.exec_driver_sql(f"PRAGMA busy_timeout={WAIT_MS}")
        try:
            db.exec_driver_sql("BEGIN IMMEDIATE")
            yield db
            db.commit()
        finally:
            db.rollback()
            db.exec_driver_sql(f"PRAGMA busy_timeout={waited}")
            raw.isolation_level = kept
