"""Name servers of foreign hosts: one question a registrable domain, no waiting for dead name servers."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from crawler.facts.model import NetworkFact
from crawler.probes.answers import DnsAnswer
from crawler.probes.dns import Resolver
from crawler.probes.owners import AT_ONCE, GIVE_UP, Delegations


class Names:
    """A resolver that gives one answer to everything and counts."""

    def __init__(self, answer: DnsAnswer) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []
        self.most = self.now = 0

    async def query(self, name: str, rdtype: str) -> DnsAnswer:
        self.asked.append((name, rdtype))
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return self.answer


def looked(answer: DnsAnswer, *hosts: str) -> tuple[list[NetworkFact], Names]:
    async def main() -> tuple[list[NetworkFact], Names]:
        names = Names(answer)
        delegations = Delegations(cast(Resolver, cast(Any, names)))
        return await asyncio.gather(*(delegations.look(host) for host in hosts)), names

    return asyncio.run(main())


def test_one_question_a_registrable_domain() -> None:
    answer = DnsAnswer("ok", ("NS2.Host.net.", "ns1.host.net"))
    facts, names = looked(answer, "www.trade.example.com", "m.trade.example.com", "a.b.com.cn")
    assert sorted(names.asked) == [("b.com.cn", "NS"), ("example.com", "NS")]
    assert [fact.data["zone"] for fact in facts] == ["example.com", "example.com", "b.com.cn"]
    assert all(fact.data["records"] == ["ns1.host.net", "ns2.host.net"] and fact.outcome == "ok" for fact in facts)


@pytest.mark.parametrize("host", ["com.cn", "", "-.-", "localhost"])
def test_a_name_that_nobody_registered_is_not_asked_as_one(host: str) -> None:
    [fact], names = looked(DnsAnswer("nxdomain"), host)
    assert fact.outcome != "ok" and fact.data["records"] == [] and len(names.asked) <= 1


def test_an_answer_through_an_alias_speaks_of_another_name() -> None:
    [fact], _ = looked(DnsAnswer("ok", ("ns1.cdn.net",), cname=("x.cdn.net",)), "www.a.com")
    assert (fact.outcome, fact.data["records"]) == ("nodata", [])


def test_few_at_once_and_dead_name_servers_are_given_up() -> None:
    facts, names = looked(DnsAnswer("timeout"), *(f"www.a{n}.com" for n in range(200)))
    assert {fact.outcome for fact in facts} == {"timeout"}
    assert names.most <= AT_ONCE and GIVE_UP <= len(names.asked) < GIVE_UP + AT_ONCE
