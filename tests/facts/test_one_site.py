"""The facts of one site are found without reading those of the others, and its sums are its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine

from crawler.facts import schema
from crawler.facts.read import StoredRound, StoredSite
from crawler.facts.store import latest_run, open_store
from crawler.inventory import Inventory
from tests.walk.drive import Drive, html, inventory

HOME, OTHER, FOREIGN, THIRD = (f"http://{host}.gov.cn/" for host in ("www.yl", "jy.yl", "www.other", "www.third"))
LIST = f"{FOREIGN}lists/"


def city() -> Inventory:
    """A portal with an alias and a column on a foreign host, and a second site without columns."""
    one = inventory(
        aliases=["yl.gov.cn"], columns=[{"id": "tz", "name": "通知", "url": LIST, "type": "通知公告"}]
    ).sites[0]
    two = one.model_copy(update={"id": "jyj", "name": "教育局", "url": OTHER, "aliases": [], "columns": []})
    return inventory().model_copy(update={"sites": [one, two]})


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_store(f"sqlite:///{tmp_path}/x.db")
    items = "".join(f'<li><a href="{FOREIGN}a{n}.html">第{n}项工作的通知</a> 2026-11-0{n}</li>' for n in range(1, 6))
    column = f'<ul>{items}</ul><a href="{THIRD}dead.html">死链</a>'
    home = f'<a href="{LIST}">通知</a><a href="/dead.html">死链</a><a href="{THIRD}one.html">外站</a>'
    home += '<a href="http://yl.gov.cn/more.html">更多</a>'
    pages = {
        HOME: html(home + "首页" * 60), LIST: html(column), f"{THIRD}one.html": html("外站"),
        "http://yl.gov.cn/more.html": html(f'<a href="{THIRD}more.html">外站死链</a>'),
        OTHER: html(f'<a href="{THIRD}one.html">外站</a><a href="{THIRD}two.html">外站死链</a>' + "首页" * 60),
    }  # fmt: skip
    drive = Drive(engine, city(), dict(pages))
    drive.open()
    drive.finish()
    return engine


@pytest.fixture
def stored(engine: Engine) -> Iterator[StoredRound]:
    run = latest_run(engine, "2026-11")
    assert run is not None
    facts = StoredRound(engine, run)
    yield facts
    facts.close()


def everything(site: StoredSite) -> list[Any]:
    return [
        site.home_page, list(site.home_items), list(site.columns), list(site.pages()), list(site.bad_links()),
        list(site.hidden_links()), site.coverage, list(site.network), list(site.unnamed_columns),
    ]  # fmt: skip


def test_no_question_about_a_site_reads_through_the_round(engine: Engine, stored: StoredRound) -> None:
    """Once the first site is read, what is shared is there; the second is found by indexes alone."""
    asked: list[tuple[str, Any]] = []
    sites = list(stored.sites())
    everything(sites[0])
    event.listen(
        engine, "before_cursor_execute", lambda _c, _k, statement, values, *_: asked.append((statement, values))
    )
    for site in (sites[1], StoredSite(stored._db, 1, sites[0].site, sites[0]._inventory, stored.as_of)):
        site.owned, site.foreign = sites[0].owned, sites[0].foreign
        everything(site)
    big = {"address", "page", "item", "edge", "holder", "listing", "address_1"}
    questions = list(asked)
    assert len(questions) > 10
    with engine.connect() as db:
        for statement, values in questions:
            for step in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).scalars("detail"):
                verb, table, *_ = [*step.split(), "", ""]
                through = verb == "SCAN" or step.endswith("(run=?)")
                assert not (table in big and through), (step, statement)


def test_sums_are_those_of_the_sites_own_and_of_what_it_led_to(stored: StoredRound) -> None:
    """As one condition on all addresses says it (`led_to` asks by the same)."""
    table = schema.address
    told = {}
    for site in stored.sites():
        rows = stored._db.execute(sa.select(table).where(table.c.run == 1, site._mine())).all()
        sums, told[site.site.id] = site.coverage, {row.url for row in rows}
        checked = [row for row in rows if row.outcome in ("ok", "dead", "suspect")]
        assert (sums.links_checked, sums.requests) == (len(checked), sum(row.requests for row in rows))
        assert sums.unchecked == sum(row.outcome in (None, "unchecked") for row in rows)
        assert sums.blocked == sum(row.outcome == "blocked" for row in rows)
    led = {f"{THIRD}one.html", f"{THIRD}more.html", f"{FOREIGN}a1.html"}  # from its host, its alias, its column
    assert led <= told["portal"] and f"{THIRD}two.html" not in told["portal"]
    assert told["jyj"] == {OTHER, f"{THIRD}two.html"}
