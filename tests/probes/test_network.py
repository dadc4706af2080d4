"""The facts of one site: names, zone, IPv6, twins, certificates."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from crawler.facts.model import NetworkFact
from crawler.probes import network
from crawler.probes.dns import Resolver
from crawler.probes.network import look_at_site
from crawler.probes.route import has_ipv6_loopback
from tests.downloader.rude import free_port
from tests.probes.certs import issue, server_context
from tests.probes.nameserver import name_server
from tests.probes.town import LINKS, Answer, Asked, ok, page, redirect, town

pytestmark = pytest.mark.skipif(not has_ipv6_loopback(), reason="no ::1 on this machine")

BOTH = {"www.a.gov.cn A": ["127.0.0.1"], "www.a.gov.cn AAAA": ["::1"]}
ZONE = BOTH | {
    "a.gov.cn NS": ["ns1.a.gov.cn.", "ns2.a.gov.cn."],
    "a.gov.cn SOA": ["ns1.a.gov.cn. host.a.gov.cn. 1 2 3 4 60"],
    "ns1.a.gov.cn AAAA": ["::1"],
    "ns2.a.gov.cn A": ["127.0.0.1"],
}
Facts = dict[tuple[str, str, str], NetworkFact]


def look(
    answer: Answer = lambda asked: ok(),
    records: Mapping[str, Sequence[str]] = ZONE,
    *,
    site: Mapping[str, Any] | None = None,
    v4: bool = True,
    v6: bool = True,
    **options: Any,
) -> Facts:
    async def main() -> list[NetworkFact]:
        async with town(answer, v4=v4, v6=v6) as place, name_server(records) as names:
            resolver = Resolver([names.server], lifetime=1)
            return await look_at_site(place.site(**(site or {})), resolver, **{"staging": True, "gap": 0.05, **options})

    facts = asyncio.run(main())
    json.dumps([fact.data for fact in facts])  # plain JSON values only
    assert all(fact.at is not None for fact in facts)
    return {(fact.probe, fact.host, fact.key): fact for fact in facts}


HOME = ("ipv6", "www.a.gov.cn", "home")
SAME = ("ipv6", "www.a.gov.cn", "same")


def test_a_site_in_order() -> None:
    facts = look()
    for key in ("A", "AAAA", "NS", "SOA", "NS-AAAA"):
        assert facts["dns", "www.a.gov.cn", key].outcome == "ok"
    assert facts["dns", "www.a.gov.cn", "AAAA"].data["public"] == ["::1"]
    assert facts["dns", "www.a.gov.cn", "NS"].data["zone"] == "a.gov.cn"
    assert facts["dns", "www.a.gov.cn", "NS"].data["records"] == ["ns1.a.gov.cn", "ns2.a.gov.cn"]
    assert facts["dns", "www.a.gov.cn", "NS-AAAA"].data["servers"] == {"ns1.a.gov.cn": "ok", "ns2.a.gov.cn": "nodata"}
    assert facts[HOME].outcome == "ok"
    assert facts[HOME].data["address"] == "::1"
    assert facts[HOME].data["first_byte_ms"] > 0
    assert facts[HOME].data["v4"]["address"] == "127.0.0.1"
    assert facts[SAME].data["same"] is True


def test_no_aaaa_is_no_failure_of_ipv6_access() -> None:
    facts = look(records={"www.a.gov.cn A": ["127.0.0.1"]})
    assert facts["dns", "www.a.gov.cn", "AAAA"].outcome == "nodata"
    assert facts[HOME].outcome == "unchecked"


@pytest.mark.parametrize("address", ["fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2001:db8::1"])
def test_an_aaaa_that_nobody_outside_can_use_is_not_public(address: str) -> None:
    facts = look(records={"www.a.gov.cn A": ["127.0.0.1"], "www.a.gov.cn AAAA": [address]})
    assert facts["dns", "www.a.gov.cn", "AAAA"].data["public"] == []


def test_loopback_is_public_in_a_staging_round_only() -> None:
    facts = look(staging=False)
    assert facts["dns", "www.a.gov.cn", "AAAA"].data["public"] == []
    assert facts["dns", "www.a.gov.cn", "NS-AAAA"].data["servers"]["ns1.a.gov.cn"] == "nodata"


def test_refused_over_ipv6_twice_while_ipv4_opens() -> None:
    facts = look(v6=False)
    assert (facts[HOME].outcome, facts[HOME].data["reason"]) == ("dead", "connect-refused")
    assert "IPv6" in facts[HOME].data["reason_name"]
    assert len(facts[HOME].data["tries"]) == 2
    assert facts[HOME].data["v4"]["status"] == 200
    assert SAME not in facts


def test_dropped_over_ipv6() -> None:
    facts = look(lambda asked: None if asked.v6 else ok())
    assert (facts[HOME].outcome, facts[HOME].data["reason"]) == ("dead", "connect-reset")


def test_one_failure_of_two_tries_is_none() -> None:
    tries = iter([None, ok(), ok(), ok()])
    facts = look(lambda asked: next(tries) if asked.v6 else ok())
    assert facts[HOME].outcome == "ok"
    assert [one["reason"] for one in facts[HOME].data["tries"]] == ["connect-reset", "ok"]


def test_a_single_try_accuses_nobody() -> None:
    assert look(v6=False, tries=1)[HOME].outcome == "suspect"


def test_a_site_that_is_down_altogether_is_no_ipv6_fault() -> None:
    facts = look(v4=False, v6=False)
    assert facts[HOME].outcome == "suspect"
    assert facts[HOME].data["v4"]["reason"] == "connect-refused"


def test_silence_over_ipv6_may_be_our_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    original = network.open_home

    async def impatient(*args: Any, **options: Any) -> Any:
        return await original(*args, **options | {"seconds": 0.3})

    def answer(asked: Asked) -> bytes | None:
        return b"HTTP/1.1 200" if asked.v6 else ok()

    monkeypatch.setattr(network, "open_home", impatient)
    facts = look(answer)
    assert (facts[HOME].outcome, facts[HOME].data["reason"]) == ("suspect", "timeout")


def test_a_failed_control_address_judges_nothing() -> None:
    async def down() -> bool:
        return False

    facts = look(v6=False, control=down)
    assert (facts[HOME].outcome, facts[HOME].data["reason"]) == ("unchecked", "own-network")


@pytest.mark.parametrize(("status", "outcome"), [(404, "dead"), (403, "blocked"), (503, "suspect")])
def test_a_status_over_ipv6_only(status: int, outcome: str) -> None:
    bad = b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status
    assert look(lambda asked: bad if asked.v6 else ok())[HOME].outcome == outcome


def test_a_redirect_that_leaves_ipv6() -> None:
    records = ZONE | {"old.a.gov.cn A": ["127.0.0.1"]}

    async def main() -> None:
        async with name_server(records) as names:
            port = 0

            def answer(asked: Asked) -> bytes:
                return redirect(f"http://old.a.gov.cn:{port}/") if asked.host == "www.a.gov.cn" else ok()

            async with town(answer) as place:
                port = place.port
                facts = await look_at_site(place.site(), Resolver([names.server]), staging=True, gap=0.05)
            home = next(fact for fact in facts if (fact.probe, fact.key) == ("ipv6", "home"))
            assert home.outcome == "dead"
            assert home.data["left_ipv6"] == f"old.a.gov.cn:{port}"
            assert "没有IPv6地址" in home.data["reason_name"]
            assert not any(asked.v6 and asked.host == "old.a.gov.cn" for asked in place.asked)

    asyncio.run(main())


def test_a_redirect_loop_ends() -> None:
    facts = look(lambda asked: redirect("/a" if asked.path == "/" else "/"))
    assert facts[HOME].data["reason"] == "redirect-loop"


def test_other_content_over_ipv6() -> None:
    other = page("欢迎访问", '<a href="/x.html">默认站点</a>' * 3)
    facts = look(lambda asked: ok(other) if asked.v6 else ok())
    assert facts[SAME].data["same"] is False
    assert facts[SAME].data["difference"] == 1.0
    assert facts[SAME].data["titles"] == ["云岭市人民政府", "欢迎访问"]


def test_small_differences_are_the_same_content() -> None:
    more = page(more=f"<p>{time.time()}</p><a href='/new.html'>刚刚发布的一条</a>")
    facts = look(lambda asked: ok(more) if asked.v6 else ok())
    assert facts[SAME].data["same"] is True
    assert 0 < facts[SAME].data["difference"] < 0.05
    assert facts[SAME].data["only_second"] == ["/new.html"]


def test_without_ipv6_here_nothing_is_said_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "has_ipv6_route", lambda: False)
    monkeypatch.setattr(network, "has_ipv6_loopback", lambda: False)
    facts = look(v6=False)
    told = [fact for fact in facts.values() if fact.probe == "ipv6"]
    assert [(fact.outcome, fact.data["reason"]) for fact in told] == [("unchecked", "no-ipv6-here")]
    assert facts["dns", "www.a.gov.cn", "AAAA"].outcome == "ok"


@pytest.mark.parametrize(
    ("records", "outcome", "zone"),
    [
        ({"www.a.gov.cn NS": ["ns.x.cn."]}, "ok", "www.a.gov.cn"),
        ({"a.gov.cn NS": ["ns.x.cn."]}, "ok", "a.gov.cn"),
        ({"gov.cn NS": ["ns.x.cn."], "cn NS": ["ns.x.cn."]}, "nodata", ""),
        ({"a.gov.cn *": ["SERVFAIL"]}, "servfail", ""),
        (
            {"www.a.gov.cn CNAME": ["cdn.cn."], "cdn.cn NS": ["ns.cdn.cn."], "a.gov.cn NS": ["ns.x.cn."]},
            "ok",
            "a.gov.cn",
        ),
    ],
)
def test_the_zone_of_a_host(records: dict[str, list[str]], outcome: str, zone: str) -> None:
    base = {} if "www.a.gov.cn CNAME" in records else {"www.a.gov.cn A": ["127.0.0.1"]}
    facts = look(records=base | records)
    fact = facts["dns", "www.a.gov.cn", "NS"]
    assert (fact.outcome, fact.data["zone"]) == (outcome, zone)


def test_twins() -> None:
    names = {f"{host} A": ["127.0.0.1"] for host in ("same.cn", "moves.cn", "other.cn", "a.gov.cn", "busy.cn")}
    port = 0

    def answer(asked: Asked) -> bytes:
        if asked.host in ("moves.cn", "a.gov.cn"):
            return redirect(f"http://www.a.gov.cn:{port}/")
        if asked.host == "other.cn":
            return ok(page("别的网站", LINKS.replace("/art/", "/b/")))
        if asked.host == "busy.cn":
            return b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
        return ok()

    async def main() -> Facts:
        nonlocal port
        async with town(answer) as place, name_server(ZONE | names) as server:
            port = place.port
            site = place.site(aliases=["same.cn", "moves.cn", "gone.cn"], own_hosts=["other.cn", "busy.cn"])
            facts = await look_at_site(site, Resolver([server.server]), staging=True, gap=0)
            return {(fact.probe, fact.host, fact.key): fact for fact in facts}

    facts = asyncio.run(main())
    told = {host: fact for (probe, host, _), fact in facts.items() if probe == "twin"}
    assert set(told) == {"same.cn", "moves.cn", "gone.cn", "other.cn", "busy.cn", "a.gov.cn"}
    assert [host for host, fact in told.items() if fact.data["same"]] == ["same.cn"]
    assert told["same.cn"].data["similarity"] == 1.0
    for host in ("moves.cn", "a.gov.cn"):
        assert (told[host].data["redirect"], told[host].data["to_main"]) == (f"http://www.a.gov.cn:{port}/", True)
    assert told["gone.cn"].outcome == "dead"
    assert told["busy.cn"].outcome == "suspect"


def test_two_challenge_pages_are_no_twins() -> None:
    block = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nforbidden"
    facts = look(lambda asked: block, ZONE | {"b.cn A": ["127.0.0.1"]}, site={"aliases": ["b.cn"]})
    assert facts["twin", "b.cn", "home"].data["same"] is False


def test_an_https_site_has_its_certificate_told(tmp_path: Path) -> None:
    async def main() -> Facts:
        context = server_context(tmp_path, issue("www.a.gov.cn", days=(-100, -1)))
        async with town(lambda asked: ok(), tls=context) as place, name_server(ZONE) as names:
            site = place.site(scheme="https")
            facts = await look_at_site(site, Resolver([names.server]), staging=True, gap=0)
            return {(fact.probe, fact.host, fact.key): fact for fact in facts}

    facts = asyncio.run(main())
    tls = facts["tls", "www.a.gov.cn", "home"]
    assert (tls.outcome, tls.data["faults"]) == ("ok", ["expired", "self-signed"])
    assert facts[HOME].outcome == "ok"


def test_a_dead_name_server_ends_in_bounded_time_and_accuses_nobody() -> None:
    async def main() -> list[NetworkFact]:
        async with town(lambda asked: ok()) as place:
            resolver = Resolver([("127.0.0.1", free_port())], lifetime=1)
            return await look_at_site(place.site(), resolver, staging=True, gap=0)

    started = time.monotonic()
    facts = asyncio.run(main())
    assert time.monotonic() - started < 8
    assert {fact.outcome for fact in facts if fact.probe == "dns"} <= {"timeout"}
    assert not any(fact.outcome == "dead" for fact in facts)


def test_a_part_that_raises_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(network, "twin_fact", broken)
    facts = look(site={"aliases": ["b.cn"]})
    assert facts["twin", "www.a.gov.cn", "home"].outcome == "unchecked"
    assert "boom" in facts["twin", "www.a.gov.cn", "home"].data["error"]
    assert facts[HOME].outcome == "ok"
