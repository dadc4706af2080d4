"""Taking up a run where it was left: the working copies are made anew from the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.model import Attempt
from crawler.frontier import Entry, Role
from crawler.outcomes import Reason
from crawler.walk.book import AddressBook

CHUNK = 20_000


def resume(engine: Engine, book: AddressBook) -> int:
    """Fill the book and its frontier from the store. Returns how many addresses are still to visit."""
    run = book.run
    with engine.connect() as db:
        _discovered(db, book)
        attempts = _attempts(db, run)
        per_site = (
            sa.select(schema.page.c.site, sa.func.count()).where(schema.page.c.run == run).group_by(schema.page.c.site)
        )
        pages: dict[str, int] = {row[0]: row[1] for row in db.execute(per_site)}
        rows = db.execution_options(yield_per=CHUNK).execute(
            sa.select(schema.address).where(schema.address.c.run == run).order_by(schema.address.c.id)
        )
        waiting = 0
        for row in rows:
            waiting += _take(book, row, attempts.get(row.id, []))
    for site, count in pages.items():
        book.counts[site].pages = count
    return waiting


def _take(book: AddressBook, row: Any, attempts: list[Attempt]) -> int:
    book.ids[row.url] = row.id
    book.next_id = max(book.next_id, row.id + 1)
    role = Role(row.role)
    place = book.hosts.place(row.url)
    if place.site and place.walked and role is not Role.LINK:
        book.counts[place.site].planned += 1
    if row.state == schema.DONE:
        if row.outcome == "ok":
            book.fine.add(row.id)
            if row.final_url and row.final_url not in book.ids:
                book.ids[row.final_url] = row.id
        if row.site:
            book.counts[row.site].checked += 1
        return 0
    entry = Entry(
        row.id, row.url, role, row.site, place.lane, row.depth, row.column, row.parent, attempts, [], row.requests
    )
    if row.state == schema.RECHECK and row.due is not None:
        book.frontier.add_later(entry, row.due)
    else:
        book.frontier.add(entry)
    return 1


def _discovered(db: Connection, book: AddressBook) -> None:
    table = schema.discovered
    for row in db.execute(sa.select(table).where(table.c.run == book.run)):
        plan = book.plans.get(row.site)
        if plan:
            plan.found[row.url] = row.id
            if not plan.site.columns:
                plan.learn(row.url, row.id)


def _attempts(db: Connection, run: int) -> dict[int, list[Attempt]]:
    """Earlier looks at the addresses that still wait for their next."""
    table, address = schema.attempt, schema.address
    query = (
        sa.select(table)
        .join(address, (address.c.run == table.c.run) & (address.c.id == table.c.address))
        .where(table.c.run == run, address.c.state != schema.DONE)
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
