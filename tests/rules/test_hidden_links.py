"""Links that readers do not see (V1.3): candidates for a person; no message has the address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from crawler.facts import BadLink, NetworkFact, Outcome, Reason
from rules.loader import load_ruleset
from rules.schema import Finding
from tests.rules.build import AS_OF, FakeSite, address, findings, holder, judged, portal, site_facts

HOST = "www.yunling.gov.cn"
LINKS = load_ruleset("special-links")


@dataclass
class Hiding(FakeSite):
    """A site whose pages hide links."""

    unseen: Sequence[BadLink] = field(default=())

    def hidden_links(self) -> Iterator[BadLink]:
        return iter(self.unseen)


def hidden(
    url: str, *, text: str = "", pages: int = 1, outcome: Outcome = Outcome.OK, reason: Reason = Reason.OK
) -> BadLink:
    held = [holder(f"http://{HOST}/{n}.html", hidden=True, text=text) for n in range(pages)]
    return BadLink(address(url, outcome, reason), held, pages)


def told(*links: BadLink, rule: str = "V1.3-hidden", **changes: Any) -> list[Finding]:
    plain = site_facts(portal(**changes.pop("site", {})), **changes)
    facts = Hiding(**{name: getattr(plain, name) for name in FakeSite.__dataclass_fields__}, unseen=links)
    return findings(judged(facts, ruleset=LINKS), rule=rule)


@pytest.mark.parametrize(
    ("url", "count"),
    [("http://www.lucky777.example/", 1), ("http://www.gov.cn.evil.com/", 1), ("http://notgov.cn/", 1),
     ("http://jyj.yunling.gov.cn/", 0), ("http://www.beijing.gov.cn/", 0), ("https://service.weibo.com/share", 0),
     ("https://weibo.com/share", 0), ("https://weibo.com.evil.cn/", 1), ("http://www.people.com.cn/", 0),
     ("http://10.1.2.3/", 0), ("http://zwfw.yunling.cn/", 0)],
)  # fmt: skip
def test_only_hosts_outside_are_told(url: str, count: int) -> None:
    found = told(hidden(url), site={"own_hosts": ["www.yunling.cn"]})
    assert len(found) == count
    assert all((one.certainty, one.level, one.category) == ("suspected", "part", "暗链外链") for one in found)


def test_one_candidate_for_each_host_and_never_a_veto() -> None:
    links = [hidden(f"http://www.lucky777.example/{n}", pages=3) for n in range(30)]
    found = told(*links, hidden("http://other.example/"))
    assert [(one.observed["count"], one.where_count) for one in found] == [(1, 1), (30, 3)]


@pytest.mark.parametrize(
    ("link", "sign"),
    [(hidden("http://a.example/", text="澳门博彩"), "链接文字含“博彩”"),
     (hidden("http://a.example/", outcome=Outcome.SUSPECT, reason=Reason.CHANGED_OWNER), "目标疑似已更换主人"),
     (hidden("http://a.example/", outcome=Outcome.DEAD, reason=Reason.HTTP_404), "目标已打不开"),
     (hidden("http://a.example/", text="旅游"), "")],
)  # fmt: skip
def test_signs_are_told_and_the_address_is_not(link: BadLink, sign: str) -> None:
    [found] = told(link)
    assert found.observed["signs"] == ([sign] if sign else [])
    assert "a.example" not in found.message and sign in found.message


def test_facts_without_hidden_links_are_no_error() -> None:
    judgement = judged(site_facts(portal()), ruleset=LINKS)
    assert judgement.errors == [] and judgement.findings == []


def cloak(outcome: str = Outcome.OK, *outside: str) -> NetworkFact:
    return NetworkFact("cloak", HOST, "home", outcome, {"outside": list(outside), "difference": 0.1}, AS_OF)


@pytest.mark.parametrize(
    ("fact", "count"),
    [(cloak(Outcome.OK, "http://lucky777.example/"), 1), (cloak(Outcome.BLOCKED, "http://lucky777.example/"), 0),
     (cloak(Outcome.OK, "http://www.xinhuanet.com/", "http://jyj.yunling.gov.cn/"), 0), (cloak(), 0)],
)  # fmt: skip
def test_what_only_a_search_engine_is_served(fact: NetworkFact, count: int) -> None:
    found = told(rule="V1.3-cloak", network=[fact])
    assert len(found) == count
    assert all(one.certainty == "suspected" and "lucky777" not in one.message for one in found)
