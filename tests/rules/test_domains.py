"""Domain names (N1–N5, N8, N10, D20)."""

from __future__ import annotations

import pytest

from crawler.facts import NetworkFact, Outcome
from rules.checks.domains import is_gov, looks_like_gov, registered
from rules.profile import host_matches
from tests.rules.build import (
    AS_OF,
    address,
    ago,
    column,
    department,
    findings,
    good_columns,
    judged,
    portal,
    site_facts,
)


def ids(site, **changes):
    changes.setdefault("columns", [])
    judgement = judged(site_facts(site, **changes))
    return [(f.rule, tuple(f.observed.get("also", ())), f.certainty) for f in findings(judgement, "域名不规范")]


@pytest.mark.parametrize(
    ("host", "gov", "look_alike"),
    [
        ("jyj.yunling.gov.cn", True, False),
        ("gov.cn", False, True),
        ("notgov.cn", False, True),
        ("sjj.yunling-gov.cn", False, True),
        ("www.gov.cn.evil.com", False, True),
        ("www.governor.com", False, False),
        ("云岭市.政务", True, False),
        ("xn--abc.xn--zfr164b", True, False),
        ("www.yunlingtour.com", False, False),
    ],
)
def test_suffix_label_by_label(host: str, gov: bool, look_alike: bool) -> None:
    assert (is_gov(host), looks_like_gov(host)) == (gov, look_alike)


def test_registered_domain_uses_the_bundled_suffix_list() -> None:
    assert registered("jyj.yunling.gov.cn") == "yunling.gov.cn"
    assert registered("www.gov.cn.evil.com") == "evil.com"
    assert registered("127.0.0.1") == ""


@pytest.mark.parametrize("host", ["www.yunlingtour.com", "sjj.yunling-gov.cn", "notgov.cn", "www.gov.cn.evil.com"])
def test_n1_wrong_suffix(host: str) -> None:
    assert ids(department(url=f"http://{host}/")) == [("N1", (), "confirmed")]


def test_n1_says_which_part_is_wrong() -> None:
    [plain] = judged(site_facts(department(url="http://www.yunlingtour.com/"), columns=[])).findings
    assert "后缀为“.com”" in plain.message and ".gov.cn" in plain.message
    [alike] = judged(site_facts(department(url="http://sjj.yunling-gov.cn/"), columns=[])).findings
    assert "形似而非政府域名" in alike.message


@pytest.mark.parametrize("host", ["127.0.0.9:8180", "localhost:8080", "10.0.0.1", "[::1]:8080"])
def test_a_test_bed_on_loopback_is_not_accused(host: str) -> None:
    assert ids(department(url=f"http://{host}/")) == []
    assert ids(portal(url=f"http://{host}/")) == []


def test_n1_a_public_address_instead_of_a_name() -> None:
    assert ids(department(url="http://121.43.68.40/")) == [("N1", (), "confirmed")]


@pytest.mark.parametrize(
    ("host", "expected"),
    [("www.ylmuseum.org.cn", []), ("bwg.yunling.gov.cn", [("N2", (), "suspected")])],
)
def test_n2_institutions(host: str, expected: list[object]) -> None:
    assert ids(department(id="bwg", unit="bwg", url=f"http://{host}/")) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.yunling.gov.cn", []),
        ("www.gov.cn", []),
        ("云岭市.政务", []),
        ("yunling.gov.cn", [("D20", ("N3",), "confirmed")]),
        ("portal.yunling.gov.cn", [("D20", ("N3",), "confirmed")]),
        ("www.yl.dianyun.gov.cn", [("D20", ("N3",), "confirmed")]),
        ("www.yunling.com.cn", [("D20", ("N1",), "confirmed")]),
    ],
)
def test_n3_portals_and_their_deduction(host: str, expected: list[object]) -> None:
    assert ids(portal(url=f"http://{host}/")) == expected


def test_n3_a_bare_domain_that_leads_to_www_is_innocent() -> None:
    site = portal(url="http://yunling.gov.cn/")
    home = address(site.url, final_url="http://www.yunling.gov.cn/")
    assert ids(site, home=home) == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("jyj.yunling.gov.cn", []),
        ("www.yunling.gov.cn", []),
        ("www.ylczj.gov.cn", [("N4", (), "confirmed")]),
        ("jyj.yunlinggov.cn", [("N1", (), "confirmed")]),
        ("jyj.notyunling.gov.cn", [("N4", (), "confirmed")]),
    ],
)
def test_n4_departments_stand_under_their_portal(host: str, expected: list[object]) -> None:
    assert ids(department(url=f"http://{host}/")) == expected


def test_n4_says_what_the_name_should_look_like() -> None:
    [found] = judged(site_facts(department(url="http://www.ylczj.gov.cn/"), columns=[])).findings
    assert "ylczj.yunling.gov.cn" in found.message


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("yunling.dianyun.chinatax.gov.cn", []),
        ("swj.yunling.gov.cn", [("N5", (), "confirmed")]),
        ("swj.notchinatax.gov.cn", [("N5", (), "confirmed")]),
        ("www.swj.com", [("N1", (), "confirmed")]),
    ],
)
def test_n5_vertical_bodies(host: str, expected: list[object]) -> None:
    assert ids(department(id="swj", unit="swj", url=f"http://{host}/")) == expected


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("www.yunling.gov.cn", False),
        ("zs.yunling.gov.cn", False),
        ("zwfw.dianyun.gov.cn", False),
        ("own.example.cn", False),
        ("www.invest-yunling.com", True),
        ("www.yunling.gov.cn.evil.com", True),
    ],
)
def test_n8_columns_elsewhere(host: str, found: bool) -> None:
    fact = column("zs", "其他", ago(1), url=f"http://{host}/zs/", unit="jyj")
    judgement = judged(site_facts(portal(own_hosts=["own.example.cn"]), columns=[*good_columns(), fact]))
    told = findings(judgement, rule="N8")
    assert bool(told) is found
    if told:
        assert (told[0].subject, told[0].unit, told[0].column) == (f"http://{host}/zs/", "jyj", "zs")


def test_n8_a_column_that_redirects_away_is_suspected() -> None:
    fact = column("zs", "其他", ago(1), final_url="http://mp.example.com/x")
    [found] = judged(site_facts(portal(), columns=[*good_columns(), fact])).findings
    assert (found.rule, found.certainty) == ("N8", "suspected")


def twin(host: str, **data: object) -> NetworkFact:
    return NetworkFact("twin", host, host, Outcome.OK, {"same": True, **data}, AS_OF)


@pytest.mark.parametrize(
    ("fact", "found"),
    [
        (twin("www.ylcity.gov.cn"), True),
        (twin("www.ylcity.gov.cn", redirect="http://www.yunling.gov.cn/"), False),
        (twin("yunling.gov.cn"), False),
        (twin("www.other.gov.cn", same=False), False),
    ],
)
def test_n10_a_second_name_for_the_same_home_page(fact: NetworkFact, found: bool) -> None:
    judgement = judged(site_facts(portal(), network=[fact, fact]))
    assert [f.subject for f in judgement.findings] == (["http://www.ylcity.gov.cn/"] if found else [])


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("zwfw.*.gov.cn", "zwfw.dianyun.gov.cn", True),
        ("zwfw.*.gov.cn", "zwfw.a.b.gov.cn", False),
        ("zwfw.*.gov.cn", "xzwfw.dianyun.gov.cn", False),
        ("*.zwfw.gov.cn", "a.b.zwfw.gov.cn", True),
        ("*.zwfw.gov.cn", "zwfw.gov.cn", False),
        ("*.zwfw.gov.cn", "notzwfw.gov.cn", False),
        ("*.zwfw.gov.cn", "a.zwfw.gov.cn.evil.com", False),
    ],
)
def test_platform_patterns_are_compared_label_by_label(pattern: str, host: str, matches: bool) -> None:
    assert host_matches(pattern, host) is matches
