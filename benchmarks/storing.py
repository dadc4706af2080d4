"""How fast the writer's statements store rows, on SQLite and PostgreSQL: python -m benchmarks.storing [--rows 50000]

Each kind of row is stored in groups of 1,000, a transaction each, on one machine; the best of three is told.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.facts import schema
from crawler.facts.keys import key_of
from crawler.facts.store import open_store
from crawler.facts.writer import statements
from tests.house.postgres import Cluster, why_not

GROUP = 1_000
HOME = "http://www.yl.gov.cn"


def address(number: int) -> dict[str, Any]:
    """An address as a walk finds it."""
    url = f"{HOME}/zwgk/tzgg/202611/t{number}.html"
    return {
        "run": 1, "id": key_of(url), "url": url, "job": "site:portal", "site": "portal", "role": 3, "depth": 2,
        "column": "tzgg", "parent": f"{HOME}/zwgk/tzgg/", "requests": 0, "state": schema.TODO,
    }  # fmt: skip


def seen(number: int) -> dict[str, Any]:
    """What became of it."""
    return {
        "b_run": 1, "b_id": address(number)["id"], "state": schema.DONE, "outcome": "ok", "reason": "ok", "status": 200,
        "content_type": "text/html", "size": 29_000, "checked": "2026-11-20T10:00:00+08:00", "requests": 1,
    }  # fmt: skip


def edge(number: int) -> dict[str, Any]:
    """A link to it."""
    return {
        "run": 1, "target": address(number)["id"], "page": number, "text": "关于做好有关工作的通知", "tag": "a",
        "place": "main", "hidden": False, "raw": f"./t{number}.html",
    }  # fmt: skip


def body(number: int) -> dict[str, Any]:
    """A page of 29 kB that packs to a quarter."""
    return {"run": 1, "id": number, "markup": os.urandom(5_000) + b"<p>" * 8_000, "text": os.urandom(1_500)}


KINDS = {"address": (address, 1), "seen": (seen, 1), "edge": (edge, 1), "body": (body, 20)}
"""Statement → (its row, how many fewer of them)."""


def measured(url: str, rows: int) -> Iterator[tuple[str, float]]:
    """(statement, rows a second)."""
    engine = open_store(url)
    known = statements(engine)
    for name, (make, fewer) in KINDS.items():
        best = 0.0
        packed = [known[name].pack(make(number)) for number in range(rows // fewer)]
        for _ in range(3):
            if name != "seen":
                with engine.begin() as db:
                    db.execute(getattr(schema, name).delete())
            began = time.perf_counter()
            for start in range(0, len(packed), GROUP):
                with engine.begin() as db:
                    known[name].run(db, packed[start : start + GROUP])
            best = max(best, len(packed) / (time.perf_counter() - began))
        yield name, best
    engine.dispose()


def main() -> None:
    """Print a line for each kind of row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        for name, rate in measured(f"sqlite:///{Path(folder) / 'x.db'}", rows):
            print(f"sqlite      {name:<8} {rate:>10,.0f} rows/s")
    if reason := why_not():
        print(reason)
        return
    with Cluster() as cluster:
        for name, rate in measured(cluster.database(), rows):
            print(f"postgresql  {name:<8} {rate:>10,.0f} rows/s")


if __name__ == "__main__":
    main()
