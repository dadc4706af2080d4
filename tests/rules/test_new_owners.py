"""Foreign hosts with another owner (V1.3-owner): both signs or nothing, no address told, open until the link goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.facts import OwnerFact, SeenTitle
from crawler.seeing.visible import title_of
from rules.checks.new_owners import OwnerParams, other_servers, other_titles, words_of
from rules.engine import judge
from rules.ledger import Ledger, advance
from rules.loader import load_ruleset
from rules.schema import Judgement
from tests.rules.build import AS_OF, FakeSite, address, findings, page, portal, round_facts, site_facts

LINKS = load_ruleset("special-links")
HOST, HOME = "www.yl-zhaoshang.com", "http://www.yunling.gov.cn/"
OLD = ["dns1.old-host.com", "dns2.old-host.com"]
POTS = sorted((Path(__file__).parent / "honeypots").glob("*.html"))


def fact(servers: Sequence[str], *titles: str, host: str = HOST) -> OwnerFact:
    pages = {
        f"{host}/{n or ''}": SeenTitle(f"http://{host}/{n or ''}", t, HOME, "portal") for n, t in enumerate(titles)
    }
    return OwnerFact(host, tuple(servers), pages)


@dataclass
class Knowing(FakeSite):
    """A site whose foreign hosts two rounds saw."""

    known: Sequence[tuple[OwnerFact, OwnerFact]] = field(default=())

    def owners(self) -> Sequence[tuple[OwnerFact, OwnerFact]]:
        return self.known


def knowing(*pairs: tuple[OwnerFact, OwnerFact]) -> Knowing:
    plain = site_facts(portal(), page_facts=[page(HOME, kind="home", region="home")])
    return Knowing(**{name: getattr(plain, name) for name in FakeSite.__dataclass_fields__}, known=pairs)


def told(before: OwnerFact, now: OwnerFact) -> Judgement:
    return judge(round_facts(knowing((before, now))), LINKS)


NEW = fact(["ns1.parking.net"], "私人影院在线观看")
WAS = fact(OLD, "云岭招商信息网")


def test_a_candidate_for_a_person_without_the_address_in_print() -> None:
    judgement = told(WAS, NEW)
    assert judgement.errors == []
    [found] = findings(judgement, rule="V1.3-owner")
    assert (found.certainty, found.level, found.category) == ("suspected", "part", "暗链外链")
    assert not any(word in found.message for word in (HOST, "zhaoshang", "影院", "parking"))
    assert found.observed["servers"] == [OLD, ["ns1.parking.net"]]
    assert [where.page for where in found.where] == [HOME]


@pytest.mark.parametrize("path", POTS, ids=lambda path: path.stem)
def test_a_page_that_says_nothing_of_its_owner_is_no_new_owner(path: Path) -> None:
    title = title_of(path.read_text(encoding="utf-8", errors="replace"))
    if path.stem in ("parked", "mourning_grey", "catch_all", "soft_404"):
        now = fact(OLD, title)  # a page of somebody: the name servers stayed
    else:
        now = fact(["ns1.parking.net"], *([title] if title else []))
    assert findings(told(WAS, now), rule="V1.3-owner") == []


def test_one_title_that_speaks_for_the_owner_clears_the_host() -> None:
    now = fact(["ns1.cdn.net"], "全新改版上线", "招商项目库")
    assert findings(told(fact(OLD, "云岭招商信息网", "项目"), now), rule="V1.3-owner") == []


@pytest.mark.parametrize("linked", [True, False])
def test_the_problem_stays_open_while_a_page_still_holds_the_link(linked: bool) -> None:
    """The round after compares the new owner with itself: silence is no good answer."""
    facts = round_facts(knowing((WAS, NEW)))
    first = judge(facts, LINKS)
    ledger = advance(Ledger(), first.findings, first.closed, facts.round, facts.as_of)
    later = round_facts(knowing((NEW, NEW)), round="2026-12", as_of=AS_OF + timedelta(days=30))
    later.book = {f"http://{HOST}/": address(f"http://{HOST}/")} if linked else {}
    closed = judge(later, LINKS, previous=ledger).closed
    assert [one.rule for one in closed] == ([] if linked else ["V1.3-owner"])


@pytest.mark.parametrize(
    ("before", "now", "others"),
    [(OLD, ["ns1.x.net"], True), (OLD, [*OLD[:1], "ns1.x.net"], False), (OLD, ["dns9.old-host.com"], False),
     ([], ["ns1.x.net"], False), (OLD, [], False), (["NS1.X.net."], ["ns1.x.net"], False)],
)  # fmt: skip
def test_name_servers_changed_completely(before: list[str], now: list[str], others: bool) -> None:
    assert other_servers(before, now) is others


@pytest.mark.parametrize(
    ("before", "now", "others"),
    [("云岭招商信息网", "私人影院", True), ("云岭招商", "招商银行", False), ("Yunling Trade", "yunling 影院", False),
     ("ＹＵＮＬＩＮＧ", "Yunling", False), ("", "影院", False), ("云岭招商", "!!!", False)],
)  # fmt: skip
def test_titles_wholly_different(before: str, now: str, others: bool) -> None:
    assert other_titles(fact(OLD, before), fact(OLD, now), OwnerParams()) is others


def test_words_of_a_title() -> None:
    assert words_of("云岭网 - Trade 2", ["网"]) == {"云岭", "trade"}
