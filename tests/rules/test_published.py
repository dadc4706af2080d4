"""Publications by the counting rules: once a city, once for each unit, by month, site and column."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.facts import PageFact
from crawler.inventory import Inventory
from rules.engine import judge
from tests.rules.build import MONTHLY, UNITS, FakeRound, FakeSite, column, department, portal

TITLE, NUMBER = "关于做好2026年秋季学期招生工作的通知", "云教发〔2026〕8号"


def page(url: str, title: str = TITLE, day: str = "2026-11-02", **changes: Any) -> PageFact:
    values: dict[str, Any] = {"url": url, "kind": "article", "region": "article", "title": title}
    return PageFact(**(values | {"published": date.fromisoformat(day)} | changes))


def published(
    portal_pages: list[PageFact], jyj_pages: list[PageFact], code: str = "2026-11", as_of: str = "2026-11-20T02:00"
) -> dict[str, Any]:
    """What a round counts of the portal (wj: 政策文件 of zfb, jy: 其他 of jyj) and of the education bureau's site."""
    city = Inventory(
        city="云岭市", region_code="532901", issuer="云岭市人民政府办公室", units=UNITS, sites=[portal(), department()]
    )
    sites = [
        FakeSite(
            portal(),
            page_facts=portal_pages,
            columns=[
                column("wj", "政策文件", date(2026, 11, 2)),
                column("jy", "其他", date(2026, 11, 2), unit="jyj"),
                column("zj", "调查征集", None),
            ],
        ),
        FakeSite(department(), page_facts=jyj_pages, columns=[column("dt", "动态要闻", date(2026, 11, 2))]),
    ]
    moment = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    told: dict[str, Any] = judge(FakeRound(city, sites, code, moment), MONTHLY).extra["published"]
    return told


def test_what_two_sites_show_is_one_item_of_the_city_and_one_of_each_site() -> None:
    told = published([page("a", column="jy", unit="jyj")], [page("b", column="dt")])
    assert (told["total"], told["by_unit"], told["by_type"]) == (1, {"jyj": 1}, {"其他": 1})
    assert told["by_site"] == {
        "portal": {"total": 1, "by_type": {"其他": 1}}, "jyj": {"total": 1, "by_type": {"动态要闻": 1}},
    }  # fmt: skip
    assert told["by_column"] == {"portal/jy": 1} and told["by_unit_column"] == {"portal/jy/jyj": 1}


def test_what_two_units_show_counts_for_both_and_once_in_the_total() -> None:
    told = published([page("a", column="wj", unit="zfb")], [page("b", column="dt")])
    assert (told["total"], told["by_unit"]) == (1, {"jyj": 1, "zfb": 1})


def test_a_document_is_one_by_its_number_on_whatever_days_and_a_cited_number_joins_nothing() -> None:
    first = page("a", f"市教育局{TITLE}（云教发〔2026〕8号）", "2026-10-30", column="wj", unit="zfb", doc_number=NUMBER)
    told = published([first], [page("b", doc_number=NUMBER)])
    assert told["total"] == 0, "it was first published in October"
    assert {month: row["once"] for month, row in told["months"].items()} == {
        "2026-10": {"portal/wj": 1}, "2026-11": {},
    }  # fmt: skip
    assert told["by_site"] == {"jyj": {"total": 1, "by_type": {"其他": 1}}}
    cited = page("a", "关于转发招生文件精神的通知", doc_number=NUMBER)
    assert published([cited], [page("b", doc_number=NUMBER)])["total"] == 2


@pytest.mark.parametrize(("title", "total"), [("停水公告", 2), (TITLE, 1)])
def test_a_title_that_anybody_writes_joins_no_two_sites(title: str, total: int) -> None:
    assert published([page("a", title)], [page("b", title)])["total"] == total
    assert published([page("a", title)], [page("b", title, "2026-11-03")])["total"] == 2


@pytest.mark.parametrize(
    ("source", "units"),
    [
        ("市教育局、市财政局", {"jyj": 1, "czj": 1}),
        ("云岭市教育局 财政局 国家税务总局云岭市税务局", {"jyj": 1, "czj": 1, "swj": 1}),
        ("市教育局", {"zfb": 1}),
        ("新华社", {"zfb": 1}),
        (None, {"zfb": 1}),
    ],
)
def test_what_several_units_publish_together_counts_for_each(source: str | None, units: dict[str, int]) -> None:
    told = published([page("a", column="wj", unit="zfb", source=source)], [])
    assert (told["total"], told["by_unit"]) == (1, units)


def test_months_since_the_year_began_and_the_period_of_the_round() -> None:
    pages = [page("a", "一月的第一条信息", "2026-01-05"), page("b", "十月的第一条信息", "2026-10-31"), page("c")]
    told = published(pages, [])
    assert (told["total"], told["since"], list(told["months"])) == (1, "2026-01-01", ["2026-01", "2026-10", "2026-11"])
    assert published([page("a", day="2025-12-30"), *pages], [])["months"].keys() == told["months"].keys()
    late = published([page("a", day="2026-12-30")], [], "2027-01", "2027-01-20T02:00")
    assert (late["since"], late["total"], list(late["months"])) == ("2026-01-01", 0, ["2026-12"])


def test_documents_from_above_and_answers_to_surveys() -> None:
    above = [
        page("a", "国务院关于促进消费的意见", doc_number="国发〔2026〕3号"),
        page("b", "转发：国务院关于促进消费的意见", "2026-11-09", doc_number="国发〔2026〕3号"),
        page("c", "国务院办公厅关于营商环境的通知", doc_number="国办发〔2026〕7号"),
        page("d", "云岭市人民政府关于营商环境的通知", doc_number="云政发〔2026〕7号"),
        page("e", "《停车管理办法》意见征集结果公布", column="zj"),
        page("f", "拟录用人员考试结果公布"),
    ]
    told = published(above, [])
    assert (told["upper"], told["results"], told["total"]) == (2, {"portal": 1}, 5)
    assert told["months"]["2026-11"]["upper"] == ["国办发〔2026〕7号", "国发〔2026〕3号"]


def test_the_sums_add_up() -> None:
    pages = [page(str(n), f"第{n}条云岭市政务动态信息", column=("wj", "jy", None)[n % 3]) for n in range(30)]
    told = published(pages, pages[:10])
    assert told["total"] == sum(told["by_type"].values()) == sum(told["by_document"].values()) == 30
    assert sum(told["by_column"].values()) == 30 and told["by_site"]["jyj"]["total"] == 10
