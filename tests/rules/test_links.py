"""链接不可用 (D22) and links to internal addresses."""

from __future__ import annotations

import pytest

from crawler.facts import NetworkFact, Outcome, Reason
from rules.loader import load_ruleset
from tests.rules.build import ago, column, dead, department, findings, good_columns, holder, judged, portal, site_facts

HOME = "http://www.yunling.gov.cn/"
GONE = f"{HOME}gone.html"


def links(*bad, site=None, columns=None):
    return judged(
        site_facts(site or portal(), links=list(bad), columns=columns if columns is not None else good_columns())
    )


@pytest.mark.parametrize(
    ("regions", "points"), [(["home"], 0.2), (["article"], 0.1), (["home", "article", "column"], 0.3), (["other"], 0.1)]
)
def test_points_once_for_each_page_class(regions: list[str], points: float) -> None:
    judgement = links(dead(GONE, *(holder(f"{HOME}{n}.html", region) for n, region in enumerate(regions))))
    [found] = judgement.findings
    assert (found.rule, found.category, found.certainty, found.subject) == ("D22", "链接不可用", "confirmed", GONE)
    assert found.deduction == points
    assert judgement.sites[0].score == 100 - points


def test_the_cap_is_one_point() -> None:
    judgement = links(*(dead(f"{GONE}?{n}", holder(HOME, "home")) for n in range(9)))
    assert len(judgement.findings) == 9
    assert judgement.sites[0].score == 99


@pytest.mark.parametrize("outcome", [Outcome.SUSPECT])
def test_a_suspect_is_in_the_work_list_only(outcome: Outcome) -> None:
    judgement = links(dead(GONE, holder(HOME, "home"), reason=Reason.TIMEOUT, outcome=outcome))
    [found] = judgement.findings
    assert (found.certainty, found.deduction) == ("suspected", None)
    assert judgement.sites[0].score == 100
    assert judgement.sites[0].problems == 0


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome.OK, Reason.OK),
        (Outcome.BLOCKED, Reason.WAF_RUISHU),
        (Outcome.UNCHECKED, Reason.ROBOTS),
        (Outcome.UNCHECKED, Reason.BUDGET),
    ],
)
@pytest.mark.parametrize("fault", [None, "full-width"])
def test_nothing_else_is_told(outcome: Outcome, reason: Reason, fault: str | None) -> None:
    assert links(dead(GONE, holder(HOME, "home"), outcome=outcome, reason=reason, fault=fault)).findings == []


def test_a_target_that_only_hidden_links_name_is_left_alone() -> None:
    assert links(dead(GONE, holder(HOME, "home", hidden=True))).findings == []
    [found] = links(dead(GONE, holder(HOME, "home", hidden=True), holder(f"{HOME}a.html"))).findings
    assert (found.deduction, len(found.where)) == (0.1, 1)


def test_unit_of_one_column_of_several_and_of_the_home_page() -> None:
    columns = [
        column("jy", "其他", ago(1), unit="jyj", name="教育信息"),
        column("jy2", "其他", ago(1), unit="jyj"),
        column("cz", "其他", ago(1), unit="czj"),
    ]
    jy, jy2, cz = (holder(f"{HOME}{id}/", "column", id) for id in ("jy", "jy2", "cz"))

    def unit(*holders):
        [found] = findings(links(dead(GONE, *holders), columns=columns), "链接不可用")
        return found.unit, found.column

    assert unit(jy) == ("jyj", "jy")
    assert unit(jy, jy2) == ("jyj", None)
    assert unit(jy, cz) == ("zfb", None)
    assert unit(jy, holder(HOME, "home")) == ("zfb", None)
    assert unit(holder(f"{HOME}x.html", "other")) == ("zfb", None)


def test_department_sites_have_the_finding_too() -> None:
    judgement = links(dead(GONE, holder("http://jyj.yunling.gov.cn/", "home")), site=department())
    assert [found.rule for found in judgement.findings] == ["D22"]
    assert judgement.sites[0].score is None and judgement.sites[0].verdict == "合格"


def test_where_shows_twenty_pages_home_first_and_counts_all() -> None:
    holders = [holder(f"{HOME}{n:03}.html") for n in range(40)] + [holder(HOME, "home", text="首页链接")]
    [found] = links(dead(GONE, *holders, holder_count=900)).findings
    assert (len(found.where), found.where_count, found.where[0].page) == (20, 900, HOME)
    assert found.message == "首页链接“首页链接”打不开：页面不存在（404）"


def test_observed_carries_the_evidence() -> None:
    [found] = links(dead(GONE, holder(HOME, "home", raw=" gone.html "))).findings
    observed = found.observed
    assert (observed["status"], observed["reason"], observed["attempts"], observed["raw"]) == (
        404,
        "http-404",
        2,
        " gone.html ",
    )
    assert observed["first_failed"] < observed["last_failed"]


def test_an_address_written_wrong_is_named_so() -> None:
    [found] = links(dead(f"{HOME}www.x.gov.cn/a", holder(HOME, "home"), fault="missing-scheme")).findings
    assert found.message.startswith("地址书写错误（缺少http://") and found.certainty == "confirmed"
    unreadable = dead(
        "http://a b/", holder(HOME, "home"), reason=Reason.BAD_ADDRESS, outcome=Outcome.UNCHECKED, fault="bad-host"
    )
    [found] = links(unreadable).findings
    assert found.certainty == "suspected"


def test_an_internal_address_is_advice_of_its_own() -> None:
    bad = dead("http://10.1.2.3/oa", holder(HOME, "home"), reason=Reason.INTRANET_ADDRESS, outcome=Outcome.UNCHECKED)
    [found] = links(bad).findings
    assert (found.rule, found.category, found.level, found.deduction) == ("G10-intranet", "其他", "advice", None)


@pytest.mark.parametrize(
    ("tag", "text", "target", "told"),
    [
        ("img", "", f"{HOME}images/a%E5%9B%BE.png", "首页图片“a图.png”打不开"),
        ("a", "", f"{HOME}fj/biao.xls", "首页附件“biao.xls”打不开"),
        ("link", "", f"{HOME}css/a.css", "首页样式表“a.css”打不开"),
        ("a", " 专题 ", f"{HOME}zt/", "首页链接“专题”打不开"),
        ("a", "", "http://gone.gov.cn/", "首页链接“http://gone.gov.cn/”打不开"),
    ],
)
def test_the_message_says_what_does_not_open(tag: str, text: str, target: str, told: str) -> None:
    [found] = links(dead(target, holder(HOME, "home", tag=tag, text=text))).findings
    assert found.message.startswith(told)


def test_a_target_that_changed_hands_is_for_a_person_and_its_address_is_not_printed() -> None:
    quarterly = load_ruleset("quarterly")
    bad = dead(
        "http://www.old-bid.com/",
        holder(HOME, "home", hidden=True),
        reason=Reason.CHANGED_OWNER,
        outcome=Outcome.SUSPECT,
    )
    judgement = judged(site_facts(portal(), links=[bad]), ruleset=quarterly)
    [found] = findings(judgement, "暗链外链")
    assert (found.rule, found.level, found.certainty) == ("V1.3", "part", "suspected")
    assert "old-bid" not in found.message and "读者看不见" in found.message
    assert findings(judgement, "链接不可用") == []


def test_a_host_that_answers_every_address_is_told_once() -> None:
    fact = NetworkFact("host", "www.yunling.gov.cn", "catch-all", "ok", {"probe": f"{HOME}abcdefghijkl"})
    judgement = judged(site_facts(portal(), columns=good_columns(), network=[fact]))
    [found] = findings(judgement, rule="G10-catch-all")
    assert (found.rule, found.certainty, found.subject) == ("G10-catch-all", "suspected", HOME)
    assert "www.yunling.gov.cn" in found.message
