"""HTTPS: advice from definite facts only; a failed handshake that says nothing is never a finding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crawler.facts import NetworkFact, Outcome
from rules.checks.certificates import FAULTS
from rules.loader import load_ruleset
from rules.schema import Finding
from tests.rules.build import AS_OF, findings, judged, portal, site_facts

HOST = "www.yunling.gov.cn"
SPECIAL = load_ruleset("special-domains")


def tls(key: str, outcome: str = Outcome.OK, **data: Any) -> NetworkFact:
    return NetworkFact("tls", HOST, key, outcome, data, AS_OF)


def told(rule: str, *facts: NetworkFact, scheme: str = "https") -> list[Finding]:
    return findings(judged(site_facts(portal(url=f"{scheme}://{HOST}/"), network=facts), ruleset=SPECIAL), rule=rule)


def until(days: float) -> str:
    return (AS_OF + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_each_fault_has_its_words(fault: str) -> None:
    [found] = told("G18-certificate", tls("home", faults=[fault], not_after=until(200)))
    assert FAULTS[fault] in found.message and found.level == "advice" and found.deduction is None


@pytest.mark.parametrize(("days", "words"), [(31, None), (30, "30天内"), (1, "1天内"), (0.5, "即将到期")])
def test_an_expiry_is_told_thirty_days_before(days: float, words: str | None) -> None:
    found = told("G18-certificate", tls("home", faults=[], not_after=until(days)))
    assert [words in one.message for one in found] == ([True] if words else [])


def test_an_sm2_chain_is_not_expected_in_the_browsers_list() -> None:
    assert told("G18-certificate", tls("home", faults=["untrusted-root"], sm2=True, not_after=until(99))) == []
    assert len(told("G18-certificate", tls("home", faults=["expired"], sm2=True, not_after=until(-1)))) == 1


def test_a_handshake_that_failed_says_nothing_of_the_certificate() -> None:
    assert told("G18-certificate", tls("home", Outcome.SUSPECT, reason="tls-handshake", faults=["expired"])) == []


@pytest.mark.parametrize(("reason", "count"), [("tls-sm2-only", 1), ("tls-handshake", 0), ("timeout", 0), ("ok", 0)])
def test_national_cryptography_alone(reason: str, count: int) -> None:
    assert len(told("G18-sm2", tls("home", Outcome.SUSPECT, reason=reason))) == count


@pytest.mark.parametrize(("number", "count"), [(0, 0), (2, 1)])
def test_mixed_content(number: int, count: int) -> None:
    found = told("G18-mixed", tls("mixed", count=number, examples=["http://a.cn/x.js"][:number]))
    assert len(found) == count


@pytest.mark.parametrize(
    ("outcome", "offered", "to_https", "scheme", "count"),
    [("ok", True, False, "https", 1), ("ok", True, True, "https", 0), ("dead", False, False, "https", 0),
     ("suspect", False, False, "https", 0), ("ok", True, False, "http", 0)],
)  # fmt: skip
def test_http_beside_https(outcome: str, offered: bool, to_https: bool, scheme: str, count: int) -> None:
    fact = tls("http", outcome, offered=offered, to_https=to_https, final_url=f"http://{HOST}/", scheme="http")
    assert len(told("G18-redirect", fact, scheme=scheme)) == count


@pytest.mark.parametrize(
    ("reason", "scheme", "count"),
    [("connect-refused", "http", 1), ("timeout", "http", 0), ("ok", "http", 0), ("connect-refused", "https", 0)],
)
def test_no_https_at_all(reason: str, scheme: str, count: int) -> None:
    assert len(told("G18-https", tls("http", reason=reason, scheme="https"), scheme=scheme)) == count
