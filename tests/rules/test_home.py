"""首页不更新 (V3)."""

from __future__ import annotations

import pytest

from crawler.facts import Outcome, Reason
from tests.rules.build import address, ago, column, department, findings, item, judged, page, site_facts

URL = "http://jyj.yunling.gov.cn/"


def v3(items, columns=(), **changes):
    return findings(judged(site_facts(department(), home_items=items, columns=list(columns), **changes)), "首页不更新")


@pytest.mark.parametrize(("days", "found"), [(14, 0), (15, 1)])
def test_two_weeks_inclusive(days: int, found: int) -> None:
    assert len(v3([item(days), item(40)])) == found


def test_the_finding_names_date_days_and_home() -> None:
    judgement = judged(site_facts(department(), home_items=[item(20), item(40)], columns=[]))
    [found] = judgement.findings
    assert (found.rule, found.level, found.subject, found.certainty) == ("V3", "veto", URL, "confirmed")
    assert "2026年10月31日" in found.message and "20天" in found.message
    assert judgement.sites[0].verdict == "不合格"


def test_the_articles_own_date_goes_before_the_lists() -> None:
    lying = item(20)
    lying = type(lying)(lying.url, lying.title, listed=ago(1), published=ago(20), article_read=True)
    assert len(v3([lying])) == 1


@pytest.mark.parametrize("kind", ["challenge", "scripted-list"])
def test_a_home_page_that_was_not_seen_is_not_judged(kind: str) -> None:
    assert v3([item(40)], home_page=page(URL, kind=kind)) == []


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.SUSPECT, Outcome.DEAD, Outcome.UNCHECKED])
def test_an_unreachable_home_page_is_for_a_person(outcome: Outcome) -> None:
    facts = site_facts(department(), home=address(URL, outcome, Reason.TIMEOUT), home_items=[item(40)])
    judgement = judged(facts)
    assert judgement.findings == []
    assert judgement.sites[0].verdict == "待人工复核"


def test_an_entry_page_is_judged_by_its_second_level_pages() -> None:
    old = [column("a", "动态要闻", ago(30)), column("b", "其他", ago(20))]
    assert len(v3([], old)) == 1
    assert v3([], [*old, column("c", "其他", ago(14))]) == []
    assert v3([], [*old, column("c", "其他", None, kind="scripted-list")]) == []
    assert v3([], []) == []


def test_unread_undated_items_leave_a_doubt_when_a_column_is_fresh() -> None:
    unread = item(None, url=f"{URL}x.html", read=False)
    fresh = [column("a", "动态要闻", ago(2))]
    assert [found.certainty for found in v3([item(20), unread], fresh)] == ["suspected"]
    assert [found.certainty for found in v3([item(20), unread], [column("a", "动态要闻", ago(20))])] == ["confirmed"]
    assert [found.certainty for found in v3([item(20)], fresh)] == ["confirmed"]


def test_a_suspected_veto_waits_for_a_person() -> None:
    unread = item(None, url=f"{URL}x.html", read=False)
    judgement = judged(
        site_facts(department(), home_items=[item(20), unread], columns=[column("a", "动态要闻", ago(2))])
    )
    assert judgement.sites[0].verdict == "待人工复核"
