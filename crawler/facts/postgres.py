"""The writer's statements on PostgreSQL: rows go by COPY, the quickest way in (`benchmarks/storing.py` measures it)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from psycopg import Cursor, DataError
from psycopg.sql import SQL, Composed, Identifier, Placeholder
from sqlalchemy.engine import Connection

Packed = tuple[Any, ...]
MOST = 2**63 - 1


class Statement:
    """An insert, or with `keys` an update, for packed rows: `keys` first, then `columns`, in that order.

    `once`: rows whose primary key is there already are left out.
    """

    def __init__(
        self, table: sa.Table, columns: Sequence[sa.Column[Any]], keys: Sequence[sa.Column[Any]], *, once: bool
    ) -> None:
        self._name = table.name
        self._lengths = [getattr(column.type, "length", None) for column in (*keys, *columns)]
        self._many = update(self._name, columns, keys) if keys else insert(self._name, columns)
        binary = any(isinstance(column.type, sa.LargeBinary | sa.TypeDecorator) for column in columns)
        self._copy = None if keys or binary else columns  # COPY sends bytes as digits: twice as many
        self._once = once
        self._keys = len(keys)

    def run(self, db: Connection, rows: Sequence[Packed]) -> None:
        """Store all rows. What the database cannot hold of a text (NUL, half a pair, too much) goes, the row stays."""
        try:
            with db.begin_nested():
                self._send(db, rows)
        except (UnicodeEncodeError, DataError):
            self._send(db, [self._storable(row) for row in rows])

    def _send(self, db: Connection, rows: Sequence[Packed]) -> None:
        cursor: Cursor[Any] = db.connection.cursor()  # type: ignore[assignment]
        with cursor:
            if self._copy is None:
                cursor.executemany(self._many, [row[self._keys :] + row[: self._keys] for row in rows])
            elif self._once:
                self._copy_new(cursor, self._copy, rows)
            else:
                _copy(cursor, self._name, self._copy, rows)

    def _copy_new(self, cursor: Cursor[Any], columns: Sequence[sa.Column[Any]], rows: Sequence[Packed]) -> None:
        beside = f"new_{self._name}"
        names = _names(columns)
        made = SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA")
        cursor.execute(made.format(Identifier(beside), names, Identifier(self._name)))
        _copy(cursor, beside, columns, rows)
        taken = SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING")
        cursor.execute(taken.format(Identifier(self._name), names, names, Identifier(beside)))
        cursor.execute(SQL("TRUNCATE {}").format(Identifier(beside)))

    def _storable(self, row: Packed) -> Packed:
        return tuple(_storable(value, length) for value, length in zip(row, self._lengths, strict=True))


def _storable(value: Any, length: int | None) -> Any:
    if isinstance(value, str):
        text = value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text[:length] if length else text
    return min(value, MOST) if isinstance(value, int) and not isinstance(value, bool) else value


def _copy(cursor: Cursor[Any], table: str, columns: Sequence[sa.Column[Any]], rows: Sequence[Packed]) -> None:
    with cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), _names(columns))) as copy:
        for row in rows:
            copy.write_row(row)


def _names(columns: Sequence[sa.Column[Any]]) -> Composed:
    return SQL(",").join(Identifier(column.name) for column in columns)


def insert(table: str, columns: Sequence[sa.Column[Any]]) -> Composed:
    """An insert of one row, values in the order of the columns."""
    places = SQL(",").join(Placeholder() for _ in columns)
    return SQL("INSERT INTO {} ({}) VALUES ({})").format(Identifier(table), _names(columns), places)


def update(table: str, columns: Sequence[sa.Column[Any]], keys: Sequence[sa.Column[Any]]) -> Composed:
    """An update of the row that has the keys, values as columns first, then keys."""
    sets, held = (
        join.join(SQL("{}={}").format(Identifier(column.name), Placeholder()) for column in some)
        for join, some in ((SQL(","), columns), (SQL(" AND "), keys))
    )
    return SQL("UPDATE {} SET {} WHERE {}").format(Identifier(table), sets, held)
