"""A cluster asks a site's own search once every article is stored, the same titles as one process (D24)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from crawler.facts.engines import engine_of
from tests.cluster.field import Field, unbroken, why_not
from tests.house.test_search_round import SearchedSite, answering


def asked(url: str) -> list[tuple[str, str, str]]:
    engine = engine_of(url)
    with engine.connect() as db:
        rows = db.execute(sa.text("SELECT probe, key, outcome FROM network WHERE probe LIKE 'search%' ORDER BY 1, 2"))
        found = [tuple(row) for row in rows]
    engine.dispose()
    return found


def test_a_cluster_asks_what_one_process_asks(postgres_url: str, tmp_path: Path) -> None:
    pytest.importorskip("celery", reason="celery 未安装（pip install -e .[cluster]）：集群的站内搜索未测试")
    if reason := why_not():
        pytest.skip(reason)
    site = SearchedSite(answering, "")
    thread = threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    inventory, whole = tmp_path / "inventory.yaml", tmp_path / "whole"
    inventory.write_text(
        'city: 云岭市\nregion_code: "532901"\nissuer: 云岭市人民政府办公室\n'
        "units:\n  - {id: zfb, name: 云岭市人民政府办公室}\n"
        f"sites:\n  - {{id: portal, name: 云岭市人民政府网, kind: portal, unit: zfb, url: '{site.url}',"
        f" search_url: '{site.url}search?q={{title}}'}}\n",
        encoding="utf-8",
    )
    field = Field(tmp_path, postgres_url, inventory)
    try:
        unbroken(inventory, f"sqlite:///{whole}/x.db", whole)
        alone, site.asked[:] = site.searched, []
        field.start_all()
        assert field.wait(90) == 0, field.log("dispatcher")[-3000:]
    finally:
        field.stop()
        site.shutdown()
        site.server_close()
        thread.join()
    assert asked(postgres_url) == asked(f"sqlite:///{whole}/x.db")
    assert sorted(site.searched) == sorted(alone) and len(alone) == 5
    assert all(path.startswith("/search?") for path in site.asked[-5:])
