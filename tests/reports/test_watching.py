"""The week strip of watched sites, and the IPv6 readiness table of the special bulletin."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html

from reports import charts
from reports.annexes import ipv6_readiness
from reports.bulletin import compose
from reports.dashboard import build_dashboard
from reports.documents import documents
from reports.options import Options
from reports.problems import Names
from reports.watching import availability_view, strip, week
from rules.schema import Judgement
from tests.reports import build


def day(number: int, looks: int = 96, failed: int = 0) -> dict[str, Any]:
    return {"day": f"2026-11-{number:02}", "looks": looks, "failed": failed}


def watched(*rows: dict[str, Any]) -> Judgement:
    now = build.judgement()
    return now.model_copy(update={"extra": now.extra | {"availability": list(rows)}})


WORST = {"from": "2026-11-10", "to": "2026-11-16", "place": "电信", "looks": 140, "failed": 7}
BAD = {
    "site": "a",
    "name": "甲网<站>",
    "state": "不达标",
    "worst": WORST,
    "days": [day(n) for n in range(10, 17)],
    "note": "",
}
NONE: dict[str, Any] = {
    "site": "b",
    "name": "乙网",
    "state": "未能判定",
    "worst": None,
    "days": [],
    "note": "没有首页可用性监测记录",
}
GOOD = BAD | {"site": "c", "name": "丙网", "state": "达标", "worst": WORST | {"failed": 0}}


def test_a_week_ends_with_the_newest_day_and_shows_gaps() -> None:
    assert week([day(3), day(9), day(12, 96, 5)]) == [
        ("2026-11-06", 0, 0), ("2026-11-07", 0, 0), ("2026-11-08", 0, 0), ("2026-11-09", 96, 0),
        ("2026-11-10", 0, 0), ("2026-11-11", 0, 0), ("2026-11-12", 96, 5),
    ]  # fmt: skip
    assert week([]) == []


@pytest.mark.parametrize(
    ("looks", "failed", "color"),
    [
        (96, 0, charts.GOOD),
        (100, 4, charts.WAIT),
        (100, 5, charts.BAD),
        (20, 1, charts.WAIT),
        (20, 2, charts.BAD),
        (0, 0, charts.NONE),
    ],
)
def test_the_colour_of_a_day(looks: int, failed: int, color: str) -> None:
    drawn = html.fromstring(str(strip("甲", [day(16, looks, failed)])))
    assert [one.get("fill") for one in drawn.findall("rect")][-1] == color
    assert "11-16" in str(drawn.get("aria-label"))


def test_the_worst_site_stands_first_and_undecided_ones_say_why() -> None:
    view = availability_view(watched(GOOD, NONE, BAD))
    assert view is not None
    assert [row["name"] for row in view["rows"]] == ["甲网<站>", "乙网", "丙网"]
    assert view["text"] == "监测网站3个：达标1个、不达标1个，记录不足未能判定1个。"
    assert view["rows"][0]["worst"] == "2026-11-10 至 2026-11-16（电信）：140次中7次打不开，占5.0%"
    assert view["rows"][1]["note"] == "没有首页可用性监测记录"


def test_the_dashboard_shows_the_strips() -> None:
    page = html.fromstring(build_dashboard(watched(GOOD, NONE, BAD), build.inventory()))
    [section] = page.xpath("//section[@id='availability']")
    assert len(section.xpath(".//tbody//svg")) == 2 and len(section.xpath(".//tbody//svg/rect")) == 14
    assert "甲网<站>" in section.xpath(".//svg/@aria-label")[0]


def test_a_round_that_nobody_watched_has_no_such_part() -> None:
    assert availability_view(watched()) is None
    assert html.fromstring(build_dashboard(watched(), build.inventory())).xpath("//section[@id='availability']") == []


def test_the_address_of_a_hidden_link_is_no_link_and_no_bulletin_has_it() -> None:
    now = build.judgement()
    update = {
        "category": "暗链外链", "certainty": "confirmed", "needs_review": False, "level": "part", "status": "新增",
        "subject": "http://www.lucky777.example/a", "message": "页面含有读者看不见的外部链接1个",
        "observed": {"targets": ["https://www.lucky777.example/b"], "signs": ["目标已打不开"]},
    }  # fmt: skip
    now = now.model_copy(update={"findings": [now.findings[0].model_copy(update=update)]})
    page = build_dashboard(now, build.inventory()).decode()
    assert "lucky777" not in page and "（外部地址，见问题台账）" in page and "目标已打不开" in page
    assert "lucky777" not in repr(compose(now, build.inventory(), Options()))


def test_no_finding_links_to_a_host_that_a_hidden_link_leads_to() -> None:
    now = build.judgement()
    hidden: dict[str, Any] = {
        "category": "暗链外链", "certainty": "suspected", "level": "advice", "subject": now.sites[0].url,
        "message": "首页含暗链1条，指向www.lucky777.example", "observed": {"targets": ["http://www.lucky777.example/a"]},
    }  # fmt: skip
    dead: dict[str, Any] = {
        "category": "链接不可用",
        "subject": "http://www.lucky777.example:8080/b",
        "message": "链接打不开",
    }
    found = [now.findings[n].model_copy(update=update) for n, update in enumerate((hidden, dead))]
    page = build_dashboard(now.model_copy(update={"findings": found}), build.inventory()).decode()
    assert "www.lucky777.example" not in page and page.count("（外部地址，见问题台账）") == 3
    assert now.sites[0].url in html.fromstring(page).xpath("//dd//a/@href"), "the city's own pages stay linked"


def test_every_site_stands_in_the_readiness_table() -> None:
    now = build.judgement()
    rows = [{"site": now.sites[0].id, "name": "甲网", "host": "a.gov.cn", "aaaa": "支持", "home": "支持",
             "ns": "不支持", "level2": "4/5", "level3": "未测", "parts": "18/20", "note": "说明"},
            {"site": "zz", "name": "乙网", "host": "b.gov.cn", "aaaa": "未测"}]  # fmt: skip
    now = now.model_copy(update={"extra": now.extra | {"ipv6": rows}})
    table = ipv6_readiness(now, Names(now, build.inventory()))
    assert table.rows[0][2:] == ("甲网", "a.gov.cn", "支持", "支持", "不支持", "4/5", "未测", "18/20", "说明")
    assert table.rows[1][3:] == ("b.gov.cn", "未测", "未测", "未测", "未测", "未测", "未测", "")
    assert len(table.head) == len(table.widths) == len(table.rows[0])


def test_the_dashboard_tells_how_far_ipv6_goes_where_it_was_tested() -> None:
    now = build.judgement()
    rows: list[dict[str, Any]] = [
        {"site": "a", "name": "甲网", "aaaa": "支持", "home": "支持", "ns": "支持", "level2": "4/5"},
        {"site": "b", "name": "乙网"},
    ]  # fmt: skip
    heads = "//section[@id='ipv6']//thead//th/text()"
    tested = now.model_copy(update={"extra": now.extra | {"ipv6": rows}})
    page = html.fromstring(build_dashboard(tested, build.inventory()))
    assert page.xpath(heads)[1:] == ["域名有IPv6地址", "首页可经IPv6访问", "域名服务器", "二级链接", "说明"]
    assert page.xpath("//section[@id='ipv6']//td[@data-head='二级链接']//text()") == ["4/5", "未测"]
    assert "二级链接" not in html.fromstring(build_dashboard(now, build.inventory())).xpath(heads)


@pytest.mark.parametrize(
    ("profile", "subject", "tested", "there"),
    [("special-ipv6", "", False, True), ("monthly", "ipv6", False, True), ("monthly", "", True, True),
     ("monthly", "", False, False), ("monthly", "links", True, False), ("special-links", "", True, False)],
)  # fmt: skip
def test_the_table_goes_with_bulletins_about_ipv6_and_general_ones(
    profile: str, subject: str, tested: bool, there: bool
) -> None:
    now = build.judgement()
    rows = [{"site": now.sites[0].id, "name": "甲网", "host": "a.gov.cn", "aaaa": "支持" if tested else "未测"}]
    now = now.model_copy(update={"profile": profile, "extra": now.extra | {"ipv6": rows}})
    paper = compose(now, build.inventory(), Options(subject=subject))
    assert any("IPv6支持情况表" in annex.title for annex in paper.annexes) is there


def test_a_veto_for_a_week_of_probes_is_written_into_every_document() -> None:
    """V2 keeps the number of its looks, other findings their list."""
    now = build.judgement()
    update = {
        "rule": "V2", "category": "站点无法访问", "level": "veto", "certainty": "confirmed", "needs_review": False,
        "status": "新增", "message": "监测140次，其中7次打不开或超时",
        "observed": {"from": "2026-11-13", "to": "2026-11-19", "looks": 140, "failed": 7, "place": "电信"},
    }  # fmt: skip
    now = now.model_copy(update={"findings": [now.findings[0].model_copy(update=update)]})
    made = dict(documents(now, build.inventory(), None, Options()))
    assert any(name.startswith("整改通知单/") for name in made), made.keys()
