"""The writer of a slice: what it stores it stores under its lease."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.engine import Connection, Engine

from crawler.cluster.lease import Lease, guarded
from crawler.facts.writer import Rows, Writer


class GuardedWriter(Writer):
    """A writer whose every transaction is void once the lease is lost; that is its `error` then."""

    def __init__(self, engine: Engine, lease: Lease, on_error: Callable[[str], None] | None = None) -> None:
        self._lease = lease
        super().__init__(engine, on_error)

    def _transaction(self) -> AbstractContextManager[Connection]:
        return guarded(self._engine, self._lease)

    def _store(self, batches: list[Rows]) -> None:
        """Addresses in order of number: slices that find the same ones at one moment never wait for each other in a
        ring.
        """
        pairs: Any = [pair for batch in batches for pair in batch]
        super()._store([sorted(pairs, key=_number)])


def _number(pair: tuple[str, Any]) -> int:
    name, row = pair
    if name != "address":
        return -1
    return int(row[1] if isinstance(row, tuple) else row["id"])
