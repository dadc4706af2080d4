"""Stale and blank columns on both sides of every number (V4.1–V4.3, D4–D6, D9)."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.facts import Outcome, Reason
from tests.rules.build import ago, blank, column, department, findings, good_columns, judged, portal, site_facts

WINDOWS = [
    ("动态要闻", date(2026, 11, 6), date(2026, 11, 5)),  # 2 weeks before 2026-11-20
    ("通知公告", date(2026, 5, 20), date(2026, 5, 19)),
    ("政策文件", date(2026, 5, 20), date(2026, 5, 19)),
    ("政策解读", date(2026, 5, 20), date(2026, 5, 19)),
    ("人事信息", date(2025, 11, 20), date(2025, 11, 19)),
    ("规划计划", date(2025, 11, 20), date(2025, 11, 19)),
]
STATIC = ["概况信息", "机构职能", "领导信息", "信息公开指南", "依申请公开", "办事服务", "专题", "其他"]


def stale(*columns, site=None, **changes):
    return findings(judged(site_facts(site or department(), columns=list(columns), **changes)), "栏目不更新")


@pytest.mark.parametrize(("kind", "inside", "outside"), WINDOWS)
def test_both_ends_of_each_window(kind: str, inside: date, outside: date) -> None:
    assert stale(column("a", kind, inside)) == []
    [found] = stale(column("a", kind, outside))
    assert (found.level, found.certainty, found.subject) == ("part", "confirmed", "http://www.yunling.gov.cn/a/")
    assert found.rule == ("V4.1" if kind in ("动态要闻", "通知公告", "政策文件") else "V4.2")


def test_message_tells_column_date_and_days() -> None:
    [found] = stale(column("a", "动态要闻", date(2026, 11, 5), name="工作动态"))
    assert found.message == "“工作动态”栏目最近更新日期为2026年11月5日，已15天未更新，超过2周"


@pytest.mark.parametrize("kind", STATIC)
def test_types_without_a_window_are_never_stale(kind: str) -> None:
    assert stale(column("a", kind, date(2010, 1, 1))) == []


@pytest.mark.parametrize("kind", ["通知公告", "政策文件", "政策解读"])
def test_only_first_level_columns_where_the_inventory_says_levels(kind: str) -> None:
    top, below = column("a", kind, ago(400)), column("b", kind, ago(400), top_level=False)
    assert [found.column for found in stale(top, below)] == ["a"]


@pytest.mark.parametrize(
    ("path", "judged_as_first"), [((), True), (("通知公告",), True), (("政务公开", "通知公告"), False)]
)
def test_levels_by_path_where_no_column_says_top_level(path: tuple[str, ...], judged_as_first: bool) -> None:
    assert bool(stale(column("a", "通知公告", ago(400), top_level=False, path=path))) is judged_as_first


def test_news_needs_no_level() -> None:
    assert stale(column("a", "动态要闻", ago(15), top_level=False), column("t", "通知公告", ago(1)))


@pytest.mark.parametrize(("days", "found"), [(30, 0), (31, 1)])
def test_a_local_window_counts_both_ends(days: int, found: int) -> None:
    assert len(stale(column("a", "其他", ago(days), update_days=30, top_level=False))) == found


def test_a_stricter_local_window_is_no_national_breach() -> None:
    [found] = stale(column("a", "动态要闻", ago(10), update_days=7))
    assert (found.rule, found.observed["window"]) == ("V4.2", "1周")


def test_a_laxer_local_window_does_not_loosen_the_national_one() -> None:
    [found] = stale(column("a", "动态要闻", ago(20), update_days=90))
    assert (found.rule, found.observed["window"]) == ("V4.1", "2周")


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": Outcome.BLOCKED, "reason": Reason.WAF_RUISHU},
        {"outcome": Outcome.UNCHECKED, "reason": Reason.BUDGET},
        {"outcome": Outcome.SUSPECT, "reason": Reason.TIMEOUT},
        {"outcome": Outcome.DEAD, "reason": Reason.HTTP_404},
        {"kind": "scripted-list"},
        {"kind": "challenge"},
        {"kind": None},
    ],
)
def test_a_list_that_was_not_read_is_never_stale_or_blank(changes: dict[str, object]) -> None:
    judgement = judged(site_facts(department(), columns=[column("a", "动态要闻", ago(100), **changes)]))
    assert findings(judgement, "栏目不更新") + findings(judgement, "空白栏目") == []
    assert judgement.extra["columns"][0]["state"] in ("未能判定", "无法访问")


def test_items_without_any_date_are_undecided_unless_articles_say_none() -> None:
    judgement = judged(site_facts(department(), columns=[column("a", "动态要闻", None)]))
    assert findings(judgement, "栏目不更新") == []
    assert judgement.extra["columns"][0]["state"] == "未能判定"
    [found] = stale(column("a", "动态要闻", None, undated_articles=3))
    assert "未注明发布时间，视为不更新" in found.message
    assert stale(column("a", "动态要闻", None, undated_articles=2)) == []
    assert stale(column("a", "动态要闻", None, undated_articles=2, item_count=2)) != []


def test_a_list_that_mostly_says_no_date_is_only_suspected() -> None:
    [found] = stale(column("a", "动态要闻", ago(30), item_count=10, dated_count=4))
    assert (found.certainty, found.deduction) == ("suspected", None)
    [found] = stale(column("a", "动态要闻", ago(30), item_count=10, dated_count=5))
    assert found.certainty == "confirmed"


def test_one_list_seen_by_two_columns_counts_once() -> None:
    first, second = column("a", "动态要闻", ago(30)), column("b", "动态要闻", ago(30), same_as="a")
    assert [found.column for found in stale(first, second)] == ["a"]
    untyped = column("a", "其他", ago(30), top_level=False)
    assert [found.column for found in stale(untyped, second)] == ["b"]
    circle = column("a", "动态要闻", ago(30), same_as="b")
    assert len(stale(circle, second)) == 1


def test_an_item_dated_after_the_monitoring_time_accuses_nobody() -> None:
    assert stale(column("a", "动态要闻", date(2027, 1, 1))) == []


# --- vetoes -------------------------------------------------------------------------------------------------------


def typed(count: int) -> list[object]:
    kinds = ["动态要闻", "通知公告", "政策文件"]
    return [column(f"c{n}", kinds[n % 3], ago(400)) for n in range(count)]


@pytest.mark.parametrize(("count", "verdict"), [(4, "合格"), (5, "不合格")])
def test_v41_adds_the_kinds_together(count: int, verdict: str) -> None:
    judgement = judged(site_facts(department(), columns=typed(count)))
    assert judgement.sites[0].verdict == verdict
    parts = [found for found in findings(judgement, "栏目不更新") if found.level == "part"]
    vetoes = [found for found in findings(judgement, "栏目不更新") if found.level == "veto"]
    assert len(parts) == count
    assert [(veto.rule, veto.subject, veto.observed["count"]) for veto in vetoes] == (
        [("V4.1", "http://jyj.yunling.gov.cn/", 5)] if count == 5 else []
    )


@pytest.mark.parametrize(("count", "verdict"), [(9, "合格"), (10, "待人工复核")])
def test_v42_waits_for_a_person(count: int, verdict: str) -> None:
    columns = [column(f"c{n}", "人事信息", ago(800)) for n in range(count)]
    judgement = judged(site_facts(department(), columns=columns))
    assert judgement.sites[0].verdict == verdict
    assert judgement.sites[0].vetoes == (["V4.2"] if count == 10 else [])


@pytest.mark.parametrize(("count", "verdict"), [(4, "合格"), (5, "不合格")])
def test_v43_counts_blank_columns(count: int, verdict: str) -> None:
    judgement = judged(site_facts(department(), columns=[blank(f"c{n}") for n in range(count)]))
    assert judgement.sites[0].verdict == verdict
    assert sum(found.level == "part" for found in findings(judgement, "空白栏目")) == count


def test_suspected_columns_do_not_count_for_a_veto() -> None:
    columns = [column(f"c{n}", "动态要闻", ago(400), dated_count=1) for n in range(6)]
    judgement = judged(site_facts(department(), columns=columns))
    assert judgement.sites[0].verdict == "合格"


def test_blank_is_not_stale_as_well_and_a_request_form_is_not_blank() -> None:
    judgement = judged(
        site_facts(department(), columns=[blank("a", "动态要闻"), blank("b", "依申请公开"), blank("c", "办事服务")])
    )
    assert [(found.category, found.column) for found in judgement.findings] == [("空白栏目", "a")]


# --- points of a portal -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "rule", "points"),
    [
        (column("x", "动态要闻", ago(15)), "D4", 5),
        (column("x", "政策文件", ago(400)), "D5", 5),
        (column("x", "政策解读", ago(400)), "D6", 5),
        (column("x", "通知公告", ago(400)), "D9", 1),
        (column("x", "人事信息", ago(400)), "D9", 1),
        (column("x", "动态要闻", ago(10), update_days=7), "D9", 1),
        (blank("x", "其他"), "D9", 2),
        (blank("x", "动态要闻"), "D4", 5),
    ],
)
def test_one_finding_a_column_under_its_deduction_rule(fact, rule: str, points: float) -> None:
    judgement = judged(site_facts(portal(), columns=[*good_columns(), fact]))
    [found] = judgement.findings
    assert (found.rule, found.level, found.deduction) == (rule, "deduction", points)
    assert found.observed["also"][0].startswith("V4.")
    assert judgement.sites[0].score == 100 - points


@pytest.mark.parametrize("missing", ["动态要闻", "政策文件", "政策解读"])
def test_a_missing_class_is_only_suspected_and_costs_nothing(missing: str) -> None:
    columns = [fact for fact in good_columns() if fact.column.type != missing]
    judgement = judged(site_facts(portal(), columns=columns))
    [found] = judgement.findings
    assert (found.certainty, found.deduction, found.subject) == ("suspected", None, "http://www.yunling.gov.cn/")
    assert found.category == ("政策解读" if missing == "政策解读" else "信息公开")
    assert judgement.sites[0].score == 100


def test_nothing_is_called_missing_when_the_home_page_was_not_read() -> None:
    facts = site_facts(portal(), columns=good_columns()[:1], home_page=None)
    assert judged(facts).findings == []


def test_an_unread_column_of_the_type_is_there_all_the_same() -> None:
    unread = column("x", "政策解读", None, outcome=Outcome.BLOCKED, reason=Reason.HTTP_403, kind=None)
    assert judged(site_facts(portal(), columns=[*good_columns()[:2], unread])).findings == []


def test_a_column_on_a_unified_platform_is_the_platforms() -> None:
    there = {"url": "http://zwfw.dianyun.gov.cn/yunling/"}
    facts = [*good_columns(), blank("a", **there), column("b", "动态要闻", ago(90), **there)]
    judgement = judged(site_facts(portal(), columns=facts))
    assert judgement.findings == []
    assert {row["state"] for row in judgement.extra["columns"] if row["id"] in "ab"} == {"不适用"}
