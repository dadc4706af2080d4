"""Checks over pages: footer, codes, 找错 entry, tags, sources, dates, yearly reports, interpretations, page_match."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from crawler.facts import PageFact
from rules.checks.presence import TitleParams, due_year
from rules.loader import RuleSet, load_ruleset
from rules.policies import core
from rules.registry import CHECKS
from rules.schema import Finding, Rule
from tests.rules.build import ago, column, department, item, judged, page, portal, site_facts

ANNUAL = load_ruleset("annual")
HOME = "http://www.yunling.gov.cn/"
FOOTER = {
    "conac": "//bszs.conac.cn/sitename?id=1", "site_code": "5329010001", "icp": "滇ICP备05000001号",
    "police": "滇公网安备53290102000001号", "sponsor": "云岭市人民政府办公室", "contact": "0872-0000000", "jiucuo": "x",
}  # fmt: skip
SITE_TAGS = {"SiteName": "云岭市人民政府门户网站", "SiteDomain": "www.yunling.gov.cn", "SiteIDCode": "5329010001"}
LIST_TAGS = SITE_TAGS | {
    "ColumnName": "通知",
    "ColumnDescription": "d",
    "ColumnKeywords": "k",
    "ColumnType": "通知公告",
}
ARTICLE_TAGS = SITE_TAGS | {
    "ArticleTitle": "关于春季招生的通知",
    "PubDate": "2026-11-01 08:00",
    "ContentSource": "本站",
}


def only(*rule_ids: str) -> RuleSet:
    rules = tuple(rule for rule in ANNUAL.known if rule.id in rule_ids)
    return RuleSet(ANNUAL.profile, rules, ANNUAL.known, "sha256:test")


def home(**changes: Any) -> PageFact:
    return page(HOME, **({"kind": "home", "region": "home", "identity": FOOTER, "tags": SITE_TAGS} | changes))


def inner(name: str, **changes: Any) -> PageFact:
    return page(f"{HOME}{name}.html", **({"identity": FOOTER, "tags": ARTICLE_TAGS, "source": "本站"} | changes))


def told(rule_id: str, home_page: PageFact, *pages: PageFact, **changes: Any) -> list[Finding]:
    site = changes.pop("site", portal(site_code="5329010001"))
    facts = site_facts(site, home_page=home_page, page_facts=[home_page, *pages], **changes)
    judgement = judged(facts, ruleset=only(rule_id))
    assert judgement.errors == []
    return judgement.findings


def without(values: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in names}


# --- D21 ----------------------------------------------------------------------------------------------------------


def test_d21_pass() -> None:
    assert told("D21", home(), inner("a"), inner("b")) == []


@pytest.mark.parametrize(
    ("missing", "points"), [(["icp"], 0.5), (["icp", "police"], 1), (["icp", "police", "conac"], 1.5)]
)
def test_d21_half_a_point_for_each_missing_item(missing: list[str], points: float) -> None:
    [found] = told("D21", home(identity=without(FOOTER, *missing)))
    assert (found.certainty, found.deduction, found.subject, found.category) == ("confirmed", points, HOME, "网站标识")


def test_d21_an_item_missing_on_one_inner_page_only() -> None:
    [found] = told("D21", home(), inner("a", identity=without(FOOTER, "sponsor")))
    assert "网站主办单位" in found.message and [where.page for where in found.where] == [f"{HOME}a.html"]


@pytest.mark.parametrize(("there", "certainty"), [(3, "confirmed"), (2, "suspected"), (0, "suspected")])
def test_d21_a_footer_drawn_by_script_is_only_suspected(there: int, certainty: str) -> None:
    [found] = told("D21", home(identity=dict(list(FOOTER.items())[:there]), item_count=9))
    assert found.certainty == certainty
    assert (found.deduction is None) is (certainty == "suspected")


def test_d21_the_sample_is_the_same_for_the_same_seed() -> None:
    pages = [inner(f"p{n}", identity=without(FOOTER, "icp")) for n in range(40)]
    first = told("D21", home(), *pages)[0].observed["looked_at"]
    assert told("D21", home(), *reversed(pages))[0].observed["looked_at"] == first and len(first) == 4


# --- D23a, G6 -----------------------------------------------------------------------------------------------------


def test_d23a_points_of_home_and_other_pages() -> None:
    assert told("D23a", home(), inner("a")) == []
    [found] = told("D23a", home(identity=without(FOOTER, "jiucuo")), inner("a"))
    assert (found.deduction, found.message) == (1, "首页没有“我为政府网站找错”入口")
    [found] = told("D23a", home(), *(inner(f"p{n}", identity=without(FOOTER, "jiucuo")) for n in range(3)))
    assert (found.deduction, found.certainty) == (0.6, "confirmed")
    [found] = told("D23a", home(identity={}, item_count=9))
    assert (found.certainty, found.deduction) == ("suspected", None)


@pytest.mark.parametrize(
    ("identity", "tags", "words"),
    [
        ({"site_code": "5329010002"}, {}, "与名录“5329010001”不一致"),
        ({}, {"SiteIDCode": "4500000001"}, "SiteIDCode标签"),
        ({"jiucuo_code": "5329010009"}, {}, "“找错”入口"),
        ({"site_code": "123456"}, {}, "不是10位标识码"),
        ({"police_code": "53290102000099"}, {}, "公安备案号"),
    ],
)
def test_g6_codes_that_contradict_each_other(identity: dict[str, str], tags: dict[str, str], words: str) -> None:
    [found] = told("G6", home(identity=FOOTER | identity, tags=SITE_TAGS | tags))
    assert words in found.message


def test_g6_pass_and_ministry_codes() -> None:
    assert told("G6", home(identity=FOOTER | {"jiucuo_code": "5329010001", "police_code": "53290102000001"})) == []
    ministry = portal(site_code="bm29310045")
    code = {"site_code": "BM29310045"}
    assert told("G6", home(identity=FOOTER | code, tags={"SiteIDCode": "bm29310045"}), site=ministry) == []


# --- tags ---------------------------------------------------------------------------------------------------------


def test_d26_draws_five_of_each_and_costs_a_tenth_each() -> None:
    articles = [inner(f"a{n}", tags={}) for n in range(9)]
    lists = [inner(f"l{n}", kind="list", region="column", tags=LIST_TAGS) for n in range(9)]
    found = told("D26", home(), *articles, *lists)
    assert len(found) == 5 and {one.deduction for one in found} == {0.1}
    assert found[0].observed["population"] == 9


@pytest.mark.parametrize("value", ["", " ", "网站名称"])
def test_an_empty_or_placeholder_tag_is_missing(value: str) -> None:
    [found] = told("D26", home(), inner("a", tags=ARTICLE_TAGS | {"SiteName": value}))
    assert found.message == "内容页缺少标签SiteName"


def test_tag_groups_count_pages() -> None:
    assert told("T1", home()) == [] and told("T2", home(), inner("l", kind="list", tags=LIST_TAGS)) == []
    [found] = told("T3", home(), *(inner(f"a{n}", tags={}) for n in range(3)), inner("b"))
    assert found.message == "检查内容页4个，其中3个缺少标签ArticleTitle、PubDate、ContentSource"


def test_t4_values_of_another_site() -> None:
    assert told("T4", home()) == []
    [found] = told("T4", home(tags={"SiteName": "某省人民政府", "SiteDomain": "www.other.gov.cn"}))
    assert "某省人民政府" in found.message and "www.other.gov.cn" in found.message


@pytest.mark.parametrize(("bad", "total", "count"), [(2, 10, 0), (3, 10, 1), (3, 40, 0), (4, 40, 1)])
def test_g4_from_a_tenth_and_three_articles_on(bad: int, total: int, count: int) -> None:
    pages = [inner(f"a{n}", published=ago(1)) for n in range(total - bad)]
    pages += [inner(f"b{n}", published=ago(1), source=None, tags={}) for n in range(bad)]
    assert len(told("G4", home(), *pages)) == count


# --- articles -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meta", "conflict", "found"), [("2026-10-01", True, 0), ("2026-09-30", True, 1), ("2026-09-30", False, 0)]
)
def test_v15_dates_more_than_thirty_days_apart_are_candidates(meta: str, conflict: bool, found: int) -> None:
    extra = {"dates": {"label": "2026-10-31", "meta": meta}}
    result = told("V1.5", home(), inner("a", published_conflict=conflict, extra=extra))
    assert [(one.level, one.certainty) for one in result] == [("part", "suspected")] * found


def policy(name: str, title: str, kind: str = "zc") -> PageFact:
    return inner(name, headline=title, column=kind, doc_number="云政发〔2026〕1号" if kind == "zc" else None)


def test_d7_a_policy_that_an_interpretation_names_is_in_order() -> None:
    title = "云岭市人民政府关于印发支持中小企业发展若干措施的通知"
    assert told("D7", home(), policy("a", title), policy("b", "《支持中小企业发展若干措施》政策解读", "jd")) == []
    assert told("D7", home(), policy("a", title), policy("b", "一图读懂：支持中小企业发展若干措施", "jd")) == []
    [found] = told("D7", home(), policy("a", title), policy("b", "《殡葬管理办法》解读", "jd"))
    assert (found.certainty, found.deduction) == ("suspected", None)


def test_core_of_a_title() -> None:
    assert (
        core("云岭市人民政府办公室关于印发《殡葬管理办法（试行）》的通知")
        == core("《殡葬管理办法（试行）》解读")
        == "殡葬管理办法"
    )


# --- presence -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "year"), [(date(2026, 1, 31), 2024), (date(2026, 2, 1), 2025), (date(2026, 12, 31), 2025)]
)
def test_the_year_whose_report_is_due(today: date, year: int) -> None:
    assert due_year(today, TitleParams(title="x", month=1, day=31)) == year


def test_a1_the_annual_table_on_the_home_page() -> None:
    [found] = told("A1", home())
    assert (found.certainty, "2025年度" in found.message) == ("suspected", True)
    listed = item(300)
    listed = type(listed)(listed.url, "2025年云岭市政府网站工作年度报表", None, None)
    assert told("A1", home(), home_items=[listed]) == []
    old = type(listed)(listed.url, "2024年云岭市政府网站工作年度报表", None, None)
    assert len(told("A1", home(), home_items=[old])) == 1


@pytest.mark.parametrize(
    ("newest", "points"),
    [(date(2026, 8, 20), 2), (date(2026, 8, 19), 1), (date(2026, 5, 20), 1), (date(2026, 5, 19), None)],
)
def test_b1_steps_of_three_and_six_months(newest: date, points: float | None) -> None:
    found = told("B1", home(), columns=[column("tj", "统计信息", newest)])
    assert [one.bonus for one in found] == ([points] if points else [])


@pytest.mark.parametrize(("newest", "found"), [(date(2026, 9, 20), 0), (date(2026, 9, 19), 1)])
def test_d18_two_months(newest: date, found: int) -> None:
    result = told("D18", home(), columns=[column("ly", "咨询建言", newest)])
    assert [(one.deduction, one.category) for one in result] == [(3, "互动回应")] * found


@pytest.mark.parametrize(
    ("rule_id", "kind"),
    [
        ("D1", "概况信息"),
        ("D2", "机构职能"),
        ("D3", "领导信息"),
        ("V5.1", "咨询建言"),
        ("V6.1", "办事服务"),
        ("D10", "办事服务"),
    ],
)
def test_a_missing_class_is_a_candidate(rule_id: str, kind: str) -> None:
    assert told(rule_id, home(), columns=[column("x", kind, ago(1))]) == []
    [found] = told(rule_id, home())
    assert found.certainty == "suspected" and found.deduction is None and found.level != "veto"


def test_no_channel_is_looked_for_on_a_department_site() -> None:
    assert told("V5.1", home(), site=department()) == []


# --- page_match ---------------------------------------------------------------------------------------------------


def matched(params: dict[str, Any], bodies: Sequence[str], **changes: Any) -> Any:
    rule = ANNUAL.known[0].model_copy(
        update={"id": "T9-own", "check": "page_match", "params": params, "message": "{count}/{seen}",
                "category": "其他", "applies_to": ["portal"], "level": "advice", "points": None}
    )  # fmt: skip
    pages = [inner(f"p{n}", title=f"第{n}页") for n in range(len(bodies))]
    words = {one.url: body for one, body in zip(pages, bodies, strict=True)} if changes.get("kept", True) else {}
    facts = site_facts(portal(), page_facts=pages, words=words)
    return judged(facts, ruleset=RuleSet(ANNUAL.profile, (Rule.model_validate(rule.model_dump()),), ANNUAL.known, "x"))


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"pages": "article", "css": "div.banner"}, 1),
        ({"pages": "article", "xpath": "//div[@class='banner']"}, 1),
        ({"pages": "article", "regex": "class=.banner"}, 1),
        ({"pages": "article", "regex": "第1页", "part": "title"}, 1),
        ({"pages": "article", "css": "div.banner", "must": False}, 1),
        ({"pages": "home", "css": "div.banner"}, 0),
        ({"pages": "all", "css": "div.banner", "at_least": 2}, 0),
    ],
)
def test_page_match(params: dict[str, Any], count: int) -> None:
    judgement = matched(params, ["<html></html><div class='banner'>x</div>", "<p>y</p>"])
    assert judgement.errors == [] and len(judgement.findings) == count


def test_page_match_without_kept_pages_is_an_error_and_no_finding() -> None:
    judgement = matched({"pages": "article", "css": "p"}, ["<p>"], kept=False)
    assert judgement.findings == [] and "没有保存网页原文" in judgement.errors[0].error


@pytest.mark.parametrize(
    "params",
    [
        {"pages": "all"},
        {"pages": "all", "regex": "("},
        {"pages": "all", "css": "p[", "must": True},
        {"pages": "all", "xpath": "//["},
        {"pages": "all", "css": "p", "regex": "p"},
    ],
)
def test_a_pattern_that_cannot_be_read_is_told_before_the_round(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"只写一个|写法有误"):
        CHECKS["page_match"].params.model_validate(params)
