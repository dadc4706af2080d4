"""Rows of a run from one store into another, whatever databases they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.packed import Packed
from crawler.facts.prepared import Prepared

FACTS = (
    schema.address, schema.attempt, schema.page, schema.body, schema.personal, schema.drawn, schema.item, schema.edge,
    schema.discovered, schema.network, schema.note,
)  # fmt: skip
CHUNK = 2_000


def as_kept(table: sa.Table) -> sa.Table:
    """The table with packed bytes as they lie in the store: they are copied, not unpacked."""
    plain = table.to_metadata(sa.MetaData())
    for column in plain.c:
        if isinstance(column.type, Packed):
            column.type = sa.LargeBinary()
    return plain


def copy_run(source: Connection, run: int, target: Connection, engine: Engine, new: int) -> dict[str, int]:
    """Copy all facts of `run` as those of run `new`. Returns how many rows of each table.

    `engine`: of `target`, whose transaction the caller holds.
    """
    counts = {}
    for table in FACTS:
        plain = as_kept(table)
        rows = source.execute(sa.select(plain).where(plain.c.run == run), execution_options={"yield_per": CHUNK})
        counts[table.name] = put(target, engine, plain, ({**row, "run": new} for row in rows.mappings()))
    return counts


def put(db: Connection, engine: Engine, table: sa.Table, rows: Iterable[Any]) -> int:
    """Insert rows as dictionaries, many at a time. Returns how many."""
    statement = Prepared(engine, table, [column.name for column in table.c if column.autoincrement is not True])
    count = 0
    for some in _chunks(iter(rows)):
        statement.run(db, [statement.pack(row) for row in some])
        count += len(some)
    return count


def drop_run(db: Connection, run: int) -> int:
    """Drop all facts of a run; its row stays. Returns how many rows went."""
    return sum(db.execute(table.delete().where(table.c.run == run)).rowcount for table in FACTS)


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(rows, CHUNK)):
        yield some
