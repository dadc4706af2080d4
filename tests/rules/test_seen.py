"""What counts as seen in order: silence of a rule that was not asked, or of a person, mends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.facts import BadLink, MediaFact, Reason
from crawler.inventory import MediaAccount, Registered
from rules.engine import judge
from rules.forms import Answer
from rules.ledger import advance
from rules.loader import RuleSet, load_ruleset
from tests.rules.build import MONTHLY, FakeRound, ago, dead, holder, page, portal, round_facts, site_facts

HOME = "http://www.yunling.gov.cn/"
FEED = "http://www.yunling.gov.cn/xmt.xml"
ANNUAL = load_ruleset("annual")
OTHER = Registered(name="云岭市政府网", url="www.yunling.gov.cn")
SAME = Registered(name="云岭市人民政府门户网站", url="www.yunling.gov.cn")


def city(**changes: Any) -> FakeRound:
    facts = round_facts(site_facts(portal(), page_facts=[page(HOME, kind="home", region="home")]))
    facts.inventory = facts.inventory.model_copy(update=changes)
    return facts


def closed(
    first: FakeRound,
    second: FakeRound,
    rule: str,
    ruleset: RuleSet = ANNUAL,
    answers: tuple[Sequence[Answer], Sequence[Answer]] = ((), ()),
) -> list[str]:
    """Rules of what the second round closes, after a first under the annual profile that found `rule`."""
    first.round, first.as_of = "2026-10", datetime(2026, 10, 20, 2, tzinfo=UTC)
    before = judge(first, ANNUAL, answers=answers[0])
    assert rule in {one.rule for one in before.findings}
    ledger = advance(None, before.findings, before.closed, first.round, first.as_of)
    after = judge(second, ruleset, previous=ledger, answers=answers[1])
    assert rule not in {one.rule for one in after.errors}
    return [one.rule for one in after.closed if one.rule == rule]


def answer(result: str) -> Answer:
    given = {
        "rule": "G19",
        "site": "portal",
        "result": result,
        "text": "没有归档",
        "by": "李某",
        "on": date(2026, 10, 9),
    }
    return Answer.model_validate(given)


def test_a_profile_that_does_not_ask_closes_nothing() -> None:
    first, same = city(registered=[OTHER]), city(registered=[SAME])
    assert closed(first, same, "G16", MONTHLY) == []
    assert closed(first, same, "G16") == ["G16"]


@pytest.mark.parametrize(("later", "found"), [([], []), ([answer("无问题")], ["G19"]), ([answer("不适用")], ["G19"])])
def test_what_a_person_reported_is_closed_by_a_person(later: list[Answer], found: list[str]) -> None:
    assert closed(city(), city(), "G19", answers=([answer("有问题")], later)) == found


def test_a_register_that_is_given_no_more_closes_nothing() -> None:
    assert closed(city(registered=[OTHER]), city(), "G16") == []


@pytest.mark.parametrize(
    ("changes", "newest", "found"),
    [
        ({"last_post": ago(3)}, None, ["M2.1"]),
        ({"last_post": ago(90)}, ago(2), ["M2.1"]),
        ({"last_post": ago(90), "feed": FEED}, None, []),  # the feed did not answer
        ({}, None, []),  # nobody says
        ({"state": "已注销"}, None, ["M2.1"]),
    ],
)
def test_an_account_is_mended_when_a_new_post_is_seen(
    changes: dict[str, Any], newest: date | None, found: list[str]
) -> None:
    account = MediaAccount(unit="jyj", platform="微博", name="云岭教育", last_post=date(2026, 8, 1))
    later = MediaAccount.model_validate(
        {"unit": "jyj", "platform": "微博", "name": "云岭教育"} | ({"feed": FEED} if newest else {}) | changes
    )
    second = city(media_accounts=[later])
    second.shown = {FEED: MediaFact(FEED, "rss", newest, 5, 5)} if newest else {}
    assert closed(city(media_accounts=[account]), second, "M2.1") == found


def test_a_link_to_a_closed_site_is_gone_when_a_round_that_looks_for_it_finds_none() -> None:
    def linking(*links: BadLink) -> FakeRound:
        home = page(HOME, kind="home", region="home")
        facts = round_facts(site_facts(portal(), page_facts=[home], links=links))
        row = Registered(name="云岭市旧网", url="old.yunling.gov.cn", state="永久下线")
        facts.inventory = facts.inventory.model_copy(update={"registered": [row]})
        return facts

    old = dead("http://old.yunling.gov.cn/", holder(HOME, "home"), reason=Reason.DNS_NXDOMAIN)
    assert closed(linking(old), linking(), "G15", MONTHLY) == []
    assert closed(linking(old), linking(), "G15") == ["G15"]
