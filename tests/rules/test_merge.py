"""One finding for each problem: a confirmed fact and a doubt about the same subject; what a doubt would cost."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.facts import NetworkFact, Outcome, Reason
from rules.engine import judge
from rules.ledger import Entry, Ledger
from rules.loader import load_ruleset
from rules.merge import Drafted, merge
from rules.registry import Draft
from tests.rules.build import (
    AS_OF,
    MONTHLY,
    address,
    dead,
    dns,
    good_columns,
    holder,
    page,
    portal,
    round_facts,
    site_facts,
)

QUARTERLY = load_ruleset("quarterly")
HOME = "http://www.yunling.gov.cn/"


def drafted(rule_id: str, message: str, **changes: Any) -> Drafted:
    rule = QUARTERLY.rule(rule_id)
    assert rule is not None
    return rule, Draft(subject=HOME, message=message, **({"gist": message} | changes))


def test_a_doubt_beside_a_fact_keeps_its_words_and_is_no_clause_of_the_fact() -> None:
    sure = drafted("D20", "域名不合", deduction=1, observed={"host": "a"})
    other, doubt = drafted("N3", "不是www形式"), drafted("N15", "服务器疑似在境外", certainty="suspected", deduction=9)
    [found] = merge(site_facts(portal()), [doubt, other, sure])
    assert (found.rule, found.certainty, found.deduction) == ("D20", "confirmed", 1)
    assert found.message == "域名不合；不是www形式" and found.observed["also"] == ["N3"]
    assert found.observed["doubts"] == [{"rule": "N15", "message": "服务器疑似在境外"}]


def test_doubts_alone_are_one_doubt_that_says_what_it_would_cost() -> None:
    doubts = [drafted("D20", text, certainty="suspected", deduction=1) for text in ("甲", "乙")]
    [found] = merge(site_facts(portal()), doubts)
    assert (found.certainty, found.deduction, found.observed["points"]) == ("suspected", None, 2)
    assert "doubts" not in found.observed and sorted(found.message) == sorted("乙；甲")


def test_facts_of_one_gist_cost_once() -> None:
    [found] = merge(site_facts(portal()), [drafted("D20", t, gist="suffix", deduction=1) for t in ("甲", "乙")])
    assert found.deduction == 1


SUSPECTS = {
    "D1": ({}, 2),
    "D4": ({"columns": good_columns()[1:]}, 5),
    "D21": ({"home_page": page(HOME, kind="home", region="home", identity={"icp": "x"})}, 2.5),
    "D23a": ({"home_page": page(HOME, kind="home", region="home", identity={"icp": "x"})}, 1),
    "D22": (
        {"links": [dead(f"{HOME}x", holder(HOME, "home"), reason=Reason.TIMEOUT, outcome=Outcome.SUSPECT)]}, 0.2
    ),
    "D28": (
        {
            "network": [
                dns("AAAA", records=["::1"]),
                NetworkFact("ipv6", "www.yunling.gov.cn", "home", "suspect", {"reason": "timeout"}, AS_OF),
            ],
            "home": address(HOME),
        },
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule_id", list(SUSPECTS))
def test_what_a_person_confirms_costs_its_points(rule_id: str) -> None:
    changes, points = SUSPECTS[rule_id]
    ruleset = MONTHLY if rule_id in ("D4", "D22", "D28") else QUARTERLY
    first = judge(round_facts(site_facts(portal(), **changes)), ruleset)
    [found] = [one for one in first.findings if one.rule == rule_id]
    assert (found.certainty, found.deduction) == ("suspected", None)
    entry = Entry(fingerprint=found.fingerprint, finding=found, confirmed="李某")
    ledger = Ledger(entries={found.fingerprint: entry})
    second = judge(round_facts(site_facts(portal(), **changes)), ruleset, previous=ledger)
    [found] = [one for one in second.findings if one.rule == rule_id]
    assert (found.certainty, found.deduction) == ("confirmed", points)
    assert first.sites[0].score is not None and second.sites[0].score == pytest.approx(first.sites[0].score - points)
