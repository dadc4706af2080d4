"""`kill -9` of any process, and a frozen one: the round ends with the findings of an unbroken run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.field import DELAY, LEASE, ROOT, Field, doubles, round_of, told, unbroken, why_not
from tests.cluster.town import Town, town

MOMENTS = ("child", "worker1", "redis", "dispatcher")
GAP = DELAY / 2 - 0.06  # what two requests a machine under load are apart at least


@pytest.fixture(scope="module")
def sites() -> Iterator[Town]:
    with town() as one:
        yield one


def walking(field: Field, sites: Town) -> int:
    """A child of the worker that is not killed, which has asked a page already: the lease of one that still starts is
    longer, and would be good again."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        asked = {one.process for one in list(sites.asked)}
        for child in field.children(of="worker2"):
            if child in asked:
                return child
        time.sleep(0.05)
    raise AssertionError(field.log("dispatcher")[-3000:])


@pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="LONG_TESTS 未设：集群的断电测试（几分钟）未做")
def test_killed_and_frozen(sites: Town, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    pytest.importorskip("celery", reason="celery 未安装（pip install -e .[cluster]）：集群的断电测试未做")
    if reason := why_not():
        pytest.skip(reason)
    url = request.getfixturevalue("postgres_url")
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(sites.inventory(), "utf-8")
    whole = tmp_path / "whole"
    unbroken(inventory, f"sqlite:///{whole}/x.db", whole)
    sites.asked.clear()
    field = Field(tmp_path, url, inventory)
    try:
        field.start_all()
        frozen = walking(field, sites)
        os.kill(frozen, signal.SIGSTOP)
        stopped = time.time()
        for name in MOMENTS:
            time.sleep(1.5)
            field.kill(name, spare=frozen)
        time.sleep(max(0.0, LEASE + 1 - (time.time() - stopped)))
        os.kill(frozen, signal.SIGCONT)
        status = field.wait(240)
        log = field.log("dispatcher")
    finally:
        field.stop()
    assert status == 0, log[-3000:]
    assert told(tmp_path) == told(whole)
    assert doubles(url) == []
    assert sites.faults(GAP) == []
    assert not [one for one in sites.asked if one.process == frozen and one.begun > stopped + 0.5]


def test_sqlite_is_refused_in_plain_words(sites: Town, tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(sites.inventory(), "utf-8")
    words = round_of(inventory, f"sqlite:///{tmp_path}/x.db", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "gov_sites", *words, "-s", "CLUSTER_URL=redis://127.0.0.1:1/0"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "PostgreSQL" in done.stderr or "postgresql" in done.stderr
    assert "PROCESSES=auto" in done.stderr and not (tmp_path / "x.db").exists()
