"""The ledger over rounds: 新增, 未整改, 已整改, 反弹, 误报."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from crawler.facts import Outcome, Reason
from crawler.inventory import Exemption
from rules.engine import judge
from rules.ledger import Entry, Ledger, advance
from rules.schema import Judgement
from tests.rules.build import (
    MONTHLY,
    FakeRound,
    address,
    ago,
    blank,
    column,
    dead,
    department,
    dns,
    good_columns,
    holder,
    item,
    page,
    portal,
    round_facts,
    site_facts,
)

HOME = "http://www.yunling.gov.cn/"
GONE = f"{HOME}gone.html"
LINKING = page(HOME, kind="home", region="home")


def in_month(facts: FakeRound, month: int) -> FakeRound:
    return replace(facts, round=f"2026-{month:02}", as_of=datetime(2026, month, 20, 2, tzinfo=UTC))


def step(ledger: Ledger | None, facts: FakeRound, month: int) -> tuple[Ledger, Judgement]:
    facts = in_month(facts, month)
    judgement = judge(facts, MONTHLY, previous=ledger)
    return advance(ledger, judgement.findings, judgement.closed, facts.round, facts.as_of), judgement


def with_blank() -> FakeRound:
    return round_facts(site_facts(department(), columns=[blank("a")], home_items=[]))


def with_items() -> FakeRound:
    return round_facts(site_facts(department(), columns=[column("a", "其他", ago(1))], home_items=[]))


def unseen() -> FakeRound:
    hidden = column("a", "其他", None, outcome=Outcome.BLOCKED, reason=Reason.WAF_JSL, kind=None)
    return round_facts(site_facts(department(), columns=[hidden], home_items=[]))


def told(judgement: Judgement) -> list[tuple[str, str, int]]:
    return [(f.status, f.first_seen, f.times) for f in judgement.findings]


def test_new_open_fixed_and_back_again() -> None:
    ledger, first = step(None, with_blank(), 8)
    assert told(first) == [("新增", "2026-08", 1)]
    ledger, second = step(ledger, with_blank(), 9)
    assert told(second) == [("未整改", "2026-08", 2)]
    ledger, third = step(ledger, with_items(), 10)
    assert told(third) == []
    assert [(f.status, f.first_seen, f.times) for f in third.closed] == [("已整改", "2026-08", 2)]
    ledger, fourth = step(ledger, with_items(), 11)
    assert fourth.closed == []
    ledger, fifth = step(ledger, with_blank(), 12)
    assert told(fifth) == [("反弹", "2026-08", 3)]
    assert [entry.status() for entry in ledger.entries.values()] == ["反弹"]


def test_not_visited_is_not_fixed() -> None:
    ledger, _ = step(None, with_blank(), 8)
    ledger, second = step(ledger, unseen(), 9)
    assert (second.findings, second.closed) == ([], [])
    ledger, third = step(ledger, with_blank(), 10)
    assert told(third) == [("未整改", "2026-08", 2)]


def test_a_site_left_out_of_a_round_keeps_its_problems() -> None:
    ledger, _ = step(None, with_blank(), 8)
    other = round_facts(site_facts(portal()))
    ledger, second = step(ledger, other, 9)
    assert second.closed == []
    assert [entry.status() for entry in ledger.entries.values()] == ["新增"]


def test_judging_a_round_again_changes_nothing() -> None:
    ledger, _ = step(None, with_blank(), 8)
    ledger, second = step(ledger, with_blank(), 9)
    again, repeated = step(ledger, with_blank(), 9)
    assert repeated.model_dump_json() == second.model_dump_json()
    assert again == ledger


def test_judging_an_older_round_again_does_not_touch_the_newer_one() -> None:
    ledger, first = step(None, with_blank(), 8)
    ledger, _ = step(ledger, with_items(), 9)
    again, repeated = step(ledger, with_blank(), 8)
    assert told(repeated) == told(first)
    assert again == ledger


def test_a_finding_that_a_new_judgement_drops_leaves_the_ledger() -> None:
    ledger, _ = step(None, with_blank(), 8)
    ledger, _ = step(ledger, with_items(), 8)
    assert ledger.entries == {}


def test_a_dismissed_problem_stays_dismissed_and_counts_for_nothing() -> None:
    five = round_facts(site_facts(department(), columns=[blank(f"c{n}") for n in range(5)], home_items=[]))
    ledger, first = step(None, five, 8)
    assert first.sites[0].verdict == "不合格"
    part = next(f for f in first.findings if f.level == "part")
    entries = dict(ledger.entries)
    entries[part.fingerprint] = entries[part.fingerprint].model_copy(update={"dismissed": "实为表单页面"})
    ledger, second = step(Ledger(entries=entries), five, 9)
    assert second.sites[0].verdict == "合格"
    assert [f.status for f in second.findings if f.fingerprint == part.fingerprint] == ["误报"]
    assert second.sites[0].problems == 4
    assert next(row for row in second.extra["units"] if row["unit"] == "zfb")["problems"] == 4


def test_a_person_confirms_a_veto_that_waits() -> None:
    ten = round_facts(
        site_facts(
            department(), columns=[column(f"c{n}", "人事信息", ago(900)) for n in range(10)], home_items=[item(1)]
        )
    )
    ledger, first = step(None, ten, 11)
    veto = next(f for f in first.findings if f.level == "veto")
    assert first.sites[0].verdict == "待人工复核" and veto.needs_review
    entries = dict(ledger.entries)
    entries[veto.fingerprint] = entries[veto.fingerprint].model_copy(update={"confirmed": "李某"})
    _, second = step(Ledger(entries=entries), ten, 12)
    assert second.sites[0].verdict == "不合格"


# --- seen in order, category by category --------------------------------------------------------------------------


def link_round(*bad, book=None, pages=(LINKING,)) -> FakeRound:
    facts = round_facts(site_facts(portal(), columns=good_columns(), links=list(bad), page_facts=list(pages)))
    return replace(facts, book=book or {})


def closed_after(first: FakeRound, second: FakeRound) -> list[str]:
    ledger, before = step(None, first, 11)
    assert before.findings
    _, after = step(ledger, second, 12)
    return [finding.subject for finding in after.closed]


def test_a_link_is_fixed_when_its_target_answers_well() -> None:
    first = link_round(dead(GONE, holder(HOME, "home")))
    assert closed_after(first, link_round(book={GONE: address(GONE)})) == [GONE]
    unchecked = address(GONE, Outcome.UNCHECKED, Reason.BUDGET)
    assert closed_after(first, link_round(book={GONE: unchecked})) == []


def test_a_link_is_fixed_when_its_pages_were_read_and_hold_it_no_more() -> None:
    first = link_round(dead(GONE, holder(HOME, "home")))
    assert closed_after(first, link_round()) == [GONE]
    assert closed_after(first, link_round(pages=())) == []
    many = link_round(dead(GONE, holder(HOME, "home"), holder_count=30))
    assert closed_after(many, link_round()) == []


def test_an_undecided_column_is_not_fixed() -> None:
    def columns(*facts):
        return round_facts(site_facts(department(), columns=list(facts), home_items=[]))

    stale = columns(column("a", "动态要闻", ago(60)))
    fresh = columns(column("a", "动态要闻", ago(-30)))
    assert closed_after(stale, fresh) == [f"{HOME}a/"]
    assert closed_after(stale, columns(column("a", "动态要闻", ago(-30), kind="scripted-list"))) == []
    assert closed_after(stale, columns()) == []


def test_ipv6_is_fixed_only_by_a_definite_answer() -> None:
    def answer(*facts):
        return round_facts(site_facts(portal(), network=facts), staging=False)

    first = answer(dns("AAAA", "nodata"))
    assert closed_after(first, answer(dns("AAAA", records=["2400:3200::1"]))) == [HOME]
    assert closed_after(first, answer(dns("AAAA", "timeout"))) == []
    assert closed_after(first, answer()) == []


def test_an_entry_without_marks_is_new() -> None:
    ledger, judgement = step(None, with_blank(), 8)
    [finding] = judgement.findings
    assert Entry(fingerprint=finding.fingerprint, finding=finding).status() == "新增"
    assert (next(iter(ledger.entries.values())).first_seen, next(iter(ledger.entries.values())).last_seen) == (
        "2026-08",
        "2026-08",
    )


def test_an_exemption_given_in_the_ledger_outlives_a_new_judgement_of_its_round() -> None:
    ledger, first = step(None, with_blank(), 8)
    [entry] = ledger.entries.values()
    exempt = Exemption(rule="V4.3", url=entry.finding.subject, until=date(2027, 1, 1), reason="已归档", by="张某")
    ledger = Ledger(entries={entry.fingerprint: entry.model_copy(update={"exempt": exempt})})
    facts = in_month(with_blank(), 8)
    judgement = judge(facts, MONTHLY, previous=ledger, exemptions=ledger.exemptions())
    assert judgement.findings == [] and len(judgement.extra["exempted"]) == 1
    after = advance(ledger, judgement.findings, judgement.closed, facts.round, facts.as_of)
    assert after.exemptions() == [exempt] and first.findings
