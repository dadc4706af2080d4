"""Opening the fact store, and the life of a run in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from crawler.facts import schema
from crawler.facts.bodies import tidy_bodies
from crawler.facts.hidden import drop_fine_edges


class StoreError(Exception):
    """The fact store cannot be used; the message is Chinese and says what to do."""


def open_store(url: str) -> Engine:
    """Engine of `url` with all tables made; for SQLite the folder is made, WAL and a busy time-out are set."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"数据库地址写法不正确：{url}。应形如 sqlite:///data/inspection.db") from error
    try:
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(parsed, pool_pre_ping=True)
        if parsed.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _sqlite_pragmas)
        schema.metadata.create_all(engine)
        _check_version(engine)
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise StoreError(
            f"无法打开数据库 {_without_password(url)}：{plain(error)}。请检查文件夹权限、磁盘空间或数据库服务。"
        ) from error
    return engine


def plain(error: BaseException) -> str:
    """The database's own words without SQL text and parameters."""
    original = getattr(error, "orig", None)
    text = str(original or error).strip().splitlines()
    return text[0] if text else type(error).__name__


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(地址无效)"


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=15000",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _check_version(engine: Engine) -> None:
    with engine.begin() as db:
        row = db.execute(sa.select(schema.meta.c.value).where(schema.meta.c.name == "schema")).scalar()
        if row is None:
            db.execute(schema.meta.insert().values(name="schema", value=str(schema.SCHEMA_VERSION)))
        elif int(row) != schema.SCHEMA_VERSION:
            raise StoreError(
                f"数据库版本为 {row}，本程序需要 {schema.SCHEMA_VERSION}。请更换 DATABASE_URL 或先备份后升级。"
            )


@dataclass(frozen=True, slots=True)
class Run:
    """One walk of one round, as its row says."""

    id: int
    round: str
    as_of: datetime
    state: str
    inventory: str
    inventory_digest: str
    sites: str
    seed: int
    staging: dict[str, Any] | None
    loopback: bool
    started: datetime
    finished: datetime | None


def now() -> datetime:
    """The time with its offset, as facts carry it."""
    return datetime.now(UTC).astimezone()


def _run_of(row: Any) -> Run:
    return Run(
        id=row.id,
        round=row.round,
        as_of=datetime.fromisoformat(row.as_of),
        state=row.state,
        inventory=row.inventory,
        inventory_digest=row.inventory_digest,
        sites=row.sites,
        seed=row.seed,
        staging=row.staging,
        loopback=row.loopback,
        started=datetime.fromisoformat(row.started),
        finished=datetime.fromisoformat(row.finished) if row.finished else None,
    )


def latest_run(engine: Engine, round_name: str, *, states: tuple[str, ...] = ("walking", "walked")) -> Run | None:
    """The newest run of a round in one of the states."""
    table = schema.run
    query = sa.select(table).where(table.c.round == round_name, table.c.state.in_(states)).order_by(table.c.id.desc())
    with engine.connect() as db:
        row = db.execute(query.limit(1)).first()
    return _run_of(row) if row else None


def start_run(engine: Engine, **values: Any) -> Run:
    """A new run in state `walking`; an unfinished older run of the round is given up."""
    table = schema.run
    with engine.begin() as db:
        db.execute(
            table.update().where(table.c.round == values["round"], table.c.state == "walking").values(state="given-up")
        )
        values |= {"as_of": values["as_of"].isoformat(), "state": "walking", "started": now().isoformat()}
        key = db.execute(table.insert().values(**values)).inserted_primary_key
        row = db.execute(sa.select(table).where(table.c.id == key[0])).one()  # type: ignore[index]
    return _run_of(row)


def update_run(engine: Engine, run_id: int, **values: Any) -> None:
    """Set columns of a run's row."""
    with engine.begin() as db:
        db.execute(schema.run.update().where(schema.run.c.id == run_id).values(**values))


def finish_run(engine: Engine, run_id: int) -> None:
    """Mark the walk as done, drop the edges of targets that are fine and what older runs of the round kept of pages.

    Hidden links to foreign hosts stay, fine or not: they are facts of their own.
    """
    with engine.begin() as db:
        drop_fine_edges(db, run_id)
        tidy_bodies(db, run_id)
        db.execute(
            schema.run.update().where(schema.run.c.id == run_id).values(state="walked", finished=now().isoformat())
        )


def reopen_run(engine: Engine, run_id: int) -> int:
    """Put a finished run's suspect and dead addresses back on the list, with what was not reached. Returns how many.

    Their looks stay: a streak counts over runs (contract 4). The run keeps the time at which it was finished first.
    """
    address = schema.address
    again = sa.or_(
        address.c.outcome.in_(("dead", "suspect")), address.c.reason.in_(("not-reached", "own-network", "rate-limited"))
    )
    with engine.begin() as db:
        rows = db.execute(address.update().where(address.c.run == run_id, again).values(state=schema.TODO, due=None))
        db.execute(schema.run.update().where(schema.run.c.id == run_id).values(state="walking"))
    return rows.rowcount


def save_judgement(
    engine: Engine, round_name: str, run_id: int, data: dict[str, Any], ledger: Mapping[str, dict[str, Any]]
) -> None:
    """Keep the newest judgement of a round and the ledger as it stands after it, both or neither."""
    table, entries = schema.judgement, schema.ledger
    with engine.begin() as db:
        db.execute(table.delete().where(table.c.round == round_name))
        db.execute(table.insert().values(round=round_name, run=run_id, at=now().isoformat(), data=data))
        db.execute(entries.delete())
        if ledger:
            db.execute(entries.insert(), [{"fingerprint": name, "data": entry} for name, entry in ledger.items()])


def load_ledger(engine: Engine) -> dict[str, dict[str, Any]]:
    """Every ledger entry by fingerprint."""
    with engine.connect() as db:
        return {row.fingerprint: row.data for row in db.execute(sa.select(schema.ledger))}


def save_ledger(engine: Engine, ledger: Mapping[str, dict[str, Any]]) -> None:
    """Replace the ledger, whole or not at all."""
    entries = schema.ledger
    with engine.begin() as db:
        db.execute(entries.delete())
        if ledger:
            db.execute(entries.insert(), [{"fingerprint": name, "data": entry} for name, entry in ledger.items()])


def load_judgement(engine: Engine, round_name: str) -> dict[str, Any] | None:
    """The stored judgement of a round, as findings.json has it."""
    with engine.connect() as db:
        return db.execute(
            sa.select(schema.judgement.c.data).where(schema.judgement.c.round == round_name)
        ).scalar_one_or_none()


def judged_rounds(engine: Engine) -> list[str]:
    """Names of the rounds that have a judgement, in order of name."""
    with engine.connect() as db:
        return list(db.execute(sa.select(schema.judgement.c.round).order_by(schema.judgement.c.round)).scalars())


def probed_sites(engine: Engine, run_id: int) -> set[str]:
    """Sites whose network facts this run already has."""
    table = schema.network
    with engine.connect() as db:
        return set(db.execute(sa.select(table.c.site).where(table.c.run == run_id).distinct()).scalars())


def latest_round(engine: Engine) -> str | None:
    """Name of the round that was walked last."""
    table = schema.run
    query = sa.select(table.c.round).where(table.c.state == "walked").order_by(table.c.id.desc()).limit(1)
    with engine.connect() as db:
        return db.execute(query).scalar()
