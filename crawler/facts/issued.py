"""Which bulletins were written: a record in the store's `meta` for each period and special subject, the newest kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.facts import schema
from crawler.facts.patience import patiently

_PREFIX = "issued:"


@dataclass(frozen=True, slots=True)
class Issued:
    """A bulletin that was written: its period (2026-11, 2026-Q4, 2026), subject ("" or ipv6 …), ISO time, by what."""

    period: str
    subject: str
    at: str
    by: str  # round: at the end of a round or by `scrapy judge`; command: by `scrapy bulletin`

    @property
    def key(self) -> str:
        """Name in `meta`: written again, the same bulletin is still one."""
        named = f"{self.period}\n{self.subject}".encode()
        return _PREFIX + hashlib.sha256(named).hexdigest()[:16]


def note_issued(engine: Engine, period: str, subject: str, by: str) -> None:
    """Record that the bulletin of a period was written now."""
    one = Issued(period, subject, datetime.now(UTC).isoformat(timespec="seconds"), by)
    table, value = schema.meta, json.dumps(asdict(one), ensure_ascii=False)

    def done() -> None:
        with engine.begin() as db:
            db.execute(table.delete().where(table.c.name == one.key))
            db.execute(table.insert().values(name=one.key, value=value))

    patiently(engine, done)


def issued_in(engine: Engine, year: str) -> tuple[Issued, ...]:
    """The bulletins of the periods of a year, by period and subject."""
    table = schema.meta
    with engine.connect() as db:
        rows = db.execute(sa.select(table.c.value).where(table.c.name.startswith(_PREFIX))).scalars()
        found = [Issued(**json.loads(value)) for value in rows]
    mine = [one for one in found if one.period[:4] == year]
    return tuple(sorted(mine, key=lambda one: (one.period, one.subject)))
