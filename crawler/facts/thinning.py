"""What of old rounds may go, so that a store does not grow for ever.

The rule, for rounds whose as-of is more than so many months back and that have been judged:

- go: what pages said, their items, pages and addresses that were fine and that no problem speaks of;
- stay: run, inventory, judgement with every finding, ledger; every address that was not fine with its looks, the links
  to it and the pages that hold them; home pages and columns; hidden links; personal numbers (masked); network answers;
- looks at home pages of that age, which no round that has its facts counts, become one row a day;
- runs of a round that a later one replaced lose their facts.

A round that was thinned can be told, but not judged again; an archive made before brings it back whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.copying import drop_run
from crawler.facts.read import WATCHED
from crawler.facts.sizes import bytes_of
from crawler.facts.store import STORED_AWAY, THINNED

HOME_OR_COLUMN = (0, 1)  # crawler.frontier.Role
LOCK_WAIT = "10s"


@dataclass
class Thinned:
    """What was done: rounds thinned, rounds left because nobody judged them, rows gone, bytes before and after."""

    rounds: list[str] = field(default_factory=list)
    unjudged: list[str] = field(default_factory=list)
    rows: int = 0
    probes: int = 0
    before: int = 0
    after: int = 0


def thin(engine: Engine, months: int, at: datetime, *, dry: bool = False) -> Thinned:
    """Thin all rounds older than `months` at the time `at`, then give the room back. `dry`: only name them."""
    limit = months_back(at, months)
    done = Thinned(before=bytes_of(engine))
    for run in _old_runs(engine, limit, done):
        if not dry:
            with engine.begin() as db:
                done.rows += _thin_run(db, run)
    if not dry:
        with engine.begin() as db:
            done.probes = _thin_probes(db, _still_counted(db, limit))
        _give_back(engine)
    done.after = bytes_of(engine)
    return done


def months_back(at: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    for day in range(at.day, 0, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError(months)


def _old_runs(engine: Engine, limit: datetime, done: Thinned) -> list[Any]:
    """Runs to thin. Notes the rounds they are of, and those that were never judged."""
    table = schema.run
    with engine.connect() as db:
        runs = db.execute(sa.select(table.c.id, table.c.round, table.c.as_of, table.c.state).order_by(table.c.id)).all()
        judged = set(db.execute(sa.select(schema.judgement.c.round)).scalars())
    newest = {run.round: run.id for run in runs if run.state == "walked"}
    chosen = []
    for run in runs:
        if datetime.fromisoformat(run.as_of) >= limit or run.state in (*STORED_AWAY, "walking"):
            continue
        if run.state == "walked" and run.id == newest[run.round]:
            (done.rounds if run.round in judged else done.unjudged).append(run.round)
            if run.round not in judged:
                continue
        chosen.append(run)
    return chosen


def _thin_run(db: Connection, run: Any) -> int:
    table = schema.run
    later = sa.select(table.c.id).where(table.c.round == run.round, table.c.id > run.id, table.c.state == "walked")
    replaced = run.state != "walked" or db.execute(later).first() is not None
    gone = drop_run(db, run.id) if replaced else _drop_fine(db, run.id)
    state = run.state if run.state != "walked" else THINNED
    db.execute(table.update().where(table.c.id == run.id).values(state=state))
    return gone


def _drop_fine(db: Connection, run: int) -> int:
    gone = 0
    for table in (schema.body, schema.item, schema.drawn):
        gone += db.execute(table.delete().where(table.c.run == run)).rowcount
    address, page = schema.address, schema.page
    spoken: Sequence[Any] = [
        sa.select(column).where(column.table.c.run == run)
        for column in (schema.edge.c.target, schema.edge.c.page, schema.attempt.c.address, schema.personal.c.id)
    ]
    spoken_of = sa.union(*spoken)
    fine = sa.and_(
        address.c.run == run, address.c.outcome == "ok", address.c.role.not_in(HOME_OR_COLUMN),
        address.c.id.not_in(spoken_of),
    )  # fmt: skip
    gone += db.execute(address.delete().where(fine)).rowcount
    known = sa.select(address.c.id).where(address.c.run == run)
    return gone + db.execute(page.delete().where(page.c.run == run, page.c.id.not_in(known))).rowcount


def _still_counted(db: Connection, limit: datetime) -> datetime:
    """From when on looks may still be counted by a judgement: of rounds to come, and of those that have their facts."""
    table = schema.run
    whole = db.execute(sa.select(table.c.as_of).where(table.c.state.in_(("walked", "walking")))).scalars()
    return min([limit, *map(datetime.fromisoformat, whole)]) - WATCHED


def _thin_probes(db: Connection, limit: datetime) -> int:
    """Looks older than the limit, a day in one row. Returns how many looks went."""
    table, days = schema.probe, schema.probe_day
    old: list[int] = []
    by_day: defaultdict[tuple[str, str, str, str], list[Any]] = defaultdict(list)
    for row in db.execute(sa.select(table).where(table.c.at < f"{limit.date()}~").order_by(table.c.id)):
        if datetime.fromisoformat(row.at).date() < limit.date():  # whole days only
            by_day[row.site, row.url, row.place, row.at[:10]].append(row)
            old.append(row.id)
    for key, looks in by_day.items():
        held = dict(zip(("site", "url", "place", "day"), key, strict=True))
        same = sa.and_(*(days.c[name] == value for name, value in held.items()))
        if db.execute(sa.select(days.c.day).where(same)).first() is None:
            db.execute(days.insert().values(**held, **_day_of(looks)))
        else:  # looks of a day that was thinned already, restored since
            db.execute(days.update().where(same).values(**_day_of(looks)))
    for start in range(0, len(old), 500):
        db.execute(table.delete().where(table.c.id.in_(old[start : start + 500])))
    return len(old)


def _day_of(looks: Sequence[Any]) -> dict[str, Any]:
    sure = [look for look in looks if look.control_ok]
    failed = [look for look in sure if look.outcome != "ok"]
    times = [look.total_ms for look in sure if look.outcome == "ok" and look.total_ms is not None]
    return {
        "looks": len(looks), "failed": len(failed), "unsure": len(looks) - len(sure),
        "reasons": dict(sorted(Counter(look.reason for look in failed).items())),
        "mean_ms": round(sum(times) / len(times)) if times else None, "worst_ms": max(times, default=None),
    }  # fmt: skip


def _give_back(engine: Engine) -> None:
    """Return the room to the disk. PostgreSQL rewrites the tables for that, which nobody may use meanwhile; where
    somebody does, the room is kept for new facts instead."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if engine.dialect.name == "sqlite":
            db.exec_driver_sql("VACUUM")
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        db.exec_driver_sql(f"SET lock_timeout = '{LOCK_WAIT}'")
        for table in schema.metadata.sorted_tables:
            try:
                db.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{table.name}"')
            except sa.exc.OperationalError:
                db.exec_driver_sql(f'VACUUM (ANALYZE) "{table.name}"')
        db.exec_driver_sql("RESET lock_timeout")
