"""Opening the fact store, and the life of a run in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from crawler.facts import schema
from crawler.facts.bodies import tidy_bodies
from crawler.facts.engines import engine_of, without_password
from crawler.facts.errors import StoreError as StoreError
from crawler.facts.errors import plain as plain
from crawler.facts.hidden import drop_fine_edges
from crawler.facts.patience import WAIT, patiently, with_wait
from crawler.facts.upgrading import upgrade

THINNED, ARCHIVED = "thinned", "archived"
STORED_AWAY = (THINNED, ARCHIVED)
_ENTRIES = 500  # of the ledger in memory as plain data
"""States of a run whose facts are gone, in part or all: it can be told, not judged again."""


def open_store(url: str, wait: float = WAIT) -> Engine:
    """Engine of `url` with all tables made or brought up to date. StoreError tells what to do when it cannot be.

    `wait`: seconds that later writing waits for a database that is away (setting DATABASE_WAIT).
    """
    try:
        engine = with_wait(engine_of(url), wait)
        upgrade(engine)
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(
            f"无法打开数据库 {without_password(url)}：{plain(error)}。请检查文件夹权限、磁盘空间或数据库服务。"
        ) from error
    return engine


def store_of(settings: Mapping[str, Any]) -> Engine:
    """The store that the settings DATABASE_URL and DATABASE_WAIT (seconds) name."""
    given = settings.get("DATABASE_WAIT", WAIT)
    try:
        wait = float(given)
    except ValueError as error:
        raise StoreError(f"设置 DATABASE_WAIT 应为秒数，如 120；现为“{given}”。") from error
    return open_store(str(settings["DATABASE_URL"]), wait)


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

    def done() -> None:
        with engine.begin() as db:
            db.execute(schema.run.update().where(schema.run.c.id == run_id).values(**values))

    patiently(engine, done)


def finish_run(engine: Engine, run_id: int) -> None:
    """Mark the walk as done, drop the edges of targets that are fine and what older runs of the round kept of pages.

    Hidden links to foreign hosts stay, fine or not: they are facts of their own.
    """

    def done() -> None:
        with engine.begin() as db:
            drop_fine_edges(db, run_id)
            tidy_bodies(db, run_id)
            db.execute(
                schema.run.update().where(schema.run.c.id == run_id).values(state="walked", finished=now().isoformat())
            )

    patiently(engine, done)


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
    """Keep the newest judgement of a round and the ledger as it stands after it, both or neither.

    The ledger's entries are asked for a few at a time, and again where the database was away.
    """
    table = schema.judgement

    def done() -> None:
        with engine.begin() as db:
            db.execute(table.delete().where(table.c.round == round_name))
            db.execute(table.insert().values(round=round_name, run=run_id, at=now().isoformat(), data=data))
            _replace_ledger(db, ledger)

    patiently(engine, done)


def ledger_entries(engine: Engine) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every ledger entry with its fingerprint, one at a time."""
    query = sa.select(schema.ledger.c.fingerprint, schema.ledger.c.data)
    with engine.connect() as db:
        for row in db.execute(query, execution_options={"yield_per": _ENTRIES}):
            yield row.fingerprint, row.data


def load_ledger(engine: Engine) -> dict[str, dict[str, Any]]:
    """Every ledger entry by fingerprint."""
    return dict(ledger_entries(engine))


def save_ledger(engine: Engine, ledger: Mapping[str, dict[str, Any]]) -> None:
    """Replace the ledger, whole or not at all."""
    with engine.begin() as db:
        _replace_ledger(db, ledger)


def _replace_ledger(db: Connection, ledger: Mapping[str, dict[str, Any]]) -> None:
    db.execute(schema.ledger.delete())
    entries = iter(ledger.items())
    while some := [{"fingerprint": name, "data": entry} for name, entry in islice(entries, _ENTRIES)]:
        db.execute(schema.ledger.insert(), some)


def load_judgement(engine: Engine, round_name: str) -> dict[str, Any] | None:
    """The stored judgement of a round, as findings.json has it."""
    with engine.connect() as db:
        return db.execute(
            sa.select(schema.judgement.c.data).where(schema.judgement.c.round == round_name)
        ).scalar_one_or_none()


def judgement_part(engine: Engine, round_name: str, *path: str) -> Any:
    """One value of a stored judgement by its keys, without the thousands of findings beside it; None without one."""
    table = schema.judgement
    with engine.connect() as db:
        return db.execute(sa.select(table.c.data[path]).where(table.c.round == round_name)).scalar_one_or_none()


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
    """Name of the round that was walked last: by its end, for a restored run may have a high number."""
    table = schema.run
    query = sa.select(table.c.round, table.c.finished, table.c.id).where(table.c.state == "walked")
    with engine.connect() as db:
        ended = [(datetime.fromisoformat(row.finished), row.id, row.round) for row in db.execute(query)]
    return max(ended)[2] if ended else None
