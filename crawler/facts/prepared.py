"""Statements of the writer, compiled once: rows become plain tuples, many of them one statement.

SQLite gives the interpreter up and takes it back at every step, which waits for a busy walk each time; a statement for
a hundred rows does that once. PostgreSQL has a way of its own (`crawler.facts.postgres`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

Row = Mapping[str, Any]
Packed = tuple[Any, ...]
Bind = Callable[[Any], Any]
MOST_PLACES = 2_000  # parameters of one statement


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # json.dumps would make one a value


def _bind(column: sa.Column[Any], engine: Engine) -> Bind | None:
    """How a value of the column is handed to the driver; None: as it is."""
    kind = column.type
    if isinstance(kind, sa.JSON):
        return _dumps
    if isinstance(kind, sa.TypeDecorator):
        return partial(kind.process_bind_param, dialect=engine.dialect)  # bytes: a memoryview cannot be sent on
    return kind.dialect_impl(engine.dialect).bind_processor(engine.dialect) if engine.dialect.name == "sqlite" else None


def _sendable(value: Any) -> Any:
    """The same value with U+FFFD for what no encoding can write."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_sendable(key): _sendable(inner) for key, inner in value.items()}
    return [_sendable(inner) for inner in value] if isinstance(value, list) else value


class Prepared:
    """An insert into a table, or with `keys` an update of the rows that have them, for rows as dictionaries.

    A column that a row lacks gets its default. `once`: a row whose primary key is there already is left out.
    """

    def __init__(
        self, engine: Engine, table: sa.Table, columns: Sequence[str], keys: Sequence[str] = (), *, once: bool = False
    ) -> None:
        self._once = once
        self._columns = [table.c[name] for name in columns]
        self._keys = [table.c[name] for name in keys]
        self._table = table
        all_columns = self._keys + self._columns
        self._names = [f"b_{column.name}" for column in self._keys] + [column.name for column in self._columns]
        binds = ((place, _bind(column, engine)) for place, column in enumerate(all_columns))
        self._binds = [(place, bind) for place, bind in binds if bind is not None]
        defaults = [getattr(column.default, "arg", None) for column in all_columns]
        self._wanted = list(zip(self._names, defaults, strict=True))
        self._quote = engine.dialect.identifier_preparer.quote
        self._sql: dict[int, str] = {}
        self._own: Any = None
        if engine.dialect.name == "postgresql":
            from crawler.facts.postgres import Statement  # psycopg is an extra

            self._own = Statement(table, self._columns, self._keys, once=once)

    def pack(self, row: Row) -> Packed:
        """The row as the driver takes it, keys first: work that need not be done where the store is written."""
        values = [row.get(name, default) for name, default in self._wanted]
        for place, bind in self._binds:
            if (value := values[place]) is not None:
                values[place] = bind(value)
        return tuple(values)

    def run(self, db: Connection, rows: Sequence[Packed]) -> None:
        """Store all packed rows, in their order."""
        if self._own is not None:
            self._own.run(db, rows)
            return
        step = max(1, MOST_PLACES // len(self._names))
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            try:
                self._send(db, some)
            except UnicodeEncodeError:  # half a surrogate pair, as scripts may write: nothing was sent
                self._send(db, [tuple(_sendable(value) for value in row) for row in some])

    def _send(self, db: Connection, rows: Sequence[Packed]) -> None:
        db.exec_driver_sql(self._many(len(rows)), tuple(chain.from_iterable(rows)))

    def _many(self, count: int) -> str:
        """SQL for so many rows at once (SQLite 3.33 and later for updates)."""
        sql = self._sql.get(count)
        if sql is None:
            one = "(" + ",".join("?" * len(self._names)) + ")"
            values = "VALUES " + ",".join([one] * count)
            table = self._quote(self._table.name)
            if self._keys:
                first = len(self._keys)
                held = " AND ".join(f"{table}.{self._quote(k.name)}=v.column{n + 1}" for n, k in enumerate(self._keys))
                sets = ",".join(f"{self._quote(c.name)}=v.column{first + n + 1}" for n, c in enumerate(self._columns))
                sql = f"UPDATE {table} SET {sets} FROM ({values}) AS v WHERE {held}"
            else:
                sql = f"INSERT INTO {table} ({','.join(self._quote(c.name) for c in self._columns)}) {values}"
                sql += " ON CONFLICT DO NOTHING" if self._once else ""
            self._sql[count] = sql
        return sql
