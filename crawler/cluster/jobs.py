"""The jobs of a round as the store knows them: what is left to do, who does it, whom a message is on its way to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Engine

from crawler.cluster.lease import Lease, database_time, guarded
from crawler.facts import schema
from crawler.facts.store import Run, latest_run, probed_sites
from crawler.outcomes import REASONS, Reason

PROBE_TRIES = 3  # slices that may end without a site's network facts before the site does without
MOST_FAILURES = 6  # slices of a job that end badly one after the other before it is given up in this run
MOST_WAIT = 600.0  # seconds for which a message waits to be worked on: below the queue's own patience
DISPATCH = "dispatch"  # the lease of who hands a round out
_SOME = 500  # jobs named in one statement


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a run. Times are seconds by the database's clock, `age` that of the message it waits for."""

    name: str
    open: int = 0  # addresses still to visit
    due: float = 0.0  # when the first of them may be asked, in seconds from now; 0: now
    held: bool = False
    age: float | None = None  # None: no message is on its way
    slices: int = 0
    failed: int = 0

    def idle(self, *, queue_empty: bool, lost_after: float) -> bool:
        """Nobody walks it and no message is left: one that is due for so long, with the queue empty, is lost."""
        return not self.held and (self.age is None or (queue_empty and self.age > lost_after))


def run_of(engine: Engine, number: int) -> Run | None:
    """The run of that number while it is being walked."""
    with engine.connect() as db:
        name = db.execute(sa.select(schema.run.c.round).where(schema.run.c.id == number)).scalar()
    run = latest_run(engine, name, states=("walking",)) if name else None
    return run if run is not None and run.id == number else None


def open_jobs(engine: Engine, run: int, only: Collection[str] | None = None) -> dict[str, tuple[int, float]]:
    """{job: (addresses still to visit, seconds until the first may be asked)}."""
    address = schema.address
    waits = sa.case((address.c.state == schema.RECHECK, address.c.due), else_=0.0)
    query = (
        sa.select(address.c.job, sa.func.count(), sa.func.min(waits))
        .where(address.c.run == run, address.c.state.in_((schema.TODO, schema.RECHECK)))
        .group_by(address.c.job)
    )
    if only is not None:
        query = query.where(address.c.job.in_(sorted(only)))
    with engine.connect() as db:
        at = _time(db)
        return {job: (count, max(0.0, due - at)) for job, count, due in db.execute(query)}


def _time(db: sa.Connection) -> float:
    return float(db.execute(sa.select(database_time())).scalar_one())


def searched(engine: Engine, run: int) -> set[str]:
    """Sites whose own search was asked in this run."""
    table = schema.network
    query = sa.select(table.c.site).where(table.c.run == run, table.c.probe == "search").distinct()
    with engine.connect() as db:
        return set(db.execute(query).scalars())


def unfinished(engine: Engine, run: int, sites: Iterable[str], also: Collection[str] = ()) -> list[Job]:
    """Jobs of the run that are not done: with addresses to visit, or sites whose network was not asked.

    A job somebody holds is among them, whatever is left of it, and those of `also`.
    """
    left = open_jobs(engine, run)
    probed = probed_sites(engine, run)
    table = schema.lease
    with engine.connect() as db:
        at = _time(db)
        rows = {row.job: row for row in db.execute(sa.select(table).where(table.c.run == run))}
    rows.pop(DISPATCH, None)
    named = set(left) | {f"site:{site}" for site in sites if site not in probed}
    named |= {name for name, row in rows.items() if row.until > at} | set(also)
    found = []
    for name in sorted(named):
        row = rows.get(name)
        count, due = left.get(name, (0, 0.0))
        if row is None:
            found.append(Job(name, count, due))
            continue
        age = at - row.queued if row.queued is not None else None
        job = Job(name, count, due, row.until > at, age, row.slices, row.failed)
        if count or job.held or job.slices < PROBE_TRIES or name in also:
            found.append(job)
    return found


def claim(engine: Engine, run: int, jobs: Iterable[str], delay: float = 0.0) -> None:
    """Note that messages for these jobs are sent, to be worked on in `delay` seconds."""
    table = schema.lease
    names = sorted(set(jobs))
    for start in range(0, len(names), _SOME):
        some = names[start : start + _SOME]
        made = insert(table).values([{"run": run, "job": name} for name in some]).on_conflict_do_nothing()
        sent = table.update().where(table.c.run == run, table.c.job.in_(some))
        with engine.begin() as db:
            db.execute(made)
            db.execute(sent.values(queued=database_time() + delay))


def waiting(engine: Engine, run: int, jobs: Iterable[str]) -> list[str]:
    """Which of these jobs nobody walks and no message is on its way to; they are claimed for the caller."""
    table = schema.lease
    names = sorted(set(jobs))
    if not names:
        return []
    free = (table.c.run == run) & table.c.job.in_(names) & (table.c.until <= database_time()) & table.c.queued.is_(None)
    made = insert(table).values([{"run": run, "job": name} for name in names]).on_conflict_do_nothing()
    with engine.begin() as db:
        db.execute(made)
        taken = table.update().where(free).values(queued=database_time()).returning(table.c.job)
        return sorted(db.execute(taken).scalars())


def done_with(engine: Engine, run: int, job: str) -> None:
    """No message for the job is on its way: nothing is left of it."""
    table = schema.lease
    with engine.begin() as db:
        db.execute(table.update().where(table.c.run == run, table.c.job == job).values(queued=None))


def failures(engine: Engine, run: int, job: str) -> int:
    """How many slices of the job ended badly, one after the other."""
    table = schema.lease
    query = sa.select(table.c.failed).where(table.c.run == run, table.c.job == job)
    with engine.connect() as db:
        return db.execute(query).scalar() or 0


def give_up(engine: Engine, lease: Lease) -> int:
    """Settle what is left of a job whose walk ends badly every time, as our own fault. Returns how many addresses.

    F30: that is an error of the tool and counts against nobody.
    """
    address = schema.address
    reason = Reason.TOOL_ERROR
    left = (address.c.run == lease.run) & (address.c.job == lease.job) & (address.c.state != schema.DONE)
    values = {"state": schema.DONE, "outcome": REASONS[reason].outcome.value, "reason": reason.value}
    text = f"巡查进程连续{MOST_FAILURES}次异常退出，{lease.job} 余下的地址本轮未检查"
    site = lease.job.removeprefix("site:") if lease.job.startswith("site:") else "*"
    with guarded(engine, lease) as db:
        count = db.execute(address.update().where(left).values(values)).rowcount
        db.execute(schema.note.insert().values(run=lease.run, site=site, kind="error", text=text, count=1))
        table = schema.lease
        held = (table.c.run == lease.run) & (table.c.job == lease.job)
        db.execute(table.update().where(held).values(slices=PROBE_TRIES))
    return count


def shut(engine: Engine, run: int) -> None:
    """Take every lease of the run away: what somebody may still hold back is void."""
    table = schema.lease
    mine = (table.c.run == run) & (table.c.job != DISPATCH)
    with engine.begin() as db:
        db.execute(table.update().where(mine).values(fence=table.c.fence + 1, until=0.0, queued=None))


def caught_all(engine: Engine, run: int) -> set[str]:
    """Hosts that are known to be fine with any address."""
    table = schema.network
    query = sa.select(table.c.host).where(table.c.run == run, table.c.probe == "host", table.c.key == "catch-all")
    with engine.connect() as db:
        return set(db.execute(query).scalars())


def counts(engine: Engine, run: int) -> tuple[int, int, int]:
    """Pages read, addresses checked, addresses that did not open."""
    page, address = schema.page, schema.address
    done = (address.c.run == run) & (address.c.state == schema.DONE)
    bad = sa.func.count().filter(address.c.outcome.in_(("dead", "suspect")))
    with engine.connect() as db:
        pages = db.execute(sa.select(sa.func.count()).where(page.c.run == run)).scalar_one()
        checked, failed = db.execute(sa.select(sa.func.count(), bad).where(done)).one()
    return pages, checked, failed
