"""A process that ends leaves one file of an SQLite store, however its objects are given back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import gc, sys
from crawler.facts.store import open_store, start_run, now
engine = open_store(sys.argv[1])
given = dict(inventory="{}", inventory_digest="", sites="", seed=1, tool="t", staging=None, loopback=False)
start_run(engine, round="2026-11", as_of=now(), **given)
gc.freeze()
"""


def test_one_file_is_left(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CODE, f"sqlite:///{tmp_path}/x.db"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]
