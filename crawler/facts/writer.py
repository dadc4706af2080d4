"""Writing facts off the reactor: one thread, batches that are stored whole or not at all.

A batch holds all facts of one page with the addresses it led to. Many batches share a transaction, none is split, so
after `kill -9` the store is at a page boundary and what is left to do is *found − done*. A database that is away for a
moment is waited for (`crawler.facts.patience`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.handover import Handover
from crawler.facts.patience import Ticket, patiently
from crawler.facts.prepared import Packed, Prepared, Row
from crawler.facts.store import plain

Batch = list[tuple[str, Row]]
PackedBatch = list[tuple[str, Packed]]
Rows = Sequence[tuple[str, Row | Packed]]
"""[(statement name, row)]: `address` inserts what is not there yet; those of UPDATES change an address; the other
names insert into that table."""

GATHER_SECONDS = 0.25  # from one transaction to the next: bounds what a kill can cost
MAX_BATCHES = 1000

INSERTED = (
    "page", "body", "personal", "drawn", "item", "edge", "attempt", "note", "network", "discovered", "probe",
)  # fmt: skip
UPDATES = {  # in this order: what was seen stands above what was planned
    "role": ("role", "depth", "column", "parent"),
    "moved": ("job", "redirects", "state", "due"),
    "settled": ("state", "outcome", "reason"),
    "seen": (
        "state", "due", "outcome", "reason", "status", "final_url", "content_type", "size", "body_hash", "redirects",
        "checked", "requests",
    ),
}  # fmt: skip
FIRST = ("address", *UPDATES)  # addresses first: later rows of a group speak of them


def statements(engine: Engine) -> dict[str, Prepared]:
    """What each name of a batch does."""
    found = {"address": Prepared(engine, schema.address, _names(schema.address), once=True)}
    for name, columns in UPDATES.items():
        found[name] = Prepared(engine, schema.address, columns, keys=("run", "id"))
    for name in INSERTED:
        table = getattr(schema, name)
        found[name] = Prepared(engine, table, _names(table))
    return found


def _names(table: sa.Table) -> list[str]:
    return [column.name for column in table.c if column.autoincrement is not True]


class Writer:
    """The one writer of a run. `put` never blocks; `backlog` tells how far behind it is; `error` why it gave up."""

    def __init__(self, engine: Engine, on_error: Callable[[str], None] | None = None) -> None:
        self._engine = engine
        self._statements = statements(engine)
        self._waiting: Handover[Rows | None] = Handover(GATHER_SECONDS)
        self._on_error = on_error
        self._ticket = Ticket()
        self.error: str | None = None
        self._thread = threading.Thread(target=self._work, name="fact-writer", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Batches not yet stored."""
        return len(self._waiting)

    def put(self, batch: Rows) -> None:
        """Hand over one batch; dropped when the writer has failed, because the round stops then."""
        if batch and self.error is None:
            self._waiting.put(batch)

    def flush(self) -> None:
        """Wait until everything handed over is stored, or the writer has failed."""
        self._waiting.join()

    def close(self) -> None:
        """Store what is left and end the thread."""
        self._waiting.put(None)
        self._waiting.hurry()
        self._thread.join()

    def _work(self) -> None:
        last = False
        while not last:
            taken = self._waiting.take(MAX_BATCHES)
            last = taken[-1] is None
            batches = [batch for batch in taken if batch is not None]
            if batches and self.error is None:
                try:
                    patiently(self._engine, partial(self._store, batches))
                    self._ticket = Ticket()
                except Exception as error:  # a thread that ends unseen would leave the walk waiting for ever
                    self.error = plain(error)
                    if self._on_error:
                        self._on_error(self.error)
            self._waiting.done(len(taken))

    def _store(self, batches: list[Rows]) -> None:
        if self._ticket.committed(self._engine):  # the connection was lost before its answer came
            return
        grouped: dict[str, list[Packed]] = {name: [] for name in FIRST}
        for batch in batches:
            for name, row in batch:
                packed = row if isinstance(row, tuple) else self._statements[name].pack(row)
                grouped.setdefault(name, []).append(packed)
        with self._transaction() as db:
            for name, rows in grouped.items():
                if name in UPDATES:
                    rows = list({row[:2]: row for row in rows}.values())  # run and id stand first
                if rows:
                    self._statements[name].run(db, rows)
            self._ticket.draw(db)

    def _transaction(self) -> AbstractContextManager[Connection]:
        """What a group of batches is stored in: whole or not at all."""
        return self._engine.begin()
