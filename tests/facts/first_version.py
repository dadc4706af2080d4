"""A store as the program of schema version 1 left it: addresses counted from 1, their hashes with sign, no alembic."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from crawler.inventory import Inventory

AS_OF = "2026-10-20T10:00:00+08:00"
HOME = "http://www.yl.gov.cn/"
ARTICLE = "http://www.yl.gov.cn/tzgg/t1.html"
SCRIPT = "http://www.yl.gov.cn/js/foot.js"
DEAD = "http://gone.example.cn/a?b=1"
UNITS = "http://tj.yl.gov.cn/x"  # a further host of the site's own, whose pages are not walked

INVENTORY: dict[str, Any] = {
    "city": "云岭市",
    "region_code": "530100",
    "issuer": "云岭市人民政府办公室",
    "units": [{"id": "jyj", "name": "市教育局", "kind": "department"}],
    "sites": [
        {
            "id": "jyj", "name": "市教育局", "url": HOME, "kind": "department", "unit": "jyj",
            "own_hosts": ["tj.yl.gov.cn"],
        }
    ],
}  # fmt: skip


def first_key(url: str) -> int:
    """The hash of version 1: 64 bits with sign."""
    return int.from_bytes(hashlib.blake2b(url.encode(), digest_size=8).digest(), "big", signed=True)


def first_tables() -> sa.MetaData:
    """The tables that version 1 made."""
    config = Config()
    config.set_main_option("script_location", "crawler.facts:migrations")
    config.set_main_option("path_separator", "os")
    revision = ScriptDirectory.from_config(config).get_revision("0001")
    assert revision is not None
    found: sa.MetaData = revision.module.metadata
    return found


def first_store(engine: Engine, *, inventory: str | None = None) -> None:
    """Two runs of two rounds, the second with other numbers for the same addresses."""
    tables = first_tables()
    tables.create_all(engine)
    known = json.dumps(INVENTORY, ensure_ascii=False)
    Inventory.model_validate_json(known)
    with engine.begin() as db:
        db.execute(tables.tables["meta"].insert().values(name="schema", value="1"))
        for run, shift in ((1, 0), (2, 10)):
            _run(db, tables, run, known if inventory is None else inventory)
            _facts(db, tables, run, shift)


def _run(db: Connection, tables: sa.MetaData, number: int, inventory: str) -> None:
    row = {
        "id": number, "round": f"2026-{9 + number:02d}", "as_of": AS_OF, "state": "walked", "inventory": inventory,
        "inventory_digest": "sha256:0", "sites": "", "seed": 1, "tool": "xuncha", "loopback": False,
        "started": AS_OF, "finished": AS_OF,
    }  # fmt: skip
    db.execute(tables.tables["run"].insert().values(**row))


def _facts(db: Connection, tables: sa.MetaData, run: int, shift: int) -> None:
    numbers = {url: shift + n for n, url in enumerate((HOME, ARTICLE, SCRIPT, DEAD, UNITS), 1)}
    for url, number in numbers.items():
        _address(db, tables, run, number, url)
    for url in (HOME, ARTICLE):
        _page(db, tables, run, numbers, url)
    put = {
        "drawn": {"id": numbers[SCRIPT], "identity": {"site_code": "5301000001"}},
        "personal": {
            "id": numbers[ARTICLE], "site": "jyj", "kind": "phone", "masked": "138******01", "digest": "0" * 64,
            "place": "",
        },
        "attempt": {"address": numbers[DEAD], "at": AS_OF, "reason": "http-404", "status": 404},
        "edge": {
            "target": numbers[DEAD], "page": numbers[ARTICLE], "text": "链接", "tag": "a", "place": "main",
            "hidden": False, "raw": DEAD,
        },
        "item": {
            "page": numbers[HOME], "position": 0, "key": first_key(ARTICLE), "url": ARTICLE, "title": "通知",
            "listed": "2026-10-01",
        },
    }  # fmt: skip
    for name, row in put.items():
        db.execute(tables.tables[name].insert().values(run=run, **row))


def _address(db: Connection, tables: sa.MetaData, run: int, number: int, url: str) -> None:
    dead = url == DEAD
    row = {
        "run": run, "id": number, "key": first_key(url), "url": url, "site": None if url in (DEAD, UNITS) else "jyj",
        "role": {HOME: 0, ARTICLE: 3}.get(url, 4), "depth": 0 if url == HOME else 1, "parent": HOME, "state": 1,
        "outcome": "dead" if dead else "ok", "reason": "http-404" if dead else "ok", "status": 404 if dead else 200,
        "checked": AS_OF, "requests": 1,
    }  # fmt: skip
    db.execute(tables.tables["address"].insert().values(**row))


def _page(db: Connection, tables: sa.MetaData, run: int, numbers: dict[str, int], url: str) -> None:
    row = {
        "run": run, "id": numbers[url], "site": "jyj", "kind": "article" if url == ARTICLE else "list",
        "region": "article" if url == ARTICLE else "home", "title": "标题", "identity": {}, "tags": {},
        "extra": {"dates": {}, "footers": [numbers[SCRIPT]]}, "seen": AS_OF,
    }  # fmt: skip
    db.execute(tables.tables["page"].insert().values(**row))
    words = {"markup": zlib.compress(f"<p>{url}</p>".encode(), 1), "text": zlib.compress(f"正文 {run}".encode(), 1)}
    db.execute(tables.tables["body"].insert().values(run=run, id=numbers[url], cut=False, **words))
