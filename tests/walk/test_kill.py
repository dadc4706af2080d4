"""`kill -9` at several moments: the same command goes on and ends with the findings of an unbroken run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.staging.process import City, start_city

ROOT = Path(__file__).resolve().parents[2]
AS_OF = datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=8)))
SITES = "portal,kjj,nyj,swj"
MOMENTS = (0.4, 0.8, 1.2, 2.0)  # seconds after the first request may be sent


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    one = start_city(AS_OF, out_dir=tmp_path_factory.mktemp("city"))
    yield one
    one.stop()


def command(city: City, folder: Path) -> list[str]:
    return [
        sys.executable, "-m", "scrapy", "crawl", "gov_sites",
        "-a", f"inventory={city.inventory}", "-a", "round=2026-11", "-a", f"as_of={AS_OF.isoformat()}",
        "-a", f"sites={SITES}", "-s", f"DATABASE_URL=sqlite:///{folder}/x.db", "-s", f"OUTPUT_DIR={folder}/out",
        "-s", f"DNS_SERVERS={city.dns_servers}", "-s", "RECHECK_DELAY=1", "-s", "DOWNLOAD_TIMEOUT=5",
    ]  # fmt: skip


def begun(words: list[str]) -> subprocess.Popen[str]:
    """The command, once it has said that the round begins."""
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    line = process.stderr.readline()
    assert "轮次" in line, line + process.stderr.read()
    return process


def told(folder: Path) -> dict[str, Any]:
    """What must be alike: everything but the clock's readings."""
    data = json.loads((folder / "out" / "2026-11" / "findings.json").read_text("utf-8"))
    findings = [
        {name: one[name] for name in ("rule", "category", "certainty", "site", "unit", "column", "subject", "where",
                                      "where_count", "deduction", "message", "status")}
        for one in data["findings"]
    ]  # fmt: skip
    sites = [{name: one[name] for name in ("id", "verdict", "score", "vetoes", "pages")} for one in data["sites"]]
    return {"findings": findings, "sites": sites, "pages": data["coverage"]["pages"]}


def test_killed_at_several_moments(city: City, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    done = subprocess.run(command(city, whole), cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-3000:]
    killed = 0
    for moment in MOMENTS:
        with begun(command(city, cut)) as process:
            time.sleep(moment)
            killed += process.poll() is None
            process.kill()
    assert killed == len(MOMENTS), "the round was over before it was killed"
    last = subprocess.run(command(city, cut), cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert last.returncode == 0, last.stderr[-3000:]
    assert "接着上次未完成的进度" in last.stderr
    assert told(cut) == told(whole)


def test_ctrl_c_once_keeps_what_was_seen(city: City, tmp_path: Path) -> None:
    with begun(command(city, tmp_path)) as process:
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "再次执行同一命令即可继续" in errors
    assert not (tmp_path / "out" / "2026-11").exists(), "an unfinished round has no documents"
    last = subprocess.run(command(city, tmp_path), cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert last.returncode == 0, last.stderr[-3000:]
