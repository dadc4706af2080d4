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

from tests.cluster.brokers import BROKERS
from tests.cluster.field import DELAY, LEASE, ROOT, Field, doubles, round_of, told, unbroken, why_not
from tests.cluster.town import Town, town
from tests.house.postgres import Cluster

MOMENTS = ("child", "worker1", "broker", "dispatcher")
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


@pytest.fixture(params=sorted(BROKERS))
def field(sites: Town, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Field]:
    """A cluster that walks the town, beside the findings of an unbroken run in `whole`."""
    if not os.environ.get("LONG_TESTS"):
        pytest.skip("LONG_TESTS 未设：集群的断电测试（几分钟）未做")
    pytest.importorskip("celery", reason="celery 未安装（pip install -e .[cluster]）：集群的断电测试未做")
    make, why_no_broker = BROKERS[request.param]
    if reason := why_not(why_no_broker):
        pytest.skip(reason)
    inventory, whole = tmp_path / "inventory.yaml", tmp_path / "whole"
    inventory.write_text(sites.inventory(), "utf-8")
    unbroken(inventory, f"sqlite:///{whole}/x.db", whole)
    sites.asked.clear()
    one = Field(tmp_path, request.getfixturevalue("own_postgres").database(), inventory, broker=make())
    try:
        one.start_all()
        yield one
    finally:
        one.stop()


def ends_like_the_unbroken(field: Field, sites: Town) -> None:
    """The round ends with the same findings, nothing stored twice, no site hurried."""
    assert field.wait(240) == 0, field.log("dispatcher")[-3000:]
    assert told(field.folder) == told(field.folder / "whole")
    assert doubles(field.url) == []
    assert sites.faults(GAP) == []


def test_killed_and_frozen(field: Field, sites: Town) -> None:
    frozen = walking(field, sites)
    os.kill(frozen, signal.SIGSTOP)
    stopped = time.time()
    for name in MOMENTS:
        time.sleep(1.5)
        field.kill(name, spare=frozen)
    time.sleep(max(0.0, LEASE + 1 - (time.time() - stopped)))
    os.kill(frozen, signal.SIGCONT)
    ends_like_the_unbroken(field, sites)
    assert not [one for one in sites.asked if one.process == frozen and one.begun > stopped + 0.5]


def test_the_broker_is_away_for_a_minute(field: Field, sites: Town) -> None:
    walking(field, sites)
    field.kill("broker", away=60)
    ends_like_the_unbroken(field, sites)


@pytest.mark.parametrize("field", ["redis"], indirect=True)
def test_the_database_is_away_for_a_minute(field: Field, sites: Town, own_postgres: Cluster) -> None:
    """It outlasts every lease, the dispatcher's too, which said that another process had gone on in its place."""
    walking(field, sites)
    own_postgres.stop("immediate")
    time.sleep(60)
    own_postgres.start()
    ends_like_the_unbroken(field, sites)
    assert "数据库连接不上，正在等待" in field.log("dispatcher") and "已恢复" in field.log("dispatcher")


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
