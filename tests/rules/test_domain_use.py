"""How names are used (N6, N7, N9, N11, N12, N15, N16): told only on a definite answer, both sides of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from crawler.facts import NetworkFact, Outcome, Reason
from rules.checks.domain_use import contradicting, in_chinese, names_body
from rules.loader import RuleSet, load_ruleset
from rules.schema import Finding
from tests.rules.build import AS_OF, FakeSite, dead, department, dns, findings, holder, judged, portal, site_facts

HOST = "www.yunling.gov.cn"
DOMAINS = load_ruleset("special-domains")


def told(facts: FakeSite, rule: str, ruleset: RuleSet = DOMAINS, **changes: Any) -> list[Finding]:
    return findings(judged(facts, ruleset=ruleset, **({"staging": False} | changes)), rule=rule)


def changed(rule_id: str, **params: Any) -> RuleSet:
    """The special profile with other settings of one rule."""
    rules = tuple(
        rule.model_copy(update={"params": rule.params | params}) if rule.id == rule_id else rule
        for rule in DOMAINS.rules
    )
    return replace(DOMAINS, rules=rules)


def twin(host: str, outcome: Outcome = Outcome.OK, **data: Any) -> NetworkFact:
    return NetworkFact("twin", host, "home", outcome, {"url": f"http://{host}/"} | data, AS_OF)


def net(probe: str, key: str, outcome: str = "ok", **data: Any) -> NetworkFact:
    return NetworkFact(probe, HOST, key, outcome, data, AS_OF)


@pytest.mark.parametrize(
    ("label", "body", "fits"),
    [("云岭市教育局", "云岭市教育局", True), ("云岭教育", "云岭市教育局", True), ("教育云岭", "云岭市教育局", False),
     ("云", "云岭市教育局", False), ("云岭旅游", "云岭市教育局", False)],
)  # fmt: skip
def test_n7_a_short_name_keeps_the_order_of_the_full_one(label: str, body: str, fits: bool) -> None:
    assert names_body(label, body) is fits


def test_n7_reads_punycode() -> None:
    assert in_chinese("xn--fiqs8s.xn--zfr164b") == "中国.政务"
    assert in_chinese("xn--\u00e9.cn") == "xn--\u00e9.cn"


@pytest.mark.parametrize(
    ("aliases", "count"),
    [([], 0), (["云岭教育.政务"], 0), (["云岭旅游.政务"], 1), (["云岭教育.政务", "www.云岭教育.政务"], 0),
     (["云岭教育.政务", "云岭市教育局.政务"], 1)],
)  # fmt: skip
def test_n7_the_chinese_name_is_the_sponsors(aliases: list[str], count: int) -> None:
    found = told(site_facts(department(aliases=aliases)), "N7")
    assert len(found) == count
    assert all(one.certainty == "suspected" and one.level == "advice" for one in found)


def test_n7_says_which_part_of_the_name() -> None:
    [found] = told(site_facts(department(aliases=["云岭旅游.政务"])), "N7")
    assert "“云岭旅游”与主办单位名称不符" in found.message and "云岭市教育局" in found.message


@pytest.mark.parametrize(
    ("facts", "count"),
    [([], 1), ([twin("yy.yunling.gov.cn", redirect=None)], 1),
     ([twin("yy.yunling.gov.cn", redirect=f"http://{HOST}/", to_main=True)], 0),
     ([twin("yy.yunling.gov.cn", Outcome.SUSPECT, reason="dns-nxdomain")], 0),
     ([twin("yy.yunling.gov.cn", Outcome.SUSPECT, reason="timeout")], 1)],
)  # fmt: skip
def test_n9_a_system_that_leads_to_the_site_or_is_gone_has_been_merged(facts: list[NetworkFact], count: int) -> None:
    assert len(told(site_facts(portal(own_hosts=["yy.yunling.gov.cn"]), network=facts), "N9")) == count


@pytest.mark.parametrize(
    ("data", "words"),
    [({"redirect": f"http://{HOST}/", "to_main": True, "status_first": 301}, None),
     ({"redirect": f"http://{HOST}/", "to_main": True, "status_first": 302}, "状态码302"),
     ({"redirect": "http://other.yunling.gov.cn/", "to_main": False, "status_first": 301}, "other.yunling.gov.cn"),
     ({"redirect": None, "to_main": False, "status_first": 200}, None)],
)  # fmt: skip
def test_n11_other_names_lead_to_the_main_one_for_good(data: dict[str, Any], words: str | None) -> None:
    found = told(site_facts(portal(aliases=["yl.gov.cn"]), network=[twin("yl.gov.cn", **data)]), "N11")
    assert [words in one.message for one in found] == ([True] if words else [])
    assert all(one.certainty == "suspected" for one in found)


def test_n11_leaves_names_alone_that_nobody_listed() -> None:
    fact = twin("yunling.gov.cn", redirect=f"http://{HOST}/", to_main=True, status_first=302)
    assert told(site_facts(portal(), network=[fact]), "N11") == []


GONE = "http://old.yunling.gov.cn/a.html"


def test_n12_a_government_name_that_is_no_more_is_a_candidate() -> None:
    link = dead(GONE, holder(f"http://{HOST}/x.html"), reason=Reason.DNS_NXDOMAIN)
    [found] = told(site_facts(portal(), links=[link]), "N12")
    assert (found.certainty, found.subject) == ("suspected", "http://old.yunling.gov.cn/")
    assert (
        told(site_facts(portal(), links=[dead("http://www.gone.com/", holder("x"), reason=Reason.DNS_NXDOMAIN)]), "N12")
        == []
    )
    assert told(site_facts(portal(), links=[dead(GONE, holder("x"))]), "N12") == []


@pytest.mark.parametrize(("closed", "certainty"), [(["old.yunling.gov.cn"], "confirmed"), (["x.gov.cn"], "suspected")])
def test_n12_a_name_on_the_watch_list_is_a_fact(closed: list[str], certainty: str) -> None:
    link = dead(GONE, holder("x"), reason=Reason.DNS_NXDOMAIN)
    [found] = told(site_facts(portal(), links=[link]), "N12", changed("N12", closed=closed))
    assert found.certainty == certainty


def test_n12_a_closed_name_in_other_hands_stays_for_a_person() -> None:
    link = dead("http://www.ylold.com/", holder("x"), reason=Reason.CHANGED_OWNER, outcome=Outcome.SUSPECT)
    [found] = told(site_facts(portal(), links=[link]), "N12", changed("N12", closed=["*.ylold.com"]))
    assert found.certainty == "suspected" and "更换主人" in found.message


def test_n12_a_listed_name_that_does_not_exist() -> None:
    facts = [twin("yl.gov.cn", Outcome.SUSPECT, reason="dns-nxdomain"), twin("yunling.gov.cn", reason="dns-nxdomain")]
    [found] = told(site_facts(portal(aliases=["yl.gov.cn"]), network=facts), "N12")
    assert "清单所列域名“yl.gov.cn”" in found.message


@pytest.mark.parametrize(
    ("facts", "words", "certainty"),
    [([dns("NS", records=["ns1.yunling.gov.cn", "ns2.yunling.gov.cn"]), dns("A", records=["1.2.4.8"])], None, ""),
     ([dns("NS", records=["ns1.yunling.gov.cn"])], "只有1台", "suspected"),
     ([dns("NS", "timeout")], None, ""),
     ([dns("A", records=["10.1.2.3"])], "内网地址10.1.2.3", "suspected"),
     ([dns("A", records=["10.1.2.3", "1.2.4.8"])], "内网地址10.1.2.3", "suspected"),
     ([dns("A", records=["104.16.3.4"])], "疑似在境外：104.16.3.4", "suspected"),
     ([dns("NS", records=["amy.ns.cloudflare.com", "ns1.yunling.gov.cn"])], "amy.ns.cloudflare.com", "suspected"),
     ([net("dns", "servers", answers={"1.1.1.1:53": ["1.2.4.8"], "2.2.2.2:53": "nxdomain"})], "互相矛盾", "suspected"),
     ([net("dns", "servers", answers={"1.1.1.1:53": ["1.2.4.8"], "2.2.2.2:53": ["1.2.4.9"]})], None, ""),
     ([net("dns", "servers", answers={"1.1.1.1:53": ["1.2.4.8"], "2.2.2.2:53": "timeout"})], None, "")],
)  # fmt: skip
def test_n15_where_the_name_leads(facts: list[NetworkFact], words: str | None, certainty: str) -> None:
    found = told(site_facts(portal(), network=facts), "N15")
    assert [(words in one.message, one.certainty) for one in found] == ([(True, certainty)] if words else [])


def test_n15_loopback_is_no_inner_address_in_the_staging_city() -> None:
    assert told(site_facts(portal(), network=[dns("A", records=["127.0.0.1"])]), "N15", staging=True) == []


def test_n15_a_resolver_that_never_answers_contradicts_nobody() -> None:
    assert contradicting(None) == {}
    assert contradicting(net("dns", "servers", answers={"a": "timeout", "b": "nxdomain"})) == {}


@pytest.mark.parametrize(
    ("state", "outcome", "special", "quarter"),
    [("bogus", "ok", 1, 1), ("unsigned", "ok", 1, 0), ("validated", "ok", 0, 0), ("unknown", "timeout", 0, 0)],
)
def test_n16_only_a_bogus_signature_is_told_unless_asked(state: str, outcome: str, special: int, quarter: int) -> None:
    facts = site_facts(
        portal(), network=[net("dns", "DNSSEC", outcome, state=state, detail="签名已过期", zone="yunling.gov.cn")]
    )
    assert len(told(facts, "N16")) == special
    assert len(told(facts, "N16", changed("N16", tell_unsigned=False))) == quarter


def test_n6_towns_and_departments_of_a_county_only() -> None:
    assert len(told(site_facts(department()), "N6")) == 1
    assert told(site_facts(portal()), "N6") == []
    assert told(site_facts(department(unit="swj")), "N6") == []


def test_the_month_has_none_of_these() -> None:
    monthly = {rule.id for rule in load_ruleset("monthly").rules}
    assert not monthly & {"N6", "N7", "N9", "N11", "N12", "N15", "N16"}
