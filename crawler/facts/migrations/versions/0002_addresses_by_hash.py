"""Version 2: an address is known by the hash of its canonical form, in all runs alike, and belongs to a unit of work.

Version 1 counted addresses of a run from 1 and kept the hash, with its sign, in a column of its own.
"""

from __future__ import annotations

import json
import zlib
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

revision = "0002"
down_revision = "0001"

CHUNK = 20_000
LINK_JOBS = 16
HASH = "((key >> 1) & 9223372036854775807)"  # 64 bits with sign → the upper 63 without

Big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
renumber = sa.Table(
    "renumber", sa.MetaData(),
    sa.Column("run", sa.Integer, primary_key=True), sa.Column("old", Big, primary_key=True),
    sa.Column("new", Big, nullable=False), sa.Column("job", sa.String(72)),
)  # fmt: skip
NUMBERS = (  # table, column: each holds the number of an address
    ("address", "id"), ("page", "id"), ("body", "id"), ("drawn", "id"), ("personal", "id"), ("attempt", "address"),
    ("item", "page"), ("edge", "target"), ("edge", "page"),
)  # fmt: skip
TABLES = (
    "run", "address", "attempt", "page", "body", "personal", "drawn", "item", "edge", "discovered", "network", "note",
    "probe", "judgement", "ledger", "meta",
)  # fmt: skip


def upgrade() -> None:
    """Give every row the new number of its address."""
    db = op.get_bind()
    renumber.create(db)
    db.exec_driver_sql(
        f"INSERT INTO renumber (run, old, new, job) "
        f"SELECT run, id, {HASH}, CASE WHEN site IS NOT NULL THEN 'site:' || site END FROM address"
    )
    _part_doubles(db)
    _give_jobs(db)
    op.drop_index("address_key", "address")
    op.drop_index("address_state", "address")
    op.add_column("address", sa.Column("job", sa.String(72)))
    _give_numbers(db)
    _footers(db)
    with op.batch_alter_table("address") as table:
        table.alter_column("job", existing_type=sa.String(72), nullable=False)
        table.drop_column("key")
    op.create_index("address_job", "address", ["run", "state", "job"])
    op.drop_table("renumber")
    if db.dialect.name == "postgresql":
        _compare_by_bytes(db)
    db.exec_driver_sql("DELETE FROM meta WHERE name = 'schema'")
    db.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('schema', '2')")


def _compare_by_bytes(db: Connection) -> None:
    """Let PostgreSQL sort and compare text as SQLite does, whatever language the database was made for."""
    found = sa.inspect(db)
    for table in TABLES:
        for column in found.get_columns(table):
            kind = column["type"]
            if isinstance(kind, sa.String):
                kind = type(kind)(kind.length, collation="C")
                op.alter_column(table, column["name"], type_=kind)


def _part_doubles(db: Connection) -> None:
    """Two addresses of a run with one hash: the later one takes the next free number."""
    t = renumber
    shared = sa.select(t.c.run, t.c.new).group_by(t.c.run, t.c.new).having(sa.func.count() > 1)
    for run, number in db.execute(shared).all():
        mine = sa.select(t.c.old).where(t.c.run == run, t.c.new == number).order_by(t.c.old)
        free = number
        for old in db.execute(mine).scalars().all()[1:]:
            while db.execute(sa.select(t.c.old).where(t.c.run == run, t.c.new == free)).first():
                free = (free + 1) & 0x7FFFFFFFFFFFFFFF
            db.execute(t.update().where(t.c.run == run, t.c.old == old).values(new=free))


def _give_jobs(db: Connection) -> None:
    """Foreign hosts are spread over a few jobs; further hosts of a site's own go with the site."""
    address = sa.table("address", *map(sa.column, ("run", "id", "url", "site")))
    for run, inventory in db.exec_driver_sql("SELECT id, inventory FROM run ORDER BY id").all():
        own = _own_hosts(inventory)
        last = -1
        while True:
            mine = sa.select(address.c.id, address.c.url).where(
                address.c.run == run, address.c.site.is_(None), address.c.id > last
            )
            rows = db.execute(mine.order_by(address.c.id).limit(CHUNK)).all()
            if not rows:
                break
            last = rows[-1].id
            db.execute(
                renumber.update()
                .where(renumber.c.run == run, renumber.c.old == sa.bindparam("b_old"))
                .values(job=sa.bindparam("b_job")),
                [{"b_old": row.id, "b_job": _job(row.url, own)} for row in rows],
            )
    db.execute(renumber.update().where(renumber.c.job.is_(None)).values(job="links:0"))  # rows of no run


def _own_hosts(inventory: str) -> dict[str, str]:
    """Host with and without port → site, for hosts that go at a site's pace without being its pages."""
    found: dict[str, str] = {}
    try:
        sites: list[dict[str, Any]] = json.loads(inventory).get("sites", [])
    except (ValueError, AttributeError):
        return found
    for site in sites:
        port = urlsplit(str(site.get("url", ""))).port
        for name in site.get("own_hosts") or ():
            host = str(name).strip().lower().rstrip("/")
            found.setdefault(host, site["id"])
            if port and ":" not in host:
                found.setdefault(f"{host}:{port}", site["id"])
    return found


def _job(url: str, own: dict[str, str]) -> str:
    try:
        host = urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        host = ""
    return f"site:{own[host]}" if host in own else f"links:{zlib.crc32(f'host:{host}'.encode()) % LINK_JOBS}"


def _give_numbers(db: Connection) -> None:
    clash = db.exec_driver_sql(
        "SELECT 1 FROM renumber a JOIN renumber b ON a.run = b.run AND a.new = b.old AND a.old <> b.old LIMIT 1"
    ).first()
    for table, column in NUMBERS:
        more = ", job = n.job" if table == "address" else ""
        old = f"{table}.{column}"
        if clash:  # a new number that is another's old one: out of the way first
            db.exec_driver_sql(f"UPDATE {table} SET {column} = -{column}")
            old = f"-{old}"
        db.exec_driver_sql(
            f"UPDATE {table} SET {column} = n.new{more} FROM renumber n WHERE n.run = {table}.run AND n.old = {old}"
        )
    db.exec_driver_sql(f"UPDATE item SET key = {HASH}")


def _footers(db: Connection) -> None:
    """`extra.footers` of a page lists the addresses that draw its footer."""
    page = sa.table("page", sa.column("run"), sa.column("id"), sa.column("extra", sa.JSON))
    footers = sa.select(page).where(sa.cast(page.c.extra, sa.Text).like('%"footers"%'))
    known: dict[tuple[int, int], int | None] = {}

    def new(run: int, old: int) -> int | None:
        if (run, old) not in known:
            query = sa.select(renumber.c.new).where(renumber.c.run == run, renumber.c.old == old)
            known[run, old] = db.execute(query).scalar()
        return known[run, old]

    for row in db.execute(footers).all():
        numbers = [number for old in row.extra.get("footers", ()) if (number := new(row.run, old)) is not None]
        held = (page.c.run == row.run) & (page.c.id == row.id)
        db.execute(page.update().where(held).values(extra={**row.extra, "footers": numbers}))
