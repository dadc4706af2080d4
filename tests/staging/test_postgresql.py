"""A whole round of the staging city in PostgreSQL, which goes away in the middle of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.house import compare
from tests.house.postgres import Cluster
from tests.staging.process import ROOT

ROUND = "2026-11"
AWAY = 3.0  # seconds


def scrapy(folder: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    settings = (f"DATABASE_URL={url}", f"OUTPUT_DIR={folder / 'output'}")
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words, *(word for setting in settings for word in ("-s", setting))],
        cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=240, check=False,
    )  # fmt: skip


def findings(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "output" / ROUND / "findings.json").read_text("utf-8"))
    return found


def goes_away(cluster: Cluster, url: str, told: list[int]) -> None:
    """Stop the server once some pages are stored, start it a little later."""
    plain = url.replace("postgresql+psycopg", "postgresql")
    while True:
        try:
            with psycopg.connect(plain) as db:
                row = db.execute("SELECT count(*) FROM page").fetchone()
                if row is not None and row[0] > 50:
                    told.append(row[0])
                    break
        except psycopg.Error:
            pass  # no tables yet
        time.sleep(0.1)
    cluster.stop("immediate")
    time.sleep(AWAY)
    cluster.start()


def test_a_round_in_postgresql_ends_with_the_truth_although_the_server_was_away(
    own_postgres: Cluster, tmp_path: Path
) -> None:
    url = own_postgres.database()
    told: list[int] = []
    outage = threading.Thread(target=goes_away, args=(own_postgres, url, told), daemon=True)
    outage.start()
    ended = scrapy(tmp_path, url, "crawl", "gov_sites", "-a", f"round={ROUND}")
    assert ended.returncode == 0, ended.stdout[-3000:]
    outage.join(60)
    assert 50 < told[0] < 900 and "数据库已恢复" in ended.stdout
    assert compare.main([str(tmp_path / "output" / ROUND / "findings.json")]) == 0
    moved = tmp_path / "moved"
    lite = f"sqlite:///{moved}/facts.db"
    assert scrapy(tmp_path, url, "store", "archive", ROUND, "--to", str(tmp_path / "r.zip")).returncode == 0
    assert scrapy(moved, lite, "store", "restore", str(tmp_path / "r.zip")).returncode == 0
    assert scrapy(moved, lite, "judge", "--round", ROUND).returncode == 0
    assert findings(moved) == findings(tmp_path)
