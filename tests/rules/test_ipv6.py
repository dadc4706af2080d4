"""IPv6 (I1, I2, I4, D28): only a definite answer accuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.facts import NetworkFact, Outcome, Reason
from rules.loader import RuleSet, load_ruleset
from tests.rules.build import AS_OF, address, department, dns, findings, good_columns, judged, portal, site_facts

HOST = "www.yunling.gov.cn"
V6 = "2400:3200::1"


def home(outcome: Outcome, **data: object) -> NetworkFact:
    return NetworkFact("ipv6", HOST, "home", outcome, data, AS_OF)


def net(probe: str, key: str, outcome: str = "ok", **data: object) -> NetworkFact:
    return NetworkFact(probe, HOST, key, outcome, data, AS_OF)


def ns(**servers: str) -> list[NetworkFact]:
    names = {name.replace("_", "."): outcome for name, outcome in servers.items()}
    return [dns("NS", records=list(names)), NetworkFact("dns", HOST, "NS-AAAA", "ok", {"servers": names}, AS_OF)]


def told(*facts: NetworkFact, site=None, staging: bool = False, **changes):
    site = site or portal()
    judgement = judged(site_facts(site, network=facts, **changes), staging=staging)
    return judgement, findings(judgement, "IPv6不支持")


@pytest.mark.parametrize("outcome", ["servfail", "timeout", "nxdomain", "badname"])
def test_an_indefinite_answer_accuses_nobody(outcome: str) -> None:
    judgement, found = told(dns("AAAA", outcome))
    assert found == []
    assert judgement.extra["ipv6"][0]["aaaa"] == "未测"


@pytest.mark.parametrize(
    ("fact", "words"),
    [(dns("AAAA", "servfail"), "未得到确切答复（域名服务器出错）"), (dns("AAAA", "timeout"), "域名服务器超时"),
     (net("dns", "AAAA", "servfail", detail="域名服务器不返回AAAA记录"), "域名服务器不返回AAAA记录"),
     (net("dns", "AAAA", records=["2400:64::1"], synthetic=True), "NAT64")],
)  # fmt: skip
def test_why_it_was_not_tested_is_told_in_chinese(fact: NetworkFact, words: str) -> None:
    judgement, found = told(fact)
    [row] = judgement.extra["ipv6"]
    assert found == [] and row["aaaa"] == "未测"
    assert words in row["note"] and not any(name in row["note"] for name in ("servfail", "timeout"))


@pytest.mark.parametrize(("address", "staging", "state"), [("10.1.2.3", False, "未测"), ("10.1.2.3", True, "不支持"),
                                                           ("1.2.4.8", False, "不支持")])  # fmt: skip
def test_an_inner_view_of_the_name_accuses_nobody(address: str, staging: bool, state: str) -> None:
    """Split-horizon DNS (F19): here the site is at an inner address; its AAAA is in the view for everybody else."""
    judgement, found = told(
        dns("A", records=[address]), dns("AAAA", "nodata"), *ns(ns1_yunling_gov_cn="nodata"), staging=staging
    )
    assert judgement.extra["ipv6"][0]["aaaa"] == judgement.extra["ipv6"][0]["ns"] == state
    assert bool(found) is (state == "不支持")


def test_no_record_on_a_portal_is_d28_with_i1_beside_it() -> None:
    judgement, [found] = told(dns("AAAA", "nodata"))
    assert (found.rule, found.observed["also"], found.deduction, found.subject) == (
        "D28",
        ["I1"],
        1,
        "http://www.yunling.gov.cn/",
    )
    assert judgement.sites[0].score == 99
    assert judgement.extra["ipv6"][0]["aaaa"] == "不支持"


def test_no_record_on_a_department_site_is_advice() -> None:
    site = department(url=f"http://{HOST}/")
    _, [found] = told(dns("AAAA", "nodata"), site=site, columns=[])
    assert (found.rule, found.level, found.deduction) == ("I1", "advice", None)


@pytest.mark.parametrize(
    ("record", "staging", "expected"),
    [(V6, False, "支持"), ("::1", True, "支持"), ("::1", False, "不支持"), ("fe80::1", False, "不支持"),
     ("fc00::1", True, "不支持"), ("64:ff9b::c000:201", False, "未测")],
)  # fmt: skip
def test_the_address_must_be_public(record: str, staging: bool, expected: str) -> None:
    judgement, _ = told(dns("AAAA", records=[record]), staging=staging)
    assert judgement.extra["ipv6"][0]["aaaa"] == expected


@pytest.mark.parametrize(
    ("outcome", "certainty"),
    [(Outcome.DEAD, "confirmed"), (Outcome.SUSPECT, "suspected"), (Outcome.OK, None), (Outcome.UNCHECKED, None)],
)
def test_home_page_over_ipv6(outcome: Outcome, certainty: str | None) -> None:
    _, found = told(dns("AAAA", records=[V6]), home(outcome))
    assert [(f.rule, f.certainty, f.deduction) for f in found] == (
        [("D28", certainty, 1 if certainty == "confirmed" else None)] if certainty else []
    )


def test_a_site_that_is_down_altogether_says_nothing_about_ipv6() -> None:
    down = address("http://www.yunling.gov.cn/", Outcome.SUSPECT, Reason.TIMEOUT)
    assert told(dns("AAAA", records=[V6]), home(Outcome.DEAD), home=down)[1] == []


@pytest.mark.parametrize(
    ("servers", "found"),
    [
        ({"ns1_a_cn": "nodata", "ns2_a_cn": "nodata"}, True),
        ({"ns1_a_cn": "nodata", "ns2_a_cn": "ok"}, False),
        ({"ns1_a_cn": "nodata", "ns2_a_cn": "timeout"}, False),
        ({"ns1_a_cn": "servfail"}, False),
        ({}, False),
    ],
)
def test_name_servers_without_aaaa(servers: dict[str, str], found: bool) -> None:
    _, told_now = told(*ns(**servers))
    assert [f.rule for f in told_now] == (["I4"] if found else [])


def test_one_finding_tells_both_faults() -> None:
    _, [found] = told(dns("AAAA", "nodata"), *ns(ns1_a_cn="nodata"))
    assert "AAAA" in found.message and "ns1.a.cn" in found.message
    assert found.observed["also"] == ["I1", "I4"]


def test_an_address_as_host_has_no_name_to_ask_for() -> None:
    judgement, found = told(site=department(url="http://127.0.0.9/"), columns=good_columns())
    assert found == [] and judgement.extra["ipv6"][0]["note"]


# --- quality and certificates -------------------------------------------------------------------------------------

ANNUAL = load_ruleset("annual")


def one(rule_id: str, *facts: NetworkFact):
    ruleset = RuleSet(ANNUAL.profile, (next(r for r in ANNUAL.known if r.id == rule_id),), ANNUAL.known, "x")
    judgement = judged(site_facts(portal(), network=facts), ruleset=ruleset)
    assert judgement.errors == []
    return judgement.findings


@pytest.mark.parametrize(("reasons", "found"), [(["ok"], 0), (["timeout", "ok"], 1), (["redirected"], 0), ([], 0)])
def test_i3_a_try_that_failed_before_one_that_opened(reasons: list[str], found: int) -> None:
    told = one("I3", home(Outcome.OK, tries=[{"reason": reason} for reason in reasons]))
    assert [f.certainty for f in told] == ["suspected"] * found


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"same": True, "difference": 0.5}, 0),
        ({"same": False, "difference": 0.1}, 0),
        ({"same": False, "difference": 0.11}, 1),
        ({"same": False, "difference": None}, 1),
    ],
)
def test_i5_other_content_over_ipv6(data: dict[str, object], found: int) -> None:
    assert len(one("I5", NetworkFact("ipv6", HOST, "same", "ok", data, AS_OF))) == found
    assert one("I5", NetworkFact("ipv6", HOST, "same", "unchecked", data, AS_OF)) == []


@pytest.mark.parametrize(("six", "four", "found"), [(2000, 1900, 0), (2200, 2000, 0), (2201, 2000, 1), (999, 100, 0)])
def test_i9_slower_than_ipv4(six: int, four: int, found: int) -> None:
    assert len(one("I9", home(Outcome.OK, total_ms=six, v4={"total_ms": four}))) == found


def tls(*faults: str, days: int = 90, sm2: bool = False) -> NetworkFact:
    end = (AS_OF + timedelta(days=days)).isoformat()
    return NetworkFact("tls", HOST, "home", "ok", {"faults": list(faults), "not_after": end, "sm2": sm2}, AS_OF)


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (tls(), None),
        (tls("missing-intermediate"), "缺少中间证书"),
        (tls("untrusted-root", sm2=True), None),
        (tls("expired", days=-3), "证书已过期"),
        (tls(days=30), "30天内到期"),
        (tls(days=31), None),
    ],
)
def test_certificates(fact: NetworkFact, words: str | None) -> None:
    found = one("G18-certificate", fact)
    assert [(f.level, words in f.message) for f in found] == ([("advice", True)] if words else [])
