"""IPv6 beside IPv4 (I3, I5–I9): limits are settings; what could not be asked over IPv6 is never a finding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crawler.facts import NetworkFact, Outcome
from rules.engine import judge
from rules.ledger import Ledger, advance
from rules.loader import load_ruleset
from rules.schema import Finding
from tests.rules.build import AS_OF, dns, findings, judged, portal, round_facts, site_facts

HOST = "www.yunling.gov.cn"
SPECIAL = load_ruleset("special-ipv6")
AAAA = dns("AAAA", records=["2400:3200::1"])


def v6(key: str, outcome: str = Outcome.OK, **data: Any) -> NetworkFact:
    return NetworkFact("ipv6", HOST, key, outcome, data, AS_OF)


def parts(outcome: str = "ok", **data: Any) -> NetworkFact:
    return NetworkFact("dns", HOST, "parts", outcome, data, AS_OF)


def told(rule: str, *facts: NetworkFact) -> list[Finding]:
    return findings(judged(site_facts(portal(), network=[AAAA, *facts]), ruleset=SPECIAL, staging=False), rule=rule)


def level(key: str, supported: int, failed: int, outcome: str = Outcome.OK) -> NetworkFact:
    missing = [{"url": f"http://{HOST}/{n}/", "reason": "timeout"} for n in range(failed)]
    return v6(key, outcome, sampled=supported + failed, of=40, supported=supported, failed=missing, untold=0)


@pytest.mark.parametrize(("rule", "key"), [("I6", "level2"), ("I7", "level3")])
@pytest.mark.parametrize(
    ("supported", "failed", "count"), [(17, 3, 0), (84, 16, 1), (0, 3, 1), (0, 2, 0), (5, 0, 0), (0, 0, 0)]
)
def test_links_below_the_home_page(rule: str, key: str, supported: int, failed: int, count: int) -> None:
    """85 % is enough, 84 % is not; fewer than three told links decide nothing."""
    found = told(rule, v6("home"), level(key, supported, failed))
    assert len(found) == count
    assert all(one.certainty == "suspected" and "/0/" in one.message and "85%" in one.message for one in found)


@pytest.mark.parametrize("key", ["level2", "level3", "same", "home"])
def test_unchecked_accuses_nobody(key: str) -> None:
    facts = [v6("home", Outcome.UNCHECKED, tries=[]), level("level2", 0, 9), level("level3", 0, 9)]
    if key.startswith("level"):
        facts = [v6("home"), level(key, 0, 9, Outcome.UNCHECKED)]
    rules = {"level2": ["I6"], "level3": ["I7"], "same": ["I5"], "home": ["I3", "I5-parts", "I8", "I9"]}[key]
    for rule in rules:
        assert told(rule, *facts, v6("same", Outcome.UNCHECKED, difference=1.0), parts(rate=0.1, ipv4_only=9)) == []


HOSTS = {
    "cdn.example.cn": {"count": 2, "ipv6": False},
    HOST: {"count": 18, "ipv6": True},
    "m.cn": {"count": 1, "ipv6": None},
}


@pytest.mark.parametrize(("rate", "only", "count"), [(0.9, 2, 0), (0.89, 2, 1), (None, 0, 0), (0.5, 0, 0)])
def test_resources_on_hosts_without_ipv6(rate: float | None, only: int, count: int) -> None:
    found = told("I5-parts", v6("home"), parts(total=20, hosts=HOSTS, ipv4_only=only, rate=rate, examples=[]))
    assert [(one.certainty, one.observed["hosts"]) for one in found] == [("confirmed", ["cdn.example.cn"])] * count


def test_resources_say_nothing_where_the_page_itself_has_no_ipv6() -> None:
    assert told("I5-parts", v6("home", Outcome.DEAD), parts(total=20, hosts=HOSTS, ipv4_only=9, rate=0.1)) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [({"connect_ms": 1000, "first_byte_ms": 3000, "total_ms": 8000}, None),
     ({"connect_ms": 1001, "first_byte_ms": 3000, "total_ms": 8000}, "建立连接1001毫秒（允许1000）"),
     ({"connect_ms": None, "first_byte_ms": None, "total_ms": 9000}, "首页响应9000毫秒"), ({}, None),
     ({"connect_ms": 1087, "total_ms": 8900, "held_ms": 1000.0}, None),
     ({"connect_ms": 2087, "held_ms": 1000.0}, "建立连接1087毫秒（允许1000）")],
)  # fmt: skip
def test_times_of_each_step(data: dict[str, Any], words: str | None) -> None:
    assert [words in one.message for one in told("I8", v6("home", **data))] == ([True] if words else [])


@pytest.mark.parametrize(("six", "count"), [(999, 0), (2000, 0), (2200, 0), (2201, 1)])
def test_slower_than_ipv4(six: float, count: int) -> None:
    """Two fast ones are equal; a tenth slower is still in order."""
    assert len(told("I9", v6("home", total_ms=six, v4={"total_ms": 2000}))) == count
    assert len(told("I9", v6("home", total_ms=six + 500, held_ms=500.0, v4={"total_ms": 2000}))) == count


@pytest.mark.parametrize(("good", "count"), [([True], 0), ([False, True], 1)])
def test_success_rate(good: list[bool], count: int) -> None:
    tries = [{"reason": "ok" if one else "timeout"} for one in good]
    assert len(told("I3", v6("home", tries=tries))) == count


@pytest.mark.parametrize(
    ("difference", "same", "count"), [(0.1, False, 0), (0.11, False, 1), (None, False, 1), (0.5, True, 0)]
)
def test_same_content(difference: float | None, same: bool, count: int) -> None:
    assert len(told("I5", v6("home"), v6("same", difference=difference, same=same))) == count


@pytest.mark.parametrize(
    ("then", "closed"), [(level("level2", 9, 0), 1), (level("level2", 0, 0, Outcome.UNCHECKED), 0)]
)
def test_silence_next_round_is_no_repair(then: NetworkFact, closed: int) -> None:
    """Next month this machine has no IPv6: what was found stays open until it is asked again."""
    before = round_facts(site_facts(portal(), network=[AAAA, v6("home"), level("level2", 0, 9)]), staging=False)
    first = judge(before, SPECIAL)
    assert len(findings(first, rule="I6")) == 1
    ledger = advance(Ledger(), first.findings, first.closed, before.round, before.as_of)
    facts = site_facts(portal(), network=[AAAA, v6("home"), then])
    now = round_facts(facts, round="2026-12", as_of=AS_OF + timedelta(days=30), staging=False)
    assert len(judge(now, SPECIAL, previous=ledger).closed) == closed
