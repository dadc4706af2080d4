"""How big a store is, table by table, and what a thousand pages take."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.facts import schema


@dataclass(frozen=True)
class TableSize:
    """Rows and bytes of one table, indexes included."""

    name: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class StoreSize:
    """`bytes`: the whole store as it lies on the disk; `pages`: pages read in all runs whose facts it has."""

    tables: list[TableSize]
    bytes: int
    pages: int

    @property
    def per_thousand(self) -> float | None:
        """Bytes of a thousand pages with all that belongs to them; None without pages."""
        return 1000 * self.bytes / self.pages if self.pages else None


def size_of(engine: Engine) -> StoreSize:
    """Count it: reads through the whole store once."""
    with engine.connect() as db:
        rows = {
            table.name: int(db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for table in schema.metadata.sorted_tables
        }
    taken = _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine)
    tables = [TableSize(name, count, taken.get(name, 0)) for name, count in rows.items()]
    return StoreSize(sorted(tables, key=lambda one: (-one.bytes, one.name)), bytes_of(engine), rows["page"])


def bytes_of(engine: Engine) -> int:
    """Bytes of the whole store on the disk."""
    with engine.connect() as db:
        if engine.dialect.name == "sqlite":
            pages, size = (db.exec_driver_sql(f"PRAGMA {what}").scalar_one() for what in ("page_count", "page_size"))
            return int(pages * size)
        return sum(_postgresql(engine).values())


def _sqlite(engine: Engine) -> dict[str, int]:
    query = (
        "SELECT m.tbl_name, sum(s.pgsize) FROM sqlite_master m JOIN dbstat s ON s.name = m.name "
        "WHERE s.aggregate = TRUE GROUP BY m.tbl_name"
    )
    with engine.connect() as db:
        try:
            return {name: int(size) for name, size in db.exec_driver_sql(query)}
        except sa.exc.OperationalError:  # an SQLite built without dbstat: the sum is still told
            return {}


def _postgresql(engine: Engine) -> dict[str, int]:
    query = sa.text(
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    )
    ours = set(schema.metadata.tables)
    with engine.connect() as db:
        return {name: int(size) for name, size in db.execute(query) if name in ours}
