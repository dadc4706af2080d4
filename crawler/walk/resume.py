"""Taking up a run where it was left: the working copies are made anew from the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.keys import key_of
from crawler.facts.model import Attempt
from crawler.frontier import Entry, Role
from crawler.outcomes import Reason
from crawler.pages import canonical
from crawler.walk.book import AddressBook, role_row

CHUNK = 20_000


def resume(engine: Engine, book: AddressBook) -> int:
    """Fill the book and its frontier from the store. Returns how many addresses are still to visit."""
    run, address = book.run, schema.address
    ours = [address.c.run == run] + ([address.c.job.in_(sorted(book.jobs))] if book.jobs is not None else [])
    with engine.connect() as db:
        _discovered(db, book)
        attempts = _attempts(db, run, ours)
        per_site = (
            sa.select(schema.page.c.site, sa.func.count()).where(schema.page.c.run == run).group_by(schema.page.c.site)
        )
        pages: dict[str, int] = {row[0]: row[1] for row in db.execute(per_site)}
        first = sa.case((address.c.state == schema.DONE, 0), else_=1)  # where redirects led is known before the rest
        order = (first, address.c.role, address.c.depth, sa.func.length(address.c.url), address.c.url)
        rows = db.execution_options(yield_per=CHUNK).execute(sa.select(address).where(*ours).order_by(*order))
        waiting = 0
        starts = _starts(book)
        for row in rows:
            waiting += _take(book, row, attempts.get(row.id, []), starts.get(row.url))
        if book.jobs is not None:
            _fine_elsewhere(db, book)
    for site, count in pages.items():
        book.counts[site].pages = count
    return waiting


Start = tuple[Role, int, str | None, str | None]  # role, depth, column, parent


def _starts(book: AddressBook) -> dict[str, Start]:
    """What the home pages and columns are, whoever found them first."""
    found: dict[str, Start] = {}
    for plan in book.plans.values():
        found |= {url: (Role.COLUMN, 1, column, plan.home) for url, column in plan.columns.items()}
        found[plan.home] = (Role.HOME, 0, None, None)
    return found


def _take(book: AddressBook, row: Any, attempts: list[Attempt], start: Start | None) -> int:
    book.known.add(row.id)
    role, depth, column, parent = Role(row.role), row.depth, row.column, row.parent
    if start is not None and role > start[0]:
        role, depth, column, parent = start
        book.late.append(("role", role_row(book.run, row.id, *start)))
    place = book.hosts.place(row.url)
    if place.site and place.walked and role is not Role.LINK:
        book.counts[place.site].planned += 1
        if role not in (Role.HOME, Role.COLUMN):
            book.traps[place.site].remember(row.url)
    if row.state == schema.DONE:
        if row.outcome == "ok":
            book.fine.add(row.id)
            if row.final_url:
                book.aliases.setdefault(key_of(canonical(row.final_url)), row.id)
        if row.site:
            book.counts[row.site].checked += 1
        return 0
    fresh = row.state == schema.TODO and not (row.requests or row.redirects or attempts)
    if book.jobs is not None and fresh and book.settle_late(row.id, row.url, role, depth):
        return 0
    hops = row.redirects if row.job != place.job else None  # on its way to a host of ours
    entry = Entry(
        row.id, row.url, role, row.site, place.lane, depth, column, parent, attempts, hops or [],
        row.requests,
    )  # fmt: skip
    book.queue([], entry, due=row.due if row.state == schema.RECHECK else None)
    return 1


def _fine_elsewhere(db: Connection, book: AddressBook) -> None:
    """Which targets of our pages other walks found fine: no link to them is kept again."""
    edge, page, address = schema.edge, schema.page, schema.address
    held = (
        sa.select(edge.c.target)
        .join(page, (page.c.run == edge.c.run) & (page.c.id == edge.c.page))
        .where(edge.c.run == book.run, page.c.site.in_([job[5:] for job in book.jobs or () if job[:5] == "site:"]))
    )
    fine = sa.select(address.c.id).where(address.c.run == book.run, address.c.outcome == "ok", address.c.id.in_(held))
    book.fine.update(db.execute(fine).scalars())


def _discovered(db: Connection, book: AddressBook) -> None:
    table = schema.discovered
    for row in db.execute(sa.select(table).where(table.c.run == book.run)):
        plan = book.plans.get(row.site)
        if plan:
            plan.found[row.url] = row.id
            if not plan.site.columns:
                plan.learn(row.url, row.id)


def _attempts(db: Connection, run: int, ours: list[Any]) -> dict[int, list[Attempt]]:
    """Earlier looks at the addresses that still wait for their next."""
    table, address = schema.attempt, schema.address
    query = (
        sa.select(table)
        .join(address, (address.c.run == table.c.run) & (address.c.id == table.c.address))
        .where(table.c.run == run, address.c.state != schema.DONE, *ours)
        .order_by(table.c.at)
    )
    found: dict[int, list[Attempt]] = {}
    for row in db.execute(query):
        found.setdefault(row.address, []).append(attempt_of(row))
    return found


def attempt_of(row: Any) -> Attempt:
    """An attempt from its row."""
    return Attempt(
        datetime.fromisoformat(row.at),
        Reason(row.reason),
        row.status,
        row.ip,
        row.ms,
        row.detail or "",
        row.headers or {},
    )
