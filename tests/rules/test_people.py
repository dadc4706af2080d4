"""What people report and confirm, the register, media accounts, availability; bonus, caps, the 4/3 rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.facts import Outcome, Reason
from crawler.inventory import BadInput, MediaAccount
from rules.checks.availability import AvailabilityParams, worst_week
from rules.engine import judge
from rules.forms import Answer, answer_form, load_answers
from rules.ledger import Entry, Ledger
from rules.loader import RuleSet, load_ruleset
from rules.scoring import bonus, score, sheet
from tests.rules.build import (
    FakeSite,
    ago,
    blank,
    column,
    dead,
    department,
    findings,
    good_columns,
    holder,
    page,
    portal,
    round_facts,
    site_facts,
)
from tests.rules.fixtures import site_of

ANNUAL = load_ruleset("annual")
HOME = "http://www.yunling.gov.cn/"


def only(*rule_ids: str, **scoring: Any) -> RuleSet:
    rules = tuple(rule for rule in ANNUAL.known if rule.id in rule_ids)
    profile = ANNUAL.profile.model_copy(
        update={
            "scoring": ANNUAL.profile.scoring.model_copy(update=scoring),
            "forms": [i for i in ANNUAL.profile.forms if i in rule_ids],
        }
    )
    return RuleSet(profile, rules, ANNUAL.known, "sha256:test")


def answer(rule: str, result: str = "有问题", **changes: Any) -> Answer:
    values = {"rule": rule, "site": "portal", "result": result, "by": "李某", "on": date(2026, 11, 18)}
    return Answer(**(values | changes))


def judged(ruleset: RuleSet, *answers: Answer, site: FakeSite | None = None, **changes: Any) -> Any:
    return judge(round_facts(site or site_facts(portal()), **changes), ruleset, answers=answers)


# --- forms --------------------------------------------------------------------------------------------------------


def test_an_answer_costs_its_cases_points_up_to_the_cap() -> None:
    [found] = judged(only("D13"), answer("D13", item=4, count=3, text="材料表述含糊")).findings
    assert (found.certainty, found.deduction, found.message) == ("confirmed", 6, "材料表述含糊（3处）")
    judgement = judged(only("D13"), answer("D13", item=1, count=3), answer("D13", item=4, count=1, url=f"{HOME}x"))
    assert judgement.sites[0].score == 92
    assert found.observed["by"] == "李某" and found.observed["on"] == "2026-11-18"


def test_what_was_asked_and_not_answered_is_listed_and_costs_nothing() -> None:
    judgement = judged(only("D11", "D24"), answer("D11", "无问题"))
    assert judgement.extra["unfilled"] == [{"rule": "D24", "name": "站内搜索", "site": "portal"}]
    assert judgement.sites[0].score == 100 and judgement.findings == []
    states = {row["id"]: row["state"] for row in judgement.extra["score_sheets"]["portal"]}
    assert (states["D11"], states["D24"], states["D13"]) == ("已检查", "待人工填报", "未检查")


def test_a_veto_that_a_person_reports_fails_the_site() -> None:
    judgement = judged(only("V1.1"), answer("V1.1", text="严重表述错误一处"))
    assert judgement.sites[0].verdict == "不合格" and judgement.sites[0].vetoes == ["V1.1"]


def test_a_machine_candidate_of_v1_never_decides_and_a_person_clears_it() -> None:
    bad = dead("http://www.old-bid.com/", holder(HOME, "home"), reason=Reason.CHANGED_OWNER, outcome=Outcome.SUSPECT)
    site = site_facts(portal(), links=[bad])
    judgement = judged(only("V1.3"), site=site)
    assert judgement.sites[0].verdict == "合格" and len(judgement.findings) == 1
    assert judged(only("V1.3"), answer("V1.3", "无问题", url="http://www.old-bid.com/"), site=site).findings == []
    assert len(judged(only("V1.3"), answer("V1.3", "无问题", url="http://else.com/"), site=site).findings) == 1


def test_a_confirmed_machine_finding_is_not_cleared_by_an_answer() -> None:
    site = site_facts(portal(), columns=[*good_columns(), blank("c")])
    assert len(judged(only("D9"), answer("D9", "无问题"), site=site).findings) == 1


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.yaml"
    path.write_text("round: 2026-11\nanswers:\n" + text, encoding="utf-8")
    return path


def test_answers_from_a_file(tmp_path: Path) -> None:
    inventory = round_facts(site_facts(portal())).inventory
    good = "  - {rule: D11, site: portal, result: 无问题, by: 李某, on: 2026-11-18}\n"
    assert len(load_answers(write(tmp_path, good), inventory, ANNUAL).answers) == 1
    bad = (
        good
        + "  - {rule: D99, site: nowhere, result: 有问题, by: 李某, on: 2026-11-18}\n"
        + good.replace("}", ", item: 9}")
    )
    with pytest.raises(BadInput) as caught:
        load_answers(write(tmp_path, bad), inventory, ANNUAL)
    assert [(p.line, p.field.rpartition(".")[2]) for p in caught.value.problems] == [
        (4, "rule"),
        (4, "site"),
        (5, "item"),
    ]


# --- score --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lost", "final"), [(19, 83), (20, 80), (21, 79)])
def test_the_bonus_counts_only_strictly_above_eighty(lost: int, final: int) -> None:
    """D11 5 + D14 5 + D16 7 = 17, then D12 2 = 19, + D15 1 = 20, + D15 2 = 21; B1 earns 2."""
    site = site_facts(portal(), columns=[*good_columns(), column("tj", "统计信息", ago(1))])
    answers = [answer("D11"), answer("D14", count=5), answer("D16"), answer("D12")]
    if lost > 19:
        answers.append(answer("D15", count=lost - 19))
    judgement = judged(only("D11", "D12", "D14", "D15", "D16", "B1"), *answers, site=site)
    assert judgement.sites[0].score == final
    assert bonus(ANNUAL, judgement.findings) == 2


def test_the_sheet_tells_every_bonus_item_and_whether_it_counts() -> None:
    site = site_facts(portal(), columns=[*good_columns(), column("tj", "统计信息", ago(1))])
    rows = {}
    for lost in (0, 20):
        answers = [answer("B10"), *([answer("D13", count=5), answer("D14", count=5), answer("D16")] if lost else [])]
        judgement = judged(only("D13", "D14", "D16", "B1", "B10"), *answers, site=site)
        rows[lost] = {row["id"]: row for row in judgement.extra["bonus_sheets"]["portal"]}
        assert judgement.sites[0].score == (80 if lost else 105)
    assert list(rows[0]) == [f"B{n}" for n in range(1, 11)]
    assert (rows[0]["B1"]["earned"], rows[0]["B1"]["state"], rows[0]["B10"]["earned"]) == (2, "已检查", 3)
    assert rows[20]["B1"]["state"] == "未计入（扣分结果不高于80分）" and rows[0]["B2"]["state"] == "未检查"
    assert rows[0]["B1"]["why"][0]["url"] == f"{HOME}tj/"


def test_an_item_that_a_person_calls_inapplicable_is_told_as_such() -> None:
    states = {}
    for result in ("不适用", "无问题"):
        judgement = judged(only("D11"), answer("D11", result))
        rows = judgement.extra["score_sheets"]["portal"]
        states[result] = next(row["state"] for row in rows if row["id"] == "D11")
    assert states == {"不适用": "不适用", "无问题": "已检查"}


def test_the_four_thirds_rule() -> None:
    ruleset = only("D4", "D13", no_services=["portal"])
    site = site_facts(portal(), columns=[*good_columns(), column("a", "动态要闻", ago(30))])
    judgement = judged(ruleset, answer("D13"), site=site)
    assert judgement.sites[0].score == 93.33  # (75 - 5) × 4/3
    assert {row["state"] for row in judgement.extra["score_sheets"]["portal"] if row["group"] == "办事服务"} == {
        "不适用"
    }
    assert score(sheet(ruleset, (), "portal"), services=False) == 100


def test_a_ministry_has_no_overview_and_four_points_for_its_functions() -> None:
    lines = {line.rule.id: line for line in sheet(only("D1", "D2", ministries=["portal"]), (), "portal")}
    assert (lines["D1"].state, lines["D2"].cap) == ("不适用", 4)


# --- register and media -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "found"), [(14, 0), (15, 1)])
def test_m21_two_weeks(days: int, found: int) -> None:
    facts = round_facts(site_facts(portal()), site_facts(department(), columns=[]))
    account = MediaAccount(unit="jyj", platform="微信公众号", name="云岭教育", last_post=ago(days))
    silent = MediaAccount(unit="jyj", platform="微博", name="云岭教育")
    facts.inventory = facts.inventory.model_copy(update={"media_accounts": [account, silent]})
    judgement = judge(facts, only("M2.1"))
    told = findings(judgement, "政务新媒体")
    assert [(one.unit, one.level, one.subject) for one in told] == [
        ("jyj", "part", "media:微信公众号/云岭教育")
    ] * found
    assert {site.verdict for site in judgement.sites} == {"合格"}


def test_one_unit_with_two_sites_and_county_departments() -> None:
    two = [
        site_facts(department(), columns=[]),
        site_facts(department(id="jy2", name="云岭教育网", url="http://jy.yunling.gov.cn/"), columns=[]),
    ]
    judgement = judge(round_facts(*two), only("G17", "N6", "N9"))
    assert [(one.rule, one.site, one.certainty) for one in judgement.findings] == [
        ("N6", "jyj", "suspected"), ("G17", "jyj", "suspected"), ("N6", "jy2", "suspected"),
    ]  # fmt: skip


# --- availability -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    at: datetime
    outcome: str = "ok"
    total_ms: int | None = 300
    control_ok: bool = True
    place: str = ""
    reason: str = "timeout"  # read of those that failed


@dataclass
class WatchedSite(FakeSite):
    looks: Sequence[Look] = field(default_factory=list)


START = datetime(2026, 11, 9, 16, 0, tzinfo=UTC)  # midnight in Beijing


def week(failed: int, *, per_day: int = 20, days: int = 7, minutes: int = 60, **bad: Any) -> list[Look]:
    times = [START + timedelta(days=day, minutes=minutes * n) for day in range(days) for n in range(per_day)]
    return [Look(at, **(bad or {"outcome": "suspect"})) if n < failed else Look(at) for n, at in enumerate(times)]


def v2(looks: Sequence[Look]) -> list[Any]:
    base = site_facts(department(), columns=[])
    site = WatchedSite(**{name: getattr(base, name) for name in FakeSite.__dataclass_fields__}, looks=looks)
    return judge(round_facts(site), only("V2")).findings


@pytest.mark.parametrize(("failed", "found"), [(6, 0), (7, 1)])
def test_v2_seven_of_a_hundred_and_forty(failed: int, found: int) -> None:
    told = v2(week(failed))
    assert [(one.rule, one.level, one.certainty) for one in told] == [("V2", "veto", "confirmed")] * found


@pytest.mark.parametrize(("milliseconds", "found"), [(14_999, 0), (15_000, 1)])
def test_v2_fifteen_seconds_inclusive(milliseconds: int, found: int) -> None:
    assert len(v2(week(7, total_ms=milliseconds))) == found


@pytest.mark.parametrize(
    "looks",
    [
        week(140, per_day=19),
        week(140, days=6),
        week(140, minutes=1),
        week(140, outcome="suspect", control_ok=False),
        week(140, outcome="blocked"),
        [],
    ],
    ids=["19 a day", "six days", "too close together", "our network was down", "refused as a robot", "never watched"],
)
def test_v2_is_not_judged(looks: list[Look]) -> None:
    assert v2(looks) == []


def test_v2_takes_the_worst_week_of_several() -> None:
    good = week(0, days=10)
    bad = [Look(look.at, "dead") if 60 <= n < 74 else look for n, look in enumerate(good)]
    found = worst_week(bad, AvailabilityParams())
    assert found is not None and found.failed == 14 and found.looks == 140


def test_v2_a_second_place_that_saw_the_site_well_leaves_a_doubt() -> None:
    there = [replace(look, place="省中心") for look in week(0)]
    assert [one.certainty for one in v2([*week(20), *there])] == ["suspected"]
    also_bad = [replace(look, place="省中心") for look in week(7)]
    [found] = v2([*week(20), *also_bad])
    assert (found.certainty, found.observed["failed"]) == ("confirmed", 20)


def test_the_series_of_a_watched_site_is_told_by_day() -> None:
    base = site_facts(department(), columns=[])
    site = WatchedSite(**{name: getattr(base, name) for name in FakeSite.__dataclass_fields__}, looks=week(7))
    [row] = judge(round_facts(site), only("V3")).extra["availability"]
    assert row["state"] == "不达标" and row["worst"]["failed"] == 7
    assert [(day["looks"], day["failed"]) for day in row["days"]] == [(20, 7), *[(20, 0)] * 6]
    assert judge(round_facts(base), only("V3")).extra["availability"] == []


def test_v2_a_site_without_a_series_is_not_judged() -> None:
    assert judge(round_facts(site_facts(department(), columns=[])), only("V2"), answers=()).findings == []


# --- the form that people fill in ---------------------------------------------------------------------------------


def test_the_form_can_be_filled_in_and_read_back(tmp_path: Path) -> None:
    inventory = round_facts(site_facts(portal())).inventory
    text = answer_form("2026-11", only("D11", "D24"), inventory)
    empty = tmp_path / "empty.yaml"
    empty.write_text(text, encoding="utf-8")
    assert load_answers(empty, inventory, ANNUAL).answers == []
    filled = tmp_path / "filled.yaml"
    filled.write_text(text.replace("  # - {", "  - {").replace("填报日期", "2026-11-18"), encoding="utf-8")
    given = load_answers(filled, inventory, ANNUAL)
    assert given.round == "2026-11" and [(one.rule, one.result) for one in given.answers] == [
        ("D11", "无问题"),
        ("D24", "无问题"),
    ]
    assert "情形2 注册用户无法在线办事（5分）" in text


def test_the_form_asks_only_for_what_is_missing() -> None:
    judgement = judged(only("D11", "D24"), answer("D11", "无问题"))
    inventory = round_facts(site_facts(portal())).inventory
    text = answer_form("2026-11", only("D11", "D24"), inventory, judgement.extra["unfilled"])
    assert "rule: D24" in text and "rule: D11" not in text
    assert judgement.extra["answers"][0]["by"] == "李某"


def test_a_candidate_that_a_person_confirmed_costs_its_points() -> None:
    site = site_of(Path(__file__).parent / "D13" / "fail_vague.html")
    ruleset = only("D13")
    first = judge(round_facts(site), ruleset)
    [found] = first.findings
    assert (found.certainty, found.deduction, first.sites[0].score) == ("suspected", None, 100)
    entry = Entry(fingerprint=found.fingerprint, finding=found, confirmed="李某")
    second = judge(round_facts(site), ruleset, previous=Ledger(entries={found.fingerprint: entry}))
    [found] = second.findings
    assert (found.certainty, found.deduction, second.sites[0].score) == ("confirmed", 2, 98)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_bonus_candidate_earns_its_points_once_a_person_confirms_it(confirmed: bool) -> None:
    columns = [*good_columns(), column("dc", "调查征集", ago(3))]
    held = [page(f"{HOME}dc/{n}.html", column="dc", headline=f"第{n}次意见征集", published=ago(100)) for n in range(6)]
    site, ruleset = site_facts(portal(), columns=columns, page_facts=held), only("B7")
    [found] = judge(round_facts(site), ruleset).findings
    assert (found.certainty, found.bonus, found.observed["points"]) == ("suspected", None, 2)
    entry = Entry(fingerprint=found.fingerprint, finding=found, confirmed="李某" if confirmed else "")
    judgement = judge(round_facts(site), ruleset, previous=Ledger(entries={found.fingerprint: entry}))
    [found], [row] = judgement.findings, [r for r in judgement.extra["bonus_sheets"]["portal"] if r["id"] == "B7"]
    assert (found.bonus, row["earned"], judgement.sites[0].score) == ((2, 2, 102) if confirmed else (None, 0, 100))


def test_the_form_prints_the_seeded_titles_for_a_search_by_hand() -> None:
    held = [page(f"{HOME}tz/{n}.html", headline=f"关于第{n}批设施维护的通知", published=ago(9)) for n in range(9)]
    new = [page(f"{HOME}tz/new.html", headline="关于昨天印发的通知事项", published=ago(1))]
    judgement = judged(only("D24"), site=site_facts(portal(), page_facts=[*new, *held]))
    [sample] = judgement.extra["samples"]
    assert (sample["size"], sample["of"], len(set(sample["titles"]))) == (4, 9, 4)
    inventory = round_facts(site_facts(portal())).inventory
    text = answer_form("2026-11", only("D24"), inventory, judgement.extra["unfilled"], judgement.extra["samples"])
    assert all(f"#   试搜标题：{title}" in text for title in sample["titles"]) and "昨天" not in text
