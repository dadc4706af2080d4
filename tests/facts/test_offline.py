"""Days on which a home page never opened, and who led to the hosts of closed sites, out of a store."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from crawler.facts import schema
from crawler.facts.offline import down_days
from crawler.facts.read import StoredRound
from crawler.facts.store import latest_run, open_store
from tests.walk.drive import AS_OF, Drive, html, inventory, status

HOME = "http://www.yl.gov.cn/"
CLOSED = "http://old.yl.gov.cn/"
SINCE = date(2025, 11, 20)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_store(f"sqlite:///{tmp_path}/x.db")


def look(engine: Engine, at: datetime, outcome: str = "suspect", reason: str = "timeout", **more: object) -> None:
    row = {"site": "portal", "url": HOME, "at": at.isoformat(), "outcome": outcome, "reason": reason} | more
    with engine.begin() as db:
        db.execute(schema.probe.insert().values(row))


def down(engine: Engine, looks: int = 2) -> list[date]:
    with engine.connect() as db:
        return down_days(db, "portal", HOME, SINCE, AS_OF, looks)


def test_a_day_counts_when_every_look_of_it_failed(engine: Engine) -> None:
    day = AS_OF - timedelta(days=3)
    for hour in range(3):
        look(engine, day + timedelta(hours=hour))
    assert down(engine, 3) == [day.date()]
    assert down(engine, 4) == []
    look(engine, day + timedelta(hours=4), "ok", "ok")
    assert down(engine, 3) == []


def test_our_own_network_and_refusals_are_no_looks(engine: Engine) -> None:
    day = AS_OF - timedelta(days=3)
    look(engine, day)
    look(engine, day + timedelta(hours=1), control_ok=False)
    look(engine, day + timedelta(hours=2), "blocked", "waf-ruishu")
    assert (down(engine, 1), down(engine, 2)) == ([day.date()], [])


def test_days_are_those_of_china_and_of_the_year(engine: Engine) -> None:
    for at in ("2025-11-19T15:59:00+00:00", "2025-11-19T16:00:00+00:00", "2026-11-20T01:59:00+00:00",
               "2026-11-21T01:00:00+00:00"):  # fmt: skip
        look(engine, datetime.fromisoformat(at))
    assert down(engine, 1) == [date(2025, 11, 20), date(2026, 11, 20)]


def test_days_that_were_thinned_out(engine: Engine) -> None:
    one = {"site": "portal", "url": HOME, "place": "", "day": "2026-02-01", "looks": 24, "failed": 22, "unsure": 2}
    with engine.begin() as db:
        db.execute(schema.probe_day.insert().values(one | {"reasons": {"timeout": 22}}))
        db.execute(
            schema.probe_day.insert().values(one | {"day": "2026-02-02", "failed": 21, "reasons": {"timeout": 21}})
        )
        db.execute(
            schema.probe_day.insert().values(one | {"day": "2026-02-03", "reasons": {"waf-jsl": 2, "timeout": 20}})
        )
    assert down(engine, 20) == [date(2026, 2, 1), date(2026, 2, 3)]
    assert down(engine, 21) == [date(2026, 2, 1)]


def test_who_led_to_a_closed_host(tmp_path: Path, engine: Engine) -> None:
    page = f"{HOME}lj.html"
    links = f'<a href="{CLOSED}a.html">旧网</a><a href="http://cold.yl.gov.cn/">别的</a><a href="{page}">友情链接</a>'
    pages = {HOME: html(links + "首页" * 60), page: html('<a href="http://old.yl.gov.cn:8080/">旧系统</a>')}
    drive = Drive(engine, inventory(), {**pages, f"{CLOSED}a.html": status(200, html("旧网"))})
    drive.open()
    drive.finish()
    run = latest_run(engine, "2026-11")
    assert run is not None
    facts = StoredRound(engine, run)
    [site] = facts.sites()
    found = list(site.led_to(["old.yl.gov.cn", "www.old.yl.gov.cn"]))
    assert found == [("http://old.yl.gov.cn/a.html", HOME), ("http://old.yl.gov.cn:8080/", page)]
    assert list(site.led_to([])) == []
    facts.close()
